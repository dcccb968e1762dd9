"""labels, commonLabels and commonAnnotations: resources and key-value pairs go in, the pairs are written where specs say.

Rules: kustomize `filters/labels` and `filters/annotations`; which fields, the configuration says (`configurations.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ..origin import Map, Origin
from ..scalars import Dialect, resolve
from . import node, shared
from .fieldspec import FieldSpec, Place, walk
from .load import fail
from .resource import Gvk, ResMap, Resource


def add_labels(resources: ResMap, pairs: Map, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """Write `pairs` into every mapping the specs lead to; `origin` is the place of what has none of its own.

    Raises RenderError where a field is no mapping.
    """
    if not pairs:
        return
    near = origin._replace(exact=False)
    specs = tuple(specs)
    by_kind: dict[Gvk, tuple[FieldSpec, ...]] = {}
    for resource in resources:
        gvk = resource.gvk
        if gvk not in by_kind:
            by_kind[gvk] = tuple(spec for spec in specs if gvk.selected_by(spec.gvk))
        _Writer(resource, pairs, near).run(by_kind[gvk])


class _Writer:
    """Writes pairs to one resource."""

    def __init__(self, resource: Resource, pairs: Map, origin: Origin) -> None:
        self._resource = resource
        self._pairs = pairs
        self._origin = origin
        self._added: dict[str, list[Map]] = {}

    def run(self, specs: tuple[FieldSpec, ...]) -> None:
        for spec in specs:
            walk(self._resource, spec, self._put, blank=Map, origin=self._origin)
        for key, holders in self._added.items():
            shared.share(holders, key)

    def _put(self, place: Place) -> None:
        if place.value is None:
            return
        if type(place.value) is not Map:
            raise fail("labels or annotations are added to a field that is no mapping", place.origin or self._origin,
                       "correct the field, or the field spec that names it")
        for key, value in self._pairs.items():
            at = self._pairs.at.get(key, self._origin)
            if key in place.value:
                before = place.value.at.get(key)
                shared.write(self._resource.body, place.value, key, *node.made(value, node.TEXT, node.style_of(before), at))
                continue
            if type(resolve(key, Dialect.RESOURCE)) is not str:
                # kustomize writes the key without quotes, and can't read the object any more.
                raise fail(f"the key {key} reads as something else than a text", at, "choose another key")
            place.value.put(key, value, node.fresh(value, at))
            self._added.setdefault(key, []).append(place.value)


def add_annotations(resources: ResMap, pairs: Map, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """`add_labels`, for annotations."""
    add_labels(resources, pairs, specs, origin)
