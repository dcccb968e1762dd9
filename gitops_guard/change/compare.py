"""Two sides of a repository -> what a merge creates, changes and deletes in each target.

An object is the same if cluster, group, kind, namespace and name are; names that end in kustomize's hash are compared without it.
What a side could not render is never missing from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model import Owner, Resource, Target
from .events import EMPTIED, MOVED, OWNER_REMOVED, REMOVED, RENAMED, Deletion, Edit, TargetChange
from .guards import against_pruning
from .view import Identity, Part, Scoped, View, identity, owner_ids, prunes

_HASHED = re.compile(r"(.+)-[bcdfghkmt2456789]{10}")
"""kustomize's hash: 10 characters of an alphabet without vowels."""


@dataclass(frozen=True)
class Rules:
    """What the comparison is told about the installation."""

    cluster_scoped: Scoped
    assume_prune: bool = True
    """Whether a target without a known owner is pruned."""
    argocd: tuple[int, ...] = (3, 5)
    """The version of Argo CD."""


def compare(base: View, head: View, rules: Rules) -> list[TargetChange]:
    """What the change does, for each target of either side, sorted by target; targets without a difference are left out."""
    known = _Head(head, rules)
    changes = [change for part in base.parts if (change := _compare(part, base, known)) is not None]
    fresh = [TargetChange(part.target, 0, len(part.resources), added=tuple(part.resources))
             for part in head.parts if part.resources and not known.seen(part)]
    return sorted([*changes, *fresh], key=lambda change: (change.target.path, change.target.id))


class _Head:
    """The head side, by identity."""

    def __init__(self, head: View, rules: Rules) -> None:
        self.view = head
        self.rules = rules
        self._places: dict[Identity, list[tuple[Part, Resource]]] = {}
        self._seen: set[int] = set()
        for part in head.parts:
            for resource in part.resources:
                self._places.setdefault(self.key(resource, part.target), []).append((part, resource))

    def key(self, resource: Resource, target: Target) -> Identity:
        """The identity of an object, without the hash that its content gives it."""
        found = identity(resource, target, self.rules.cluster_scoped)
        hashed = _HASHED.fullmatch(found.name) if found.kind in ("ConfigMap", "Secret") else None
        return found._replace(name=hashed.group(1) + "-#") if hashed else found

    def places(self, resource: Resource, target: Target) -> list[tuple[Part, Resource]]:
        """Where the object is on the head side, in the same cluster as far as that is known."""
        found = self._places.get(self.key(resource, target), [])
        return [(part, other) for part, other in found if _same_cluster(part.target, target)]

    def counterparts(self, target: Target) -> list[Part]:
        """The targets that stand where a base target stood: those of its owners, or of its path where it has none."""
        owners = owner_ids(target)
        found = [part for part in self.view.parts if _same_cluster(part.target, target)
                 and (owners & owner_ids(part.target) if owners else part.target.path == target.path)]
        self._seen.update(id(part) for part in found)
        return found

    def seen(self, part: Part) -> bool:
        """Whether a base target has been compared with it."""
        return id(part) in self._seen


def _same_cluster(one: Target, other: Target) -> bool:
    return one.cluster is None or other.cluster is None or one.cluster == other.cluster


def _compare(part: Part, base: View, head: _Head) -> TargetChange | None:
    target = part.target
    successors = head.counterparts(target)
    now = next((other.target for other in successors if other.target.id == target.id), successors[0].target if successors else target)
    lost: list[Resource] = []
    deletions: list[Deletion] = []
    edits: list[Edit] = []
    for resource in part.resources:
        places = head.places(resource, target)
        kept = _kept(target, places)
        if kept is not None:
            if kept.body != resource.body:
                edits.append(Edit(resource, kept))
        elif places and target.owners and any(other.target.owners for other, _ in places):
            deletions += _moved(resource, target, places, head)
        else:
            lost.append(resource)
    keys = {head.key(resource, target) for resource in part.resources}
    added = [resource for other in successors for resource in other.resources if head.key(resource, other.target) not in keys]
    if not target.elsewhere and part.status in ("rendered", "partial"):
        deletions += _gone(part, lost, added, successors, head)
    if not deletions and not edits and not added:
        return None
    return TargetChange(now, len(part.resources), sum(len(other.resources) for other in successors), tuple(deletions),
                        tuple(added), tuple(edits))


def _kept(target: Target, places: Sequence[tuple[Part, Resource]]) -> Resource | None:
    """The object where it stays with its owner; what nobody owned may stay anywhere."""
    owners = owner_ids(target)
    for part, resource in places:
        if not owners or owners & owner_ids(part.target):
            return resource
    return None


def _moved(resource: Resource, target: Target, places: Sequence[tuple[Part, Resource]], head: _Head) -> Iterator[Deletion]:
    """An object that another owner has now: the old one may delete it before the new one takes it over."""
    gone = [owner for owner in target.owners if owner.id not in head.view.controllers]
    for owner in target.owners:
        if owner in gone:
            continue  # its removal takes everything along, or leaves everything
        other, successor = next((part, found) for part, found in places if part.target.owners)
        yield Deletion(resource, MOVED, prunes(_worst(owner, other.target, head)), against_pruning(resource, owner, head.rules.argocd), owner,
                       successor, other.target.owners[0])
        return


def _gone(part: Part, lost: Sequence[Resource], added: list[Resource], successors: Sequence[Part], head: _Head) -> Iterator[Deletion]:
    """What nobody renders any more, by who would delete it."""
    target = part.target
    present = [owner for owner in target.owners if owner.id in head.view.controllers]
    if target.owners and not present:
        for resource in lost:
            yield Deletion(resource, OWNER_REMOVED, False, None, target.owners[0])
        return
    if any(head.view.controllers.get(owner.id) != "resolved" for owner in present):
        return  # the head side can't say what it deploys
    if any(other.status in ("failed", "unresolved", "partial") for other in successors):
        return
    owner = present[0] if present else None
    emptied = bool(present or successors) and not any(other.resources for other in successors)
    for resource in lost:
        successor = _successor(resource, lost, added) if not emptied else None
        if successor is not None:
            added.remove(successor)
        pruned = prunes(_worst(owner, target, head)) if owner is not None else head.rules.assume_prune
        event = RENAMED if successor is not None else EMPTIED if emptied else REMOVED
        yield Deletion(resource, event, pruned, against_pruning(resource, owner, head.rules.argocd), owner, successor)


def _worst(owner: Owner, target: Target, head: _Head) -> Owner:
    """The owner as the more dangerous side has it: switching pruning on and dropping an object in one change deletes it."""
    now = next((known for part in head.view.parts for known in part.target.owners if known.id == owner.id), owner)
    return replace(owner, automated=owner.automated or now.automated, prune=owner.prune or now.prune)


def _successor(resource: Resource, lost: Sequence[Resource], added: Sequence[Resource]) -> Resource | None:
    """The object that has the place of one that is gone: declared where it was, or of its name elsewhere."""
    name = resource.id
    same = [other for other in added if (other.id.group, other.id.kind) == (name.group, name.kind)]
    for other in same:
        if other.id.name == name.name:
            return other
    here = [other for other in same if other.declared.file == resource.declared.file]
    exact = [other for other in here if other.declared.line == resource.declared.line]
    rivals = [other for other in lost if other.declared.file == resource.declared.file and other.id.kind == name.kind]
    found = exact or (here if len(here) == 1 and len(rivals) == 1 else [])
    return found[0] if found else None
