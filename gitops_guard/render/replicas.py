"""`replicas:`: resources go in, those of a name get a number of replicas (kustomize `ReplicaCountTransformer`)."""

from __future__ import annotations

from collections.abc import Iterable

from ..origin import Map, Origin, Seq
from .fieldspec import FieldSpec, Place, walk
from .load import fail
from .node import WHOLE
from .resource import Id, ResMap


def set_replicas(resources: ResMap, entry: Map, specs: Iterable[FieldSpec], origin: Origin, *, incomplete: bool = False) -> None:
    """Write the `count` of an entry to every object that has, or had, its `name` and is of a kind that the specs name.

    `incomplete` says that a part of the build is unknown. Raises RenderError where nothing has the name.
    """
    name, count = entry.get("name", ""), entry.get("count", 0)
    place = entry.at.get("count", origin)
    found = False

    def put(field: Place) -> None:
        if type(field.value) is Map or type(field.value) is Seq:
            raise fail("a number of replicas is set where no scalar stands", field.origin or origin, "correct the resource")
        field.write(str(count), WHOLE, place)

    for spec in specs:

        def wanted(candidate: Id, spec: FieldSpec = spec) -> bool:
            return candidate.name == name and candidate.gvk.selected_by(spec.gvk)

        for resource in resources.by_any_id(wanted):
            found = True
            walk(resource, spec, put, blank=int, origin=place)
    if not found and not incomplete:
        raise fail(f"replicas: nothing that has replicas is called {name}", entry.at.get("name", origin),
                   "correct the name, or add a field spec for the kind under replicas: of a configuration")
