"""Regular expressions as Go reads them: a pattern goes in, a matcher comes out, or None where Go would refuse it.

`goregexp` is Go's syntax in linear time; the plain patterns that people write mean the same to Python's engine, which is sooner.
"""

from __future__ import annotations

import functools
import re
from typing import Protocol

from ..goregexp import PatternError, Regexp, UnknownPatternError, compiled

MAX_PATTERN = 1000
_PLAIN = re.compile(r"\^?(?:[A-Za-z0-9_/:@ .-]|\\[./-]|\.[*+]|\((?:\?:)?|[)|])*\$?")
_MAX_LOOPS = 3
"""In a plain pattern; Python's engine tries all ways to share a text between them."""


class Matcher(Protocol):
    """Says whether a text matches."""

    def search(self, text: str) -> bool:
        """Whether the pattern matches somewhere in the text."""


class _Plain:
    """A pattern that means the same to Python."""

    def __init__(self, pattern: str) -> None:
        # To Python `$` is the place before a last line break, too.
        self._pattern = re.compile(pattern.removesuffix("$") + (r"\Z" if pattern.endswith("$") else ""), re.ASCII)

    def search(self, text: str) -> bool:
        """See `Matcher`."""
        return self._pattern.search(text) is not None


class _Full:
    """Any other pattern."""

    def __init__(self, regexp: Regexp) -> None:
        self._regexp = regexp

    def search(self, text: str) -> bool:
        """See `Matcher`."""
        return self._regexp.occurs(text)


@functools.lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> Matcher | None:
    """The matcher of a pattern; None where Go refuses it, or where it names a script of Unicode or is too large."""
    if len(pattern) > MAX_PATTERN:
        return None
    if _PLAIN.fullmatch(pattern) and pattern.count("*") + pattern.count("+") <= _MAX_LOOPS:
        try:
            return _Plain(pattern)
        except (re.error, RecursionError):
            return None
    try:
        return _Full(compiled(pattern))
    except (PatternError, UnknownPatternError, RecursionError):
        return None
