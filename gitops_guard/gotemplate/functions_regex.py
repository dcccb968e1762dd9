"""Sprig's functions with regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..goregexp import PatternError, Regexp, Spans, UnknownPatternError, compiled
from .budget import spend
from .errors import CallError, UnknownError
from .signature import Registry
from .values import Slice, bound

FUNCTIONS = Registry()

_VARIABLE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")


def _matches(expression: str, value: str, limit: int = -1) -> Iterator[Spans]:
    return _compiled(expression).matches(value, limit, spend)


def _compiled(expression: str) -> Regexp:
    """Raises CallError for what Go refuses, UnknownError for what isn't reproduced."""
    try:
        return compiled(expression)
    except PatternError as error:
        raise CallError(f"error parsing regexp: {error}") from None
    except UnknownPatternError as error:
        raise UnknownError(str(error)) from None


@FUNCTIONS("string, string", "mustRegexMatch")
def _must_match(expression: str, value: str) -> bool:
    return next(_matches(expression, value, 1), None) is not None


@FUNCTIONS("string, string", "regexMatch")
def _match(expression: str, value: str) -> bool:
    try:
        return _must_match(expression, value)
    except CallError:
        return False


@FUNCTIONS("string, string, int", "regexFindAll", "mustRegexFindAll")
def _find_all(expression: str, value: str, count: int) -> Slice:
    found = [value[spans[0] : spans[1]] for spans in _matches(expression, value, count)]
    return Slice(found, "string", nil=not found)


@FUNCTIONS("string, string", "regexFind", "mustRegexFind")
def _find(expression: str, value: str) -> str:
    spans = next(_matches(expression, value, 1), None)
    return value[spans[0] : spans[1]] if spans else ""


@FUNCTIONS("string, string, string", "regexReplaceAllLiteral", "mustRegexReplaceAllLiteral")
def _replace_literal(expression: str, value: str, new: str) -> str:
    return _replaced(_compiled(expression), value, lambda _spans: new)


@FUNCTIONS("string, string, string", "regexReplaceAll", "mustRegexReplaceAll")
def _replace(expression: str, value: str, new: str) -> str:
    regex = _compiled(expression)
    return _replaced(regex, value, lambda spans: _expanded(new, value, regex, spans))


def _replaced(regex: Regexp, value: str, replacement: object) -> str:
    out: list[str] = []
    at = size = 0
    for spans in regex.matches(value, spend=spend):
        new = replacement(spans)  # type: ignore[operator]
        out += (value[at : spans[0]], new)
        size += len(new)
        bound(size)
        at = spans[1]
    return "".join((*out, value[at:]))


def _expanded(new: str, value: str, regex: Regexp, spans: Spans) -> str:
    """`$1`, `${name}` replaced by what the groups took; a group that doesn't exist is empty, `$$` is `$`."""

    def group(found: re.Match[str]) -> str:
        name = found.group(1) or found.group(2)
        if name is None:
            return "$"
        number = _group_number(name, regex)
        if number is None or spans[2 * number] < 0:
            return ""
        return value[spans[2 * number] : spans[2 * number + 1]]

    return _VARIABLE.sub(group, new)


def _group_number(name: str, regex: Regexp) -> int | None:
    if name.isascii() and name.isdigit():
        number = int(name[:9])
        # `$01` is a name in Go, and no group has it.
        return number if number < len(regex.names) and (name == "0" or not name.startswith("0")) else None
    return regex.names.index(name) if name in regex.names else None


@FUNCTIONS("string, string, int", "regexSplit", "mustRegexSplit")
def _split(expression: str, value: str, count: int) -> Slice:
    regex = _compiled(expression)
    if count == 0:
        return Slice([], "string", nil=True)
    if expression and not value:
        return Slice([""], "string")
    parts: list[str] = []
    start = end = 0
    for spans in regex.matches(value, count, spend):
        if count > 0 and len(parts) == count - 1:
            break
        end = spans[0]
        if spans[1]:
            parts.append(value[start:end])
        start = spans[1]
    if end != len(value):
        parts.append(value[start:])
    return Slice(parts, "string")


@FUNCTIONS("string", "regexQuoteMeta")
def _quote_meta(value: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", value)
