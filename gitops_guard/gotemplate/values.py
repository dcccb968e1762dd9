"""Go's values in Python: what type a value has, whether it is true, and how two are compared or indexed.

float, str, bool, list and dict are Go's float64, string, bool, []interface {} and map[string]interface {}; int is int.
What Go tells apart and Python doesn't has a class of its own here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from .budget import spend
from .errors import CallError, LimitError

VALUE_WEIGHT = 5
"""A value in a tree weighs as much as so many characters."""
MAX_SIZE = 1_000_000
"""Characters of a text, or values in a tree, that a template may make."""


_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class _Missing:
    """A value that isn't there at all: Go's zero reflect.Value, printed as `<no value>`."""

    def __repr__(self) -> str:
        return "<no value>"


MISSING: Final = _Missing()
"""The entry that a map doesn't have. `None` is a nil that stands in the data."""


class Int64(int):
    """An int64, which Go tells apart from int."""


class Uint64(int):
    """An uint64."""


class Uint8(int):
    """A byte of a string."""


class Slice(list[Any]):
    """A list with another element type than interface {}, or a nil one."""

    def __init__(self, items: Sequence[Any], elem: str = "interface {}", *, nil: bool = False) -> None:
        super().__init__(items)
        self.elem = elem
        self.nil = nil


class StringMap(dict[str, Any]):
    """A map[string]string, which no function for maps takes."""


class NilMap(dict[str, Any]):
    """A nil map: it can be read, but not written."""


class Object:
    """A Go value with methods; `go_type` is its type's name, `str()` how it prints."""

    go_type = ""
    methods: Mapping[str, tuple[str, Callable[..., Any]]] = {}


_INTS = (Int64, Uint64, Uint8)


def type_name(value: Any) -> str:
    """The Go type as `%T` prints it."""
    if value is None or value is MISSING:
        return "<nil>"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, _INTS):
        return type(value).__name__.lower()
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float64"
    if isinstance(value, str):
        return "string"
    if isinstance(value, StringMap):
        return "map[string]string"
    if isinstance(value, Mapping):
        return "map[string]interface {}"
    if isinstance(value, Object):
        return value.go_type
    return f"[]{value.elem}" if isinstance(value, Slice) else "[]interface {}"


def kind_name(value: Any) -> str:
    """The Go kind: type without what it is made of."""
    name = type_name(value)
    if name == "<nil>":
        return "invalid"
    if name.startswith("*"):
        return "ptr"
    return "map" if name.startswith("map[") else "slice" if name.startswith("[]") else name


def is_list(value: Any) -> bool:
    """Whether Go has a slice here."""
    return isinstance(value, list | tuple)


def is_nil(value: Any) -> bool:
    """Whether it is nil, untyped or of its type."""
    return value is None or value is MISSING or isinstance(value, NilMap) or (isinstance(value, Slice) and value.nil)


def truth(value: Any) -> bool:
    """Whether `if` takes it for true: everything but zero, "", false, nil and what is empty."""
    if value is None or value is MISSING:
        return False
    if isinstance(value, Object):
        return True
    return bool(value)


def encode(text: str) -> bytes:
    """The bytes of a Go string; a lone surrogate of the data is what Go reads it as, U+FFFD."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return _LONE.sub("\ufffd", text).encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """The Go string of bytes, wherever they were cut."""
    return data.decode("utf-8", "surrogateescape")


def ordered(data: Mapping[str, Any]) -> list[str]:
    """The keys in Go's order: by bytes."""
    return sorted(data, key=encode)


def bound(size: int) -> None:
    """Raises LimitError if a text or list of `size` would be too large."""
    if size > MAX_SIZE:
        raise LimitError(f"a value is larger than {MAX_SIZE:,} characters or elements")


