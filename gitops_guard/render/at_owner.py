"""A build of what lies in another tree -> the same build with every place in the repository, where a report can point.

What another revision or repository wrote is located, nearest, at the owner's field that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..errors import InputError, RenderError, SourceError
from ..model import Fault, Location, Resource
from ..origin import Map, Origin, Seq, clone
from ..recipes import Chart, Recipe
from ..source import Sources
from ..tree import is_below
from .at_home import move_origins

PlaceOf = Callable[[str], Origin]
"""A file of another tree -> the owner's field that brought it."""


def places_of(recipes: Sequence[Recipe], owner: Origin | None = None) -> PlaceOf:
    """Where an owner names what its recipes are built from; `owner` is the place where no field does."""
    named = {layer.file: layer.origin for recipe in recipes if isinstance(recipe, Chart) for layer in recipe.values}

    def place_of(file: str) -> Origin:
        # A file beside the folder of any recipe, such as a base, came with one of them: the first is named.
        nearest = sorted(recipes, key=lambda recipe: not is_below(file, recipe.folder))
        found = [named.get(file), *(recipe.place for recipe in nearest), owner]
        return next(place for place in (*found, Origin(file, 1, 1)) if place is not None)._replace(exact=False, away=True)

    return place_of


def resources_at_owner(resources: Iterable[Resource], sources: Sources, place_of: PlaceOf) -> list[Resource]:
    """The resources, each with an origin in another tree as a copy whose every origin lies in the repository."""
    def move(origin: Origin) -> Origin:
        if origin.packed and sources.mount_of(origin.packed):
            origin = origin._replace(packed="")
        return place_of(origin.file) if sources.mount_of(origin.file) else origin

    def is_away(origin: Origin | None) -> bool:
        return origin is not None and bool(sources.mount_of(origin.file) or (origin.packed and sources.mount_of(origin.packed)))

    found = []
    for resource in resources:
        if is_away(resource.declared) or _any_origin(resource.body, is_away):
            body = clone(resource.body)
            move_origins(body, move)
            resource = replace(resource, body=body, declared=move(resource.declared))  # noqa: PLW2901 (the moved one counts)
        found.append(resource)
    return found


def faults_at_owner(faults: Iterable[Fault], sources: Sources, place_of: PlaceOf) -> list[Fault]:
    """The faults, those about another tree moved to the owner; their message says where there."""
    return [_moved(fault, sources, place_of) for fault in faults]


def error_at_owner(error: InputError, sources: Sources, place_of: PlaceOf) -> InputError:
    """An error in a file of another tree, moved to the owner; any other one as it is."""
    if not sources.mount_of(error.file):
        return error
    place = place_of(error.file)
    message = f"{error.message} (at {error.file}:{error.line})"
    if isinstance(error, SourceError):
        return SourceError(error.rule, message, place.file, place.line, place.column, error.remedy)
    return RenderError(message, place.file, place.line, place.column, error.remedy)


def paths_at_home(paths: Iterable[str], sources: Sources) -> frozenset[str]:
    """Those of the paths that belong to the repository."""
    return frozenset(path for path in paths if not sources.mount_of(path))


def _moved(fault: Fault, sources: Sources, place_of: PlaceOf) -> Fault:
    if fault.resource is not None:
        fault = replace(fault, resource=resources_at_owner([fault.resource], sources, place_of)[0])
    if any(sources.mount_of(other.location.file) for other in fault.related):
        fault = replace(fault, related=tuple(other for other in fault.related if not sources.mount_of(other.location.file)))
    there = fault.location
    if there is None or not sources.mount_of(there.file):
        return fault
    place = place_of(there.file)
    return replace(fault, message=f"{fault.message} (at {there.file}:{there.line})",
                   location=Location(place.file, place.line, place.column, "nearest"))


def _any_origin(node: Any, test: Callable[[Origin | None], bool]) -> bool:
    if type(node) is Map:
        return (any(map(test, node.at.values())) or any(map(test, (node.gone or {}).values()))
                or any(_any_origin(value, test) for value in node.values()))
    return type(node) is Seq and (any(map(test, node.at)) or any(map(test, (node.gone or {}).values()))
                                  or any(_any_origin(value, test) for value in node))
