"""OpenAPI schemas -> JSON Schemas that say what the API server says: strict where it prunes, and nothing it doesn't enforce.

Three dialects come in: Kubernetes' own definitions, the structural schemas of CustomResourceDefinitions, and JSON Schemas
from files. What leaves is JSON Schema 2020-12, in which an unknown field is refused wherever `properties` are listed. The
rules are those of "Specifying a structural schema" and "Field pruning" in the Kubernetes documentation of CRDs.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from .enforced import ENUMS, LABEL_VALUE, NOT_REQUIRED

QUANTITY = r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?\s*$"
"""The grammar of resource.Quantity."""

KEY_DEFAULTS = {"protocol": "TCP"}
"""What the API server takes an absent key of a keyed list of its own types to be."""

_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_FORMATS = frozenset(("byte", "date-time", "duration", "ipv4", "ipv6", "cidr", "date", "uuid"))
_BRANCHES = ("allOf", "anyOf", "oneOf")
_NUMBERS = ("minimum", "maximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_KEPT = ("const", "if", "then", "else", "patternProperties", "propertyNames", "dependentRequired", "contains", "prefixItems")
_TYPES = frozenset(("string", "integer", "number", "boolean", "object", "array", "null"))
_ANYTHING: dict[str, Any] = {}


class Kind(enum.Enum):
    """Where a schema is from."""

    BUILT_IN = "Kubernetes"
    CRD = "CustomResourceDefinition"
    LOOSE_CRD = "CustomResourceDefinition that keeps unknown fields"
    FILE = "JSON Schema"


def convert(schema: Any, kind: Kind, usable_pattern: Callable[[str], bool] = lambda _pattern: True) -> dict[str, Any]:
    """The JSON Schema of one schema; what is no schema at all accepts anything.

    `usable_pattern` says whether a regular expression can be compiled; one that can't is left out. References stay as
    they are.
    """
    return _Converter(kind, usable_pattern).node(schema, strict=True)


def definition(name: str, schema: Any, *, status: bool) -> dict[str, Any]:
    """One of Kubernetes' own definitions; its references become `#/$defs/<name>`, below a status `#/$defs/<name>~status`.

    A status is decoded, so its types count, but what it lacks does not: the API server drops it on write.
    """
    if name.endswith(".IntOrString"):
        return {"type": ["integer", "string"]}
    if name.endswith(".Quantity"):
        return {"type": ["string", "number"], "pattern": QUANTITY, "x-what": "a quantity such as 500m or 1Gi"}
    short = name.rpartition(".")[2]
    found = _Converter(Kind.BUILT_IN, lambda _pattern: True).node(schema, strict=True)
    if isinstance(found.get("type"), list):
        # A null is right where the field is optional and wrong where it is required; the definition can't know.
        found["type"] = [word for word in found["type"] if word != "null"]
    missing = NOT_REQUIRED.get(short, frozenset())
    if status or missing:
        left = [] if status else [field for field in found.get("required", ()) if field not in missing]
        found.pop("required", None)
        if left:
            found["required"] = left
    if short == "ObjectMeta" and not status:
        values = found["properties"]["labels"]["additionalProperties"]
        values |= {"pattern": LABEL_VALUE, "maxLength": 63,
                   "x-what": "a label's value: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends"}
    for field, node in found.get("properties", {}).items():
        words = ENUMS.get((short, field))
        if words and not status:
            target = node.get("items", node)
            target["enum"] = [*words, "", None]
        _point(node, "~status" if status or (field == "status" and "x-kubernetes-group-version-kind" in schema) else "")
    return found


def _point(node: Any, suffix: str) -> None:
    """Make every reference of a node one to our own `$defs`."""
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            node["$ref"] = "#/$defs/" + reference.rpartition("/")[2] + suffix.replace("~", "~0")
        for value in node.values():
            _point(value, suffix)
    elif isinstance(node, list):
        for value in node:
            _point(value, suffix)


class _Converter:
    def __init__(self, kind: Kind, usable_pattern: Callable[[str], bool]) -> None:
        self.kind = kind
        self.usable_pattern = usable_pattern
        self.crd = kind in (Kind.CRD, Kind.LOOSE_CRD)

    def node(self, schema: Any, *, strict: bool) -> dict[str, Any]:
        """One schema; below a branch (`strict` false) no field is unknown: the branch only adds conditions."""
        if schema is False and self.kind is Kind.FILE:
            return {"not": {}}
        if not isinstance(schema, dict):
            return dict(_ANYTHING)
        out: dict[str, Any] = {}
        self._type(schema, out)
        self._values(schema, out)
        self._object(schema, out, strict)
        self._array(schema, out, strict)
        for word in _BRANCHES:
            branches = schema.get(word)
            if isinstance(branches, list) and branches and not (word == "anyOf" and schema.get("x-kubernetes-int-or-string")):
                out[word] = [self.node(branch, strict=False) for branch in branches]
        if isinstance(schema.get("not"), dict):
            out["not"] = self.node(schema["not"], strict=False)
        if self.kind in (Kind.FILE, Kind.BUILT_IN):
            self._references(schema, out)
        return out

    def _type(self, schema: dict[str, Any], out: dict[str, Any]) -> None:
        if schema.get("x-kubernetes-int-or-string") is True:
            types = ["integer", "string"]
        else:
            given = schema.get("type")
            words = given if isinstance(given, list) else [given]
            types = [word for word in words if isinstance(word, str) and word in _TYPES]
        # A null where null isn't allowed is dropped before the default is filled in.
        if types and "null" not in types and (schema.get("nullable") is True or (self.crd and "default" in schema)):
            types.append("null")
        if types:
            out["type"] = types if len(types) > 1 else types[0]

    def _values(self, schema: dict[str, Any], out: dict[str, Any]) -> None:
        words = schema.get("enum")
        if isinstance(words, list) and words:
            out["enum"] = [*words, None] if "null" in out.get("type", ()) and None not in words else list(words)
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and self.usable_pattern(pattern):
            out["pattern"] = pattern
        for word in _NUMBERS:
            if _is_number(schema.get(word)):
                out[word] = schema[word]
        for word in _COUNTS:
            if isinstance(schema.get(word), int) and not isinstance(schema[word], bool) and schema[word] >= 0:
                out[word] = schema[word]
        for word, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            value = schema.get(word)
            if value is True and limit in out:
                out[word] = out.pop(limit)
            elif _is_number(value):
                out[word] = value
        name = schema.get("format")
        if isinstance(name, str) and name in _RANGES:
            low, high = _RANGES[name]
            out["minimum"], out["maximum"] = max(low, out.get("minimum", low)), min(high, out.get("maximum", high))
        elif isinstance(name, str) and name in _FORMATS:
            out["format"] = "k8s-" + name

    def _object(self, schema: dict[str, Any], out: dict[str, Any], strict: bool) -> None:
        properties = schema.get("properties")
        listed = properties.items() if isinstance(properties, dict) else ()
        known = {str(key): self.node(value, strict=strict) for key, value in listed}
        rest = schema.get("additionalProperties")
        required = [key for key in _texts(schema.get("required")) if not (self.crd and self._has_default(properties, key))]
        if schema.get("x-kubernetes-embedded-resource") is True:
            for key in ("apiVersion", "kind"):
                known.setdefault(key, {"type": "string"})
                required = required if key in required else [*required, key]
            known.setdefault("metadata", {"type": "object"})
        if known:
            out["properties"] = known
        if required:
            out["required"] = required
        if isinstance(rest, dict):
            out["additionalProperties"] = self.node(rest, strict=strict)
        elif strict and rest is not True and self._closed(schema, bool(known)):
            # Never without `properties`, empty or not: it is by them that the engine names what is unknown.
            properties = out.setdefault("properties", {})
            for key in self._named_in_branches(schema):
                properties.setdefault(key, {})
            out["additionalProperties"] = False

    def _closed(self, schema: dict[str, Any], has_properties: bool) -> bool:
        """Whether the API server drops (or the file's schema forbids) what isn't listed."""
        if schema.get("x-kubernetes-preserve-unknown-fields") is True or self.kind is Kind.LOOSE_CRD:
            return False
        if schema.get("additionalProperties") is False:
            return True
        if self.kind is Kind.CRD:
            return has_properties or schema.get("type") == "object"
        if self.kind is Kind.FILE and ("$ref" in schema or any("$ref" in branch for branch in _branches(schema))):
            return False
        return has_properties

    def _named_in_branches(self, schema: dict[str, Any]) -> list[str]:
        """A file's schema may declare fields in its alternatives alone."""
        found: list[str] = []
        if self.kind is Kind.FILE:
            for branch in _branches(schema):
                inner = branch.get("properties")
                found += [*inner] if isinstance(inner, dict) else []
                found += self._named_in_branches(branch)
        return found

    def _has_default(self, properties: Any, key: str) -> bool:
        """The API server fills in defaults before it validates."""
        node = properties.get(key) if isinstance(properties, dict) else None
        return isinstance(node, dict) and "default" in node

    def _array(self, schema: dict[str, Any], out: dict[str, Any], strict: bool) -> None:
        items = schema.get("items")
        if isinstance(items, dict):
            out["items"] = self.node(items, strict=strict)
        if schema.get("uniqueItems") is True and self.kind is Kind.FILE:
            out["uniqueItems"] = True
        keys = _texts(schema.get("x-kubernetes-list-map-keys"))
        listed = schema.get("x-kubernetes-list-type")
        if not keys and listed is None and "merge" in str(schema.get("x-kubernetes-patch-strategy", "")):
            # Server-side apply takes the merge key of older definitions for the key of the list.
            keys = _texts([schema.get("x-kubernetes-patch-merge-key")])
        if keys and listed in (None, "map"):
            out["x-keys"] = keys
            defaults = dict(KEY_DEFAULTS) if self.kind is Kind.BUILT_IN else _defaults(items)
            out["x-key-defaults"] = {key: defaults[key] for key in keys if key in defaults}
        elif listed == "set":
            out["x-keys"] = []

    def _references(self, schema: dict[str, Any], out: dict[str, Any]) -> None:
        if isinstance(schema.get("$ref"), str):
            out["$ref"] = schema["$ref"]
        if self.kind is Kind.FILE:
            for word in _KEPT:
                if word in schema:
                    out[word] = schema[word]
            for word in ("$defs", "definitions"):
                if isinstance(schema.get(word), dict):
                    out[word] = {key: self.node(value, strict=True) for key, value in schema[word].items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(value: Any) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _branches(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for word in _BRANCHES:
        branches = schema.get(word)
        found += [branch for branch in branches if isinstance(branch, dict)] if isinstance(branches, list) else []
    return found


def _defaults(items: Any) -> dict[str, Any]:
    properties = items.get("properties") if isinstance(items, dict) else None
    if not isinstance(properties, dict):
        return {}
    return {key: node["default"] for key, node in properties.items() if isinstance(node, dict) and "default" in node}
