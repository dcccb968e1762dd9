"""Sprig's functions on lists. They make new lists; one that Go knows to be nil stays nil."""

from __future__ import annotations

from typing import Any

from .casts import is_empty, to_int, to_text, to_texts
from .errors import CallError, UnknownError
from .signature import Registry
from .values import Slice, Unordered, bound, deep_equal, encode, is_list, type_name

FUNCTIONS = Registry()


def _items(value: Any, what: str) -> list[Any]:
    if not is_list(value):
        raise CallError(f"Cannot {what} on type {type_name(value)}")
    return list(value)


def _nil() -> Slice:
    return Slice([], nil=True)


@FUNCTIONS("...any", "list", "tuple")
def _list(*values: Any) -> list[Any]:
    return list(values)


@FUNCTIONS("any, any", "append", "push", "mustAppend", "mustPush")
def _append(values: Any, item: Any) -> list[Any]:
    return [*_items(values, "push"), item]


@FUNCTIONS("any, any", "prepend", "mustPrepend")
def _prepend(values: Any, item: Any) -> list[Any]:
    return [item, *_items(values, "prepend")]


@FUNCTIONS("int, any", "chunk", "mustChunk")
def _chunk(size: int, values: Any) -> Slice:
    items = _items(values, "chunk")
    if size <= 0:
        raise UnknownError("chunks without a size are not known here")
    if not items:
        return Slice([], "[]interface {}")
    return Slice([items[at : at + size] for at in range(0, len(items), size)], "[]interface {}")


@FUNCTIONS("any", "first", "mustFirst")
def _first(values: Any) -> Any:
    items = _items(values, "find first")
    return items[0] if items else None


@FUNCTIONS("any", "last", "mustLast")
def _last(values: Any) -> Any:
    items = _items(values, "find last")
    return items[-1] if items else None


@FUNCTIONS("any", "rest", "mustRest")
def _rest(values: Any) -> list[Any]:
    items = _items(values, "find rest")
    return items[1:] if items else _nil()


@FUNCTIONS("any", "initial", "mustInitial")
def _initial(values: Any) -> list[Any]:
    items = _items(values, "find initial")
    return items[:-1] if items else _nil()


@FUNCTIONS("any", "reverse", "mustReverse")
def _reverse(values: Any) -> list[Any]:
    return _items(values, "find reverse")[::-1]


@FUNCTIONS("any", "compact", "mustCompact")
def _compact(values: Any) -> list[Any]:
    return [item for item in _items(values, "compact") if not is_empty(item)]


def _among(item: Any, items: list[Any]) -> bool:
    return any(deep_equal(item, other) for other in items)


@FUNCTIONS("any", "uniq", "mustUniq")
def _uniq(values: Any) -> list[Any]:
    items = _items(values, "find uniq")
    kept: list[Any] = []
    for item in items:
        if not _among(item, kept):
            kept.append(item)
    return kept


@FUNCTIONS("any, ...any", "without", "mustWithout")
def _without(values: Any, *unwanted: Any) -> list[Any]:
    return [item for item in _items(values, "find without") if not _among(item, list(unwanted))]


@FUNCTIONS("any, any", "has", "mustHas")
def _has(item: Any, values: Any) -> bool:
    return values is not None and _among(item, _items(values, "find has"))


@FUNCTIONS("any, ...any", "slice", "mustSlice")
def _slice(values: Any, *indexes: Any) -> Any:
    if not is_list(values):
        raise CallError(f"list should be type of slice or array but {type_name(values)}")
    if not values:
        return None
    start = to_int(indexes[0]) if indexes else 0
    end = to_int(indexes[1]) if len(indexes) > 1 else len(values)
    if end > len(values):
        # Go allows it up to the capacity, which depends on how the list was made.
        raise UnknownError("a slice beyond the end of its list")
    if not 0 <= start <= end:
        raise CallError("slice index out of bounds")
    return Slice(list(values)[start:end], values.elem if isinstance(values, Slice) else "interface {}")


@FUNCTIONS("...any", "concat")
def _concat(*lists: Any) -> list[Any]:
    items: list[Any] = []
    for values in lists:
        items.extend(_items(values, "concat"))
        bound(len(items))
    return items or _nil()


@FUNCTIONS("any", "sortAlpha")
def _sort_alpha(values: Any) -> Slice:
    if isinstance(values, Unordered):
        values = list(values)
    return Slice(sorted(to_texts(values), key=encode) if is_list(values) else [to_text(values)], "string")
