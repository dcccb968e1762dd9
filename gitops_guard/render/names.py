"""namePrefix and nameSuffix: resources go in, their names get the text in front or behind.

Namespaces, CustomResourceDefinitions and APIServices keep their names (kustomize `builtins.PrefixTransformer`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ..origin import Map, Origin
from .fieldspec import FieldSpec, Place, walk
from .node import LOOSE
from .resource import Gvk, ResMap, Resource

_KEPT = (Gvk("", "", "CustomResourceDefinition"), Gvk("apiregistration.k8s.io", "", "APIService"), Gvk("", "", "Namespace"))


def add_prefix(resources: ResMap, prefix: str, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """Put `prefix` in front of what the specs name. Raises RenderError where a path leads through a scalar."""
    specs = tuple(specs)
    for resource in resources:
        _affix(resource, specs, resource.prefixes, prefix, "", origin)
    resources.changed()


def add_suffix(resources: ResMap, suffix: str, specs: Iterable[FieldSpec], origin: Origin) -> None:
    """Put `suffix` behind what the specs name. Raises RenderError where a path leads through a scalar."""
    specs = tuple(specs)
    for resource in resources:
        _affix(resource, specs, resource.suffixes, "", suffix, origin)
    resources.changed()


def _affix(resource: Resource, specs: tuple[FieldSpec, ...], history: list[str], before: str, behind: str,
           origin: Origin) -> None:
    gvk = resource.original.gvk
    if any(gvk.selected_by(kept) for kept in _KEPT):
        return

    def put(place: Place) -> None:
        # The name stays where it is declared: that is the scalar to change for another name.
        place.write(before + place.text + behind, LOOSE, place.origin)

    for spec in specs:
        if not gvk.selected_by(spec.gvk):
            continue
        if spec.path == "metadata/name" and (before or behind):
            history.append(before or behind)
            resource.remember()
            _note(resource, "namePrefix" if before else "nameSuffix", origin)
        walk(resource, spec, put, blank=str, origin=origin)


def _note(resource: Resource, field: str, origin: Origin) -> None:
    """Remember what lengthened the name: the name's own origin can't tell."""
    meta = resource.body.get("metadata")
    if type(meta) is Map:
        meta.gone = {**(meta.gone or {}), field: origin}
