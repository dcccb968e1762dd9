"""An object that one side alone has -> the lines that show it: its fields as a tree, a path without forks on one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...delta import ABSENT, FieldDelta, ObjectDelta, joined
from ..escape import visible
from ..summary import number
from .lines import scalar, short, where

_MOST_LINES = 20
"""Of a text."""
_SHORT_LIST = 80
"""Characters of a list on one line."""


def is_alone(item: ObjectDelta) -> bool:
    """Whether one side alone has the object."""
    return item.action in ("created", "deleted")


def contents(item: ObjectDelta, most: int) -> list[tuple[str, str]]:
    """The lines of at most so many fields, each with its sign. A place is said where the object's own file is not it."""
    tree: dict[str, Any] = {}
    for field in item.fields[:most]:
        node = tree
        for step in field.steps[:-1]:
            node = node.setdefault(step, {})
        node[field.steps[-1]] = field
    sign = "+" if item.action == "created" else "-"
    found = [(sign, line) for line in _lines(tree, "", item)]
    rest = len(item.fields[most:]) + item.omitted
    return [*found, *([(" ", f"and {number(rest, 'more field')}")] if rest and found else [])]


def _lines(node: dict[str, Any], indent: str, item: ObjectDelta) -> Iterator[str]:
    for step, below in node.items():
        steps, child = [step], _without_name(step, below)
        while isinstance(child, dict) and len(child) == 1:
            ((following, under),) = child.items()
            steps.append(following)
            child = _without_name(following, under)
        label = visible(joined(steps))
        listed = _listed(child, item)
        if listed:
            yield f"{indent}{label}: {listed}"
        elif isinstance(child, dict):
            yield f"{indent}{label}:"
            yield from _lines(child, f"{indent}  ", item)
        else:
            yield from _field(child, f"{indent}{label}: ", f"{indent}  ", item)


def _without_name(step: str, below: Any) -> Any:
    """An item of a list without the name that its step says."""
    name = below.get("name") if isinstance(below, dict) and len(below) > 1 else None
    if isinstance(name, FieldDelta) and step == f"[{_value(name)}]":
        return {key: value for key, value in below.items() if key != "name"}
    return below


def _listed(node: Any, item: ObjectDelta) -> str:
    """A list of a few scalars that stand in the object's own file, on one line; empty for anything else."""
    if not isinstance(node, dict) or list(node) != [f"[{index}]" for index in range(len(node))]:
        return ""
    fields = list(node.values())
    if any(isinstance(field, dict) or field.place.location.file != item.place.location.file for field in fields):
        return ""
    values = [_value(field) for field in fields]
    shown = f"[{', '.join(map(scalar, values))}]"
    plain = all(isinstance(value, str | int | float) and "," not in str(value) and "\n" not in str(value) for value in values)
    return shown if plain and len(shown) <= _SHORT_LIST else ""


def _field(field: FieldDelta, label: str, indent: str, item: ObjectDelta) -> Iterator[str]:
    value = _value(field)
    place = "" if field.place.location.file == item.place.location.file else f"  {where(field.place)}"
    if not isinstance(value, str) or "\n" not in value:
        yield f"{label}{scalar(value)}{place}"
        return
    yield f"{label}|{place}"
    lines = value.removesuffix("\n").split("\n")
    for line in lines[:_MOST_LINES]:
        yield indent + short(line)
    if len(lines) > _MOST_LINES:
        yield f"{indent}and {number(len(lines) - _MOST_LINES, 'more line')}"


def _value(field: FieldDelta) -> Any:
    return field.before if field.after is ABSENT else field.after
