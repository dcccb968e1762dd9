"""One file, or a text embedded in one -> its documents, their origins and comments."""

from __future__ import annotations

from typing import Any

import yaml

from ..errors import SourceError
from ..origin import Origin
from ..scalars import Dialect
from .builder import Builder
from .comments import Comment, find_comments
from .events import Frame, read_events, roots


class Stream:
    """One file (or embedded text) as parser events; raises SourceError where it is no YAML."""

    def __init__(self, text: str, frame: Frame) -> None:
        self.text = text
        self._frame = frame
        self._events: list[Any] | None = read_events(text, frame)
        self._roots = roots(self._events, frame)
        self._loaded: dict[tuple[Dialect, bool, bool], list[Any]] = {}
        self._same: list[Any] | None = None
        """What every reader gets, where the text means the same to all of them."""
        self.duplicates: list[SourceError] = []
        """Keys that occur twice in a mapping, each at its second place; filled by `load` where duplicates are allowed."""
        self.lost: list[tuple[Any, Origin | None]] = []
        """Values that `load` read and did not return, as an equal key or a merge key overrode them."""

    @property
    def file(self) -> str:
        """The file the text is from."""
        return self._frame.file

    def load(self, dialect: Dialect, *, duplicates: bool = False, any_key: bool = False) -> list[Any]:
        """The documents as Map, Seq and scalars; an empty document is None. Shared between callers: clone before writing.

        A second equal key is a SourceError, or with `duplicates` wins over the first and is listed in `self.duplicates`.
        A key that is no string is a SourceError; with `any_key` it becomes the text it was written as, in manifests the text
        that kubectl makes of it (`yes` is `true`); a null is one all the same.
        Unknown tags are ignored. Aliases share the container of their anchor.
        """
        if self._same is not None and dialect is not Dialect.TEXT:
            return self._same
        wanted = (dialect, duplicates, any_key)
        if wanted not in self._loaded:
            builder = Builder(self._parsed(), self.text, self._frame, dialect, duplicates, any_key)
            self._loaded[wanted] = builder.documents()
            self.lost += builder.lost
            if duplicates:
                self.duplicates = builder.duplicates
            if not builder.special and dialect is not Dialect.TEXT:
                self._same, self._events = self._loaded[wanted], None
        return self._loaded[wanted]

    def origins(self) -> list[Origin]:
        """The place where each document's root node begins, in the order of `load`; an empty document's is its start."""
        return self._roots.copy()

    def comments(self) -> list[Comment]:
        """Every comment of the text, in order; with those that stand in block scalars, marked `embedded`."""
        spans: list[tuple[int, int]] = [(e.start_mark.index, e.end_mark.index)  # type: ignore[union-attr]
                                        for e in self._parsed() if type(e) is yaml.ScalarEvent]
        return list(find_comments(self.text, spans))

    def _parsed(self) -> list[Any]:
        """The events; they are many times the size of the text, so what is not likely to be asked for again is not kept."""
        return read_events(self.text, self._frame) if self._events is None else self._events


def decode(data: bytes, file: str) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark; the mark is dropped. Raises SourceError."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError("source/invalid-yaml", "the file is not UTF-8 text", file, line, remedy="save it as UTF-8") from None
    return text.removeprefix("\ufeff")


def parse(data: bytes, file: str) -> Stream:
    """The file as a Stream. Raises SourceError where it isn't YAML or goes beyond a bound."""
    return Stream(decode(data, file), Frame(file))


def parse_embedded(text: str, origin: Origin) -> Stream:
    """YAML that stands as a scalar in another file (an inline patch), with positions in that file.

    In a literal block they are those of the inner lines; in any other style, that of the scalar. All are `nearest`: no
    scalar of the file itself starts there.
    """
    if origin.block:
        return Stream(text, Frame(origin.file, origin.line, origin.block - 1, exact=False))
    return Stream(text, Frame(origin.file, frozen=Origin(origin.file, origin.line, origin.column, False)))


def plain_comments(text: str) -> list[Comment]:
    """What looks like a comment in a text that is no YAML: from a `#` at the start of a line or behind a blank to its end."""
    return list(find_comments(text, []))
