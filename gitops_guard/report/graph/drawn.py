"""What a format makes of a graph: its text, and what a reader must be told of it beside the text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawn:
    """The text of a format."""

    text: str
    notes: tuple[str, ...] = ()
    """What the text leaves out, and why: one line each, for standard error."""
