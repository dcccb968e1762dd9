"""Counts the work of functions over a whole execution: what one call may take, a loop could ask for a thousand times."""

from __future__ import annotations

from contextvars import ContextVar

from .errors import LimitError

MAX_WORK = 2_000_000
"""Characters given to functions, steps of regular expressions, values compared; about a second."""

_LEFT: ContextVar[list[int] | None] = ContextVar("left", default=None)


def start() -> None:
    """Begins an execution."""
    _LEFT.set([MAX_WORK])


def spend(work: int) -> None:
    """Raises LimitError if the execution has done too much; outside of one there is no bound."""
    left = _LEFT.get()
    if left is None:
        return
    left[0] -= work
    if left[0] < 0:
        raise LimitError("the template does too much work")