def weigh(value: Any, limit: int = MAX_SIZE) -> int:
    """How many characters and values are in `value`. Raises LimitError beyond `limit`, so also for what contains itself."""
    total = 0
    stack = [value]
    while stack:
        item = stack.pop()
        total += VALUE_WEIGHT
        if isinstance(item, str):
            total += len(item)
        elif isinstance(item, Mapping):
            total += sum(map(len, item))
            stack.extend(item.values())
        elif is_list(item):
            stack.extend(item)
        if total > limit or len(stack) > limit:
            raise LimitError(f"a value is larger than {limit:,} characters or elements")
    return total


def _basic(value: Any) -> str:
    name = type_name(value)
    if name in {"int", "int64"}:
        return "int"
    if name in {"uint8", "uint64"}:
        return "uint"
    return name if name in {"bool", "float64", "string"} else ""


def equal(first: Any, second: Any) -> bool:
    """Go template's `eq` of two. Raises CallError for types that it doesn't compare."""
    one, two = _basic(first), _basic(second)
    if one != two:
        if {one, two} == {"int", "uint"}:
            return int(first) == int(second)
        if first is not None and second is not None:
            raise CallError(f"incompatible types for comparison: {type_name(first)} and {type_name(second)}")
        return False
    if one:
        return bool(first == second)
    if first is not None and second is not None and kind_name(first) != kind_name(second):
        raise CallError(f"non-comparable types {type_name(first)} and {type_name(second)}")
    if is_nil(first) or is_nil(second):
        return is_nil(first) == is_nil(second)
    if not isinstance(second, Object):
        raise CallError(f"non-comparable type {type_name(second)}")
    return first is second


def less(first: Any, second: Any) -> bool:
    """Go template's `lt`. Raises CallError for types that have no order or differ."""
    one, two = _basic(first), _basic(second)
    if not one or not two:
        raise CallError("invalid type for comparison")
    if one != two and {one, two} != {"int", "uint"}:
        raise CallError(f"incompatible types for comparison: {type_name(first)} and {type_name(second)}")
    if one == "bool":
        raise CallError("invalid type for comparison")
    if one == "string":
        return encode(first) < encode(second)
    return bool(first < second)


def deep_equal(first: Any, second: Any) -> bool:
    """reflect.DeepEqual: same type and same content."""
    spend(VALUE_WEIGHT)
    if type_name(first) != type_name(second):
        return False
    if isinstance(first, Mapping):
        if is_nil(first) != is_nil(second) or first.keys() != second.keys():
            return False
        return all(deep_equal(value, second[key]) for key, value in first.items())
    if is_list(first):
        if is_nil(first) != is_nil(second) or len(first) != len(second):
            return False
        return all(map(deep_equal, first, second))
    return str(first) == str(second) if isinstance(first, Object) else bool(first == second)


def zero(value: Mapping[str, Any]) -> Any:
    """What a map gives for a key that it doesn't have."""
    return "" if isinstance(value, StringMap) else None


def index(item: Any, *indexes: Any) -> Any:
    """Go template's `index`. Raises CallError for a wrong type or an index out of range."""
    if item is None:
        raise CallError("index of untyped nil")
    for key in indexes:
        if item is None:
            raise CallError("index of nil pointer")
        if isinstance(item, Mapping):
            if not isinstance(key, str):
                raise CallError(f"value has type {type_name(key)}; should be string")
            item = item[key] if key in item else zero(item)
        elif isinstance(item, str):
            data = encode(item)
            item = Uint8(data[_position(key, len(data) - 1)])
        elif is_list(item):
            item = item[_position(key, len(item) - 1)]
        else:
            raise CallError(f"can't index item of type {type_name(item)}")
    return item


def _position(key: Any, last: int) -> int:
    if _basic(key) not in {"int", "uint"}:
        raise CallError(f"cannot index slice/array with type {type_name(key)}")
    if not 0 <= key <= last:
        raise CallError(f"index out of range: {int(key)}")
    return int(key)


class Unordered(Slice):
    """What `keys` and `values` give: Go's order of it is random, so only what doesn't depend on the order may use it."""
