"""Texts that are no YAML as a whole, though kustomize reads them: the text goes in, the part that it reads comes out.

Of a kustomization file and of a JSON patch it reads the first document alone, and a JSON patch that begins with `[` is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import SourceError
from ..source import Sources, Stream, parse

_SEPARATOR = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_CONTENT = re.compile(r"^[^\s#%]", re.MULTILINE)
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def stream_of(sources: Sources, file: str) -> tuple[Stream, SourceError | None]:
    """A file's stream, and why it is not the whole file. Raises SourceError where no part of it can be read."""
    try:
        return sources.stream(file), None
    except SourceError as error:
        return _part(sources.text(file), error, lambda text: parse(text.encode(), file)), error


def of_text(text: str, read: Callable[[str], Stream]) -> tuple[Stream, SourceError | None]:
    """The same for a text inside of a file, which `read` parses."""
    try:
        return read(text), None
    except SourceError as error:
        return _part(text, error, read), error


def _part(text: str, error: SourceError, read: Callable[[str], Stream]) -> Stream:
    try:
        if text.startswith("["):
            return read(_PAIR.sub(_joined, text))
        for mark in _SEPARATOR.finditer(text):
            if _CONTENT.search(text[:mark.start()].removeprefix("---")):
                return read(text[:mark.start()])
    except SourceError:
        pass
    raise error


def _joined(pair: re.Match[str]) -> str:
    """JSON writes a character beyond the first 65,536 as two, which YAML does not know."""
    high, low = int(pair[2], 16), int(pair[3], 16)
    return pair[1] + chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
