"""A place and the text of its file -> the line to show, cut to a width, and where its caret stands, in cells of a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from ..model import Location
from .escape import visible

_TAB = 4
_CUT = "..."
_NARROWEST = 20
# The value at a place: quoted, else the word, without what closes a flow collection.
_VALUE = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s,\]}]+|\S""")


class Excerpt(NamedTuple):
    """One line of source."""

    number: int
    text: str
    """Harmless, tabs expanded, cut."""
    start: int
    """Cells before the caret."""
    length: int
    """Cells under the caret; at least one."""


class Excerpts:
    """Reads lines out of the texts of a report."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        """`sources` is the report's: file -> text."""
        self._sources = sources
        self._lines: dict[str, list[str]] = {}

    def line(self, place: Location) -> str | None:
        """The line of a place as it is in the file, without its end; None where the text isn't there."""
        if place.file not in self._lines:
            self._lines[place.file] = self._sources.get(place.file, "").split("\n")
        lines = self._lines[place.file]
        if place.file not in self._sources or not 0 < place.line <= len(lines):
            return None
        return lines[place.line - 1].removesuffix("\r")

    def end_column(self, place: Location) -> int | None:
        """The column after the value at a place, in code points from 1; None where that isn't known."""
        line = self.line(place)
        return None if line is None or place.column > len(line) else place.column + _span(line, place.column)

    def excerpt(self, place: Location, width: int) -> Excerpt | None:
        """The line of a place in at most `width` cells; None where the text isn't there."""
        line = self.line(place)
        if line is None:
            return None
        column = min(place.column, len(line) + 1) - 1
        if column == 0:  # what names no more than a line begins where its text does
            column = len(line) - len(line.lstrip(" \t")) if line.strip() else 0
        stop = column + _span(line, column + 1)
        # A line of a megabyte is cut before it is measured; no more of it than this can be shown.
        first = max(0, column - width * 2)
        cells = _cells(line[first:column + width * 2])
        start = sum(size for _, size in cells[:column - first])
        length = max(1, sum(size for _, size in cells[column - first:stop - first]))
        text, shift = _cut(cells, start, length, max(width, _NARROWEST), before=first > 0)
        room = max(width, _NARROWEST) - (start - shift)
        return Excerpt(place.line, text, start - shift, max(1, min(length, room)))


def _span(line: str, column: int) -> int:
    """How many code points the value at a column has."""
    match = _VALUE.match(line, column - 1)
    return match.end() - match.start() if match else 1


def _cells(text: str) -> list[tuple[str, int]]:
    """Each character as it is shown, and the cells it takes."""
    found = []
    at = 0
    for index, char in enumerate(text):
        if char == "\t":
            shown = " " * (_TAB - at % _TAB)
        elif char == "[" and text[max(0, index - 2):index] == "##":
            shown = "\\["  # as `visible` has it: character by character it does not see the whole of a command's opening
        else:
            shown = visible(char)
        size = _size(char) if shown == char else len(shown)
        found.append((shown, size))
        at += size
    return found


def _size(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _cut(cells: list[tuple[str, int]], start: int, length: int, width: int, *, before: bool) -> tuple[str, int]:
    """The part of a line around its caret, and by how much the caret moves to the left."""
    whole = sum(size for _, size in cells)
    if whole <= width and not before:
        return "".join(shown for shown, _ in cells).rstrip(), 0
    # What the caret underlines goes first, then as much of what precedes it as fits.
    left = max(0, min(start - 1, start + min(length, width // 2) - width + 2 * len(_CUT)))
    head = _CUT if left or before else ""
    room = width - len(head)
    shown, at, used, skipped = [], 0, 0, 0
    for index, (text, size) in enumerate(cells):
        if at < left:
            skipped = at + size
        elif used + size + (len(_CUT) if index + 1 < len(cells) else 0) > room:
            shown.append(_CUT)
            break
        else:
            shown.append(text)
            used += size
        at += size
    return head + "".join(shown), skipped - len(head)
