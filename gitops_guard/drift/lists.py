"""Two lists of one type -> which item of one is which of the other, as the API server tells them apart."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..schema import Type

ORDERED = frozenset({"env", "initContainers"})
"""Lists with keys whose order counts all the same: a variable uses those before it, containers start one after another."""
_METRICS = ("HorizontalPodAutoscalerSpec", "metrics")
"""A list that is owned as a whole, and that the API server gives back in an order of its own (kubernetes/kubernetes#74099)."""


class Paired(NamedTuple):
    """The items of two lists, by their places."""

    pairs: tuple[tuple[int, int], ...]
    """In the order of the first list."""
    only_one: tuple[int, ...]
    only_other: tuple[int, ...]
    by_key: bool
    """Whether the items are told apart by keys; else by what they are, or by their place."""


def pair(one: Sequence[Any], other: Sequence[Any], kind: Type | None, holder: Type | None, name: str) -> Paired:
    """Which items are the same ones. `holder` is the type of the structure whose field `name` the lists are."""
    shape = kind.shape if kind is not None else "atomic"
    if shape == "map" and kind is not None:
        mine, theirs = _marks(one, kind), _marks(other, kind)
        if mine is not None and theirs is not None:
            return _by_mark(mine, theirs, by_key=True)
    if shape == "set":
        return _by_mark([_text(item) for item in one], [_text(item) for item in other], by_key=False)
    if (_short(holder), name) == _METRICS:
        return _by_mark([_metric(item) for item in one], [_metric(item) for item in other], by_key=False)
    both = min(len(one), len(other))
    return Paired(tuple((index, index) for index in range(both)), tuple(range(both, len(one))),
                  tuple(range(both, len(other))), by_key=False)


def _by_mark(one: Sequence[Any], other: Sequence[Any], *, by_key: bool) -> Paired:
    places: dict[Any, list[int]] = {}
    for index, mark in enumerate(other):
        places.setdefault(mark, []).append(index)
    pairs, alone = [], []
    for index, mark in enumerate(one):
        left = places.get(mark)
        if left:
            pairs.append((index, left.pop(0)))
        else:
            alone.append(index)
    return Paired(tuple(pairs), tuple(alone), tuple(sorted(index for left in places.values() for index in left)), by_key)


def _marks(items: Sequence[Any], kind: Type) -> list[tuple[Any, ...]] | None:
    """What tells each item apart; None where something of it does not."""
    found: list[tuple[Any, ...]] = []
    for item in items:
        if not isinstance(item, dict):
            return None
        mark = tuple(_mark(item[key] if item.get(key) is not None else kind.key_default(key)) for key in kind.keys)
        found.append(mark)
    return found if len(set(found)) == len(found) else None


def in_order(pairs: Sequence[tuple[int, int]]) -> bool:
    """Whether what both lists have stands in the same order."""
    return all(before[1] < after[1] for before, after in itertools.pairwise(pairs))


def _metric(item: Any) -> str:
    """What a metric measures: its type and the name in the structure of that type."""
    sort = item.get("type") if isinstance(item, dict) else None
    inner = item.get(sort[:1].lower() + sort[1:]) if isinstance(item, dict) and isinstance(sort, str) else None
    if not isinstance(inner, dict):
        return _text(item)
    metric = inner.get("metric")
    named = metric if isinstance(metric, dict) else inner
    return _text([sort, inner.get("container"), named.get("name"), named.get("selector"), inner.get("describedObject")])


def _short(kind: Type | None) -> str:
    return kind.definition.rpartition(".")[2] if kind is not None else ""


def _mark(value: Any) -> Any:
    """What stands for a key's value where it is compared: 80 and "80" are two."""
    return value if type(value) in (str, int) else (_text(value),)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
