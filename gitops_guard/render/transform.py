"""The built-in transformers that a kustomization file asks for, in kustomize's order, each as a step to be run on resources."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ..origin import Map, Origin, Seq
from ..source import Dialect
from . import fields, metadata
from .accumulated import Accumulated
from .configurations import Config, ConflictError, merge_specs, spec_of
from .fieldspec import FieldSpec
from .kustomization import Kustomization
from .load import UnresolvedError, fail
from .metadata import Trail
from .resource import ResMap

if TYPE_CHECKING:
    from .build import Builder
    from .patches import Patches

_LABELS = FieldSpec("metadata/labels", create=True)


class Step(NamedTuple):
    """One transformer with its configuration."""

    record: str
    """What it is called where changes are recorded (`buildMetadata`)."""
    run: Callable[[ResMap, bool], None]
    """Changes the resources; with True a part of the build is unresolved. Raises RenderError."""


def run(steps: list[Step], resources: ResMap, incomplete: bool) -> None:
    """Run steps one after the other; what a step has emptied goes. Raises RenderError."""
    for step in steps:
        step.run(resources, incomplete)
        metadata.changed_by(resources, step.record)
        if not all(item.body for item in resources):
            resources.items = [item for item in resources if item.body]
            resources.changed()


def steps(kustomization: Kustomization, config: Config, builder: Builder, done: Accumulated, trail: Trail) -> list[Step]:
    """The steps of a kustomization file. All of them are read before any is run. Raises RenderError or SourceError."""
    found: list[Step] = []

    def add(kind: str, step: Callable[[ResMap, bool], None]) -> None:
        found.append(Step(trail.builtin(kustomization, kind) if trail.records else "", step))

    _patches(kustomization, builder, add, done)
    _names(kustomization, config, add)
    _labels(kustomization, config, add)
    if kustomization.data.get("commonAnnotations"):
        from .labels import add_annotations  # noqa: PLC0415 (start-up)

        values, at = kustomization.data["commonAnnotations"], kustomization.origin("commonAnnotations")
        specs = config.common_annotations
        add("AnnotationsTransformer", lambda resources, _: add_annotations(resources, values, specs, at))
    _each(kustomization, "patchesJson6902", done,
          lambda entry, place: add("PatchJson6902Transformer", _reader(kustomization, builder, done).json(entry, place)))
    for entry, place in kustomization.entries("replicas"):
        add("ReplicaCountTransformer", _replicas(entry, place, config))
    for entry, place in kustomization.entries("images"):
        add("ImageTagTransformer", _image(entry, place, config))
    listed = kustomization.entries("replacements")
    if listed:
        wanted = [item for entry, place in listed for item in replacement_list(entry, place, kustomization.folder, builder, done)]
        add("ReplacementTransformer", _replacements(wanted))
    return found


def _each(kustomization: Kustomization, name: str, done: Accumulated, use: Callable[[Map, Origin], None]) -> None:
    for entry, place in kustomization.entries(name):
        try:
            use(entry, place)
        except UnresolvedError as error:
            done.note(error)


def _patches(kustomization: Kustomization, builder: Builder, add: Callable[[str, Callable[[ResMap, bool], None]], None],
             done: Accumulated) -> None:
    merges = kustomization.entries("patchesStrategicMerge")
    if merges:
        at = kustomization.origin("patchesStrategicMerge")
        try:
            add("PatchStrategicMergeTransformer", _reader(kustomization, builder, done).strategic(merges, at))
        except UnresolvedError as error:
            done.note(error)
    _each(kustomization, "patches", done,
          lambda entry, place: add("PatchTransformer", _reader(kustomization, builder, done).entry(entry, place)))


def _reader(kustomization: Kustomization, builder: Builder, done: Accumulated) -> Patches:
    from .patches import Patches  # noqa: PLC0415 (start-up)

    return Patches(builder.loader, builder.documents, kustomization.folder, done.read)


def _names(kustomization: Kustomization, config: Config, add: Callable[[str, Callable[[ResMap, bool], None]], None]) -> None:
    target, prefix, suffix = (kustomization.text(name) for name in ("namespace", "namePrefix", "nameSuffix"))
    if target:
        from .namespace import set_namespace  # noqa: PLC0415 (start-up)

        at = kustomization.origin("namespace")
        add("NamespaceTransformer", lambda resources, _: set_namespace(resources, target, config.namespace, at))
    if prefix:
        from .names import add_prefix  # noqa: PLC0415 (start-up)

        before = kustomization.origin("namePrefix")
        add("PrefixTransformer", lambda resources, _: add_prefix(resources, prefix, config.name_prefix, before))
    if suffix:
        from .names import add_suffix  # noqa: PLC0415 (start-up)

        behind = kustomization.origin("nameSuffix")
        add("SuffixTransformer", lambda resources, _: add_suffix(resources, suffix, config.name_suffix, behind))


def _labels(kustomization: Kustomization, config: Config, add: Callable[[str, Callable[[ResMap, bool], None]], None]) -> None:
    entries, common = kustomization.entries("labels"), kustomization.data.get("commonLabels")
    for entry, place in entries:
        add("LabelTransformer", _label(entry.get("pairs") or Map(), label_specs(entry, place, config), place))
    if entries or common:
        add("LabelTransformer", _label(common or Map(), config.common_labels, kustomization.origin("commonLabels")))


def _label(pairs: Map, specs: tuple[FieldSpec, ...], origin: Origin) -> Callable[[ResMap, bool], None]:
    from .labels import add_labels  # noqa: PLC0415 (start-up)

    return lambda resources, _: add_labels(resources, pairs, specs, origin)


def label_specs(entry: Map, place: Origin, config: Config) -> tuple[FieldSpec, ...]:
    """Which fields an entry of `labels:` writes."""
    try:
        specs = merge_specs((spec_of(row) for row in entry.get("fields", ())), config.labels)
        if entry.get("includeSelectors"):
            return merge_specs(specs, config.common_labels)
        if entry.get("includeTemplates"):
            specs = merge_specs(specs, config.template_labels)
        return merge_specs(specs, [_LABELS])
    except ConflictError as conflict:
        raise fail(f"conflicting field specs for {conflict}", place, "give both the same create:") from None


def _replicas(entry: Map, place: Origin, config: Config) -> Callable[[ResMap, bool], None]:
    from .replicas import set_replicas  # noqa: PLC0415 (start-up)

    return lambda resources, incomplete: set_replicas(resources, entry, config.replicas, place, incomplete=incomplete)


def _image(entry: Map, place: Origin, config: Config) -> Callable[[ResMap, bool], None]:
    from .images import set_image  # noqa: PLC0415 (start-up)

    return lambda resources, _: set_image(resources, entry, config.images, place)


def _replacements(wanted: list[tuple[Map, Origin]]) -> Callable[[ResMap, bool], None]:
    from .replacements import replace  # noqa: PLC0415 (start-up)

    def step(resources: ResMap, incomplete: bool) -> None:
        for entry, place in wanted:
            replace(resources, entry, place, incomplete=incomplete)

    return step


def replacement_list(entry: Map, place: Origin, folder: str, builder: Builder, done: Accumulated) -> list[tuple[Map, Origin]]:
    """The replacements of one entry: itself, or those in the file it names. Raises RenderError or SourceError."""
    if not entry.get("path"):
        return [(entry, place)]
    at = entry.at["path"]
    if entry.get("source") is not None or entry.get("targets"):
        raise fail("a replacement with a path and a source or targets", at, "write one or the other")
    file = builder.loader.file(folder, entry["path"], at, "replacement")
    done.read.add(file)
    stream = builder.loader.sources.stream(file)
    documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    places = stream.origins()
    value = documents[0] if documents else None
    if type(value) is Map:
        return [(_LOOSE.read(value, places[0]), places[0])]
    if type(value) is Seq:
        return [(_LOOSE.read(item, spot or at) if item is not None else Map(), spot or at)
                for item, spot in zip(value, value.at, strict=True)]
    raise fail("no replacement in the file", at, "write a mapping, or a list of them")


_LOOSE = fields.loosened(fields.REPLACEMENT)
