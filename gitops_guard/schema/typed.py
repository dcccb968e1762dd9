"""The type of a value, for comparing two of it: how a list's items are told apart, what a scalar means, what is filled in.

Kubernetes' own kinds come from their OpenAPI definitions, and from what the API server's defaulting functions and Go types say
(schemas/kubernetes/defaulting.json, printed by tools/defaulting); other kinds from their CustomResourceDefinition.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Sequence
from typing import Any

from .. import data
from .convert import KEY_DEFAULTS

_SORTS = {"Quantity": "quantity", "IntOrString": "int-or-string", "Time": "time", "MicroTime": "time", "Duration": "duration"}
_FORMATS = {"byte": "bytes", "date-time": "time", "int-or-string": "int-or-string", "duration": "duration"}
_UNIONS = ("OrArray", "OrBool", "OrStringArray")
"""JSONSchemaPropsOrBool and its like: a structure there is a JSONSchemaProps, which their definitions don't say."""
_QUANTITY_MARK = "numkMGTPE"
"""A part of the pattern that Kubernetes' code generator writes for a quantity."""


@dataclasses.dataclass(frozen=True, eq=False)
class Type:
    """The type of one value. What it leads to is looked up once, however many objects of a kind are compared."""

    schema: dict[str, Any]
    definitions: dict[str, Any]
    """What references lead to."""
    definition: str = ""
    """The full name of the definition, of a built-in structure."""
    built_in: bool = True
    """Whether it is Kubernetes' own: then the API server reads it into a Go type and writes it anew."""
    _fields: dict[str, Type | None] = dataclasses.field(default_factory=dict, repr=False)

    def field(self, name: str) -> Type | None:
        """Of a field, or of a value of a map; None where nothing is known of it."""
        properties = self.schema.get("properties")
        if not isinstance(properties, dict) or name not in properties:
            return self._values  # a map's keys are free, so they are no names to remember
        if name not in self._fields:
            self._fields[name] = self._at(properties[name])
        return self._fields[name]

    @functools.cached_property
    def _values(self) -> Type | None:
        return self._at(self.schema.get("additionalProperties"))

    def items(self) -> Type | None:
        """Of a list's items."""
        return self._items

    @functools.cached_property
    def _items(self) -> Type | None:
        return self._at(self.schema.get("items"))

    def _at(self, schema: Any) -> Type | None:
        if not isinstance(schema, dict):
            return None
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.rpartition("/")[2]
            for union in _UNIONS:
                name = name.removesuffix(union)
            target = self.definitions.get(name)
            if not isinstance(target, dict):
                return None
            # What stands beside a reference is about this field: an atomic map, for one.
            beside = {key: value for key, value in schema.items() if key.startswith("x-kubernetes-")}
            return Type({**target, **beside} if beside else target, self.definitions, name)
        return Type(schema, self.definitions, built_in=self.built_in)

    @property
    def is_map(self) -> bool:
        """Whether its keys are free."""
        return "properties" not in self.schema and isinstance(self.schema.get("additionalProperties"), dict)

    @property
    def atomic(self) -> bool:
        """Whether a structure or map is owned as a whole."""
        return self.schema.get("x-kubernetes-map-type") == "atomic"

    @functools.cached_property
    def shape(self) -> str:
        """Of a list: map, set or atomic."""
        listed = self.schema.get("x-kubernetes-list-type")
        if isinstance(listed, str):
            return listed
        return "map" if self.keys else "set" if self._merges() else "atomic"

    @functools.cached_property
    def keys(self) -> tuple[str, ...]:
        """Of a list of shape map: the fields that tell its items apart."""
        keys = self.schema.get("x-kubernetes-list-map-keys")
        if isinstance(keys, list):
            return tuple(str(key) for key in keys)
        key = self.schema.get("x-kubernetes-patch-merge-key")
        return (key,) if isinstance(key, str) and self._merges() else ()

    def _merges(self) -> bool:
        return "merge" in str(self.schema.get("x-kubernetes-patch-strategy", "")).split(",")

    def key_default(self, key: str) -> Any:
        """What the API server takes for a key of an item that has none."""
        items = self.items()
        found = items.defaults(key) if items is not None else ()
        return found[0] if found else KEY_DEFAULTS.get(key) if self.built_in else None

    @functools.cached_property
    def sort(self) -> str:
        """Of a scalar: quantity, int-or-string, time, duration or bytes; empty for what is only what it is."""
        named = _SORTS.get(self.definition.rpartition(".")[2])
        if named is not None:
            return named
        if self.schema.get("x-kubernetes-int-or-string") is True:
            pattern = self.schema.get("pattern")
            return "quantity" if isinstance(pattern, str) and _QUANTITY_MARK in pattern else "int-or-string"
        return _FORMATS.get(str(self.schema.get("format")), "")

    def defaults(self, name: str) -> Sequence[Any]:
        """What the API server may fill in for a field that is not there; empty where it leaves it so."""
        if self.built_in:
            found = _filled_in().get(self.definition, {}).get("defaults", {}).get(name, ())
            return list(found)
        properties = self.schema.get("properties")
        node = properties.get(name) if isinstance(properties, dict) else None
        return [node["default"]] if isinstance(node, dict) and "default" in node else []

    def keeps_zero(self, name: str) -> bool:
        """Whether a field that is written as false, 0, "" or {} stays; else the API server leaves it out.

        Custom resources are stored as they are written, and so is what may be any JSON: the default in a schema, for one.
        """
        if not self.built_in or ("properties" not in self.schema and not self.is_map):
            return True
        if self.definition not in _filled_in():
            return False
        return name in _filled_in()[self.definition].get("kept", ())


@functools.cache
def _filled_in() -> dict[str, Any]:
    text = (data.schemas() / "kubernetes" / "defaulting.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["types"]
    return found
