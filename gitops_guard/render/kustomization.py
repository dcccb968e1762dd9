"""Reading and checking a folder's kustomization file: the folder goes in, a `Kustomization` with known fields comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import RenderError
from ..model import Fault, Location
from ..origin import Map, Origin, Seq
from ..source import Dialect, Sources
from . import first
from .fields import KUSTOMIZATION, Type, loosened
from .load import Loader

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_VERSIONS = {"Kustomization": "kustomize.config.k8s.io/v1beta1", "Component": "kustomize.config.k8s.io/v1alpha1"}
_DEPRECATED = {
    "bases": "resources", "commonLabels": "labels", "imageTags": "images", "patchesJson6902": "patches",
    "patchesStrategicMerge": "patches", "vars": "replacements",
}
_MOVED = (("bases", "resources"), ("imageTags", "images"))


@dataclass(frozen=True)
class Kustomization:
    """What one kustomization file says, in its canonical fields; nulls are gone and old spellings are folded in."""

    file: str
    folder: str
    data: Map
    faults: tuple[Fault, ...]
    """Deprecated fields."""

    @property
    def kind(self) -> str:
        """Kustomization or Component."""
        return self.text("kind") or "Kustomization"

    def text(self, field: str) -> str:
        """A string field; empty where it is not set."""
        return str(self.data.get(field) or "")

    def origin(self, field: str) -> Origin:
        """Where a field's value stands; the file's first line where it is not set."""
        return self.data.at.get(field) or Origin(self.file, 1, 1, exact=False)

    def entries(self, field: str) -> list[tuple[Any, Origin]]:
        """The items of a list field with their places."""
        items = self.data.get(field)
        if type(items) is not Seq:
            return []
        return [(item, at or self.origin(field)) for item, at in zip(items, items.at, strict=True)]

    def fail(self, message: str, origin: Origin | None = None, remedy: str = "") -> RenderError:
        """An error at an entry of the file, or at its first line."""
        place = origin or Origin(self.file, 1, 1)
        return RenderError(message, place.file, place.line, place.column, remedy)


def find(loader: Loader, folder: str) -> list[str]:
    """The kustomization files that a folder holds; more than one, or none, is an error for whoever builds it."""
    return [path for name in FILE_NAMES if (path := loader.file_in(folder, name)) is not None]


def read(sources: Sources, file: str, folder: str) -> Kustomization:
    """The checked kustomization file. Raises RenderError at the offending line, or SourceError where it is no YAML.

    As kustomize reads it: YAML 1.1, the first document, of equal keys the last, field names without regard to case.
    """
    data, start = _document(sources, file, KUSTOMIZATION)
    if _is_empty(data):
        raise RenderError("the kustomization is empty", file, start.line, 1, "list what it builds under resources:")
    return _finished(data, file, folder)


def read_as_flux(sources: Sources, file: str, folder: str) -> Kustomization:
    """The same of the file that a Flux Kustomization names: Flux writes it anew, without the fields it does not know."""
    return _finished(_document(sources, file, loosened(KUSTOMIZATION))[0], file, folder)


def _document(sources: Sources, file: str, schema: Type) -> tuple[Map, Origin]:
    stream, _ = first.stream_of(sources, file)
    documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    value = documents[0] if documents else None
    start = stream.origins()[0] if documents else Origin(file, 1, 1)
    return (Map() if value is None else schema.read(value, start)), start


def _finished(data: Map, file: str, folder: str) -> Kustomization:
    """The canonical fields, with old spellings folded in."""
    faults = tuple(_deprecated(data))
    for old, new in _MOVED:
        _move(data, old, new)
    for field in ("configMapGenerator", "secretGenerator"):
        for generator in data.get(field) or ():
            _move_env(generator)
    found = Kustomization(file, folder, data, faults)
    _enforce(found)
    return found


def _deprecated(data: Map) -> list[Fault]:
    found = []
    for old, new in _DEPRECATED.items():
        if old in data:
            at = data.at[old]
            found.append(Fault("render/deprecated-field", f"the field {old} is deprecated; use {new}",
                               location=Location(at.file, at.key_line or at.line, at.key_column or at.column)))
    return found


def _is_empty(data: Map) -> bool:
    """Whether nothing but kind and apiVersion is set; an empty list counts as set, an empty old list as not."""
    for field, value in data.items():
        if field in ("kind", "apiVersion") or value == "":
            continue
        if field in ("bases", "imageTags", "helmChartInflationGenerator") and not value:
            continue
        return False
    return True


def _move(data: Map, old: str, new: str) -> None:
    if old not in data:
        return
    items, at = data.pop(old), data.at.pop(old)
    if new not in data:
        data.put(new, Seq(), at)
    for item, place in zip(items, items.at, strict=True):
        data[new].add(item, place)


def _move_env(generator: Map) -> None:
    name = generator.get("env")
    if not name:
        return
    at = generator.at["env"]
    if "envs" not in generator:
        generator.put("envs", Seq(), at)
    generator["envs"].add(name, at)


def _enforce(found: Kustomization) -> None:
    version = found.text("apiVersion")
    if found.kind not in _VERSIONS:
        raise found.fail("the kind of a kustomization is Kustomization or Component", found.data.at.get("kind"),
                         "write kind: Kustomization")
    if version and version != _VERSIONS[found.kind]:
        raise found.fail(f"the apiVersion of a {found.kind} is {_VERSIONS[found.kind]}", found.data.at.get("apiVersion"),
                         f"write apiVersion: {_VERSIONS[found.kind]}")
