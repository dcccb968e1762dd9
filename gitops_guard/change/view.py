"""One side of a change, as far as the comparison of two sides needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..model import Owner, Resource, Target
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


@dataclass(frozen=True)
class View:
    """A side."""

    parts: Sequence[Part]
    generated: Sequence[tuple[str, Resource]] = ()
    """The Applications that ApplicationSets make, each with the id of its set."""
    controllers: Mapping[str, str] = field(default_factory=dict)
    """Each controller object's id with its status: resolved, unresolved or failed."""
    objects: Mapping[str, Resource] = field(default_factory=dict)
    """Each controller object by its id."""
    uses: Mapping[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """Each kustomization folder with the folders and files that it names itself."""
    written: Callable[[str, str], tuple[object, Origin] | None] = lambda _folder, _name: None
    """(folder, field) -> the value of a field of its kustomization and its place, or None."""
    exists: Callable[[str], bool] = lambda _file: False
    """Whether a file is there."""


def identity(resource: Resource, target: Target, cluster_scoped: Scoped) -> Identity:
    """The object in its cluster: one that names no namespace is where its owner puts it."""
    name = resource.id
    namespace = "" if cluster_scoped(name.api_version, name.kind) else name.namespace or target.namespace or ""
    return Identity(name.group, name.kind, namespace, name.name)


def owner_ids(target: Target) -> frozenset[str]:
    """The ids of a target's owners."""
    return frozenset(owner.id for owner in target.owners)


def prunes(owner: Owner) -> bool:
    """Whether the owner deletes by itself what is no longer rendered."""
    return owner.automated and owner.prune
