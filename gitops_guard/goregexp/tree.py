"""The parts of a regular expression: what `parse` makes and `machine` compiles."""

from __future__ import annotations

from dataclasses import dataclass

from .classes import Class


@dataclass(frozen=True)
class Char:
    """One character of a set."""

    among: Class


@dataclass(frozen=True)
class Assert:
    """A place: `start`, `end`, `line start`, `line end`, `word`, `no word`."""

    place: str


@dataclass(frozen=True)
class Sequence:
    """One after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class Either:
    """The first that fits."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class Repeat:
    """`low` to `high` times (-1: no end), as often as possible or, if lazy, as seldom."""

    part: Tree
    low: int
    high: int
    lazy: bool
    counted: bool
    """The numbers were written: `x{2,3}`."""


@dataclass(frozen=True)
class Group:
    """A group that captures, by its number."""

    part: Tree
    number: int


Tree = Char | Assert | Sequence | Either | Repeat | Group
