"""A field that differs -> the lines that show it, in every format for people."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

from ...delta import ABSENT, HEAD, Delta, FieldDelta, ObjectDelta, Place
from ..escape import visible
from ..summary import number

_LONGEST = 160
"""Characters of a value."""
_MOST_LINES = 20
"""Of one field: lines of a text, or leaves of a tree that is there on one side alone."""
_LARGEST_TEXT = 20_000
"""Characters of a text that is compared line by line."""
ACTIONS = ("deleted", "moved", "renamed", "created", "changed")
SIGNS = {"deleted": "-", "moved": ">", "renamed": ">", "created": "+", "changed": "~"}


def total(delta: Delta) -> str:
    """One line: what happens in all."""
    counts = ", ".join(f"{delta.count(action)} {action}" for action in ACTIONS if delta.count(action))
    if counts:
        return f"{counts} in {number(len(delta.targets), 'target')}"
    return "No difference in what could be rendered" if delta.unsure else "No difference in what is rendered"


def unsure(delta: Delta) -> list[str]:
    """For each target of which a part is not known: that what is said of it is not all."""
    known: dict[tuple[str, str], list[str]] = {}
    for item in delta.unsure:
        known.setdefault((item.target, item.status), []).append(item.side)
    return [f"{visible(target)} was not rendered as a whole on {_sides(sides)} ({status}): more may differ"
            for (target, status), sides in known.items()]


def _sides(sides: list[str]) -> str:
    return f"the {sides[0]} side" if len(sides) == 1 else "either side"


def name(item: ObjectDelta) -> str:
    """An object, and what it was called."""
    was = f" (was {item.previous})" if item.previous is not None else ""
    return visible(f"{item.resource}{was}")


def where(place: Place) -> str:
    """A place, with its side where that is not the new one."""
    side = "" if place.side == HEAD else " (base)"
    return f"{visible(place.location.file)}:{place.location.line}{side}"


def rows(item: FieldDelta) -> list[tuple[str, str]]:
    """The lines of a field, each with its sign: `-` for what goes, `+` for what comes, and a space for neither."""
    old, new = item.before, item.after
    if isinstance(old, str) and isinstance(new, str) and "\n" in old + new:
        found = _of_text(old, new)
    else:
        found = [*_of_value("-", old), *_of_value("+", new)]
    rest = len(found) - _MOST_LINES
    if item.hidden and [text for sign, text in found if sign == "-"] == [text for sign, text in found if sign == "+"]:
        return [*found[:_MOST_LINES], (" ", "(a secret value changed; it is not shown)")]
    return [*found[:_MOST_LINES], *([(" ", f"and {number(rest, 'more line')}")] if rest > 0 else [])]


def _of_text(old: str, new: str) -> list[tuple[str, str]]:
    if len(old) + len(new) > _LARGEST_TEXT:
        return [("-", f"a text of {number(len(old), 'character')}"), ("+", f"a text of {number(len(new), 'character')}")]
    if old == new:
        return [("-", short(old)), ("+", short(new))]
    changed = difflib.unified_diff(old.split("\n"), new.split("\n"), n=0, lineterm="")
    return [(line[0], short(line[1:])) for line in list(changed)[2:] if line[0] in "+-"]


def _of_value(sign: str, value: Any) -> list[tuple[str, str]]:
    if value is ABSENT:
        return []
    if isinstance(value, dict | list) and value:
        return [(sign, f"{path}: {scalar(leaf)}") for path, leaf in _leaves(value, "")]
    return [(sign, scalar(value))]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from _leaves(value[key], f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from _leaves(one, f"{path}[{index}]")
    else:
        yield path, value


def scalar(value: Any) -> str:
    """A value on one line."""
    plain = isinstance(value, str) and value and value.strip() == value and "\n" not in value
    return short(value if plain else json.dumps(value, ensure_ascii=False))


def short(text: str) -> str:
    """A text on one line, as it is safe to show, and not too long."""
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST - 3] + "..."
