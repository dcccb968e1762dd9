"""One side of a change, as far as the comparison of two sides needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..model import Owner, Resource, ResourceId, Target
from ..origin import Origin

Scoped = Callable[[str, str], bool]
"""(apiVersion, kind) -> whether the kind belongs to the cluster and not to a namespace"""


class Identity(NamedTuple):
    """What an object is in a cluster; the version of its API is no part of it."""

    group: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True)
class Part:
    """A target of one side, built."""

    target: Target
    status: str
    resources: Sequence[Resource]
    folders: frozenset[str] = frozenset()
    """The kustomization folders that it is made of."""
    scopes: frozenset[str] = frozenset()
    """The roots that it grew from: they tell controller objects of one id apart."""
    dropped: Mapping[Origin, Origin] = field(default_factory=dict)
    """Where objects that its build takes out are declared, each with what does it."""


@dataclass(frozen=True)
class View:
    """A side."""

    parts: Sequence[Part]
    generated: Sequence[tuple[str, Resource, str]] = ()
    """The Applications that ApplicationSets make, each with the id of its set and the root that it grew from."""
    controllers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Each controller object's id with its status (resolved, unresolved or failed) in each root that it grew from."""
    objects: Mapping[str, Sequence[tuple[frozenset[str], Resource]]] = field(default_factory=dict)
    """Each controller object by its id, with the roots that it grew from."""
    uses: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """Each kustomization folder with the folders and files that it names itself."""
    written: Callable[[str, str], tuple[object, Origin] | None] = lambda _folder, _name: None
    """(folder, field) -> the value of a field of its kustomization and its place, or None."""
    exists: Callable[[str], bool] = lambda _file: False
    """Whether a file is there."""
    declares: Callable[[str, ResourceId], Resource | None] = lambda _file, _name: None
    """(file, object) -> the object as the file has it; None where it does not."""

    def object(self, name: str, scopes: frozenset[str]) -> Resource | None:
        """The controller object of an id that grew from one of these roots, else any of that id."""
        known = self.objects.get(name, ())
        return next((found for roots, found in known if are_near(roots, scopes)), known[0][1] if known else None)

    def status(self, name: str, scopes: frozenset[str]) -> str | None:
        """Of an object that grew from one of these roots: resolved, unresolved or failed; None where it is not there."""
        known = self.controllers.get(name, {})
        found = {status for scope, status in known.items() if scope in scopes or not scope or not scopes}
        return None if not found else "resolved" if found == {"resolved"} else min(found - {"resolved"})


def roots_now(name: str, scopes: frozenset[str], base: View, head: View) -> frozenset[str]:
    """The roots that a controller object of the base side grows from on the head side, where its own may have another name."""
    known = head.controllers.get(name, {})
    near = frozenset(scope for scope in known if not scope or not scopes or scope in scopes)
    return near or frozenset(known.keys() - base.controllers.get(name, {}).keys())


def are_near(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two sets of roots share one, as far as roots are known."""
    return not some or not others or bool(some & others)


def identity(resource: Resource, target: Target, cluster_scoped: Scoped) -> Identity:
    """The object in its cluster: one that names no namespace is where its owner puts it."""
    name = resource.id
    namespace = "" if cluster_scoped(name.api_version, name.kind) else name.namespace or target.namespace or ""
    return Identity(name.group, name.kind, namespace, name.name)


def owner_ids(target: Target) -> frozenset[str]:
    """The ids of a target's owners."""
    return frozenset(owner.id for owner in target.owners)


def same_cluster(one: Target, other: Target) -> bool:
    """Whether two targets may be deployed to one cluster."""
    return one.cluster is None or other.cluster is None or one.cluster == other.cluster


def would_prune(owner: Owner, body: Mapping[str, Any] | None) -> bool:
    """Whether the owner deletes by itself what is no longer rendered, a suspended one as soon as it is resumed.

    `body` is the owner's own manifest: of a suspended object of Flux only that says what it will do.
    """
    if owner.system == "flux" and owner.suspended:
        spec = body.get("spec") if body is not None else None
        return owner.kind == "HelmRelease" or (isinstance(spec, Mapping) and spec.get("prune") is True)
    return owner.automated and owner.prune


def value_at(body: Any, path: Iterable[str]) -> Any:
    """The value of a field; None where it is absent."""
    for key in path:
        body = body.get(key) if isinstance(body, Mapping) else None
    return body
