"""The Kubernetes objects in a file or an inline text: parsed YAML goes in, object bodies with the place of their `kind` come out.

As kustomize's resource factory reads them: empty documents are skipped, lists are flattened.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import SourceError
from ..origin import Map, Origin, Seq, clone
from ..source import Dialect, Stream
from . import node
from .load import fail
from .node import name_at
from .resource import Resource

_SEPARATOR = re.compile(r"\n---([^\n]*)\n")


class Documents:
    """The objects of each stream, read once; what `of` returns is shared, so clone it before writing."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Stream, list[tuple[Map, Origin]]]] = {}

    def of(self, stream: Stream) -> list[tuple[Map, Origin]]:
        """The objects of a stream and where each is declared. Raises RenderError or SourceError."""
        known = self._known.get(id(stream))
        if known is None:
            known = self._known[id(stream)] = (stream, read(stream))
        return known[1]

    def resources(self, stream: Stream) -> list[Resource]:
        """Fresh resources of a stream. Raises RenderError or SourceError."""
        return [Resource(body, declared).clone() for body, declared in self.of(stream)]


def read(stream: Stream) -> list[tuple[Map, Origin]]:
    """See `Documents.of`."""
    _check_separators(stream)
    documents = stream.load(Dialect.RESOURCE)
    # kustomize takes a List apart as text where it is the only document, every other list as values.
    unwrapped = ("List", "ResourceList") if _SEPARATOR.search(stream.text.replace("\r\n", "\n")) is None else ()
    return _flatten(list(zip(documents, stream.origins(), strict=True)), unwrapped)


def _check_separators(stream: Stream) -> None:
    for match in _SEPARATOR.finditer(stream.text.replace("\r\n", "\n")):
        rest = match.group(1).strip()
        if rest and not rest.startswith("#"):
            line = stream.text.replace("\r\n", "\n").count("\n", 0, match.start()) + 2
            raise SourceError("source/invalid-yaml", "kustomize takes only a comment behind a document separator (---)",
                              stream.file, line, remedy="put the document on its own lines")


def _flatten(queue: list[tuple[Any, Origin]], unwrapped: tuple[str, ...]) -> list[tuple[Map, Origin]]:
    """Objects in kustomize's order: what a list holds comes behind everything else of the file."""
    found: list[tuple[Map, Origin]] = []
    at = 0
    while at < len(queue):
        value, place = queue[at]
        at += 1
        if value is None or (type(value) is Map and not value):
            continue
        if type(value) is not Map:
            raise fail("no Kubernetes object: a mapping with apiVersion, kind and metadata is needed", place)
        kind = _check(value, place)
        declared = value.at.get("kind", place)
        if not kind.endswith("List") or "items" not in value:
            found.append((value if "metadata" in value else _with_metadata(value, declared), declared))
            continue
        items = value["items"]
        if items is None:
            continue
        if type(items) is not Seq:
            raise fail(f"the items of a {kind} are no list", value.at.get("items", place))
        if kind not in unwrapped:
            items = clone(items)
            node.as_json(items)
        queue.extend((item, spot or declared) for item, spot in zip(items, items.at, strict=True))
    return found


def _with_metadata(value: Map, declared: Origin) -> Map:
    """A list without items is printed with the metadata that kustomize looks for in it."""
    found = Map(value, value.at.copy())
    found.put("metadata", Map(), declared)
    return found


def _check(value: Map, place: Origin) -> str:
    """The kind of an object that has what kustomize asks for."""
    kind = name_at(value, "kind")
    if not kind:
        raise fail("an object without kind", place, "add kind:, or leave the file out of resources:")
    meta = value.get("metadata")
    name = name_at(meta, "name") if type(meta) is Map else ""
    if not name and not kind.endswith("List"):
        raise fail(f"a {kind} without metadata.name", place, "add metadata.name; generateName alone is not enough")
    return kind
