"""ValueAddTransformer: a value is written to a field of selected objects, or inserted into the file path that stands there."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from ..origin import Map, Origin, Seq
from ..source import Dialect
from . import fields, namespace
from .fieldspec import FieldSpec, Place, split_path, walk
from .load import Loader, fail
from .node import LOOSE
from .resource import ResMap
from .selecting import select


def add_value(config: Map, place: Origin, folder: str, loader: Loader, read: set[str],
              target_type: fields.Type) -> Callable[[ResMap, bool], None]:
    """The step that a configuration describes. Raises RenderError or SourceError where it is wrong.

    The value is the folder's name where none is given; more targets may stand in a file.
    """
    value = config.get("value", "").strip() or posixpath.basename(folder)
    origin = config.at.get("value", place)
    targets: list[tuple[Map, Origin]] = [(row, at or place) for row, at in _rows(config.get("targets"))]
    if config.get("targetFilePath"):
        file = loader.file(folder, config["targetFilePath"], config.at["targetFilePath"])
        read.add(file)
        stream = loader.sources.stream(file)
        documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
        if documents and documents[0] is not None:
            shape = fields.Fields({"targets": fields.Items(target_type)}, strict=False)
            targets.extend((row, at or place) for row, at in _rows(shape.read(documents[0], stream.origins()[0]).get("targets")))
    if not targets:
        raise fail("a ValueAddTransformer without targets", place, "add targets:")
    for target, at in targets:
        if not target.get("fieldPath"):
            raise fail("a target without fieldPath", at, "add fieldPath:")
        if target.get("filePathPosition", 0) < 0:
            raise fail("a negative filePathPosition", target.at["filePathPosition"], "count from 1")

    def step(resources: ResMap, incomplete: bool) -> None:
        del incomplete
        for target, at in targets:
            chosen = select(resources, target["selector"], at) if target.get("selector") is not None else resources.items
            if target["fieldPath"] == "metadata/namespace":
                for resource in chosen:
                    namespace.move(resource, value, (), origin)
            else:
                _write(ResMap(chosen), target, value, origin)
        resources.changed()

    return step


def _rows(rows: Seq | None) -> list[tuple[Map, Origin | None]]:
    return list(zip(rows, rows.at, strict=True)) if rows else []


def _write(resources: ResMap, target: Map, value: str, origin: Origin) -> None:
    spec = FieldSpec("/".join(part.replace("/", "\\/") for part in split_path(target["fieldPath"])), create=True)
    position = target.get("filePathPosition", 0)

    def put(place: Place) -> None:
        if isinstance(place.value, (Map, Seq)):
            raise fail(f"no scalar at {spec.path}", place.origin or origin, "name a scalar field")
        place.write(_inserted(place.text, position, value) if position else value, LOOSE, origin)

    for resource in resources:
        walk(resource, spec, put, blank=str, origin=origin)


def _inserted(path: str, position: int, part: str) -> str:
    """A file path with a part at a position, from 1; one beyond its end appends."""
    root = "/" if path.startswith("/") else ""
    parts = [piece for piece in path.split("/") if piece]
    parts.insert(min(position - 1, len(parts)), part)
    return root + "/".join(parts)
