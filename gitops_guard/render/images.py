"""`images:`: resources go in, the names, tags and digests of their images are changed.

Rules: kustomize `ImageTagTransformer`, which looks at every list called `containers` or `initContainers`, at any depth of any
kind but CustomResourceDefinition, and then at the fields of its specs. An entry's name is an unescaped pattern for the whole
image name without tag and digest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..origin import Map, Origin, Seq
from .fieldspec import FieldSpec, Place, walk
from .load import fail
from .node import LOOSE
from .pattern import compile_pattern
from .resource import ResMap

_LISTS = ("containers", "initContainers")
_REST = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$"


def set_image(resources: ResMap, entry: Map, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """Apply one entry of `images:`. Raises RenderError where an image is no scalar, or the entry's name no usable pattern."""
    update = _Update(entry, origin)
    specs = tuple(specs)
    for resource in resources:
        if resource.kind == "CustomResourceDefinition":
            continue
        update.walk(resource.body, origin)
        for spec in specs:
            walk(resource, spec, update.put)


class _Update:
    """One entry, ready to be applied."""

    def __init__(self, entry: Map, origin: Origin) -> None:
        self._entry = entry
        self._origin = origin
        self._pattern = compile_pattern("^" + entry.get("name", "") + _REST)
        if self._pattern is None:
            raise fail("images: a name that can't be used as a pattern", entry.at.get("name", origin), "write the plain name")

    def walk(self, value: Any, place: Origin) -> None:
        if type(value) is Map:
            for key, item in value.items():
                if type(item) is Map or type(item) is Seq:
                    at = value.at.get(key, place)
                    self.walk(item, at)
                    if key in _LISTS and type(item) is Seq:
                        self._containers(item, at)
        elif type(value) is Seq:
            for item in value:
                if type(item) is Map or type(item) is Seq:
                    self.walk(item, place)

    def _containers(self, containers: Seq, place: Origin) -> None:
        for container, at in zip(containers, containers.at, strict=True):
            if container is not None and type(container) is not Map:
                raise fail("images: a container that is no mapping", at or place, "correct the resource")
            if container and "image" in container:
                self.put(Place(container, "image"))

    def put(self, place: Place) -> None:
        """Change one image, if the entry is about it."""
        value = place.value
        if type(value) is Map or type(value) is Seq:
            raise fail("images: an image that is no scalar", place.origin or self._origin, "correct the resource")
        text = place.text
        if self._pattern is None or not self._pattern.search(text):
            return
        name, tag, digest = split_image(text)
        writer = None
        if self._entry.get("newName"):
            name = self._entry["newName"]
            # With a tag or digest it is the tag's line that says what runs.
            writer = None if tag or digest else "newName"
        new_tag, new_digest, suffix = (self._entry.get(field, "") for field in ("newTag", "digest", "tagSuffix"))
        if new_tag or new_digest:
            tag, digest, writer = new_tag, new_digest, "digest" if new_digest else "newTag"
        elif suffix:
            tag, digest, writer = tag + suffix, "", "tagSuffix"
        changed = name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
        place.write(changed, LOOSE, self._entry.at.get(writer, self._origin) if writer else place.origin)


def split_image(image: str) -> tuple[str, str, str]:
    """Name, tag and digest of an image; the colon of a registry's port is none of a tag."""
    slash = max(image.find("/"), 0)
    at, colon = image.find("@", slash), image.find(":", slash)
    if at >= 0 and (colon < 0 or at < colon):
        return image[:at], "", image[at + 1:]
    if colon < 0:
        return image, "", ""
    if at >= 0:
        return image[:colon], image[colon + 1:at], image[at + 1:]
    return image[:colon], image[colon + 1:], ""
