"""Both sides of a change, built -> the rendered difference: by target, object and field; secrets masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from .change.events import MOVED, RENAMED, TargetChange
from .change.fields import Difference, Site, by_leaf, differences
from .config import Config
from .cover import MASK
from .delta import ABSENT, BASE, HEAD, Delta, FieldDelta, ObjectDelta, Place, TargetDelta, Unsure
from .mask import Mask
from .merge import compared
from .model import Location, Resource, pointer
from .origin import Origin
from .render import schema_of
from .side import Side

_ACTIONS = {RENAMED: "renamed", MOVED: "moved"}
_SECRET_FIELDS = ("data", "stringData")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""An annotation that holds the object as it was, values too."""
_MOST_FIELDS = 50_000
"""Of all objects together; a change of that size is read by nobody."""
_MOST_ALONE = 500
"""Of one object that is new or gone: a CustomResourceDefinition has thousands."""
_NAME = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))
"""What an object is called; the head of its fields says so already."""


def delta_of(before: Side, now: Side, config: Config, named: Sequence[str], masks: Iterable[Mask], version: str) -> Delta:
    """What differs; PATHS (`named`) narrow it to the targets that they stand for. `masks` are both sides'."""
    mask = Mask()
    for one in masks:
        mask.values_of(one)
    same = _same(_hashed(before), _hashed(now))
    changes = compared(before, now, config, named)
    moved = {id(item.successor) for change in changes for item in change.deleted if item.event == MOVED}
    made = _Maker(mask, same, moved)
    found = ((change.target.id, made.objects(change)) for change in changes)
    return Delta(version, _by_target(found), _unsure(before, now, named))


def _by_target(found: Iterable[tuple[str, list[ObjectDelta]]]) -> tuple[TargetDelta, ...]:
    targets: dict[str, list[ObjectDelta]] = {}
    for target, objects in found:
        targets.setdefault(target, []).extend(objects)
    return tuple(TargetDelta(target, tuple(sorted(objects, key=lambda one: (one.resource, one.action))))
                 for target, objects in sorted(targets.items()) if objects)


class _Maker:
    """Makes what the formats show, and counts it."""

    def __init__(self, mask: Mask, same: Callable[[Any, Any], bool], moved: set[int]) -> None:
        self._mask = mask
        self._same = same
        self._moved = moved
        self._left = _MOST_FIELDS
        self._left_alone = _MOST_FIELDS

    def objects(self, change: TargetChange) -> list[ObjectDelta]:
        """What becomes of the objects of a target."""
        found = [self._pair("changed", edit.before, edit.after) for edit in change.changed]
        for item in change.deleted:
            if item.event in _ACTIONS and item.successor is not None:
                found.append(self._pair(_ACTIONS[item.event], item.resource, item.successor))
            else:
                found.append(self._alone("deleted", item.resource, BASE))
        found += [self._alone("created", resource, HEAD) for resource in change.added if id(resource) not in self._moved]
        return [item for item in found if item.action != "changed" or item.fields or item.omitted]

    def _pair(self, action: str, before: Resource, after: Resource) -> ObjectDelta:
        schema = schema_of(after.id.api_version, after.id.kind)
        pairs = differences(before.body, after.body, schema, self._same)
        leaves = (leaf for one in pairs for leaf in by_leaf(one))
        found = list(islice(leaves, self._left))
        self._left -= len(found)
        secret = "Secret" in (before.id.kind, after.id.kind)
        fields = tuple(self._field(one, before, after, secret) for one in found)
        previous = before.id if before.id != after.id and action != "changed" else None
        return ObjectDelta(action, after.id, _place(after.declared, HEAD), previous, fields, sum(1 for _leaf in leaves))

    def _alone(self, action: str, resource: Resource, side: str) -> ObjectDelta:
        """An object that one side has."""
        site = Site((), resource.body, None)
        whole = Difference((), site, None) if side == BASE else Difference((), None, site)
        leaves = [leaf for leaf in by_leaf(whole) if leaf.label not in _NAME]
        leaves.sort(key=lambda leaf: leaf.label[:1] == ("metadata",))
        most = min(_MOST_ALONE, self._left_alone)
        fields = tuple(self._field(leaf, resource, resource, resource.id.kind == "Secret") for leaf in leaves[:most])
        self._left_alone -= len(fields)
        return ObjectDelta(action, resource.id, _place(resource.declared, side), None, fields, len(leaves) - len(fields))

    def _field(self, found: Difference, before: Resource, after: Resource, secret: bool) -> FieldDelta:
        hide = secret and (found.label[0] in _SECRET_FIELDS or found.label[-1] == _LAST_APPLIED)
        old, new = self._shown(found.before, hide), self._shown(found.after, hide)
        raw = tuple(site.value if site is not None else ABSENT for site in (found.before, found.after))
        site = found.after or found.before
        if site is None:
            raise ValueError("a field that is on neither side does not differ")
        side, holder = (HEAD, after) if found.after is not None else (BASE, before)
        steps = tuple(map(self._mask.text, found.label))
        return FieldDelta(self._mask.path(pointer(site.path)), steps, old, new,
                          _place(site.origin or holder.declared, side), hidden=hide or (old, new) != raw)

    def _shown(self, site: Site | None, hide: bool) -> Any:
        return ABSENT if site is None else _masked(site.value, self._mask, hide)


def _masked(value: Any, mask: Mask, hide: bool) -> Any:
    if isinstance(value, dict):
        return {mask.text(key): _masked(item, mask, hide) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, mask, hide) for item in value]
    if hide and value is not None:
        return MASK
    return mask.text(value) if isinstance(value, str) else value


def _hashed(side: Side) -> dict[str, str]:
    """The names that end in kustomize's hash, each with what it is without."""
    names = (resource.id for item in side.built for resource in item.resources)
    return {name.name: name.stable_name for name in names if name.stable_name != name.name}


def _same(old: dict[str, str], new: dict[str, str]) -> Callable[[Any, Any], bool]:
    def same(one: Any, other: Any) -> bool:
        return isinstance(one, str) and isinstance(other, str) and one in old and old[one] == new.get(other)

    return same


def _unsure(before: Side, now: Side, named: Sequence[str]) -> tuple[Unsure, ...]:
    return tuple(sorted((Unsure(item.target.id, name, item.status) for name, side in ((BASE, before), (HEAD, now))
                         for item in side.wanted(named) if item.status != "rendered"),
                        key=lambda one: (one.target, one.side)))


def _place(origin: Origin, side: str) -> Place:
    return Place(Location(origin.file, origin.line, origin.column, "exact" if origin.exact else "nearest"), side)
