"""`generators:`, `transformers:` and `validators:`: configurations of built-in kinds become steps; all others are unresolved.

Nothing is ever executed: functions in containers, programs and scripts are left out of the build and reported.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import InputError
from ..origin import Map, Origin, Seq
from ..source import parse_embedded
from .accumulated import Accumulated
from .kustomization import FILE_NAMES, Kustomization
from .load import UnresolvedError, fail
from .metadata import Trail
from .resource import IdConflictError, ResMap, Resource
from .transform import Step

if TYPE_CHECKING:
    from .build import Builder

_T = TypeVar("_T")


def generate(kustomization: Kustomization, builder: Builder, done: Accumulated, chain: tuple[str, ...], trail: Trail) -> None:
    """Run the generators that `generators:` configures. Raises RenderError or SourceError."""
    for config in _configs(kustomization, "generators", builder, done, chain, trail):
        from . import builtin_plugins, generators  # noqa: PLC0415 (start-up)

        try:
            maker = _builtin(config, builtin_plugins.GENERATORS)
            made = maker(config.body, config.declared, kustomization.folder, builder, done)
        except UnresolvedError as error:
            done.note(error)
            continue
        for resource in made:
            resource.made_by = resource.made_by or _record(config, trail)
            generators.absorb(done.resources, resource, config.declared, incomplete=done.incomplete)


def transformers(kustomization: Kustomization, field: str, builder: Builder, done: Accumulated, chain: tuple[str, ...],
                 trail: Trail) -> list[Step]:
    """The steps that `transformers:` (or `validators:`) configures. Raises RenderError or SourceError."""
    found: list[Step] = []
    for config in _configs(kustomization, field, builder, done, chain, trail):
        from . import builtin_plugins  # noqa: PLC0415 (start-up)

        try:
            maker = _builtin(config, builtin_plugins.TRANSFORMERS)
            found.extend(Step(_record(config, trail), step)
                         for step in maker(config.body, config.declared, kustomization.folder, builder, done))
        except UnresolvedError as error:
            done.note(error)
    return found


def validate(kustomization: Kustomization, builder: Builder, done: Accumulated, chain: tuple[str, ...], trail: Trail) -> None:
    """Run `validators:`, which may not change anything. Raises RenderError or SourceError."""
    for step in transformers(kustomization, "validators", builder, done, chain, trail):
        copy = done.resources.clone()
        step.run(copy, done.incomplete)
        if _state(copy) != _state(done.resources) or _places(done.resources) - _places(copy):
            raise fail("a validator changes the resources", kustomization.origin("validators"), "list it under transformers:")


def _state(resources: ResMap) -> list[tuple[Any, ...]]:
    """What kustomize compares: a note about a former name is a change, too."""
    return [(item.body, item.previous, item.prefixes, item.suffixes, item.rewritten) for item in resources]


def _places(resources: ResMap) -> Counter[tuple[str, int, int]]:
    """Where values were read: an equal value over one of these is a change. What a step wrote has no place in kustomize."""
    return Counter((at.file, at.line, at.column) for resource in resources for at in _origins(resource.body)
                   if not (at.exact and posixpath.basename(at.file) in FILE_NAMES))


def _origins(value: Any) -> Iterator[Origin]:
    for item, at in _pairs(value):
        if at is not None:
            yield at
        yield from _origins(item)


def _pairs(value: Any) -> Iterator[tuple[Any, Origin | None]]:
    if type(value) is Map:
        yield from ((item, value.at.get(key)) for key, item in value.items())
    elif type(value) is Seq:
        yield from zip(value, value.at, strict=True)


def _configs(kustomization: Kustomization, field: str, builder: Builder, done: Accumulated, chain: tuple[str, ...],
             trail: Trail) -> list[Resource]:
    """The configurations that a field lists: inline texts first, then files and folders."""
    if not kustomization.entries(field):
        return []
    found = ResMap()
    paths: list[tuple[str, Origin]] = []
    file = posixpath.basename(kustomization.file)
    for entry, place in kustomization.entries(field):
        try:
            inline = builder.documents.resources(parse_embedded(entry, place))
        except InputError:
            paths.append((entry, place))
            continue
        trail.of_file(inline, file)
        try:
            found.extend(inline)
        except IdConflictError as conflict:
            raise fail(f"the configuration {conflict.resource.id} is there already", place, "list it once") from None
    gathered = Accumulated(found)
    builder.add_entries(kustomization, paths, gathered, chain, trail)
    done.take(gathered)
    return found.items


def _builtin(config: Resource, known: dict[str, Callable[..., list[_T]]]) -> Callable[..., list[_T]]:
    if config.api_version != "builtin":
        raise UnresolvedError(f"a plugin of kind {config.kind} is not run; what it makes or changes is not known",
                              config.declared, "render its output into the repository")
    if config.kind not in known:
        raise fail(f"kustomize has no built-in plugin {config.kind} for this field", config.declared, "correct kind:")
    return known[config.kind]


def _record(config: Resource, trail: Trail) -> str:
    if not trail.records:
        return ""
    place, _, source = config.made_by.removeprefix("path: ").partition("\n")
    return trail.configured(place, (config.api_version, config.kind, config.name, config.namespace), source)
