"""What a cluster holds, as far as it was read, and what is asked of whoever reads one; frozen, standard library only.

Drift is computed from these values alone, so it is the same whether a cluster was asked or a dump was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from .globs import any_matches
from .model import Target


class Identity(NamedTuple):
    """An object in its cluster; its version is only how it is looked at."""

    group: str
    """Empty for the core group."""
    kind: str
    namespace: str
    """Empty where the kind has none."""
    name: str

    def __str__(self) -> str:
        """Kind/namespace/name, or Kind/name."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


@dataclass(frozen=True)
class Want:
    """An object that Git states for a cluster: what a reader has to look for."""

    api_version: str
    """As Git states it: the live object is asked for in the same version, else its fields can't be compared."""
    kind: str
    namespace: str
    """As stated or handed down by the owner. It may be stated for a kind that has none; `served` decides then."""
    name: str
    body: Mapping[str, Any]
    """What the controller would apply; a reader that predicts sends this, and changes nothing in it."""
    manager: str = ""
    """The field manager of the controller that applies it; empty where no owner is known."""

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]


class Extent(NamedTuple):
    """A kind in one namespace, or in all of them."""

    group: str
    kind: str
    namespace: str | None = None
    """None: wherever there are such objects."""


@dataclass(frozen=True)
class Unreadable:
    """Something of the cluster that could not be read, so that nobody knows whether it is in sync."""

    reason: str
    """One line for a person: forbidden, timed out, not served, cut off …; never a value of a field."""
    remedy: str = ""
    group: str | None = None
    """None, with `kind` None: of any kind."""
    kind: str | None = None
    namespace: str | None = None
    """None: in any namespace."""
    name: str | None = None
    """None: of any name."""

    def covers(self, key: Identity) -> bool:
        """Whether an object is among what was not read."""
        return ((self.kind is None or (self.group or "", self.kind) == (key.group, key.kind))
                and self.namespace in (None, key.namespace) and self.name in (None, key.name))


@dataclass(frozen=True)
class Served:
    """What discovery says of a kind."""

    versions: tuple[str, ...]
    """The preferred one first, without the group."""
    namespaced: bool


@dataclass(frozen=True)
class Prediction:
    """What a dry run of the controller's own apply came to."""

    body: Mapping[str, Any] | None = None
    """The whole object as the API server would have it after the apply, managedFields included."""
    error: str = ""
    """Why there is none; never a value of a field."""


@dataclass(frozen=True)
class LiveState:
    """What is known of one cluster."""

    objects: Mapping[Identity, Mapping[str, Any]]
    """Each as the API server gives it, managedFields included where the source of it has them."""
    complete: frozenset[Extent] = frozenset()
    """What was read to its end: an object that is stated there and not among `objects` is missing.

    Of what is in no extent, nothing is known.
    """
    unreadable: tuple[Unreadable, ...] = ()
    cluster: str | None = None
    """Its name in reports; None where there is only one, without a name."""
    served: Mapping[tuple[str, str], Served] | None = None
    """By (group, kind); None where discovery was not asked (a dump). A kind that is not in it is not served."""
    predictions: Mapping[Identity, Prediction] = field(default_factory=dict)
    """Of server-side dry runs; empty in read-only mode."""

    def was_read(self, key: Identity) -> bool:
        """Whether it is known that an object is there, or that it is not."""
        return key in self.objects or (self.unread(key) is None and any(
            Extent(key.group, key.kind, namespace) in self.complete for namespace in (key.namespace, None)))

    def unread(self, key: Identity) -> Unreadable | None:
        """Why an object could not be read; None where nothing was in the way."""
        return next((item for item in self.unreadable if item.covers(key)), None)


@dataclass(frozen=True)
class Meant:
    """Which targets are deployed to a cluster."""

    names: frozenset[str] | None = None
    """What targets may call it (a name, the address of its server); None: whatever they say, they are deployed there."""
    patterns: tuple[str, ...] = ()
    """Beside that: targets that don't say their cluster, with such a path, id or owner."""

    def takes(self, target: Target) -> bool:
        """Whether the target is."""
        if self.names is None:
            return True
        if target.cluster is not None:
            return target.cluster.rstrip("/") in self.names
        said = (target.path, target.id, *(owner.name for owner in target.owners), *(owner.id for owner in target.owners))
        return any(any_matches(self.patterns, name) for name in said)


class Reader(Protocol):
    """Reads one cluster, or the dumps that stand for one."""

    @property
    def cluster(self) -> str | None:
        """Its name in reports."""
        ...

    def takes(self, target: Target) -> bool:
        """Whether the target is deployed to this cluster."""
        ...

    def read(self, wants: Sequence[Want]) -> LiveState:
        """What the cluster holds of the kinds of `wants`, whoever made it: what nobody states any more is found among it, too.

        Raises nothing for a cluster that is down, refuses or lacks a kind: that is in `unreadable`.
        """
        ...
