"""A parsed regular expression as a program of steps, run over a text in time linear in both.

All ways through the program are followed at once (Thompson's construction), so that no pattern takes long.
"""

from __future__ import annotations

from collections.abc import Callable

from . import re2
from .re2 import Class, Node, PatternError

__all__ = ["Automaton", "PatternError"]

MAX_STEPS = 5000
_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_Step = tuple[str, object, int, int]
"""What it does (char, split, assert, match), with what, and the one or two steps behind it."""


class Automaton:
    """A pattern, ready to match."""

    def __init__(self, pattern: str) -> None:
        """Raises PatternError where Go refuses the pattern, or where it is too large."""
        self._steps: list[_Step] = [("match", None, 0, 0)]
        self._start = self._add(re2.parse(pattern), 0)

    def search(self, text: str) -> bool:
        """Whether the pattern matches somewhere in the text."""
        current: set[int] = set()
        self._follow(self._start, text, 0, current)
        for at, c in enumerate(text, 1):
            if 0 in current:
                return True
            following: set[int] = set()
            for number in current:
                kind, argument, first, _ = self._steps[number]
                if kind == "char" and isinstance(argument, Class) and argument.has(c):
                    self._follow(first, text, at, following)
            self._follow(self._start, text, at, following)
            current = following
        return 0 in current

    def _step(self, kind: str, argument: object, first: int, second: int = 0) -> int:
        if len(self._steps) >= MAX_STEPS:
            raise PatternError("a pattern of too many steps")
        self._steps.append((kind, argument, first, second))
        return len(self._steps) - 1

    def _add(self, node: Node, after: int) -> int:
        """The first step of a node whose match goes on at `after`."""
        kind = node[0]
        if kind == "empty":
            return after
        if kind in ("char", "assert"):
            return self._step(kind, node[1], after)
        if kind == "cat":
            for part in reversed(node[1]):
                after = self._add(part, after)
            return after
        if kind == "alt":
            starts = [self._add(part, after) for part in node[1]]
            first = starts.pop()
            while starts:
                first = self._step("split", None, starts.pop(), first)
            return first
        return self._repeat(node[1], node[2], node[3], after)

    def _repeat(self, node: Node, least: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self._step("split", None, 0, after)
            inner = self._add(node, loop)
            self._steps[loop] = ("split", None, inner, after)
            after = loop
        else:
            end = after
            for _ in range(most - least):
                after = self._step("split", None, self._add(node, after), end)
        for _ in range(least):
            after = self._add(node, after)
        return after

    def _follow(self, start: int, text: str, at: int, found: set[int]) -> None:
        """Add a step, and all that can be reached from it without a character."""
        waiting = [start]
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            kind, argument, first, second = self._steps[number]
            found.add(number)
            if kind == "split":
                waiting += (first, second)
            elif kind == "assert" and _HOLDS[str(argument)](text, at):
                waiting.append(first)


def _at_border(text: str, at: int) -> bool:
    before = at > 0 and text[at - 1] in _WORD
    behind = at < len(text) and text[at] in _WORD
    return before is not behind


_HOLDS: dict[str, Callable[[str, int], bool]] = {
    "begin": lambda _, at: at == 0,
    "end": lambda text, at: at == len(text),
    "line begin": lambda text, at: at == 0 or text[at - 1] == "\n",
    "line end": lambda text, at: at == len(text) or text[at] == "\n",
    "border": _at_border,
    "no border": lambda text, at: not _at_border(text, at),
}
