"""The value of an expression: the expression and a look-up of variables go in, a text comes out."""

from __future__ import annotations

import re
from collections.abc import Callable

from .. import gopattern
from .expression import Expression, SubstitutionError

_WHOLE = re.compile(r"[+-]?[0-9]+")


def evaluate(expression: Expression, lookup: Callable[[str], str | None], strict: bool) -> str:
    """See `envsubst.substitute`. Raises SubstitutionError."""
    arguments = [part if isinstance(part, str) else evaluate(part, lookup, strict) for part in expression.arguments]
    value = lookup(expression.variable)
    if value is None and strict and not expression.has_default:
        raise SubstitutionError(f"the variable {expression.variable} has no value", expression.variable, expression.start,
                                unset=True)
    if expression.operator == ":":
        return _part_of(value or "", arguments, expression)
    if expression.operator in _OPERATIONS and not (expression.operator == "#" and not arguments):
        return _OPERATIONS[expression.operator](value or "", arguments)
    if expression.operator == "#":
        return str(len(_bytes(value or "")))
    return value or "".join(arguments)


def _bytes(text: str) -> bytes:
    """Lengths and offsets are those of the UTF-8 bytes."""
    return text.encode("utf-8", "surrogateescape")


def _part_of(value: str, arguments: list[str], expression: Expression) -> str:
    data = _bytes(value)
    offset = _whole(arguments[0])
    if offset is None:
        return value
    offset = max(offset + len(data), 0) if offset < 0 else offset
    length = _whole(arguments[1]) if len(arguments) > 1 else len(data)
    if length is None:
        return value
    if offset + length >= len(data):
        part = data[offset:]
    elif length < 0 or offset > len(data):
        raise SubstitutionError("a length below zero, which Flux does not survive", expression.variable, expression.start)
    else:
        part = data[offset:offset + length]
    return part.decode("utf-8", "surrogateescape")


def _whole(text: str) -> int | None:
    if not _WHOLE.fullmatch(text) or len(text) > 20:
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


def _each(value: str, change: Callable[[str], str]) -> str:
    """Character by character, as Go does: never one for several."""
    return "".join(new if len(new := change(c)) == 1 else c for c in value)


def _first(value: str, change: Callable[[str], str]) -> str:
    return _each(value[:1], change) + value[1:]


def _replace_prefix(value: str, arguments: list[str]) -> str:
    if len(arguments) == 2 and value.startswith(arguments[0]):
        return arguments[1] + value[len(arguments[0]):]
    return value


def _replace_suffix(value: str, arguments: list[str]) -> str:
    if len(arguments) == 2 and value.endswith(arguments[0]):
        return value[:len(value) - len(arguments[0])] + arguments[1]
    return value


def _replace(value: str, arguments: list[str], count: int) -> str:
    return value.replace(arguments[0], arguments[1] if len(arguments) > 1 else "", count)


def _trim(value: str, pattern: str, *, longest: bool) -> str:
    """The value without a beginning that the pattern fits; the empty beginning does not count."""
    fits = gopattern.lengths(pattern, value)
    return value[(max(fits) if longest else min(fits)):] if fits else value


def _trim_end(value: str, pattern: str, *, longest: bool) -> str:
    # Flux turns value and pattern round, so that an escape or a class in the pattern is turned round, too.
    return _trim(value[::-1], pattern[::-1], longest=longest)[::-1]


_OPERATIONS: dict[str, Callable[[str, list[str]], str]] = {
    ",": lambda value, _: _first(value, str.lower),
    ",,": lambda value, _: _each(value, str.lower),
    "^": lambda value, _: _first(value, str.upper),
    "^^": lambda value, _: _each(value, str.upper),
    "#": lambda value, arguments: _trim(value, arguments[0], longest=False),
    "##": lambda value, arguments: _trim(value, arguments[0], longest=True),
    "%": lambda value, arguments: _trim_end(value, arguments[0], longest=False),
    "%%": lambda value, arguments: _trim_end(value, arguments[0], longest=True),
    "/": lambda value, arguments: _replace(value, arguments, 1),
    "//": lambda value, arguments: _replace(value, arguments, -1),
    "/#": _replace_prefix,
    "/%": _replace_suffix,
}
