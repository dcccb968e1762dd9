"""The patterns of a directory source's `include` and `exclude`: a pattern and a path go in, whether it fits comes out.

Rules: github.com/gobwas/glob without separators, as Argo CD calls it: `*` and `**` stand for any characters, `/` among them; `?`
for one; `[a-z]`, `[abc]` and `[!abc]` for one of them; `{one,two}` for either; a backslash takes a character literally. A pattern
that is none fits nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

_MAX_LENGTH = 2_000
_MAX_DEPTH = 20

_Ends = Callable[[str, frozenset[int]], frozenset[int]]
"""A text and the places where a part of the pattern may begin -> those where it may end."""


def fits(pattern: str, path: str) -> bool:
    """Whether the whole path fits."""
    sequence = _compiled(pattern)
    return sequence is not None and len(path) in _ends(sequence, path, frozenset({0}))


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[_Ends, ...] | None:
    if len(pattern) > _MAX_LENGTH:
        return None
    try:
        return _Reader(pattern).whole()
    except ValueError:
        return None


def _ends(sequence: tuple[_Ends, ...], text: str, starts: frozenset[int]) -> frozenset[int]:
    for part in sequence:
        if not starts:
            break
        starts = part(text, starts)
    return starts


def _any(text: str, starts: frozenset[int]) -> frozenset[int]:
    return frozenset(range(min(starts), len(text) + 1))


def _one(text: str, starts: frozenset[int]) -> frozenset[int]:
    return frozenset(at + 1 for at in starts if at < len(text))


def _literal(wanted: str) -> _Ends:
    return lambda text, starts: frozenset(at + len(wanted) for at in starts if text.startswith(wanted, at))


def _among(fits_one: Callable[[str], bool]) -> _Ends:
    return lambda text, starts: frozenset(at + 1 for at in starts if at < len(text) and fits_one(text[at]))


def _either(choices: list[tuple[_Ends, ...]]) -> _Ends:
    return lambda text, starts: frozenset[int]().union(*(_ends(choice, text, starts) for choice in choices))


class _Reader:
    """Reads a pattern; raises ValueError where it is none."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def whole(self) -> tuple[_Ends, ...]:
        return self._sequence(0)

    def _peek(self) -> str:
        return self._pattern[self._at:self._at + 1]

    def _take(self) -> str:
        found = self._peek()
        if not found:
            raise ValueError
        self._at += 1
        return found

    def _sequence(self, depth: int) -> tuple[_Ends, ...]:
        """Up to the end, or inside of braces to the next comma or closing brace."""
        if depth > _MAX_DEPTH:
            raise ValueError
        found: list[_Ends] = []
        while (here := self._peek()) and not (depth and here in ",}"):
            if here == "*":
                self._at += 1
                found.append(_any)
            elif here == "?":
                self._at += 1
                found.append(_one)
            elif here == "[":
                found.append(self._range())
            elif here == "{":
                found.append(self._choices(depth + 1))
            else:
                found.append(_literal(self._text("?*[{" + (",}" if depth else ""))))
        return tuple(found)

    def _choices(self, depth: int) -> _Ends:
        self._take()
        choices = [self._sequence(depth)]
        while self._peek() == ",":
            self._at += 1
            choices.append(self._sequence(depth))
        self._at += 1  # past the closing brace, which may be missing at the end
        return _either(choices)

    def _text(self, stops: str) -> str:
        found = ""
        while (here := self._peek()) and here not in stops:
            self._at += 1
            if here == "\\":
                here = self._peek()
                self._at += 1
            found += here
        return found

    def _range(self) -> _Ends:
        self._take()
        wanted = self._peek() != "!"
        if not wanted:
            self._at += 1
        first = self._take()
        if self._peek() == "-":
            self._at += 1
            last = self._take()
            if self._take() != "]":
                raise ValueError
            return _among(lambda one: (first <= one <= last) is wanted)
        self._at -= 1
        listed = self._text("]")
        if self._take() != "]" or not listed:
            raise ValueError
        return _among(lambda one: (one in listed) is wanted)
