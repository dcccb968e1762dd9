"""Boxes and arrows -> where each stands: in columns, whoever deploys to the left of what it deploys, none on top of another.

A box stands in the middle of what hangs from it (a tidy tree), so that lines hardly cross; arrows across the tree have no say.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .picture import Arrow, Box

_CHARACTER, _BOLD = 6.7, 7.5
"""Width of a character of 12 pixels, on average; wide ones count twice."""
LINE = 16
PADDING = 10
_ACROSS, _DOWN = 56, 12
"""Between columns, and between neighbours in one."""
_ROW = 1000
"""Width that boxes without arrows may fill."""


@dataclass(frozen=True)
class Placed:
    """A box, and its left upper corner and size in pixels."""

    box: Box
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """All boxes of a group, and what they take together."""

    boxes: tuple[Placed, ...]
    width: float
    height: float


def layout(boxes: Sequence[Box], arrows: Iterable[Arrow]) -> Layout:
    """Where the boxes stand; of the arrows only those between them and down the tree count."""
    size = {box.id: _size(box) for box in boxes}
    children: dict[str, list[str]] = {box.id: [] for box in boxes}
    parent: dict[str, str] = {}
    linked: set[str] = set()
    for arrow in arrows:
        if arrow.start not in children or arrow.end not in children:
            continue
        linked.update((arrow.start, arrow.end))
        if arrow.type in ("deploys", "generates") and arrow.end not in parent and not _is_above(arrow.end, arrow.start, parent):
            parent[arrow.end] = arrow.start
            children[arrow.start].append(arrow.end)
    roots = [box.id for box in boxes if box.id in linked and box.id not in parent]
    places, width, height = _trees(roots, children, size)
    alone = [box.id for box in boxes if box.id not in linked]
    if alone:
        more, wide, high = _rows(alone, size, height + _DOWN if places else 0)
        places, width, height = {**places, **more}, max(width, wide), high
    found = tuple(Placed(box, *places[box.id], *size[box.id]) for box in boxes)
    return Layout(found, width, height)


def _is_above(name: str, other: str, parent: dict[str, str]) -> bool:
    """Whether a box is the other one, or what the other one hangs from."""
    at: str | None = other
    while at is not None:
        if at == name:
            return True
        at = parent.get(at)
    return False


def _size(box: Box) -> tuple[float, float]:
    width = max(_cells(line) * (_BOLD if number == 1 else _CHARACTER) for number, line in enumerate(box.lines))
    return round(width + 2 * PADDING), len(box.lines) * LINE + PADDING


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _trees(roots: Sequence[str], children: dict[str, list[str]],
           size: dict[str, tuple[float, float]]) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Left upper corners of all that hangs from the roots, and what they take together."""
    depth: dict[str, int] = dict.fromkeys(roots, 0)
    order = list(roots)
    for name in order:  # grows
        for child in children[name]:
            depth[child] = depth[name] + 1
            order.append(child)
    columns = [0.0] * (max(depth.values(), default=-1) + 1)
    for name in order:
        columns[depth[name]] = max(columns[depth[name]], size[name][0])
    left = [sum(columns[:level]) + _ACROSS * level for level in range(len(columns))]
    need = {name: size[name][1] for name in order}
    """The height of a box with all that hangs from it."""
    for name in reversed(order):
        if children[name]:
            need[name] = max(need[name], sum(need[child] + _DOWN for child in children[name]) - _DOWN)
    top: dict[str, float] = {}
    at = 0.0
    for root in roots:
        top[root] = at
        at += need[root] + _DOWN
    for name in order:
        taken = sum(need[child] + _DOWN for child in children[name]) - _DOWN
        below = top[name] + max(0.0, (need[name] - taken) / 2)
        for child in children[name]:
            top[child] = below
            below += need[child] + _DOWN
    places = {name: (left[depth[name]], top[name] + (need[name] - size[name][1]) / 2) for name in order}
    return places, (left[-1] + columns[-1] if columns else 0), max(0.0, at - _DOWN)


def _rows(names: Sequence[str], size: dict[str, tuple[float, float]],
          top: float) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Boxes beside each other, row by row."""
    places: dict[str, tuple[float, float]] = {}
    x, height, widest = 0.0, 0.0, 0.0
    for name in names:
        width, high = size[name]
        if x and x + width > _ROW:
            top, x, height = top + height + _DOWN, 0.0, 0.0
        places[name] = (x, top)
        x += width + _DOWN
        widest, height = max(widest, x - _DOWN), max(height, high)
    return places, widest, top + height
