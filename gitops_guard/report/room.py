"""Pieces of text and a bound -> as many as fit, and a word about the rest: nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

COMMENT = 65_000
"""Characters that GitHub takes everywhere: the description of a pull request holds 65,536, comments and summaries hold more."""
_WORD = 100
"""Characters that are kept for the word about the rest."""


def fitting(pieces: Sequence[str], room: int, rest: Callable[[int], str]) -> str:
    """The first pieces that fit into so many characters together; `rest` says, in at most 100, how many do not."""
    if sum(map(len, pieces)) <= room:
        return "".join(pieces)
    kept: list[str] = []
    left = room - _WORD
    for piece in pieces:
        if len(piece) > left:
            break
        left -= len(piece)
        kept.append(piece)
    return "".join(kept) + rest(len(pieces) - len(kept))


def short(text: str, most: int) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else text[:most - 3] + "..."
