"""labels, commonLabels and commonAnnotations: resources and key-value pairs go in, the pairs are written where specs say.

Rules: kustomize `filters/labels` and `filters/annotations`; which fields, the configuration says (`configurations.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ..origin import Map, Origin
from ..scalars import Dialect, resolve
from .fieldspec import FieldSpec, Place, walk
from .load import fail
from .resource import ResMap


def add_labels(resources: ResMap, pairs: Map, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """Write `pairs` into every mapping the specs lead to; `origin` is the place of what has none of its own.

    Raises RenderError where a field is no mapping.
    """
    if not pairs:
        return
    near = origin._replace(exact=False)

    def put(place: Place) -> None:
        if place.value is None:
            return
        if type(place.value) is not Map:
            raise fail("labels or annotations are added to a field that is no mapping", place.origin or origin,
                       "correct the field, or the field spec that names it")
        for key in pairs:
            if key not in place.value and type(resolve(key, Dialect.RESOURCE)) is not str:
                # kustomize writes the key without quotes, and can't read the object any more.
                at = pairs.at.get(key, origin)
                raise fail(f"the key {key} reads as something else than a text", at, "choose another key")
            place.value.put(key, pairs[key], pairs.at.get(key, near))

    for spec in specs:
        for resource in resources:
            walk(resource, spec, put, blank=Map, origin=near)


def add_annotations(resources: ResMap, pairs: Map, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """`add_labels`, for annotations."""
    add_labels(resources, pairs, specs, origin)
