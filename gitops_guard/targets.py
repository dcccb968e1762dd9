"""Target -> its resources, or the faults that say why there are none; bad input never ends the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from . import manifests
from .errors import InputError, SourceError
from .model import Fault, Location, Resource, Target
from .origin import Origin
from .recipes import Chart, Directory, Recipe
from .render import Rendered, Renderer
from .render.at_owner import faults_at_owner, paths_at_home, places_of, resources_at_owner
from .render.in_time import in_time
from .source import Sources
from .tree import OutsideError


@dataclass(frozen=True)
class Built:
    """What became of a target."""

    target: Target
    status: str
    """rendered, partial, unresolved or failed"""
    resources: Sequence[Resource]
    faults: Sequence[Fault]
    """source/* and render/*, about this target."""
    read: frozenset[str]
    """Every file that the build read."""
    folders: frozenset[str] = frozenset()
    """Every kustomization folder that is part of it."""
    scopes: frozenset[str] = frozenset()
    """The roots that it grew from."""
    dropped: Mapping[Origin, Origin] = field(default_factory=dict)
    """Where objects that its build takes out are declared, each with the patch or annotation that does it."""
    settled: bool = True
    """Whether the same files come to the same again: not where time or memory ran out."""


def build(target: Target, renderer: Renderer, sources: Sources) -> Built:
    """Build a target that nobody owns, within its time."""
    if target.kind == "manifests":
        return _manifests(target, sources)
    return _kustomization(target, lambda: renderer.render(target.path), renderer, sources)


def build_owned(target: Target, recipes: Sequence[Recipe], renderer: Renderer, sources: Sources) -> Built:
    """Build a target as its owner does; of equal objects the last recipe's counts, as Argo CD's does.

    What lies in another tree is located at the owner's field that names it.
    """
    built = _joined(target, [_part(target, recipe, renderer, sources) for recipe in recipes])
    place_of = places_of(recipes)
    return replace(built, resources=tuple(resources_at_owner(built.resources, sources, place_of)),
                   faults=tuple(faults_at_owner(built.faults, sources, place_of)), read=paths_at_home(built.read, sources),
                   folders=paths_at_home(built.folders, sources),
                   dropped={key: place for key, place in built.dropped.items() if not sources.mount_of(place.file)})


def _joined(target: Target, parts: Sequence[Built]) -> Built:
    if len(parts) == 1:
        return parts[0]
    resources: dict[tuple[str, ...], Resource] = {}
    for part in parts:
        for resource in part.resources:
            name = resource.id
            key = (name.group, name.kind, name.namespace, name.name)
            resources.pop(key, None)
            resources[key] = resource
    statuses = {part.status for part in parts}
    status = statuses.pop() if len(statuses) == 1 else "partial"
    read = frozenset[str]().union(*(part.read for part in parts))
    folders = frozenset[str]().union(*(part.folders for part in parts))
    faults = tuple(fault for part in parts for fault in part.faults)
    dropped = {declared: place for part in parts for declared, place in part.dropped.items()}
    return Built(target, status, tuple(resources.values()), faults, read, folders, dropped=dropped,
                 settled=all(part.settled for part in parts))


def _part(target: Target, recipe: Recipe, renderer: Renderer, sources: Sources) -> Built:
    if isinstance(recipe, Directory):
        return _manifests(replace(target, files=recipe.files), sources)
    if isinstance(recipe, Chart):
        return _kustomization(target, lambda: renderer.chart(recipe), renderer, sources)
    return _kustomization(target, lambda: renderer.build(recipe), renderer, sources)


def fault_of(error: InputError, target: str | None = None) -> Fault:
    """The finding that an unreadable file or an impossible build becomes."""
    rule = error.rule if isinstance(error, SourceError) else "render/failed"
    return Fault(rule, error.message, remedy=error.remedy, target=target, location=Location(error.file, error.line, error.column))


def _kustomization(target: Target, make: Callable[[], Rendered], renderer: Renderer, sources: Sources) -> Built:
    try:
        rendered = in_time(make, target.path, fetches=renderer.fetches)
    except InputError as error:
        faults = tuple(fault_of(one, target.id) for one in (error, *_like(error, sources)))
        return Built(target, "failed", (), faults, frozenset({error.file}), settled=error.settled)
    faults = tuple(replace(fault, target=target.id) for fault in rendered.faults)
    resources = tuple(replace(resource, target=target.id) for resource in renderer.resources_at_home(rendered))
    failed = any(fault.rule == "render/failed" for fault in faults)
    open_parts = failed or any(fault.rule == "render/unresolved" for fault in faults)
    status = "rendered" if not open_parts else "partial" if resources else "failed" if failed else "unresolved"
    return Built(target, status, resources, faults, rendered.read, rendered.folders, dropped=rendered.dropped)


def _like(error: InputError, sources: Sources) -> list[SourceError]:
    """The other keys that a file holds twice, where one of them ended the build: each is a line to mend."""
    if not isinstance(error, SourceError) or error.rule != "source/duplicate-key":
        return []
    try:
        found = manifests.duplicates(sources, error.file)
    except (SourceError, OutsideError, OSError):
        return []  # then there is nothing to add to the error
    place = (error.line, error.column)
    return [one for one in found if (one.line, one.column) != place] if place in ((one.line, one.column) for one in found) else []


def _manifests(target: Target, sources: Sources) -> Built:
    resources: list[Resource] = []
    faults: list[Fault] = []
    failed = 0
    for path in target.files:
        try:
            resources += manifests.read(sources, path, target.id)
            faults += [fault_of(error, target.id) for error in manifests.duplicates(sources, path)]
            faults += [fault_of(error, target.id) for error in manifests.strays(sources, path)]
        except SourceError as error:
            failed += 1
            faults.append(fault_of(error, target.id))
        except (OutsideError, OSError):
            failed += 1
            faults.append(Fault("source/hostile-input", "the file can't be read: it is no file of this repository any more",
                                target=target.id, location=Location(path, 1, 1)))
    status = "rendered" if not failed else "failed" if failed == len(target.files) else "partial"
    return Built(target, status, tuple(resources), tuple(faults), frozenset(target.files))
