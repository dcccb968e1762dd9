"""`crds:`: an OpenAPI file goes in, the field specs that its extensions ask for come out (kustomize `accumulator`)."""

from __future__ import annotations

from typing import Any

from ..origin import Map
from ..source import Dialect, Stream
from .configurations import Config, NameReference
from .fieldspec import FieldSpec
from .resource import Gvk

_MAX_DEPTH = 50


def config_of(stream: Stream) -> Config:
    """The configuration that a file of OpenAPI definitions makes. Raises SourceError where it is no YAML."""
    documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
    found = _Found()
    types = documents[0] if documents and type(documents[0]) is Map else Map()
    for name in types:
        properties = _properties(types, name)
        if all(field in properties for field in ("kind", "apiVersion", "metadata")):
            found.collect(types, name, Gvk("", "", name.rpartition(".")[2]), ())
    return Config(common_annotations=tuple(found.annotations), common_labels=tuple(found.labels),
                  name_prefix=tuple(found.prefixes), name_reference=tuple(found.references))


def _properties(types: Map, name: str) -> Map:
    schema = _member(types.get(name), "Schema", "schema")
    properties = _member(schema, "properties")
    return properties if type(properties) is Map else Map()


def _member(value: Any, *names: str) -> Any:
    return next((value[name] for name in names if name in value), None) if type(value) is Map else None


class _Found:
    def __init__(self) -> None:
        self.annotations: list[FieldSpec] = []
        self.labels: list[FieldSpec] = []
        self.prefixes: list[FieldSpec] = []
        self.references: list[NameReference] = []

    def collect(self, types: Map, name: str, gvk: Gvk, path: tuple[str, ...]) -> None:
        """Add what the properties of a type say, and of the types that they refer to."""
        if len(path) > _MAX_DEPTH:
            return
        for field, schema in _properties(types, name).items():
            here = (*path, field)
            if type(schema) is not Map:
                continue
            spec = FieldSpec("/".join(here), gvk)
            for key, specs in (("x-kubernetes-annotation", self.annotations), ("x-kubernetes-label-selector", self.labels),
                               ("x-kubernetes-identity", self.prefixes)):
                if type(schema.get(key)) is str:
                    specs.append(spec)
            version, kind = schema.get("x-kubernetes-object-ref-api-version"), schema.get("x-kubernetes-object-ref-kind")
            if type(version) is str and type(kind) is str:
                name_key = schema.get("x-kubernetes-object-ref-name-key")
                leaf = "/".join((*here, name_key if type(name_key) is str else "name"))
                self.references.append(NameReference(Gvk("", version, kind), (FieldSpec(leaf, gvk),)))
            reference = schema.get("$ref")
            if type(reference) is str:
                self.collect(types, reference, gvk, here)
