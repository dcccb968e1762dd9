"""A text -> its comments, also those inside block scalars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .blocks import BLOCK_HEADER


class Comment(NamedTuple):
    """A comment of a file."""

    line: int
    """From 1."""
    column: int
    """Of the `#`, from 1."""
    text: str
    """From the `#` to the end of the line."""
    alone: bool
    """Nothing but white space stands before it on its line."""
    embedded: bool = False
    """It stands in a block scalar: a comment of the text in there (an inline patch), if of anything."""


_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)


def find_comments(text: str, spans: list[tuple[int, int]]) -> Iterator[Comment]:
    """The comments of a text in order; `spans` are the beginnings and ends of its scalars, whose `#` are none."""
    at = line = line_start = 0
    for match in _COMMENT.finditer(text):
        begin = match.start()
        while at < len(spans) and spans[at][1] <= begin:
            at += 1
        inside = at < len(spans) and spans[at][0] <= begin < spans[at][1] and not _is_header(text, spans[at], begin)
        if inside and not BLOCK_HEADER.match(text, spans[at][0]):
            continue
        line += text.count("\n", line_start, begin)
        line_start = text.rfind("\n", 0, begin) + 1
        yield Comment(line + 1, begin - line_start + 1, match.group(), not text[line_start:begin].strip(), inside)
        line_start = begin


def _is_header(text: str, span: tuple[int, int], at: int) -> bool:
    """Whether `at` is on the line that opens a block scalar (`key: |  # comment`): there it is a comment."""
    head = text[span[0]:at]
    return "\n" not in head and BLOCK_HEADER.match(head) is not None
