"""The header of a block scalar, and where its text begins."""

from __future__ import annotations

import re
from typing import Any

BLOCK_HEADER = re.compile(r"(?:[&!][^\s]*\s+)*[|>][+-]?([1-9]?)[+-]?")


def block_column(text: str, event: Any) -> int:
    """The column (from 1) where the text of a literal block begins."""
    start = text.find("\n", event.start_mark.index)
    stop = event.end_mark.index
    header = BLOCK_HEADER.match(text[event.start_mark.index:start])
    indicator = header and header.group(1)
    while 0 <= start < stop:
        line_start = start + 1
        end = text.find("\n", line_start)
        line = text[line_start:end if end >= 0 else len(text)]
        if line.strip(" \r"):
            inner = event.value.lstrip("\n").split("\n", 1)[0]
            blanks = len(line) - len(line.lstrip(" "))
            own = len(inner) - len(inner.lstrip(" ")) if indicator else 0
            return blanks - own + 1
        start = end
    return int(event.start_mark.column) + 1
