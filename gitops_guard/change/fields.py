"""One object on both sides -> the fields that differ, each with its place on either side.

Items of a list that the API merges by keys (containers by name) are paired by them, whatever their order; so are items with names
in any other list, as long as their order is the same. The order of what is left counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple, Protocol

from ..model import FieldPath
from ..origin import Map, Origin, origin_of

_LONGEST_LIST = 2_000
"""Items; what is longer is compared item by item, since alignment takes time with the square."""
_DEFAULTS = {"protocol": "TCP"}
"""Of keys: what the API takes for one that is not written."""


class Schema(Protocol):
    """What is known of the type of a value."""

    def field(self, name: str) -> Schema | None:
        """Of a field."""
        ...

    def elements(self) -> Schema | None:
        """Of a list's items."""
        ...

    @property
    def merges(self) -> bool:
        """Whether the list is a set of items."""
        ...

    @property
    def keys(self) -> list[str]:
        """The fields that tell its items apart."""
        ...


class Site(NamedTuple):
    """A value on one side."""

    path: FieldPath
    value: Any
    origin: Origin | None


@dataclass(frozen=True)
class Difference:
    """A field that differs: on one side alone, or with another value."""

    label: tuple[str, ...]
    """The path, items of lists by their keys: `containers`, `[web]`, `image`."""
    before: Site | None
    after: Site | None


def differences(before: Map, after: Map, schema: Schema | None,
                same: Callable[[Any, Any], bool] | None = None) -> list[Difference]:
    """What differs, in the order of the path. `same` says which scalars count as equal though they are not."""
    walk = _Walk(same or (lambda _one, _other: False))
    walk.values(Site((), before, None), Site((), after, None), (), schema)
    return walk.found


@dataclass
class _Walk:
    same: Callable[[Any, Any], bool]
    found: list[Difference] = field(default_factory=list)

    def values(self, before: Site, after: Site, label: tuple[str, ...], schema: Schema | None) -> None:
        old, new = before.value, after.value
        if isinstance(old, dict) and isinstance(new, dict):
            for key in sorted({*old, *new}):
                self._pair(_at(before, key), _at(after, key), (*label, key), schema and schema.field(key))
        elif isinstance(old, list) and isinstance(new, list):
            self._lists(before, after, label, schema)
        elif not equal(old, new) and not self.same(old, new):
            self.found.append(Difference(label, before, after))

    def _pair(self, before: Site | None, after: Site | None, label: tuple[str, ...], schema: Schema | None) -> None:
        if before is not None and after is not None:
            self.values(before, after, label, schema)
        elif before is not None or after is not None:
            self.found.append(Difference(label, before, after))

    def _lists(self, before: Site, after: Site, label: tuple[str, ...], schema: Schema | None) -> None:
        items = schema and schema.elements()
        keys = schema.keys if schema is not None and schema.merges else []
        old, new = _names(before.value, keys), _names(after.value, keys)
        if old is None or new is None or not (keys or _in_order(old, new)):
            for one, other in self._aligned(before.value, after.value):
                at = other if other is not None else one
                self._pair(_item(before, one), _item(after, other), (*label, f"[{at}]"), items)
            return
        for name in [*old, *(name for name in new if name not in old)]:
            self._pair(_item(before, old.get(name)), _item(after, new.get(name)), (*label, f"[{', '.join(name)}]"), items)

    def _aligned(self, old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
        """Which item of one list stands where which of the other does."""
        if max(len(old), len(new)) > _LONGEST_LIST:
            blocks = [("replace", 0, len(old), 0, len(new))]
        else:
            matcher = SequenceMatcher(None, [_text(item) for item in old], [_text(item) for item in new], autojunk=False)
            blocks = list(matcher.get_opcodes())
        for kind, old_start, old_end, new_start, new_end in blocks:
            if kind == "equal":
                continue
            together = min(old_end - old_start, new_end - new_start)
            yield from ((old_start + index, new_start + index) for index in range(together))
            yield from ((index, None) for index in range(old_start + together, old_end))
            yield from ((None, index) for index in range(new_start + together, new_end))


def by_leaf(found: Difference) -> Iterator[Difference]:
    """A tree that is there on one side alone, scalar by scalar: each has a place of its own."""
    for label, site in _leaves(found.label, found.after or found.before) if not (found.before and found.after) else ():
        yield Difference(label, None if found.before is None else site, None if found.after is None else site)
    if found.before and found.after:
        yield found


def _leaves(label: tuple[str, ...], site: Site | None) -> Iterator[tuple[tuple[str, ...], Site]]:
    value = site.value if site is not None else None
    if site is not None and isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _leaves((*label, key), _at(site, key))
    elif site is not None and isinstance(value, list) and value:
        named = {index: ", ".join(name) for name, index in (_names(value, ()) or {}).items()}
        for index in range(len(value)):
            yield from _leaves((*label, f"[{named.get(index, index)}]"), _item(site, index))
    elif site is not None:
        yield label, site


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, where true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _at(site: Site, key: str) -> Site | None:
    if key not in site.value:
        return None
    return Site((*site.path, key), site.value[key], origin_of(site.value, key) or site.origin)


def _item(site: Site, index: int | None) -> Site | None:
    if index is None:
        return None
    return Site((*site.path, index), site.value[index], origin_of(site.value, index) or site.origin)


def _names(items: Sequence[Any], keys: Sequence[str]) -> dict[tuple[str, ...], int] | None:
    """Each item's place by its keys, or by its name where the list has none; None where they don't tell the items apart."""
    found: dict[tuple[str, ...], int] = {}
    for index, item in enumerate(items):
        name = _name(item, keys or ("name",))
        if name is None or name in found:
            return None
        found[name] = index
    return found


def _name(item: Any, keys: Sequence[str]) -> tuple[str, ...] | None:
    if not isinstance(item, Mapping):
        return None
    values = [item.get(key, _DEFAULTS.get(key)) for key in keys]
    known = [str(value) for value in values if isinstance(value, str | int)]
    return tuple(known) if len(known) == len(keys) or (known and len(keys) > 1) else None


def _in_order(old: Mapping[tuple[str, ...], int], new: Mapping[tuple[str, ...], int]) -> bool:
    """Whether what both lists have stands in the same order, and only new items follow the others."""
    common = [name for name in old if name in new]
    return common == [name for name in new if name in old] and list(new)[:len(common)] == common


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
