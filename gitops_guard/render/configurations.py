"""Which fields each transformer touches: kustomize's built-in field specs, and what `configurations:` files add to them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from .. import data
from ..origin import Map, Origin
from ..source import Dialect, Stream
from . import fields as known
from .fieldspec import FieldSpec
from .load import fail
from .order import kind_rank
from .resource import Gvk

_ANY = Gvk("", "", "")


class NameReference(NamedTuple):
    """Who refers to the objects of a kind by name."""

    gvk: Gvk
    referrers: tuple[FieldSpec, ...]


@dataclass(frozen=True)
class Config:
    """The field specs of every transformer."""

    name_prefix: tuple[FieldSpec, ...] = ()
    name_suffix: tuple[FieldSpec, ...] = ()
    namespace: tuple[FieldSpec, ...] = ()
    common_labels: tuple[FieldSpec, ...] = ()
    labels: tuple[FieldSpec, ...] = ()
    template_labels: tuple[FieldSpec, ...] = ()
    common_annotations: tuple[FieldSpec, ...] = ()
    var_reference: tuple[FieldSpec, ...] = ()
    images: tuple[FieldSpec, ...] = ()
    replicas: tuple[FieldSpec, ...] = ()
    name_reference: tuple[NameReference, ...] = ()
    complete: bool = False
    """It holds the built-in ones."""
    known: dict[Gvk, list[tuple[Gvk, FieldSpec]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `references_of` has found out already."""

    def references_of(self, gvk: Gvk) -> list[tuple[Gvk, FieldSpec]]:
        """The fields in which an object of a kind names others, each with what it names."""
        found = self.known.get(gvk)
        if found is None:
            found = self.known[gvk] = [(reference.gvk, spec) for reference in self.name_reference
                                       for spec in reference.referrers if gvk.selected_by(spec.gvk)]
        return found


_NAMES = {
    "namePrefix": "name_prefix", "nameSuffix": "name_suffix", "namespace": "namespace", "commonLabels": "common_labels",
    "labels": "labels", "templateLabels": "template_labels", "commonAnnotations": "common_annotations",
    "varReference": "var_reference", "images": "images", "replicas": "replicas",
}
_FILE = known.Fields({
    **{name: known.Items(known.FIELD_SPEC) for name in _NAMES},
    "nameReference": known.Items(known.Fields({
        "group": known.TEXT, "version": known.TEXT, "kind": known.TEXT, "fieldSpecs": known.Items(known.FIELD_SPEC)})),
})


class ConflictError(Exception):
    """Two field specs for the same place say differently whether it is created."""


@functools.cache
def builtin() -> Config:
    """The configuration of kustomize itself (schemas/kustomize/field_specs.json)."""
    table = json.loads((data.schemas() / "kustomize" / "field_specs.json").read_text(encoding="utf-8"))
    lists = {attribute: _sorted(_expand(table.get(name, ()))) for name, attribute in _NAMES.items()}
    references = [NameReference(_gvk(row), _expand(row["referrers"])) for row in table["nameReference"]]
    return replace(Config(complete=True, name_reference=_sorted_references(references)), **lists)  # type: ignore[arg-type]


def _expand(rows: Iterable[dict[str, Any]]) -> tuple[FieldSpec, ...]:
    return tuple(FieldSpec(path, _gvk(row), bool(row.get("create"))) for row in rows for path in row["paths"])


def read(stream: Stream) -> Config:
    """A configuration file. Raises RenderError for an unknown field or a wrong type, SourceError for a duplicate key."""
    documents = stream.load(Dialect.MANIFEST)
    places = stream.origins()
    if not documents or documents[0] is None:
        return Config()
    value = _FILE.read(documents[0], places[0])
    lists = {attribute: _sorted(spec_of(row) for row in value.get(name, ())) for name, attribute in _NAMES.items()}
    references = [NameReference(_gvk(row), tuple(spec_of(spec) for spec in row.get("fieldSpecs", ())))
                  for row in value.get("nameReference", ())]
    return replace(Config(name_reference=_sorted_references(references)), **lists)  # type: ignore[arg-type]


def spec_of(row: Map) -> FieldSpec:
    """A checked `fields.FIELD_SPEC` as a FieldSpec."""
    return FieldSpec(row.get("path", ""), _gvk(row), row.get("create", False))


def merge(first: Config, second: Config) -> Config:
    """Both; what the first has already is not repeated. Raises ConflictError.

    An empty first one matters: a built-in spec for all kinds goes where the second has one with its path for a single kind.
    """
    if second is first or (first.complete and second is builtin()):
        return first
    if second is builtin() and first == EMPTY:
        return second
    lists = {name: _both(getattr(first, name), getattr(second, name)) for name in _NAMES.values()}
    references = list(first.name_reference)
    for new in second.name_reference:
        for index, old in enumerate(references):
            if old.gvk == new.gvk:
                references[index] = old._replace(referrers=merge_specs(old.referrers, new.referrers))
                break
        else:
            references.append(new)
    return Config(**lists, name_reference=_sorted_references(references), complete=first.complete or second.complete)


EMPTY = Config()


class Merger:
    """`merge` that remembers: in a repository the same few configurations meet again and again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Config, Config, Config]] = {}
        self._equal: dict[Config, Config] = {}

    def known(self, config: Config) -> Config:
        """The first one that is equal: files of configurations are often copies of each other."""
        return self._equal.setdefault(config, config)

    def merge(self, first: Config, second: Config, origin: Origin) -> Config:
        """Both. Raises RenderError at `origin` where they conflict."""
        # The operands are kept beside the result, so that their ids stay theirs.
        known = self._known.get((id(first), id(second)))
        if known is None:
            try:
                known = first, second, merge(first, second)
            except ConflictError as conflict:
                raise fail(f"conflicting field specs for {conflict}", origin, "give both the same create:") from None
            self._known[id(first), id(second)] = known
        return known[2]


@functools.lru_cache(maxsize=1024)
def _both(first: tuple[FieldSpec, ...], second: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Sorted; remembered, since the configuration files of a repository are much alike."""
    return _sorted(merge_specs(first, second))


def merge_specs(first: Iterable[FieldSpec], second: Iterable[FieldSpec]) -> tuple[FieldSpec, ...]:
    """Field specs of both. One with a path that the first has for objects which the second's selector covers is left out."""
    found, second = list(first), list(second)
    if not second:
        return tuple(found)
    by_path: dict[str, list[FieldSpec]] = {}
    for spec in found:
        by_path.setdefault(spec.path, []).append(spec)
    for spec in second:
        same = next((old for old in by_path.get(spec.path, ()) if old.gvk.selected_by(spec.gvk)), None)
        if same is None:
            found.append(spec)
            by_path.setdefault(spec.path, []).append(spec)
        elif same.create != spec.create:
            raise ConflictError(spec.path)
    return tuple(found)


def _gvk(row: dict[str, Any]) -> Gvk:
    return Gvk(row.get("group", ""), row.get("version", ""), row.get("kind", ""))


@functools.lru_cache(maxsize=4096)
def _rank(gvk: Gvk) -> tuple[int, str]:
    return kind_rank(gvk.kind), "_".join((gvk.group or "~G", gvk.version or "~V", gvk.kind or "~K"))


def _sorted(specs: Iterable[FieldSpec]) -> tuple[FieldSpec, ...]:
    return tuple(sorted(specs, key=lambda spec: _rank(spec.gvk)))


def _sorted_references(references: Iterable[NameReference]) -> tuple[NameReference, ...]:
    return tuple(sorted(references, key=lambda reference: _rank(reference.gvk)))
