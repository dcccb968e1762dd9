"""What can go wrong with a pattern."""

from __future__ import annotations


class PatternError(Exception):
    """Go refuses the pattern."""


class UnknownPatternError(Exception):
    """Go takes the pattern and we don't: a script of Unicode, or larger than our bounds."""
