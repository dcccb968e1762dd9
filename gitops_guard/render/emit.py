"""Resources -> the bytes that kustomize prints for them.

kustomize turns each resource into JSON and prints it with go-yaml v2: keys sorted, lists not indented, 80 columns.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from ..errors import RenderError
from ..model import Resource
from ..origin import Map, Origin, Seq
from .quoting import is_simple, key_text, number_text, value_text


def emit(resources: Iterable[Resource]) -> str:
    """The documents joined by `---`, in the order given; empty without any. Raises RenderError."""
    return "---\n".join(document(resource.body) for resource in resources)


def document(body: Map) -> str:
    """One resource as YAML. Raises RenderError where a value has no place in YAML, as kustomize fails there."""
    out: list[str] = []
    if not body:
        return "{}\n"
    _mapping(body, 0, out, "")
    return "".join(out)


def sorted_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Keys in the order of go-yaml v2 `sorter.go`: letters by code point, other characters before them, numbers by value."""
    return _order(tuple(keys))


@functools.lru_cache(maxsize=32768)
def _order(keys: tuple[str, ...]) -> tuple[str, ...]:
    if "".join(keys).isalpha():
        return tuple(sorted(keys))
    return tuple(sorted(keys, key=functools.cmp_to_key(_compare)))


def _compare(one: str, other: str) -> int:
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a == b:
            continue
        if a.isalpha() or b.isalpha():
            if a.isalpha() and b.isalpha():
                return -1 if a < b else 1
            return -1 if b.isalpha() else 1
        return _compare_numbers(one, other, at)
    return len(one) - len(other)


def _compare_numbers(one: str, other: str, at: int) -> int:
    """Two texts that differ at a character that is no letter; digits count as a whole number."""
    lead = 0
    if one[at] == "0" or other[at] == "0":
        # Zeros behind a digit that counts are part of its number.
        before = at - 1
        while before >= 0 and one[before].isdecimal():
            if one[before] != "0":
                lead = 1
                break
            before -= 1
    first, first_end = _number(one, at, lead)
    second, second_end = _number(other, at, lead)
    if first != second:
        return -1 if first < second else 1
    if first_end != second_end:
        return first_end - second_end
    return -1 if one[at] < other[at] else 1


def _number(text: str, at: int, value: int) -> tuple[int, int]:
    while at < len(text) and text[at].isdecimal():
        value = value * 10 + ord(text[at]) - ord("0")
        at += 1
    return value, at


def _mapping(node: Map, indent: int, out: list[str], first: str) -> None:
    """`first` is what stands before the first key on its line; `indent` is the column of the keys."""
    pad = " " * indent
    lead = first or pad
    for key in sorted_keys(node):
        value = node[key]
        try:
            text = key_text(key)
            kind = type(value)
            if text is None:
                # Behind a `?`; its value is then no longer on the key's line, and lists are indented.
                out.append(f"{lead}? {value_text(key, indent + 2, indent + 2)}{pad}:")
                _behind_question_mark(value, indent, out)
            elif kind is str and is_simple(value):
                out.append(f"{lead}{text}: {value}\n")
            elif kind is Map and value:
                out.append(f"{lead}{text}:\n")
                _mapping(value, indent + 2, out, "")
            else:
                out.append(f"{lead}{text}:")
                _value(value, indent, len(text) + 1, out)
        except ValueError as error:
            raise _failure(str(error), node.at.get(key)) from None
        lead = pad


def _value(value: Any, indent: int, width: int, out: list[str]) -> None:
    """The value behind a key: `width` is the key's, with its colon."""
    kind = type(value)
    if kind is str:
        out.append(" " + value_text(value, indent + width + 1, indent + 2))
    elif kind is Map:
        if value:
            out.append("\n")
            _mapping(value, indent + 2, out, "")
        else:
            out.append(" {}\n")
    elif kind is Seq:
        if value:
            out.append("\n")
            _sequence(value, indent, out, "")
        else:
            out.append(" []\n")
    else:
        out.append(f" {_plain(value)}\n")


def _behind_question_mark(value: Any, indent: int, out: list[str]) -> None:
    if type(value) is Map and value:
        _mapping(value, indent + 2, out, " ")
    elif type(value) is Seq and value:
        _sequence(value, indent + 2, out, " ")
    else:
        _value(value, indent, 1, out)


def _sequence(node: Seq, indent: int, out: list[str], first: str) -> None:
    lead = f"{first or ' ' * indent}- "
    for at, value in enumerate(node):
        kind = type(value)
        if kind is str:
            try:
                out.append(lead + value_text(value, indent + 2, indent + 2))
            except ValueError as error:
                raise _failure(str(error), node.at[at]) from None
        elif kind is Map and value:
            _mapping(value, indent + 2, out, lead)
        elif kind is Seq and value:
            _sequence(value, indent + 2, out, lead)
        elif kind is Map or kind is Seq:
            out.append(lead + ("{}\n" if kind is Map else "[]\n"))
        else:
            out.append(f"{lead}{_plain(value)}\n")
        lead = f"{' ' * indent}- "


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    return number_text(value)


def _failure(message: str, origin: Origin | None) -> RenderError:
    return RenderError(message, origin.file, origin.line, origin.column) if origin else RenderError(message, "")
