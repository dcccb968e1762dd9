"""A Delta -> what a person reads in a terminal: each object with its fields, and where the new values are written."""

from __future__ import annotations

from ...delta import Delta, ObjectDelta
from ..escape import visible
from ..options import Options
from ..summary import number
from ..text import paint
from .contents import contents, is_alone
from .lines import SIGNS, name, rows, total, unsure, where

_COLORS = {"deleted": "1;31", "moved": "1;36", "renamed": "1;36", "created": "1;32", "changed": "1;33"}
_ROWS = {"-": "31", "+": "32", " ": "2"}
_PLACE, _BOLD = "1;34", "1"
_FIELDS = 200
"""Of one object."""
_OF_NEW = 20
"""Of one that is new: enough to see what it is."""


def render(delta: Delta, options: Options) -> str:
    """The difference as text."""
    lines = []
    for target in delta.targets:
        lines.append(paint(visible(target.target), _BOLD, options))
        for item in target.objects:
            lines += _object(item, options)
        lines.append("")
    lines += unsure(delta)
    return "\n".join([*lines, paint(total(delta), _BOLD, options)]) + "\n"


def _object(item: ObjectDelta, options: Options) -> list[str]:
    head = paint(f"{SIGNS[item.action]} {name(item)}", _COLORS[item.action], options)
    lines = [f"  {head} {item.action}  {paint(where(item.place), _PLACE, options)}"]
    if is_alone(item):
        # What is gone is known to who knew it; what comes is to be read.
        shown = contents(item, _OF_NEW if item.action == "created" else 0)
        return lines + [paint(f"      {sign} {text}", _ROWS[sign], options) for sign, text in shown]
    for field in item.fields[:_FIELDS]:
        lines.append(f"      {visible(field.label)}  {paint(where(field.place), _PLACE, options)}")
        lines += [paint(f"        {sign} {text}", _ROWS[sign], options) for sign, text in rows(field)]
    rest = len(item.fields[_FIELDS:]) + item.omitted
    return [*lines, *([f"      and {number(rest, 'more field')}"] if rest else [])]
