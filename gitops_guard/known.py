"""Occurrences of both sides of a change -> those of the head side, marked known where the base side has them, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from .model import Occurrence


def mark(occurrences: Iterable[Occurrence], before: Iterable[Occurrence]) -> list[Occurrence]:
    """The occurrences in their order, those marked known that were in the same target before, no less severe.

    What was waived before counts as new where it is waived no longer. Where several have one identity (commands of one script),
    as many are known as there were: first those that read the same.
    """
    found = list(occurrences)
    left = [occurrence for occurrence in before if occurrence.waiver is None]
    left = _pair(found, left, lambda occurrence: (*occurrence.identity, occurrence.message))
    _pair(found, left, lambda occurrence: occurrence.identity)
    return found


def _pair(found: list[Occurrence], before: Iterable[Occurrence],
          key: Callable[[Occurrence], tuple[str, ...]]) -> list[Occurrence]:
    """Mark in `found` what has a counterpart by this key; gives what is left of `before`."""
    left: dict[tuple[str, ...], list[Occurrence]] = {}
    for occurrence in sorted(before, key=lambda occurrence: occurrence.severity):
        left.setdefault(key(occurrence), []).append(occurrence)
    for index in sorted(range(len(found)), key=lambda index: -found[index].severity):
        same = left.get(key(found[index]), [])
        if not found[index].known and same and same[-1].severity >= found[index].severity:
            same.pop()
            found[index] = replace(found[index], known=True)
    return [occurrence for same in left.values() for occurrence in same]
