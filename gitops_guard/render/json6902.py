"""JSON patches: a resource's body and operations go in, the body comes out changed.

The semantics are those of evanphx/json-patch v4 as kustomize calls it: `replace` of a missing key adds it, `copy` of one copies
a null, negative indexes count from the end, and every number of the resource goes through a 64-bit float.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..errors import RenderError
from ..origin import Map, Origin, Seq, clone
from . import node, rawjson
from .quoting import number_text

_INDEX = re.compile(r"[+-]?[0-9]+", re.ASCII)
_EXACT = 2**53
"""Whole numbers up to here are the same as a float."""
_Value = tuple[Any, Origin | None]


class _PatchError(Exception):
    """An operation that does not apply; the message names no value."""


def apply(body: Map, operations: Iterable[Map]) -> Map:
    """The body after every operation: changed in place, or another one where an operation replaces the whole.

    The operations are those of a YAML 1.1 document; they stay as they are. Raises RenderError at the operation that does not
    apply.
    """
    document: Any = body
    for operation in operations:
        try:
            document = _Operation(operation).run(document)
        except _PatchError as error:
            place = operation.at.get("path") or operation.at.get("op") or next(iter(operation.at.values()), None)
            path = operation.get("path")
            where = f" ({path})" if isinstance(path, str) and path else ""
            file, line, column = (place.file, place.line, place.column) if place else ("", 1, 1)
            raise RenderError(f"the JSON patch does not apply: {error}{where}", file, line, column,
                              "correct the operation, or the resource it is for") from None
    _end_sharing(document)
    node.through_json(document)
    return document if type(document) is Map else Map()


class _Operation:
    """One operation on a document."""

    def __init__(self, operation: Map) -> None:
        self._operation = operation
        self._kind = operation.get("op")
        self._place = operation.at.get("path") or operation.at.get("op")

    def run(self, document: Any) -> Any:
        kind = self._kind
        if kind == "test":
            self._test(document)
        elif kind == "add":
            _add(*self._holder(document, "path"), self._value())
        elif kind == "remove":
            _remove(*self._holder(document, "path"), self._place)
        elif kind == "replace":
            if self._path("path") == "":
                return self._replaced()
            holder, key = self._holder(document, "path")
            _get(holder, key)
            _set(holder, key, self._value())
        elif kind == "move":
            holder, key = self._holder(document, "from")
            value = _get(holder, key) or (None, self._place)
            _remove(holder, key, self._place)
            _add(*self._holder(document, "path"), value)
        elif kind == "copy":
            value = _get(*self._holder(document, "from")) or (None, self._place)
            _add(*self._holder(document, "path"), (clone(value[0]), value[1]))
        else:
            raise _PatchError("an unknown op; write add, remove, replace, move, copy or test")
        return document

    def _path(self, field: str) -> str:
        path = self._operation.get(field)
        if not isinstance(path, str):
            raise _PatchError(f"an operation without {field}")
        return path

    def _value(self) -> _Value:
        return clone(self._operation.get("value")), self._operation.at.get("value") or self._place

    def _replaced(self) -> Any:
        value = self._value()[0]
        if type(value) is not Map and type(value) is not Seq:
            raise _PatchError("the whole resource can't become a scalar")
        return value

    def _test(self, document: Any) -> None:
        wanted = self._operation.get("value")
        at = self._operation.at.get("value")
        if self._path("path") == "":
            same = _same(document, wanted, (None, at))
        else:
            found = _get(*self._holder(document, "path")) or (None, None)
            same = _same(found[0], wanted, (found[1], at))
        if not same:
            raise _PatchError("the test fails")

    def _holder(self, document: Any, field: str) -> tuple[Any, str]:
        """The container that a path leads into, and the key in it."""
        # What stands before the first slash counts for nothing.
        parts = [part.replace("~1", "/").replace("~0", "~") for part in self._path(field).split("/")[1:]]
        if not parts:
            raise _PatchError("the path names no field; it begins with /")
        for part in parts[:-1]:
            try:
                found = _get(document, part)
            except _PatchError:
                found = None
            document = found[0] if found else None
            if type(document) is not Map and type(document) is not Seq:
                raise _PatchError("the path leads to nothing")
        return document, parts[-1]


def _index(key: str) -> int:
    if not _INDEX.fullmatch(key) or len(key) > 12:
        raise _PatchError("a list is indexed by a number")
    return int(key)


def _get(holder: Any, key: str) -> _Value | None:
    if type(holder) is Map:
        return (holder[key], holder.at.get(key)) if key in holder else None
    at = _index(key)
    if not -len(holder) <= at < len(holder):
        raise _PatchError("the index is beyond the list")
    return holder[at], holder.at[at]


def _set(holder: Any, key: str, value: _Value) -> None:
    if type(holder) is Map:
        holder.put(key, *value)
    else:
        holder.put(_index(key), *value)


def _add(holder: Any, key: str, value: _Value) -> None:
    if type(holder) is Map:
        holder.put(key, *value)
        return
    if key == "-":
        holder.add(*value)
        return
    at, size = _index(key), len(holder) + 1
    if not -size <= at < size:
        raise _PatchError("the index is beyond the list")
    holder.insert_at(at + size if at < 0 else at, *value)


def _remove(holder: Any, key: str, place: Origin | None) -> None:
    found = _get(holder, key)
    if found is None:
        raise _PatchError("the field to remove is not there")
    if type(holder) is Map:
        holder.drop(key, place)
    else:
        holder.remove_at(_index(key), place)


def _same(one: Any, other: Any, places: tuple[Origin | None, Origin | None]) -> bool:
    """Whether two values are equal; scalars are where their JSON texts are."""
    if type(one) is Map or type(other) is Map:
        return type(one) is type(other) and one.keys() == other.keys() and all(
            _same(item, other[key], (one.at.get(key), other.at.get(key))) for key, item in one.items())
    if type(one) is Seq or type(other) is Seq:
        return type(one) is type(other) and len(one) == len(other) and all(
            map(_same, one, other, zip(one.at, other.at, strict=True)))
    if type(one) is str or type(other) is str:
        return type(one) is type(other) and rawjson.text_of(one, places[0]) == rawjson.text_of(other, places[1])
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        if isinstance(one, bool) or isinstance(other, bool):
            return one is other
        return _number(one, places[0]) == _number(other, places[1])
    return bool(type(one) is type(other) and one == other)


def _number(value: float, place: Origin | None) -> str:
    if place is not None and place.spelling is not None and place.spelling.style:
        return rawjson.text_of(value, place)
    try:
        return number_text(value)
    except ValueError:
        return str(value)


def _end_sharing(value: Any) -> None:
    """What was one node in kustomize comes apart, and large numbers lose digits."""
    if type(value) is Map:
        value.shared = None
    pairs: Any = value.items() if type(value) is Map else enumerate(value) if type(value) is Seq else ()
    for key, item in pairs:
        kind = type(item)
        if kind is Map or kind is Seq:
            _end_sharing(item)
        elif kind is int and not -_EXACT <= item <= _EXACT:
            value[key] = float(item)
