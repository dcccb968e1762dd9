"""Where the values in helm's output were written: the output and the chart go in, every value gets the nearest place.

helm keeps no record. So a value is looked for: as it stands in its template; as a value of the kustomization or of a values
file; as an end or a part of a text that such a value went into. All places are `nearest`.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..errors import SourceError
from ..origin import Map, Origin, Seq
from ..source import Sources
from ..tree import OutsideError
from .resource import Resource, scalar_text

_SOURCE = re.compile(r"^# Source: ([^\n]+)$", re.MULTILINE)
_TAG = re.compile(r"tag|version|digest|sha", re.IGNORECASE)
_MAX_PARTS = 2_000
"""Values that are looked for inside of texts."""


class Value(NamedTuple):
    """A value that a template may have used; earlier ones go before later ones."""

    key: str
    text: str
    origin: Origin


def values_of(node: Any, key: str = "") -> Iterator[Value]:
    """Every scalar of parsed values."""
    if type(node) is Map or type(node) is Seq:
        pairs: Iterable[tuple[Any, Any]] = node.items() if type(node) is Map else enumerate(node)
        for name, item in pairs:
            label = name if type(node) is Map else key
            if type(item) is Map or type(item) is Seq:
                yield from values_of(item, label)
            elif (origin := node.at.get(name) if type(node) is Map else node.at[name]) is not None and item is not None:
                yield Value(str(label), scalar_text(item), origin._replace(block=0))


class Finder:
    """Finds the places of one chart's output."""

    def __init__(self, sources: Sources, chart: str, text: str, values: Iterable[Value], place: Origin,
                 more: Mapping[str, str] = MappingProxyType({})) -> None:
        """`chart` is the chart's folder, `place` the entry that asked for it; `more` are files put into it."""
        self._sources = sources
        self._chart = chart
        self._more = more
        self._place = place._replace(exact=False)
        marks = [(text.count("\n", 0, match.start()) + 1, match.group(1)) for match in _SOURCE.finditer(text)]
        self._lines = [line for line, _ in marks]
        self._names = [name for _, name in marks]
        self._by_text: dict[str, list[Value]] = {}
        for value in values:
            near = value._replace(origin=value.origin._replace(exact=False))
            self._by_text.setdefault(value.text, []).append(near)
        self._parts = [value for found in self._by_text.values() for value in found if value.text][:_MAX_PARTS]
        self._templates: dict[str, list[str] | None] = {}
        self._known: dict[tuple[str, str, str], Origin] = {}

    def settle(self, resource: Resource) -> None:
        """Give every value of a resource its place; its `declared` line must be that of helm's output."""
        at = bisect.bisect_right(self._lines, resource.declared.line) - 1
        file = self._file(self._names[at]) if at >= 0 else ""
        resource.declared = self._of(file, "kind", resource.kind)
        self._walk(resource.body, file, "")
        if resource.kind == "Secret":
            self._contents(resource.body, file)

    def _contents(self, secret: Map, file: str) -> None:
        """A Secret's values are looked for as they are, not in base64; what nobody wrote (randAlphaNum, genCA) has no place."""
        for field in ("data", "stringData"):
            values = secret.get(field)
            if type(values) is not Map:
                continue
            for key, value in values.items():
                text = _decoded(value) if field == "data" else _text(value)
                place = self._written(file, key, text) if text else values.at.get(key)
                if place is None:
                    values.at.pop(key, None)
                else:
                    values.at[key] = place

    def _written(self, file: str, key: str, text: str) -> Origin | None:
        found = self._exactly(key, text) or self._inside(text)
        if found is not None:
            return found.origin
        lines = self._templates.get(file) or []
        first = text.strip().partition("\n")[0]
        number = next((number for number, line in enumerate(lines, 1) if first in line), 0) if len(first) > 2 else 0
        coded = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
        number = number or next((number for number, line in enumerate(lines, 1) if coded in line), 0)
        return Origin(file, number, 1, exact=False) if number else None

    def _file(self, name: str) -> str:
        """The template of a `# Source:` line, which begins with the chart's name; empty where it is packed."""
        inner = name.strip().partition("/")[2]
        path = self._more.get(inner) or posixpath.normpath(posixpath.join(self._chart, inner))
        if path not in self._templates:
            try:
                self._templates[path] = self._sources.text(path).split("\n")
            except (SourceError, OutsideError, OSError):
                self._templates[path] = None
        return path if self._templates[path] is not None else ""

    def _walk(self, node: Any, file: str, key: str) -> None:
        if type(node) is Map:
            for name, item in node.items():
                node.at[name] = self._of(file, name, _text(item))
                self._walk(item, file, name)
        elif type(node) is Seq:
            for index, item in enumerate(node):
                node.at[index] = self._of(file, key, _text(item))
                self._walk(item, file, key)

    def _of(self, file: str, key: str, text: str) -> Origin:
        asked = (file, key, text)
        if asked not in self._known:
            self._known[asked] = self._find(file, key, text)
        return self._known[asked]

    def _find(self, file: str, key: str, text: str) -> Origin:
        lines = self._templates.get(file) or []
        written = re.compile(rf"(?:^|[\s{{\[,])[\"']?{re.escape(key)}[\"']?\s*:")
        keyed = [number for number, line in enumerate(lines, 1) if written.search(line)]
        if text:
            literal = next((number for number in keyed if "{{" not in lines[number - 1] and text in lines[number - 1]), 0)
            if literal:
                return Origin(file, literal, 1, exact=False)
            value = self._exactly(key, text) or self._inside(text)
            if value is not None:
                return value.origin
            if len(text) > 3:
                keyed += [number for number, line in enumerate(lines, 1) if text in line]
        return Origin(file, keyed[0] if keyed else 1, 1, exact=False) if file else self._place

    def _exactly(self, key: str, text: str) -> Value | None:
        found = self._by_text.get(text, [])
        alike = [value for value in found if _alike(value.key, key)]
        # `true`, `80` and the like stand in many places: only the key tells which one it is.
        return next(iter(alike or (found if _tells(text) else [])), None)

    def _inside(self, text: str) -> Value | None:
        """The value that ends a text (the tag of an image), else the longest one in it."""
        inside = [value for value in self._parts if value.text in text and len(value.text) < len(text)]
        ends = [value for value in inside if text.endswith(value.text) and not text[-len(value.text) - 1].isalnum()
                and (len(value.text) > 2 or _TAG.search(value.key))]
        parts = [value for value in inside if _tells(value.text)]
        return max(ends or parts, key=lambda value: (bool(ends and _TAG.search(value.key)), len(value.text)), default=None)


def _alike(one: str, two: str) -> bool:
    one, two = one.lower(), two.lower()
    return one == two or (min(len(one), len(two)) > 2 and (one in two or two in one))


def _tells(text: str) -> bool:
    """Whether a text alone says enough to be known again."""
    return len(text) > 3 and not re.fullmatch(r"[\d.]+|true|false", text)


def _decoded(value: Any) -> str:
    try:
        return base64.b64decode(_text(value), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return _text(value)


def _text(value: Any) -> str:
    return "" if type(value) in (Map, Seq) else scalar_text(value)
