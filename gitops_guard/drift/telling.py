"""What differs, and what becomes of it -> the faults that say so: the only place that words a finding of drift/*."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..live import Identity, Unreadable
from ..model import Deviation, Fault, FieldPath, Resource, ResourceId, Severity, value_at
from .ignore import Unhonoured
from .managers import Role
from .object_ import Divergence
from .revert import ADDED, EXTRA, MISSING, outlook
from .view import OwnerView, Part
from .wording import Secret, field_label, is_telling, listed, shown, writer
from .written import Entry

CHANGED, GONE, LEFT_OVER, BY_HAND, UNREADABLE = (
    "drift/changed", "drift/missing", "drift/extra", "drift/manual-change", "drift/unreadable")
_PLAIN_PATHS = "name the field by a JSON pointer, or write the expression with fields, indexes and select"


class Teller:
    """Words faults about one cluster; those that show values only when it is known which must not be shown."""

    def __init__(self, cluster: str | None) -> None:
        self._cluster = cluster
        self._told: list[Fault | Callable[[Secret], Fault]] = []

    def faults(self, secret: Secret) -> list[Fault]:
        """All that was told. `secret` says whether a text holds a value that must not be shown."""
        return [one if isinstance(one, Fault) else one(secret) for one in self._told]

    def changed(self, part: Part, resource: Resource, live: Mapping[str, Any], one: Divergence, *, merged: bool) -> None:
        """A field that is not as Git has it. `merged`: Flux only merges the object."""
        self._told.append(partial(self._changed, part, resource, live, one, merged))

    def _changed(self, part: Part, resource: Resource, live: Mapping[str, Any], one: Divergence, merged: bool,
                 secret: Secret) -> Fault:
        seen = outlook([view.owner for view in part.owners], one.what, one.entry, merged=merged)
        hide = is_telling(one.path, resource.body, resource.id.kind) or is_telling(one.live_path, live, resource.id.kind)
        git, now = shown(one.git, one.live, hide=hide, secret=secret)
        who = f"; written by {writer(one.entry, one.role)}" if one.entry is not None else ""
        entry = one.entry or Entry("", "")
        unsure = one.role is Role.CLIENT and one.what == ADDED
        message = f"{_difference(one, _name(resource, live, one), git, now)}{who}; {seen.why}"
        return self._fault(part, CHANGED, message, resource, one.path, Severity.WARNING if seen.reverts or unsure else None,
                           Deviation(git, now, seen.reverts, self._cluster, entry.manager, entry.time))

    def by_hand(self, part: Part, resource: Resource, live: Mapping[str, Any], entry: Entry, changes: Sequence[Divergence], *,
                merged: bool) -> None:
        """All that one person's manager wrote of an object, or that of a program of which nothing is known."""
        names = listed([_name(resource, live, one) for one in changes])
        owners = [view.owner for view in part.owners]
        looks = [outlook(owners, one.what, entry, merged=merged) for one in changes]
        seen = next((one for one in looks if not one.reverts), looks[0])
        role = changes[0].role
        what = "changed by hand" if role is Role.PERSON else "not changed through Git"
        self._add(part, BY_HAND, f"{names} {what}: written by {writer(entry, role)}; {seen.why}", resource, changes[0].path,
                  Severity.NOTE if seen.reverts or role is Role.CLIENT else None,
                  Deviation(None, None, seen.reverts, self._cluster, entry.manager, entry.time))

    def missing(self, part: Part, resource: Resource, key: Identity) -> None:
        """An object that Git states and that does not live."""
        seen = outlook([view.owner for view in part.owners], MISSING, None)
        severity = Severity.WARNING if seen.reverts else None
        message = f"{key} is stated and not in the cluster; {seen.why}"
        if resource.id.kind == "Job" and value_at(resource.body, ("spec", "ttlSecondsAfterFinished")) is not None:
            severity, message = Severity.NOTE, f"{key} is not in the cluster: it may have finished, and deletes itself then"
        self._add(part, GONE, message, resource, (), severity, Deviation("stated", None, seen.reverts, self._cluster))

    def left_over(self, part: Part, view: OwnerView, key: Identity, name: ResourceId, *, listed: bool = False) -> None:
        """An object that an owner made and no longer renders; `listed`: it was not read, but stands in the owner's inventory."""
        lives = f"is in the inventory of {view.owner.kind} {view.owner.name}" if listed else "lives"
        seen = outlook([view.owner], EXTRA, None)
        self._told.append(Fault(
            LEFT_OVER, self._where() + f"{key} {lives} and is no longer rendered; {seen.why}",
            Severity.NOTE if seen.reverts else None, target=part.target.id, location=part.place, name=name,
            deviation=Deviation(None, "present", seen.reverts, self._cluster)))

    def unreadable(self, part: Part, key: Identity, hit: Sequence[Resource], reason: str, remedy: str) -> None:
        """Objects of one kind that can't be compared, for one reason."""
        more = f" and {len(hit) - 1} more {key.kind} objects" if len(hit) > 1 else ""
        self._add(part, UNREADABLE, f"{key}{more} can't be compared: {reason}", hit[0], remedy=remedy)

    def unread(self, part: Part, item: Unreadable) -> None:
        """A part of the cluster of which no target is known to state anything."""
        what = "/".join(word for word in (item.kind, item.namespace, item.name) if word) or "the cluster"
        self._told.append(Fault(UNREADABLE, self._where() + f"{what} could not be read: {item.reason}", remedy=item.remedy,
                                 target=part.target.id, location=part.place,
                                 deviation=Deviation(None, None, reverts=False, cluster=self._cluster)))

    def unhonoured(self, part: Part, problem: Unhonoured) -> None:
        """A rule that says what to ignore and can't be followed."""
        self._add(part, UNREADABLE, f"what is to be ignored here is reported all the same: {problem.reason}", problem.resource,
                  problem.path, Severity.WARNING, remedy=_PLAIN_PATHS)

    def _add(self, part: Part, rule: str, message: str, resource: Resource, path: FieldPath = (),
             severity: Severity | None = None, deviation: Deviation | None = None, *, remedy: str = "") -> None:
        self._told.append(self._fault(part, rule, message, resource, path, severity, deviation, remedy=remedy))

    def _fault(self, part: Part, rule: str, message: str, resource: Resource, path: FieldPath, severity: Severity | None,
               deviation: Deviation | None, *, remedy: str = "") -> Fault:
        deviation = deviation or Deviation(None, None, reverts=False, cluster=self._cluster)
        return Fault(rule, self._where() + message, severity, remedy, resource, path, target=part.target.id, deviation=deviation)

    def _where(self) -> str:
        return f"in the cluster {self._cluster}: " if self._cluster else ""


def _difference(one: Divergence, name: str, git: str | None, now: str | None) -> str:
    if one.reordered:
        return f"the items of `{name}` stand in another order in the cluster"
    if one.what == ADDED:
        return f"`{name}` is {now} in the cluster, and Git states none"
    if git is None:
        return f"`{name}` is {now} in the cluster, and Git no longer states it"
    if now is None:
        return f"`{name}` is not in the cluster, Git states {git}"
    return f"`{name}` is {now} in the cluster, Git states {git}"


def _name(resource: Resource, live: Mapping[str, Any], one: Divergence) -> str:
    """The field: as Git has it, or as it lives where Git has none of it."""
    inside = value_at(resource.body, one.path) is not None and one.what != ADDED and len(one.path) >= len(one.live_path)
    return field_label(one.path, resource.body) if inside else field_label(one.live_path, live)
