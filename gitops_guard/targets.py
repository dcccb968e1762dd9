"""Target -> its resources, or the faults that say why there are none; bad input never ends the run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import manifests
from .deadline import within
from .errors import InputError, RenderError, SourceError
from .model import Fault, Location, Resource, Target
from .render import Rendered, Renderer
from .source import Sources
from .tree import OutsideError

SECONDS = 60.0
FETCHING = 600.0
"""More, where a build may wait for the network."""


@dataclass(frozen=True)
class Built:
    """What became of a target."""

    target: Target
    status: str
    """rendered, partial, unresolved or failed"""
    resources: tuple[Resource, ...]
    faults: tuple[Fault, ...]
    """source/* and render/*, about this target."""
    read: frozenset[str]
    """Every file that the build read."""


def build(target: Target, renderer: Renderer, sources: Sources) -> Built:
    """Build one target, within its time."""
    if target.kind == "manifests":
        return _manifests(target, sources)
    return _kustomization(target, renderer)


def fault_of(error: InputError, target: str | None = None) -> Fault:
    """The finding that an unreadable file or an impossible build becomes."""
    rule = error.rule if isinstance(error, SourceError) else "render/failed"
    return Fault(rule, error.message, remedy=error.remedy, target=target, location=Location(error.file, error.line, error.column))


def in_time(renderer: Renderer, folder: str) -> Rendered:
    """What a folder builds to. Raises RenderError or SourceError, also where it takes too long or nests too deeply."""
    here = f"{folder}/kustomization.yaml" if folder != "." else "kustomization.yaml"
    seconds = SECONDS + (FETCHING if renderer.fetches else 0)
    late = RenderError(f"the build took longer than {seconds:g} s", here, remedy="split the kustomization")
    try:
        with within(seconds, late):
            return renderer.render(folder)
    except RecursionError:
        raise SourceError("source/hostile-input", "the build nests too deeply", here) from None


def _kustomization(target: Target, renderer: Renderer) -> Built:
    try:
        rendered = in_time(renderer, target.path)
    except InputError as error:
        return Built(target, "failed", (), (fault_of(error, target.id),), frozenset({error.file}))
    faults = tuple(replace(fault, target=target.id) for fault in rendered.faults)
    resources = tuple(replace(resource, target=target.id) for resource in renderer.resources_at_home(rendered))
    open_parts = any(fault.rule == "render/unresolved" for fault in faults)
    status = "rendered" if not open_parts else "partial" if resources else "unresolved"
    return Built(target, status, resources, faults, rendered.read)


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
