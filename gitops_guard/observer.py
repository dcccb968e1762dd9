"""What a run tells while it works: the name of each step as it begins, and how much of it is done. Who listens has the clock."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Who is told; nothing that a run finds depends on it."""

    def step(self, name: str) -> None:
        """A step begins; the one before it has ended."""
        ...

    def done(self, count: int, of: int | None = None) -> None:
        """So many items of the step are done; None where nobody knows of how many."""
        ...


class Unobserved:
    """Nobody is told."""

    def step(self, name: str) -> None:
        """Forget it."""

    def done(self, count: int, of: int | None = None) -> None:
        """Forget it."""


UNOBSERVED: Observer = Unobserved()


class OfBase:
    """Tells another observer of steps that are about the base side."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    def step(self, name: str) -> None:
        """A step begins."""
        self._observer.step(f"base: {name}")

    def done(self, count: int, of: int | None = None) -> None:
        """So many items are done."""
        self._observer.done(count, of)
