"""The parameters of an ApplicationSet: nested data with the place of every value, as Go has them; how they merge and flatten.

A parameter set is a `Map`: nested with goTemplate, else of flat keys (`path.basename`). Rules: Argo CD's
`applicationset/generators` and `applicationset/utils/map.go`, dario.cat/mergo, jeremywohl/flatten.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from ....gotemplate.printing import text as printed
from ....gotemplate.values import Slice, StringMap
from ....origin import Map, Origin, Seq


class Texts(Map, StringMap):
    """A map of strings only, which Go's template functions for maps don't take: `values`, labels, annotations."""


class Words(Seq, Slice):
    """A list of another type than any list: the segments of a path, the clusters of a flat list."""

    def __init__(self, items: list[Any], elem: str) -> None:
        """`elem` is the Go type of an item."""
        Seq.__init__(self, items)
        self.elem = elem
        self.nil = False


class MismatchError(Exception):
    """Two sets of parameters don't go together; `key` is where."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.message = message
        self.key = key


def data(value: Any) -> Any:
    """A copy of what a file holds, as JSON gives it to Go: every number a float64. Raises ValueError for what JSON can't hold."""
    if type(value) is Map:
        return Map([(key, data(item)) for key, item in value.items()], value.at.copy())
    if type(value) is Seq:
        return Seq([data(item) for item in value], value.at.copy())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
        if math.isinf(number) or math.isnan(number):
            raise ValueError("a number that JSON does not have")
        return number
    return value


def flat(params: Map) -> Map:
    """Every leaf by its dotted path, as text: what selectors see, and what templates see without goTemplate."""
    found = Map()
    for key, value, origin in _leaves(params, ""):
        found.put(key, printed(value), origin)
    return found


def _leaves(node: Any, prefix: str) -> Iterator[tuple[str, Any, Origin | None]]:
    if isinstance(node, Map):
        for key, value in node.items():
            yield from _below(value, prefix + key, node.at.get(key))
    else:
        for index, value in enumerate(node):
            yield from _below(value, f"{prefix}{index}", node.at[index])


def _below(value: Any, name: str, origin: Origin | None) -> Iterator[tuple[str, Any, Origin | None]]:
    if isinstance(value, Map) or type(value) is Seq:
        yield from _leaves(value, name + ".")
    else:
        yield name, value, origin


def over(base: Map, winner: Map) -> None:
    """Merge `winner` into `base`: maps deeply, all else replaces (mergo with override). Raises MismatchError."""
    for key, value in winner.items():
        here = base.get(key)
        if isinstance(value, Map) and isinstance(here, Map) and here:
            if isinstance(here, Texts) and not isinstance(value, Texts) and value:
                raise MismatchError("a map of texts can't take in a map of other values", key)
            over(here, value)
        else:
            base.put(key, copy(value), winner.at.get(key))


def copy(value: Any) -> Any:
    """A deep copy of parameters."""
    if isinstance(value, Map):
        made = Texts() if isinstance(value, Texts) else Map()
        for key, item in value.items():
            made.put(key, copy(item), value.at.get(key))
        return made
    if isinstance(value, Words):
        return Words([copy(item) for item in value], value.elem)
    if isinstance(value, Seq):
        return Seq([copy(item) for item in value], value.at.copy())
    return value


def combined(first: Map, second: Map) -> Map:
    """Two flat sets as one. Raises MismatchError where both have a key with different values."""
    both = Map()
    for params in (first, second):
        for key, value in params.items():
            shown = printed(value)
            if both.get(key, shown) != shown:
                raise MismatchError("both generators set it, to different values", key)
            both.put(key, shown, params.at.get(key) or both.at.get(key))
    return both


def identity(params: Map, keys: list[str]) -> str:
    """What a merge generator tells parameter sets apart by."""
    return json.dumps({key: params.get(key) for key in keys}, sort_keys=True, default=str)
