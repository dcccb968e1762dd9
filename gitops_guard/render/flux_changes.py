"""A kustomization and the spec of the Flux Kustomization that deploys it -> the kustomization that Flux builds.

Rules: fluxcd/pkg `kustomize` `Generator.GenerateManifest`: namespace, prefix and suffix replace the file's own, patches and
components go behind them, images are merged by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..origin import Map, Origin, Seq
from . import fields
from .kustomization import Kustomization
from .load import fail
from .repospec import parse as parse_url

_SELECTOR = fields.Fields(fields.SELECTOR.fields, strict=False)
_SPEC = fields.Fields({
    "targetNamespace": fields.TEXT, "namePrefix": fields.TEXT, "nameSuffix": fields.TEXT, "components": fields.TEXTS,
    "patches": fields.Items(fields.Fields({"patch": fields.TEXT, "target": _SELECTOR}, strict=False)),
    "images": fields.Items(fields.Fields(
        dict.fromkeys(("name", "newName", "newTag", "digest"), fields.TEXT), strict=False)),
    "ignoreMissingComponents": fields.FLAG, "buildMetadata": fields.TEXTS,
    "commonMetadata": fields.Fields({"labels": fields.TEXT_TABLE, "annotations": fields.TEXT_TABLE}, strict=False),
}, strict=False)
_REPLACED = {"targetNamespace": "namespace", "namePrefix": "namePrefix", "nameSuffix": "nameSuffix"}


def changed(kustomization: Kustomization, spec: Map, place: Origin, exists: Callable[[str], bool], *,
            made: bool = False) -> Kustomization:
    """The kustomization with what `spec` changes; the given one stays as it is. Raises RenderError at the field of `spec`.

    `place` is that of `spec` where it has no better one; `exists` says whether a component is there. A kustomization that was
    `made` is no file of the repository.
    """
    spec = _SPEC.read(spec, place)
    data = Map(kustomization.data, kustomization.data.at.copy())
    if not made and not data.get("resources"):
        # Else a kustomization without resources would be an error; generated objects get an annotation that says so.
        data.put("buildMetadata", Seq(["originAnnotations"], [place]), place)
    if "sortOptions" not in data:
        # Flux builds without the order that kustomize's command line has by default.
        data.put("sortOptions", Map({"order": "fifo"}), place)
    for name, field in _REPLACED.items():
        if spec.get(name):
            data.put(field, spec[name], spec.at[name])
    for patch, at in _entries(spec, "patches", place):
        if not patch.get("patch", "").strip():
            raise fail("a patch without a text", at, "write patch: with the fields to change")
        _append(data, "patches", patch, at)
    for component, at in _entries(spec, "components", place):
        if parse_url(component) is not None or component.startswith(("/", "file:///", "http://", "https://")):
            raise fail(f"a component is no relative path: {component}", at, "vendor it into the repository")
        if exists(component) or not spec.get("ignoreMissingComponents"):
            _append(data, "components", component, at)
    for image, at in _entries(spec, "images", place):
        _merge_image(data, image, at)
    if spec.get("buildMetadata"):
        data.put("buildMetadata", spec["buildMetadata"], spec.at["buildMetadata"])
    return Kustomization(kustomization.file, kustomization.folder, data, kustomization.faults)


def set_common_metadata(bodies: list[Map], spec: Map, place: Origin) -> None:
    """Write the labels and annotations of `commonMetadata` into every object. Raises RenderError."""
    common = _SPEC.read(spec, place).get("commonMetadata") or Map()
    for field, values in common.items():
        for body in bodies if values else ():
            meta = body.get("metadata")
            if type(meta) is not Map:
                continue
            if type(meta.get(field)) is not Map:
                meta.put(field, Map(), common.at.get(field))
            for key, value in values.items():
                meta[field].put(key, value, values.at.get(key))


def _entries(spec: Map, field: str, place: Origin) -> list[tuple[Any, Origin]]:
    items = spec.get(field) or Seq()
    return [(item, at or spec.at.get(field, place)) for item, at in zip(items, items.at, strict=True)]


def _append(data: Map, field: str, item: Any, at: Origin) -> None:
    known = data.get(field) or Seq()
    data.put(field, Seq([*known, item], [*known.at, at]), data.at.get(field, at))


def _merge_image(data: Map, image: Map, at: Origin) -> None:
    known = data.get("images") or Seq()
    index = next((index for index, entry in enumerate(known) if entry.get("name", "") == image.get("name", "")), None)
    if index is None:
        _append(data, "images", image, at)
        return
    merged = Map(known[index], known[index].at.copy())
    if image.get("newName"):
        merged.put("newName", image["newName"], image.at["newName"])
    if image.get("newTag") or image.get("digest"):
        # A tag and a digest are one choice: who sets one of them unsets the other.
        for field in ("newTag", "digest"):
            merged.drop(field)
            if image.get(field):
                merged.put(field, image[field], image.at[field])
    entries = Seq(known, list(known.at))
    entries.put(index, merged, known.at[index])
    data.put("images", entries, data.at.get("images", at))
