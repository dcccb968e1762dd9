"""A word that nobody knows -> the known one that was meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that is most like this one; None where none is like it by `cutoff`, of 1."""
    import difflib  # noqa: PLC0415 (start-up: only who has mistyped something needs it)

    return next(iter(difflib.get_close_matches(word, list(known), 1, cutoff)), None)
