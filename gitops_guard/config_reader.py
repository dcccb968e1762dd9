"""Values of a parsed configuration by key -> what their type has to be, or a UsageError that names line and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import near
from .errors import UsageError
from .model import Location
from .origin import Map, Origin, Seq


class Reader:
    """Reads one file; every method raises UsageError where the value is of another type, and takes null for an absent key."""

    def __init__(self, path: str, text: str) -> None:
        """`path` names the file in messages; `text` is the whole of it."""
        self._path = path
        self._lines = text.split("\n")

    def at(self, place: Location, message: str, remedy: str = "") -> UsageError:
        """The error at a place."""
        return UsageError(f"{self._path}:{place.line}:{place.column}: {message}{remedy and '; '}{remedy}")

    def wrong(self, node: Map | Seq, key: str | int, message: str, remedy: str = "") -> UsageError:
        """The error at a value."""
        origin = self._origin(node, key)
        return self.at(Location(self._path, origin.line, origin.column), message, remedy)

    def place(self, node: Map | Seq, key: str | int) -> Location:
        """The place of a key, or of a list's item."""
        origin = self._origin(node, key)
        return Location(self._path, origin.key_line or origin.line, origin.key_column or origin.column)

    def _origin(self, node: Map | Seq, key: str | int) -> Origin:
        origin: Origin | None = node.at[key]  # type: ignore[index]
        return origin or Origin(self._path, 1, 1)

    def only(self, node: Map, where: str, known: Sequence[str]) -> None:
        """Refuse keys that aren't known; `where` is put before the message."""
        for key in node:
            if key not in known:
                raise self.at(self.place(node, key), f'{where}unknown key "{key}"', self.nearest(key, known))

    def nearest(self, word: str, known: Iterable[str]) -> str:
        """The remedy for a word that isn't known: the nearest one that is, else all of them."""
        words = list(known)
        close = near.nearest(word.lower().replace("_", "-"), words)
        return f'did you mean "{close}"?' if close else f"known: {', '.join(words)}"

    def written(self, node: Map, key: str) -> str:
        """A plain scalar as it stands in the file, to the end of the word."""
        origin = self._origin(node, key)
        line = self._lines[origin.line - 1] if origin.line <= len(self._lines) else ""
        return (line[origin.column - 1:].split() or [""])[0].rstrip(",]}")

    def text(self, node: Map, key: str) -> str | None:
        """A text, or None."""
        value = node.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self.wrong(node, key, f"{key} must be a text, not {_kind(value)}", _quotes(value))

    def flag(self, node: Map, key: str, *, default: bool) -> bool:
        """True or false."""
        value = node.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        raise self.wrong(node, key, f"{key} must be true or false, not {_kind(value)}")

    def texts(self, node: Map, key: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none."""
        value = node.get(key)
        if value is None:
            return ()
        if not isinstance(value, Seq):
            raise self.wrong(node, key, f"{key} must be a list, not {_kind(value)}", "put it in brackets: [...]")
        for index, item in enumerate(value):
            if not isinstance(item, str) or not item:
                raise self.wrong(value, index, f"{key} must be a list of texts; this is {_kind(item)}", _quotes(item))
        return tuple(value)

    def mapping(self, node: Map, key: str, of: str, *, required: bool = False) -> Map:
        """A mapping; empty where there is none, unless it is required. `of` says in messages what it maps."""
        value = node.get(key)
        if value is None and not required:
            return Map()
        if not isinstance(value, Map):
            raise self.wrong(node, key, f"{key} must be a mapping of {of}, not {_kind(value)}")
        return value

    def pairs(self, node: Map, key: str, of: str) -> Mapping[str, str]:
        """A mapping of texts to texts; empty where there is none."""
        entries = self.mapping(node, key, of)
        for name, value in entries.items():
            if not isinstance(value, str):
                raise self.wrong(entries, name, f"{key}: {name} must be a text, not {_kind(value)}", _quotes(value))
        return dict(entries)

    def items(self, node: Map, key: str, of: str) -> list[tuple[Map, Location]]:
        """A list of mappings, each with its place; empty where there is none."""
        value = node.get(key)
        if value is None:
            return []
        if not isinstance(value, Seq):
            raise self.wrong(node, key, f"{key} must be a list of {of}, not {_kind(value)}")
        for index, item in enumerate(value):
            if not isinstance(item, Map):
                raise self.wrong(value, index, f"{key} must be a list of {of}; this is {_kind(item)}")
        return [(item, self.place(value, index)) for index, item in enumerate(value)]


def _kind(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"


def _quotes(value: Any) -> str:
    return "put it in quotes" if isinstance(value, (bool, int, float)) else ""
