"""What kustomize keeps in an object's annotations while it builds: a resource goes in, patches see it as they would there.

kustomize's patches work on objects that hold notes about former names and affixes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..origin import Map
from .node import fresh, text_of
from .resource import Resource

_NOTES = "internal.config.kubernetes.io/"
_ENABLED = "enabled"
RENAME, REKIND = "allowNameChange", "allowKindChange"
ORIGIN = "config.kubernetes.io/origin"
TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"


def _annotations(item: Resource) -> Map:
    meta = item.body.get("metadata")
    found = meta.get("annotations") if type(meta) is Map else None
    return found if type(found) is Map else Map()


def put(item: Resource) -> None:
    """Put in the notes that kustomize keeps in annotations: a patch that deletes or copies all annotations has them, too."""
    meta = item.body.get("metadata")
    if item.touched and type(meta) is Map and type(meta.get("annotations")) is Map:
        for key, text in _notes(item):
            meta["annotations"][key] = text


def _notes(item: Resource) -> Iterator[tuple[str, str]]:
    if item.previous:
        yield _NOTES + "previousNames", ",".join(old.name for old in item.previous)
        yield _NOTES + "previousNamespaces", ",".join(old.scope for old in item.previous)
        yield _NOTES + "previousKinds", ",".join(old.gvk.kind for old in item.previous)
    if item.prefixes:
        yield _NOTES + "prefixes", ",".join(item.prefixes)
    if item.suffixes:
        yield _NOTES + "suffixes", ",".join(item.suffixes)
    if item.behavior:
        yield _NOTES + "generatorBehavior", item.behavior
    if item.needs_hash:
        yield _NOTES + "needsHashSuffix", _ENABLED
    if item.helm:
        yield _NOTES + "helm-generated", "true"
    for option in item.allowed:
        yield _NOTES + option, _ENABLED
    if item.made_by:
        yield ORIGIN, item.made_by
    if item.changed_by:
        yield TRANSFORMATIONS, transformations(item.changed_by)


def transformations(records: Iterable[str]) -> str:
    """What changed a resource, as kustomize writes it."""
    return "".join("- " + record.replace("\n", "\n  ").removesuffix("  ") for record in records)


def allow(patch: Map, options: Iterable[str]) -> Map:
    """A patch with a note of the options it has; all its annotations are texts then, so that a null deletes nothing."""
    meta = patch.get("metadata")
    meta = Map(meta, meta.at.copy()) if type(meta) is Map else Map()
    given = meta.get("annotations")
    annotations = as_texts(given) if type(given) is Map else Map()
    annotations.update({_NOTES + option: _ENABLED for option in options})
    meta.put("annotations", annotations, meta.at.get("annotations"))
    found = Map(patch, patch.at.copy())
    found.put("metadata", meta, patch.at.get("metadata"))
    return found


def as_texts(values: Map) -> Map:
    """Labels or annotations as kustomize has them once it has written them."""
    texts = Map()
    for key, value in values.items():
        text = text_of(value, values.at.get(key))
        texts.put(key, text, fresh(text, values.at.get(key)))
    return texts


def take_allowed(item: Resource) -> tuple[str, ...]:
    """Take the notes of `allow` out again; which ones there were."""
    annotations = _annotations(item)
    found = tuple(option for option in (RENAME, REKIND) if _NOTES + option in annotations)
    for option in found:
        annotations.drop(_NOTES + option)
    return found


def take(item: Resource) -> bool:
    """Take the notes out again; False where a patch has deleted them."""
    annotations = _annotations(item)
    found = [key for key, _ in _notes(item) if key in annotations]
    for key in found:
        annotations.drop(key)
    return bool(found) or not item.touched
