"""The tree of a path expression and a value -> the paths that it names, as `path(…)` of jq gives them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..goregexp import PatternError, UnknownPatternError, compiled
from .parse import Node, Unsupported

_MOST = 100_000
"""Paths that are looked at; an object has fewer values."""
Path = tuple[str | int, ...]


class _Spot(NamedTuple):
    """A value, and where it is; a value that an expression made is nowhere."""

    value: Any
    path: Path | None


class _Miss(Exception):  # noqa: N818 (jq's error, which `?` takes back)
    """What jq would stop with: a field of a text, an item of a number."""


def paths(tree: Node, value: Any) -> list[Path]:
    """The paths of what the expression names in `value`, in its order.

    Where jq would stop with an error (`.a` of a list), `del` deletes nothing: so nothing is named.

    Raises Unsupported where the expression names a value that it made.
    """
    try:
        spots = list(_Run().go(tree, _Spot(value, ())))
    except _Miss:
        return []
    if any(spot.path is None for spot in spots):
        raise Unsupported("it gives a value and names no field")
    return [spot.path for spot in spots if spot.path is not None]


class _Run:
    def __init__(self) -> None:
        self._left = _MOST

    def go(self, node: Node, spot: _Spot) -> Iterator[_Spot]:
        self._left -= 1
        if self._left < 0:
            raise Unsupported(f"it looks at more than {_MOST} values")
        sort = node.sort
        if sort == "identity":
            yield spot
        elif sort in ("field", "index"):
            yield _step(spot, node.value)
        elif sort == "iterate":
            yield from _children(spot)
        elif sort == "recurse":
            yield from self._recurse(spot)
        elif sort == "pipe":
            yield from self._pipe(node.inner, spot)
        elif sort == "comma":
            for part in node.inner:
                yield from self.go(part, spot)
        elif sort == "try":
            try:
                yield from self.go(node.inner[0], spot)
            except _Miss:
                return
        elif sort == "select":
            yield from (spot for answer in self.go(node.inner[0], spot) if _true(answer.value))
        else:
            yield from (_Spot(value, None) for value in self._values(node, spot))

    def _pipe(self, parts: tuple[Node, ...], spot: _Spot) -> Iterator[_Spot]:
        if not parts:
            yield spot
            return
        for inner in self.go(parts[0], spot):
            yield from self._pipe(parts[1:], inner)

    def _recurse(self, spot: _Spot) -> Iterator[_Spot]:
        self._left -= 1
        if self._left < 0:
            raise Unsupported(f"it looks at more than {_MOST} values")
        yield spot
        if isinstance(spot.value, dict | list):
            for child in _children(spot):
                yield from self._recurse(child)

    def _values(self, node: Node, spot: _Spot) -> Iterator[Any]:
        if node.sort == "literal":
            yield node.value
        elif node.sort == "compare":
            for right in self.go(node.inner[1], spot):
                for left in self.go(node.inner[0], spot):
                    yield _compared(node.value, left.value, right.value)
        elif node.sort in ("and", "or"):
            for left in self.go(node.inner[0], spot):
                if _true(left.value) is (node.sort == "or"):
                    yield node.sort == "or"
                else:
                    yield from (_true(right.value) for right in self.go(node.inner[1], spot))
        else:
            yield from self._called(node, spot)

    def _called(self, node: Node, spot: _Spot) -> Iterator[Any]:
        name, value = node.value, spot.value
        if not node.inner:
            yield _PLAIN[name](value)
        elif name in ("any", "all"):
            answers = [_true(answer.value) for child in _children(spot) for answer in self.go(node.inner[0], child)]
            yield any(answers) if name == "any" else all(answers)
        elif name == "IN":
            yield any(_same(value, answer.value) for answer in self.go(node.inner[0], spot))
        else:
            yield from (_ASKED[name](value, argument.value) for argument in self.go(node.inner[0], spot))


def _step(spot: _Spot, key: str | int) -> _Spot:
    value, path = spot
    place = None if path is None else (*path, key)
    if value is None:
        return _Spot(None, place)
    if isinstance(value, dict) and isinstance(key, str):
        return _Spot(value.get(key), place)
    if isinstance(value, list) and isinstance(key, int):
        index = key + len(value) if key < 0 else key
        inside = 0 <= index < len(value)
        return _Spot(value[index] if inside else None, None if path is None else (*path, index))
    raise _Miss


def _children(spot: _Spot) -> Iterator[_Spot]:
    value, path = spot
    if isinstance(value, dict):
        for key in sorted(value):
            yield _Spot(value[key], None if path is None else (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield _Spot(item, None if path is None else (*path, index))
    else:
        raise _Miss


def _true(value: Any) -> bool:
    return value is not None and value is not False


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


_ORDER = (type(None), bool, (int, float), str, list, dict)


def _rank(value: Any) -> int:
    return next(index for index, kind in enumerate(_ORDER) if isinstance(value, kind))  # type: ignore[arg-type]


def _compared(sign: str, one: Any, other: Any) -> bool:
    if sign in ("==", "!="):
        return _same(one, other) is (sign == "==")
    ranks = _rank(one), _rank(other)
    if ranks[0] != ranks[1]:
        left, right = ranks
    elif isinstance(one, str | int | float) and isinstance(other, str | int | float):
        left, right = one, other  # type: ignore[assignment]
    else:
        raise Unsupported("it orders lists or objects")
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]


def _length(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, str | list | dict):
        return len(value)
    raise _Miss


def _type(value: Any) -> str:
    return ("null", "boolean", "number", "string", "array", "object")[_rank(value)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _lower(value: Any) -> str:
    if not isinstance(value, str):
        raise _Miss
    return "".join(char.lower() if char.isascii() else char for char in value)


def _has(value: Any, key: Any) -> bool:
    if isinstance(value, dict) and isinstance(key, str):
        return key in value
    if isinstance(value, list) and isinstance(key, int):
        return 0 <= key < len(value)
    raise _Miss


def _texts(value: Any, argument: Any) -> tuple[str, str]:
    if not isinstance(value, str) or not isinstance(argument, str):
        raise _Miss
    return value, argument


def _matches(value: Any, pattern: Any) -> bool:
    text, wanted = _texts(value, pattern)
    try:
        return compiled(wanted).search(text) is not None
    except (PatternError, UnknownPatternError):
        raise Unsupported("a regular expression that is not understood") from None


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(key in value and _contains(value[key], inner) for key, inner in wanted.items())
    if isinstance(value, list) and isinstance(wanted, list):
        return all(any(_contains(item, inner) for item in value) for inner in wanted)
    if isinstance(value, str) and isinstance(wanted, str):
        return wanted in value
    return _same(value, wanted)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "not": lambda value: not _true(value), "length": _length, "type": _type, "tostring": _text, "ascii_downcase": _lower,
}
_ASKED: dict[str, Callable[[Any, Any], bool]] = {
    "has": _has, "test": _matches, "contains": _contains,
    "startswith": lambda value, start: (texts := _texts(value, start))[0].startswith(texts[1]),
    "endswith": lambda value, end: (texts := _texts(value, end))[0].endswith(texts[1]),
}
