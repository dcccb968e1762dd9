"""Two sides -> which target of the head side stands where one of the base side stood, and where an object is now.

A target is its owner's; one that nobody owns is its folder's. Controller objects of one id can belong to several clusters: their
roots and clusters tell them apart, unless a root or a cluster is new under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..later import holding
from ..model import Owner, Resource, Target
from .view import Identity, Part, Scoped, View, are_near, identity, owner_ids, roots_now, same_cluster

_HASHED = re.compile(r"(.+)-[bcdfghkmt2456789]{10}")
"""kustomize's hash: 10 characters of an alphabet without vowels."""


class Pairing:
    """The base side and the head side, by target and by identity."""

    def __init__(self, base: View, head: View, cluster_scoped: Scoped) -> None:
        self.base = base
        self.head = head
        self._scoped = cluster_scoped
        self._inside: dict[int, dict[Identity, Resource]] = {}
        self._folders: dict[str, list[Part]] = {}
        """What the head side has in each folder."""
        for part in head.parts:
            self._folders.setdefault(part.target.path, []).append(part)
        self._seen: set[int] = set()
        self._cached: dict[tuple[int, str], list[Part]] = {}

    def key(self, resource: Resource, target: Target) -> Identity:
        """The identity of an object, without the hash that its content gives it."""
        found = identity(resource, target, self._scoped)
        return found._replace(name=_without_hash(found.name)) if found.kind in ("ConfigMap", "Secret") else found

    def is_cluster_scoped(self, resource: Resource) -> bool:
        """Whether the object belongs to the cluster and not to a namespace."""
        return self._scoped(resource.id.api_version, resource.id.kind)

    def inside(self, part: Part, key: Identity) -> Resource | None:
        """The object of a target that has this identity."""
        return self._of(part).get(key)

    def keys(self, part: Part) -> Iterable[Identity]:
        """The identities in a target."""
        return self._of(part)

    def _of(self, part: Part) -> dict[Identity, Resource]:
        found = self._inside.get(id(part))
        if found is None:
            found = self._inside[id(part)] = {self.key(one, part.target): one for one in part.resources}
        return found

    def _with(self, parts: Iterable[Part], key: Identity) -> Iterator[Part]:
        """The targets that have an object of this identity; those that have none of its kind are not built for that."""
        return (part for part in parts if holding(part.resources, {(key.group, key.kind)}) and key in self._of(part))

    def counterparts(self, part: Part, owner: Owner | None) -> list[Part]:
        """What an owner deploys on the head side where it deployed this target; without an owner, what is in the same folder."""
        name = (id(part), owner.id if owner is not None else "")
        if name not in self._cached:
            found = self._cached[name] = self._matching(part, owner)
            self._seen.update(id(other) for other in found)
        return self._cached[name]

    def _matching(self, part: Part, owner: Owner | None) -> list[Part]:
        if owner is None:
            return [other for other in self._folders.get(part.target.path, ()) if _are_near(part, other)]
        candidates = _owned(self.head.parts, owner)
        rivals = [other for other in _owned(self.base.parts, owner) if other is not part]
        return [other for other in candidates if _are_near(part, other)] or [
            other for other in candidates if not any(_are_near(rival, other) for rival in rivals)]

    def seen(self, part: Part) -> bool:
        """Whether a target of the base side has been compared with this one of the head side."""
        return id(part) in self._seen

    def status(self, part: Part, owner: Owner) -> str | None:
        """What the head side knows of an owner: resolved, unresolved or failed; None where it is gone."""
        roots = roots_now(owner.id, part.scopes, self.base, self.head)
        return self.head.status(owner.id, roots) if roots else None

    def elsewhere(self, part: Part, resource: Resource) -> Iterator[tuple[Part, Resource]]:
        """Where an object is on the head side that was not there before, in what may be the same cluster."""
        key = self.key(resource, part.target)
        for other in self._with(self.head.parts, key):
            found = self.inside(other, key)
            known = any(_is_successor(had, other) for had in self._with(self.base.parts, key) if had is not part)
            if found is not None and not known and same_cluster(part.target, other.target):
                yield other, found


def _owned(parts: Iterable[Part], owner: Owner) -> list[Part]:
    return [part for part in parts if owner.id in owner_ids(part.target)]


def _are_near(one: Part, other: Part) -> bool:
    return same_cluster(one.target, other.target) and are_near(one.scopes, other.scopes)


def _is_successor(before: Part, now: Part) -> bool:
    """Whether a target of the head side stands where this one of the base side stood."""
    if not before.target.owners:
        return before.target.path == now.target.path
    return bool(owner_ids(before.target) & owner_ids(now.target)) and _are_near(before, now)


@lru_cache(maxsize=65_536)
def _without_hash(name: str) -> str:
    hashed = _HASHED.fullmatch(name)
    return hashed.group(1) + "-#" if hashed else name
