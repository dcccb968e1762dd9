"""Path patterns of configurations and command lines -> whether a path fits; `*` stays inside a segment, `**` does not.

`*` and `?` stand for characters other than `/`, `**` for any; a leading or inner `**/` also for nothing, and a trailing `/**`
also for the folder itself (`**/prod/**` fits `overlays/prod`). Every other character stands for itself, in its own case.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

Matcher = Callable[[str], bool]

_PARTS = re.compile(r"(?:(?<=/)|^)\*{2,}/|/\*{2,}\Z|\*+|\?|.", re.DOTALL)
_MAX_STARS = 2


def is_glob(pattern: str) -> bool:
    """Whether the pattern has a wildcard, so that it can fit more than itself."""
    return "*" in pattern or "?" in pattern


def matches(pattern: str, path: str) -> bool:
    """Whether the whole path fits the pattern."""
    return matcher(pattern)(path)


def any_matches(patterns: Iterable[str], path: str) -> bool:
    """Whether the path fits one of the patterns."""
    return any(matcher(pattern)(path) for pattern in patterns)


@functools.lru_cache(maxsize=4096)
def matcher(pattern: str) -> Matcher:
    """The test for one pattern, kept. Its time is bounded, whatever the pattern: repositories under check bring their own."""
    parts = _PARTS.findall(pattern)
    stars = sum("*" in part for part in parts)
    # A backtracking regular expression takes time of the power of its stars; with two it is quadratic at worst.
    return as_regex(parts) if stars <= _MAX_STARS else as_states(parts)


def as_regex(parts: list[str]) -> Matcher:
    """The test as a regular expression: quick, for few stars."""
    test = re.compile("".join(map(_regex, parts)), re.DOTALL)
    return lambda path: test.fullmatch(path) is not None


def _regex(part: str) -> str:
    if "**" in part:
        if part.endswith("/"):
            return "(?:.*/)?"
        return "(?:/.*)?" if part.startswith("/") else ".*"
    return {"*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))


def as_states(parts: list[str]) -> Matcher:
    """The test as sets of states, kept as the bits of a number: its time grows with the path alone."""
    steps = _Steps()
    for part in parts:
        if "**" in part:
            if part.startswith("/"):
                steps.optional(["/", "**"])
            elif part.endswith("/"):
                steps.optional(["**", "/"])
            else:
                steps.one("**")
        else:
            steps.one(part)
    return steps.accepts


class _Steps:
    """An automaton whose state `i` means: the first `i` steps of the pattern are matched."""

    def __init__(self) -> None:
        self._count = 0
        self._on: dict[str, int] = {}
        """The states that leave for the next one with this character."""
        self._any_name = 0
        """Those that leave with any character but `/`."""
        self._stay_name = 0
        """Those that a `*` keeps alive, with any character but `/`."""
        self._stay = 0
        """Those that a `**` keeps alive, with any character."""
        self._skips: list[tuple[int, int]] = []
        """(from, to) without a character, in rising order."""

    def one(self, part: str) -> None:
        here = 1 << self._count
        if part[0] == "*":
            if part == "*":
                self._stay_name |= here
            else:
                self._stay |= here
            self._skips.append((self._count, self._count + 1))
        elif part == "?":
            self._any_name |= here
        else:
            self._on[part] = self._on.get(part, 0) | here
        self._count += 1

    def optional(self, parts: list[str]) -> None:
        self._skips.append((self._count, self._count + len(parts)))
        for part in parts:
            self.one(part)

    def accepts(self, path: str) -> bool:
        alive = self._closed(1)
        for character in path:
            moved = (alive & self._on.get(character, 0)) << 1 | alive & self._stay
            if character != "/":
                moved |= (alive & self._any_name) << 1 | alive & self._stay_name
            if not moved:
                return False
            alive = self._closed(moved)
        return bool(alive >> self._count & 1)

    def _closed(self, states: int) -> int:
        for begin, end in self._skips:
            if states >> begin & 1:
                states |= 1 << end
        return states
