"""Fields of objects whose shape nobody has checked: a field of the wrong type counts as absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model import FieldPath, value_at
from ..origin import Map, Origin, Seq


def text(body: Any, *path: str | int) -> str:
    """The string at a field path; empty where there is none."""
    value = value_at(body, path)
    return value if isinstance(value, str) else ""


def flag(body: Any, *path: str | int, default: bool = False) -> bool:
    """The boolean at a field path."""
    value = value_at(body, path)
    return value if isinstance(value, bool) else default


def mapping(body: Any, *path: str | int) -> Map:
    """The mapping at a field path; empty where there is none."""
    value = value_at(body, path)
    return value if type(value) is Map else Map()


def has(body: Any, *path: str | int) -> bool:
    """Whether a field is there and not null."""
    return value_at(body, path) is not None


def items(body: Any, *path: str | int) -> list[Any]:
    """The items of the list at a field path; none where there is none."""
    value = value_at(body, path)
    return list(value) if type(value) is Seq else []


def mappings(body: Any, *path: str | int) -> Iterator[tuple[int, Map]]:
    """The mappings among the items of a list, each with its index."""
    for index, item in enumerate(items(body, *path)):
        if type(item) is Map:
            yield index, item


def place(body: Any, path: FieldPath) -> Origin | None:
    """The origin of the value at a field path."""
    if not path:
        return None
    parent, key = value_at(body, path[:-1]), path[-1]
    if type(parent) is Map:
        return parent.at.get(str(key))
    if type(parent) is Seq and isinstance(key, int) and 0 <= key < len(parent):
        return parent.at[key]
    return None
