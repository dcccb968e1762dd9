"""Two sides of a repository -> what a merge creates, changes and deletes in each target.

An object is the same if cluster, group, kind, namespace and name are; names that end in kustomize's hash are compared without it.
What a side could not render is never missing from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..model import Owner, Resource
from .events import EMPTIED, MOVED, OWNER_REMOVED, REMOVED, RENAMED, Deletion, Edit, TargetChange
from .guards import against_pruning, recreates
from .pairing import Pairing
from .release import reinstalled
from .view import Part, Scoped, View, same_cluster, would_prune

_INCOMPLETE = ("failed", "unresolved", "partial")


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
    known = Pairing(base, head, rules.cluster_scoped)
    changes = [change for part in base.parts if (change := _Comparison(part, known, rules).change()) is not None]
    fresh = [TargetChange(part.target, 0, len(part.resources), added=tuple(_once(part.resources)))
             for part in head.parts if part.resources and not part.target.elsewhere and not known.seen(part)]
    return sorted([*changes, *fresh], key=lambda change: (change.target.path, change.target.id))


def _once(resources: Iterable[Resource]) -> Iterable[Resource]:
    """Each object once: of several files that write it the last one counts, as it does when a folder is applied."""
    return {resource.id: resource for resource in resources}.values()


@dataclass
class _Comparison:
    """One target of the base side against the head side."""

    part: Part
    known: Pairing
    rules: Rules
    added: list[Resource] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)

    def change(self) -> TargetChange | None:
        """What becomes of the target; None where nothing does."""
        part, target = self.part, self.part.target
        successors = self._all_counterparts()
        here = [other.target for other in successors]
        now = next((found for found in here if found.id == target.id), here[0] if here else target)
        if target.elsewhere or now.elsewhere:
            return None  # what is deployed is not this tree
        if len(successors) == 1 and part.resources is successors[0].resources and target == now and all(
                self.known.counterparts(part, owner) == successors for owner in self._owners()):
            return None  # the very same, built once for both sides
        keys = set(self.known.keys(part))
        self.added = [found for other in successors for found in _once(other.resources)
                      if self.known.key(found, other.target) not in keys]
        lost = [(resource, losers) for resource in _once(part.resources) if (losers := self._losers(resource))]
        deletions = list(self._deletions(lost)) if part.status in ("rendered", "partial") else []
        if not deletions and not self.edits and not self.added:
            return None
        return TargetChange(now, len(part.resources), sum(len(other.resources) for other in successors), tuple(deletions),
                            tuple(self.added), tuple(self.edits), part.scopes, part.folders)

    def _owners(self) -> Sequence[Owner | None]:
        return self.part.target.owners or (None,)

    def _all_counterparts(self) -> list[Part]:
        found = {id(other): other for owner in self._owners() for other in self.known.counterparts(self.part, owner)}
        return list(found.values())

    def _losers(self, resource: Resource) -> list[Owner | None]:
        """The owners that have the object no longer; where one has it still, the edit is noted."""
        losers: list[Owner | None] = []
        kept: Resource | None = None
        keeper: Owner | None = None
        key = self.known.key(resource, self.part.target)
        for owner in self._owners():
            places = (self.known.inside(other, key) for other in self.known.counterparts(self.part, owner))
            found = next((place for place in places if place is not None), None)
            if found is None:
                losers.append(owner)
            if kept is None:
                kept, keeper = found, owner
        if kept is None and losers == [None]:
            kept = self._taken_over(resource)
            losers = [] if kept is not None else losers
        self._edited(resource, kept, keeper)
        return losers

    def _edited(self, before: Resource, after: Resource | None, owner: Owner | None) -> None:
        if after is not None and after.body != before.body:
            self.edits.append(Edit(before, after, reinstalled(before, after), recreates(after, owner)))

    def _taken_over(self, resource: Resource) -> Resource | None:
        """Where an object went that nobody owned: to an owner, or along with its folder, which is another one now."""
        gone = not self.known.counterparts(self.part, None)
        return next((found for other, found in self.known.elsewhere(self.part, resource) if other.target.owners or gone), None)

    def _deletions(self, lost: Sequence[tuple[Resource, list[Owner | None]]]) -> Iterator[Deletion]:
        """One deletion for each object, by whoever deletes it for certain."""
        rest = [resource for resource, _losers in lost]
        for resource, losers in lost:
            if self._is_same(resource):
                continue
            found = [deletion for owner in losers if (deletion := self._deletion(resource, owner, rest)) is not None]
            found.sort(key=lambda item: (not item.pruned, item.guarded_by is not None))
            if found:
                successor = found[0].successor
                if found[0].event == RENAMED and successor is not None:
                    self.added.remove(successor)
                yield found[0]

    def _is_same(self, resource: Resource) -> bool:
        """Whether it is there still, only that one side writes out a namespace which the other leaves to its owner.

        Where neither side has an owner, nothing implies a namespace: an object is what kustomize builds.
        """
        if self.known.is_cluster_scoped(resource):
            return False
        key = self.known.key(resource, self.part.target)
        for owner in self._owners():
            for other in self.known.counterparts(self.part, owner):
                if owner is None and not other.target.owners:
                    continue
                for found in self.added:
                    there = self.known.key(found, other.target)
                    if (there._replace(namespace="") == key._replace(namespace="") and "" in (there.namespace, key.namespace)
                            and self.known.inside(other, there) is found):
                        self.added.remove(found)
                        self._edited(resource, found, owner)
                        return True
        return False

    def _deletion(self, resource: Resource, owner: Owner | None, lost: Sequence[Resource]) -> Deletion | None:
        """What happens to an object that an owner has no longer; None where the head side can't say."""
        counterparts = self.known.counterparts(self.part, owner)
        status = self.known.status(self.part, owner) if owner is not None else "resolved"
        before = self.known.base.object(owner.id, self.part.scopes) if owner is not None else None
        after = self.known.head.object(owner.id, self.part.scopes) if owner is not None else None
        if status is None or (before is not None and after is not None and reinstalled(before, after) is not None):
            return Deletion(resource, OWNER_REMOVED, False, None, owner)  # all of it goes with the owner, or nothing does
        if status != "resolved" or any(other.status in _INCOMPLETE for other in counterparts):
            return None
        pruned, deferred = self._pruning(owner, before, after, counterparts)
        guard = against_pruning(resource, owner, self.rules.argocd)
        if owner is not None:
            for other, found in self.known.elsewhere(self.part, resource):
                if other.target.owners:
                    return Deletion(resource, MOVED, pruned, guard, owner, found, other.target.owners[0], deferred=deferred)
        emptied = bool(counterparts or owner is not None) and not any(other.resources for other in counterparts)
        successor = _successor(resource, lost, self.added) if not emptied else None
        event = RENAMED if successor is not None else EMPTIED if emptied else REMOVED
        return Deletion(resource, event, pruned, guard, owner, successor, deferred=deferred)

    def _pruning(self, owner: Owner | None, before: Resource | None, after: Resource | None,
                 counterparts: Sequence[Part]) -> tuple[bool, bool]:
        """Whether what is gone is deleted, by either side's options, and whether that waits for the owner to be resumed."""
        if owner is None:
            return self.rules.assume_prune, False
        target = self.part.target
        if owner.system == "argocd" and counterparts and not any(same_cluster(target, other.target) for other in counterparts):
            return False, False  # another destination: what the old cluster holds is left behind
        now = next((known for other in counterparts for known in other.target.owners if known.id == owner.id), owner)
        pruned = would_prune(owner, before.body if before else None) or would_prune(now, after.body if after else None)
        return pruned, now.suspended


def _successor(resource: Resource, lost: Sequence[Resource], added: Sequence[Resource]) -> Resource | None:
    """The object that has the place of one that is gone: declared where it was, or of its name elsewhere."""
    name = resource.id
    same = [other for other in added if (other.id.group, other.id.kind) == (name.group, name.kind)]
    for other in same:
        if other.id.name == name.name:
            return other
    here = [other for other in same if other.declared.file == resource.declared.file]
    exact = [other for other in here if other.declared.line == resource.declared.line]
    rivals = [other for other in lost if other.declared.file == resource.declared.file
              and (other.id.group, other.id.kind) == (name.group, name.kind)]
    found = exact or (here if len(here) == 1 and len(rivals) == 1 else [])
    return found[0] if found else None
