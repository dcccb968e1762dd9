"""What kustomize keeps in an object's annotations while it builds: a resource goes in, patches see it as they would there.

kustomize's patches work on objects that hold notes about former names and affixes, and annotations that are no texts yet.
"""

from __future__ import annotations

from ..origin import Map
from ..scalars import go_float
from .resource import Resource, scalar_text

_NOTES = "internal.config.kubernetes.io/"


def _annotations(item: Resource) -> Map:
    meta = item.body.get("metadata")
    found = meta.get("annotations") if type(meta) is Map else None
    return found if type(found) is Map else Map()


def annotations_as_values(item: Resource) -> None:
    """Turn those annotations that kustomize has not made texts so far into what they are; nothing is noted as a change."""
    annotations = _annotations(item)
    for key, (text, value) in item.typed.items():
        if annotations.get(key) == text:
            annotations[key] = value


def annotations_as_texts(item: Resource) -> None:
    """Turn annotations into texts for good, as kustomize does behind a JSON patch; numbers have become floats by now."""
    item.typed = {}
    annotations = _annotations(item)
    for key, value in annotations.items():
        if type(value) in (int, float, bool) or value is None:
            annotations[key] = scalar_text(value) if type(value) is bool else "null" if value is None else go_float(float(value))


def put(item: Resource) -> None:
    """Put in the notes that kustomize keeps in annotations: a patch that deletes or copies all annotations has them, too."""
    meta = item.body.get("metadata")
    if item.touched and type(meta) is Map and type(meta.get("annotations")) is Map:
        annotations = meta["annotations"]
        annotations[_NOTES + "previousNames"] = ",".join(old.name for old in item.previous)
        if item.previous:
            annotations[_NOTES + "previousNamespaces"] = ",".join(old.scope for old in item.previous)
            annotations[_NOTES + "previousKinds"] = ",".join(old.gvk.kind for old in item.previous)
        for note, parts in (("prefixes", item.prefixes), ("suffixes", item.suffixes)):
            if parts:
                annotations[_NOTES + note] = ",".join(parts)


def take(item: Resource) -> bool:
    """Take the notes out again; False where a patch has deleted them."""
    annotations = _annotations(item)
    found = [key for key in annotations if key.startswith(_NOTES)]
    for key in found:
        annotations.drop(key)
    return bool(found) or not item.touched
