"""Which values of a HelmRelease that are set at a path survive its inline values: the entries go in, their indexes come out.

Flux means them to win. But it merges the inline values in once more at the end (fluxcd/pkg `chartutil`
`ChartValuesFromReferences`), and so a value survives only where it was written into a mapping or list that is still the inline
values' own: not at the top, and not below what an earlier entry holds as well. The same merges are run here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ...model import value_at

_KEY = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)(?:\.|$)")
_MAX_INDEX = 65536


def survivors(inline: Any, entries: Iterable[tuple[str, Any]]) -> frozenset[int]:
    """Of entries (target path, or empty with the mapping that it brings) the indexes of those whose value is there in the end."""
    values = _copy(inline)
    result: dict[str, Any] = {}
    marks: dict[int, list[str | int]] = {}
    for index, (target, mapping) in enumerate(entries):
        if not target:
            result = _merge(result, _copy(mapping))
            continue
        result = _merge(result, values)
        marks[index] = _keys(target)
        _set(result, marks[index], _Mark(index))
    final = _merge(result, values)
    return frozenset(index for index, keys in marks.items() if _is_mark(value_at(final, tuple(keys)), index))


class _Mark:
    """Stands for the value of an entry."""

    def __init__(self, index: int) -> None:
        self.index = index


def _is_mark(value: Any, index: int) -> bool:
    return isinstance(value, _Mark) and value.index == index


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        known = out.get(key)
        out[key] = _merge(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return out


def _keys(target: str) -> list[str | int]:
    found: list[str | int] = []
    for name, indexes in _KEY.findall(target):
        found.append(name)
        found += [int(text) for text in re.findall(r"\d+", indexes)]
    return found


def _set(holder: Any, keys: list[str | int], mark: _Mark) -> None:
    """Write into what is there; what is not there, or of another kind, is made anew."""
    for at, key in enumerate(keys):
        last = at == len(keys) - 1
        wanted: Any = mark if last else [] if isinstance(keys[at + 1], int) else {}
        if isinstance(key, int):
            if key > _MAX_INDEX or key >= len(holder):
                return  # a longer list is a new one, which the inline values know nothing of
            if last or type(holder[key]) is not type(wanted):
                holder[key] = wanted
        elif last or type(holder.get(key)) is not type(wanted):
            holder[key] = wanted
        holder = holder[key]
