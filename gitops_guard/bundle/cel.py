"""Values -> CEL expressions that stand for them, and a list of messages -> the one message that an API server shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MOST = 20
"""How many messages are shown; the API server throws a message of more than 5 KiB away."""
LONGEST = 5000
"""Of a message, in characters."""
STRING = r"""(?:r?'''.*?'''|r?\"\"\".*?\"\"\"|r'[^']*'|r"[^"]*"|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
"""What matches a text in an expression, with re.DOTALL."""
_PLACES = ", ".join(str(place) for place in range(MOST))


def literal(value: Any) -> str:
    """The value as a CEL literal. What isn't of one type in a list or mapping is dynamic: CEL wants them alike."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        items = zip(value, _items(list(value.values())), strict=True)
        return "{" + ", ".join(f"{literal(str(key))}: {item}" for key, item in items) + "}"
    return "[" + ", ".join(_items(list(value))) + "]"


def _items(values: list[Any]) -> list[str]:
    texts = [literal(value) for value in values]
    alike = len({type(value) for value in values}) < 2 and not any(isinstance(value, (list, Mapping)) for value in values)
    return texts if alike else [f"dyn({text})" for text in texts]


NOTHING = "[]"


def joined(*lists: str) -> str:
    """Lists behind each other."""
    return " + ".join(f"({one})" for one in lists if one != NOTHING) or NOTHING


def lines(messages: str) -> str:
    """Each message in one line, with single blanks and no control characters; the API server throws others away."""
    plain = "m.split('').map(c, c.matches(r'[\\x00-\\x1f\\x7f-\\x9f\\pZ]') ? ' ' : c).join('')"
    return (f"({messages}).map(m, m.matches('[^ -~]') ? {plain} : m)"
            ".map(m, m.split(' ').filter(word, word != '').join(' '))")


def ranks(messages: str) -> str:
    """Of each message how many others sort before it: equal ones have the same rank."""
    return f"{messages}.map(m, {messages}.filter(n, n < m).size())"


def shown(messages: str, ranked: str) -> str:
    """Each message once, sorted, behind each other, without `sort`, which Kubernetes has from 1.34 only."""
    return (f"[{_PLACES}].filter(r, r in {ranked}).map(r, {messages}[{ranked}.indexOf(r)]).join('; ')"
            f" + ({ranked}.exists(r, r >= {MOST}) ? '; and more' : '')")


def short(text: str, messages: str, ranked: str) -> str:
    """The text where an API server takes it, else the first of the messages."""
    return f"{text}.size() <= {LONGEST} ? {text} : {messages}[{ranked}.indexOf(0)] + '; and more'"
