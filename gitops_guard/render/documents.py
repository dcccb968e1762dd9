"""The Kubernetes objects in a file or an inline text: parsed YAML goes in, object bodies with the place of their `kind` come out.

As kustomize's resource factory reads them: empty documents are skipped, lists are flattened, the values of annotations are text.
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Iterable
from typing import Any

from ..errors import SourceError
from ..origin import Map, Origin, Seq
from ..scalars import go_float
from ..source import Dialect, Stream
from .load import fail
from .resource import Resource, scalar_text

_Typed = dict[int, tuple[Map, dict[str, tuple[str, Any]]]]
_SEPARATOR = re.compile(r"\n---([^\n]*)\n")


class Documents:
    """The objects of each stream, read once; what `of` returns is shared, so clone it before writing."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, bool], tuple[Stream, list[tuple[Map, Origin]]]] = {}
        self._typed: _Typed = {}

    def of(self, stream: Stream, *, patch: bool = False) -> list[tuple[Map, Origin]]:
        """The objects of a stream and where each is declared. Raises RenderError or SourceError.

        In a patch an annotation may be null: that deletes it.
        """
        key = (id(stream), patch)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (stream, read(stream, patch=patch, typed=self._typed))
        return known[1]

    def resources(self, stream: Stream) -> list[Resource]:
        """Fresh resources of a stream. Raises RenderError or SourceError."""
        return [self._resource(body, declared) for body, declared in self.of(stream)]

    def _resource(self, body: Map, declared: Origin) -> Resource:
        found = Resource(body, declared).clone()
        meta = body.get("metadata")
        known = self._typed.get(id(meta.get("annotations"))) if self._typed and type(meta) is Map else None
        if known is not None:
            found.typed = known[1]
        return found


def read(stream: Stream, *, patch: bool = False, typed: _Typed | None = None) -> list[tuple[Map, Origin]]:
    """See `Documents.of`; the values of annotations that are no texts are put into `typed`, by the identity of their mapping."""
    _check_separators(stream)
    documents = stream.load(Dialect.RESOURCE)
    places = stream.origins()
    texts: list[Any] | None = None
    tagged = "!!" in stream.text
    # kustomize takes a List apart as text where it is the only document, every other list as values.
    unwrapped = ("List", "ResourceList") if _SEPARATOR.search(stream.text.replace("\r\n", "\n")) is None else ()
    queue: list[tuple[Any, Origin]] = []
    for index, (document, place) in enumerate(zip(documents, places, strict=True)):
        if _has_loose_annotations(document, patch=patch, tagged=tagged):
            # Not often: numbers, booleans and times without quotes, and blocks. Their text is needed, so the file is read again.
            texts = texts if texts is not None else stream.load(Dialect.TEXT)
            document = _with_text_annotations({} if typed is None else typed, document, texts[index],  # noqa: PLW2901
                                              unwrapped, patch=patch, tagged=tagged)
        queue.append((document, place))
    return _flatten(queue, unwrapped)


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
            _write_nulls(items)
        queue.extend((item, spot or declared) for item, spot in zip(items, items.at, strict=True))
    return found


def _with_metadata(value: Map, declared: Origin) -> Map:
    """A list without items is printed with the metadata that kustomize looks for in it."""
    found = Map(value, value.at.copy())
    found.put("metadata", Map(), declared)
    return found


def _check(value: Map, place: Origin) -> str:
    """The kind of an object that has what kustomize asks for."""
    kind = scalar_text(value.get("kind"))
    if not kind:
        raise fail("an object without kind", place, "add kind:, or leave the file out of resources:")
    meta = value.get("metadata")
    name = scalar_text(meta.get("name")) if type(meta) is Map else ""
    if not name and not kind.endswith("List"):
        raise fail(f"a {kind} without metadata.name", place, "add metadata.name; generateName alone is not enough")
    return kind


def _annotation_maps(document: Any) -> Iterable[Map]:
    if type(document) is not Map:
        return
    meta = document.get("metadata")
    annotations = meta.get("annotations") if type(meta) is Map else None
    if type(annotations) is Map:
        yield annotations
    items = document.get("items")
    if type(items) is Seq and scalar_text(document.get("kind")).endswith("List"):
        for item in items:
            yield from _annotation_maps(item)


def _is_loose(value: Any, *, patch: bool, tagged: bool) -> bool:
    """Whether an annotation may differ from its text: no string, a tagged one, a time, or a folded block (here as it is)."""
    return (tagged or type(value) is not str or "\n" in value or value[4:5] == "-") and not (patch and value is None)


def _has_loose_annotations(document: Any, *, patch: bool, tagged: bool) -> bool:
    return any(_is_loose(value, patch=patch, tagged=tagged) for found in _annotation_maps(document) for value in found.values())


def _with_text_annotations(typed: _Typed, document: Any, text: Any, unwrapped: tuple[str, ...], *, patch: bool,
                           tagged: bool) -> Any:
    """The document with annotations as they are spelt; only the containers on the way are new.

    `text` is None for the items of a list that kustomize takes apart as values: their numbers lose their spelling.
    """
    if type(document) is not Map:
        return document
    fresh = Map(document, document.at.copy())
    meta = document.get("metadata")
    if type(meta) is Map and type(meta.get("annotations")) is Map:
        held = meta["annotations"]
        spelt = {key: _value_text(value) for key, value in held.items()} if text is None else text["metadata"]["annotations"]
        annotations = Map(meta["annotations"], meta["annotations"].at.copy())
        for key, value in meta["annotations"].items():
            if _is_loose(value, patch=patch, tagged=tagged) and type(value) not in (Map, Seq):
                annotations[key] = spelt[key]
        typed[id(annotations)] = (annotations, {key: (spelt[key], value) for key, value in meta["annotations"].items()
                                                if annotations[key] != value or type(value) is not str})
        fresh["metadata"] = Map(meta, meta.at.copy())
        fresh["metadata"]["annotations"] = annotations
    items = document.get("items")
    if type(items) is Seq and scalar_text(document.get("kind")).endswith("List"):
        texts = [None] * len(items) if text is None or document["kind"] not in unwrapped else text["items"]
        fresh["items"] = Seq([_with_text_annotations(typed, item, spelt, unwrapped, patch=patch, tagged=tagged)
                              for item, spelt in zip(items, texts, strict=True)], items.at.copy())
    return fresh


def _value_text(value: Any) -> Any:
    if value is None:
        return "null"
    if type(value) is float:
        # As Go writes it in JSON, which is not as in YAML.
        return f"{decimal.Decimal(repr(value)):f}".removesuffix(".0") if 1e-6 <= abs(value) < 1e21 else go_float(value)
    return value if type(value) in (str, Map, Seq) else scalar_text(value)


def _write_nulls(value: Any) -> None:
    """Every null becomes one that was written, since the value goes through JSON."""
    pairs: Any = value.items() if type(value) is Map else enumerate(value) if type(value) is Seq else ()
    for key, item in pairs:
        origin = value.at[key] if type(value) is Seq else value.at.get(key)
        if item is None and origin is not None and origin.absent:
            value.at[key] = origin._replace(absent=False)
        _write_nulls(item)
