"""The functions that every Go template has: comparison, logic, length, indexing, printing and escaping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import CallError
from .printf import sprintf
from .printing import printable, shown, sprint, text
from .signature import Registry
from .values import encode, equal, index, is_list, less, truth, type_name

FUNCTIONS = Registry()
"""By name. `and` and `or` stand here for their parameters alone: the executor does them, to stop early."""

_HTML = {"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}
_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")


@FUNCTIONS("value, ...value", "and", "or")
def _logic(*_values: Any) -> Any:
    raise CallError("and, or are done by the executor")


@FUNCTIONS("value", "not")
def _not(value: Any) -> bool:
    return not truth(value)


@FUNCTIONS("value, ...value", "eq")
def _eq(first: Any, *others: Any) -> bool:
    if not others:
        raise CallError("missing argument for comparison")
    return any(equal(first, other) for other in others)


@FUNCTIONS("value, value", "ne")
def _ne(first: Any, second: Any) -> bool:
    return not equal(first, second)


@FUNCTIONS("value, value", "lt")
def _lt(first: Any, second: Any) -> bool:
    return less(first, second)


@FUNCTIONS("value, value", "le")
def _le(first: Any, second: Any) -> bool:
    return less(first, second) or equal(first, second)


@FUNCTIONS("value, value", "gt")
def _gt(first: Any, second: Any) -> bool:
    return not _le(first, second)


@FUNCTIONS("value, value", "ge")
def _ge(first: Any, second: Any) -> bool:
    return not less(first, second)


@FUNCTIONS("value", "len")
def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(encode(value))
    if isinstance(value, Mapping) or is_list(value):
        return len(value)
    raise CallError(f"len of type {type_name(value)}")


@FUNCTIONS("value, ...value", "index")
def _index(value: Any, *keys: Any) -> Any:
    return index(value, *keys)


@FUNCTIONS("value, ...value", "call")
def _call(value: Any, *_values: Any) -> Any:
    raise CallError("call of nil" if value is None else f"non-function of type {type_name(value)}")


@FUNCTIONS("...any", "print")
def _print(*values: Any) -> str:
    return sprint(values)


@FUNCTIONS("...any", "println")
def _println(*values: Any) -> str:
    return " ".join(map(text, values)) + "\n"


@FUNCTIONS("string, ...any", "printf")
def _printf(form: str, *values: Any) -> str:
    return sprintf(form, values)


def _joined(values: tuple[Any, ...]) -> str:
    """The text that an escaper escapes."""
    if len(values) == 1 and isinstance(values[0], str):
        return values[0]
    return sprint([shown(value) if value is None else value for value in values])


@FUNCTIONS("...any", "html")
def _html(*values: Any) -> str:
    return "".join(_HTML.get(char, char) for char in _joined(values))


@FUNCTIONS("...any", "js")
def _js(*values: Any) -> str:
    return "".join(_JS.get(char) or (f"\\u{ord(char):04X}" if not printable(char) else char) for char in _joined(values))


@FUNCTIONS("...any", "urlquery")
def _urlquery(*values: Any) -> str:
    out = "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in encode(_joined(values)))
    return re.sub("%20", "+", out)
