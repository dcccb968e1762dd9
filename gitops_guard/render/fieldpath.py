"""Paths of replacements and vars: a body and a path such as `spec.containers.[name=web].image` go in, places come out.

Two dialects, as in kyaml: `look_up` reads one value (`PathGetter`), `find` all that match and can create what is missing
(`PathMatcher`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..errors import SourceError
from ..origin import Map, Origin, Seq, clone
from ..scalars import Dialect, resolve
from ..source import parse_embedded
from .fieldspec import Place, split_path
from .node import printed, text_at, text_of
from .pattern import Matcher, compile_pattern

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)


class _Created:
    """Stands for a scalar that was made and is still to be written."""


CREATED = _Created()


class PathError(Exception):
    """A path that does not fit the object; the message names no value."""


def split(path: str) -> list[str]:
    """The parts of a path. What stands in brackets is one part: `[k=v]` keeps them, `[a.b/c]` is a field of that name."""
    found: list[str] = []
    pieces = iter(split_path(path, "."))
    for piece in pieces:
        if not piece.startswith("[") or piece.endswith("]"):
            found.append(piece)
            continue
        for more in pieces:
            piece += "." + more  # noqa: PLW2901 - the piece goes on
            if more.endswith("]"):
                break
        found.append(piece if "=" in piece else piece.strip("[]"))
    return found


def look_up(body: Any, parts: list[str]) -> Place | None:
    """The one value that a path leads to, or None. Raises PathError where it can't lead anywhere."""
    holder: Any = Seq([body])
    place: Place = Place(holder, 0)
    for part in (part.strip() for part in parts):
        if not part:
            continue
        value = place.value
        if value is None:
            return None
        if _NUMBER.fullmatch(part) or part == "-":
            at = _index(part, value)
            if at is None:
                return None
            place = Place(value, at)
        elif part == "*":
            raise PathError("a wildcard is for targets only")
        elif _is_match(part):
            name, text = _match(part)
            items = _items(value)
            found = next((at for at, item in enumerate(items) if _equals(item, items.at[at], name, text)), None)
            if found is None:
                return None
            place = Place(value, found)
        else:
            if part not in _fields(value):
                return None
            place = Place(value, part)
    return place


def _index(part: str, value: Any) -> int | None:
    items = _items(value)
    at = len(items) - 1 if part == "-" else int(part)
    if part != "-" and at < 0:
        raise PathError("a negative index")
    return at if 0 <= at < len(items) else None


def _equals(item: Any, origin: Origin | None, name: str, text: str) -> bool:
    if not name:
        return type(item) is not Map and type(item) is not Seq and text_of(item, origin) == text
    return type(item) is Map and name in item and text_at(item, name) == text


def find(body: Map, parts: list[str], create: Callable[[], Any] | None, origin: Origin) -> list[Place]:
    """Every place that a path leads to; `[k=v]` takes v as a pattern, `*` takes every item.

    With `create`, what is missing is made (its last value by `create`), with `origin` as its place. Raises PathError.
    """
    return _Finder(create, origin).enter(Place(Seq([body]), 0), parts)


class _Finder:
    """One walk by a path."""

    def __init__(self, create: Callable[[], Any] | None, origin: Origin) -> None:
        self._create = create
        self._origin = origin

    def enter(self, place: Place, parts: list[str]) -> list[Place]:
        if not parts:
            return [place]
        part, rest = parts[0], parts[1:]
        value = place.value
        if _NUMBER.fullmatch(part) and int(part) >= 0:
            return self._at_index(value, int(part), rest)
        if _is_match(part):
            return self._matching(value, part, rest)
        if part == "*":
            items = _items(value)
            return [found for at in range(len(items)) for found in self.enter(Place(items, at), rest)]
        return self._field(value, part, rest)

    def _field(self, value: Any, part: str, rest: list[str]) -> list[Place]:
        if value is None:
            return []
        fields = _fields(value)
        if part not in fields:
            if self._create is None:
                return []
            fields.put(part, self._new(rest), self._origin)
        found = fields[part]
        if rest and type(found) is not Map and type(found) is not Seq and found is not None:
            return self._inside(text_at(fields, part), rest)
        return self.enter(Place(fields, part), rest)

    def _inside(self, text: str, rest: list[str]) -> list[Place]:
        """Places in a text that is YAML itself. kustomize looks for them in a copy that it then forgets, and so are these."""
        try:
            documents = parse_embedded(text, self._origin._replace(block=1)).load(Dialect.RESOURCE)
        except SourceError:
            raise PathError("the path leads through a scalar") from None
        found = self.enter(Place(Seq([clone(documents[0])] if documents else [None]), 0), rest)
        # Whatever is written there is right: nobody reads it.
        return [place if type(place.value) is Map or type(place.value) is Seq else Place(Seq([CREATED]), 0) for place in found]

    def _at_index(self, value: Any, at: int, rest: list[str]) -> list[Place]:
        items = _items(value)
        if at == len(items) and self._create is not None and type(items) is Seq:
            items.add(self._new(rest), self._origin)
        if at >= len(items):
            raise PathError(f"the list has {len(items)} items")
        return self.enter(Place(items, at), rest)

    def _matching(self, found_in: Any, part: str, rest: list[str]) -> list[Place]:
        name, text = _match(part)
        pattern = compile_pattern(text)
        if pattern is None:
            raise PathError("a pattern that can't be used")
        items = _items(found_in)
        found = self._search(items, name, pattern, rest)
        if not found and self._create is not None and type(items) is Seq:
            value = resolve(text, Dialect.RESOURCE)
            items.add(Map({name: value}, {name: self._origin}) if name else value, self._origin)
            found = self._search(items, name, pattern, rest)
        return found

    def _search(self, items: Seq, name: str, pattern: Matcher, rest: list[str]) -> list[Place]:
        found: list[Place] = []
        for at, item in enumerate(items):
            if not name:
                # kustomize ends here, whatever the rest of the path is.
                if type(item) is not Map and type(item) is not Seq and pattern.search(printed(item, items.at[at])):
                    found.append(Place(items, at))
            elif type(item) is Map and item.get(name) is not None and pattern.search(printed(item[name], item.at.get(name))):
                found.extend(self.enter(Place(items, at), rest))
        return found

    def _new(self, rest: list[str]) -> Any:
        if not rest:
            return self._create() if self._create is not None else None
        return Seq() if _is_match(rest[0]) or _NUMBER.fullmatch(rest[0]) else Map()


def _is_match(part: str) -> bool:
    return part.startswith("[") and part.endswith("]")


def _match(part: str) -> tuple[str, str]:
    name, equals, text = part[1:-1].partition("=")
    if not equals:
        raise PathError("a list is entered by [field=value] or by an index")
    return name, text


def _items(value: Any) -> Seq:
    if value is None:
        return Seq()
    if type(value) is not Seq:
        raise PathError("the path enters a list where none is")
    return value


def _fields(value: Any) -> Map:
    if type(value) is not Map:
        raise PathError("the path enters a mapping where none is")
    return value
