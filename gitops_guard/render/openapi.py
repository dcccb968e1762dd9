"""What kustomize's embedded OpenAPI says of a kind: which lists are merged by which keys, and which kinds have no namespace.

The facts of Kubernetes 1.21.2 lie in schemas/kustomize/openapi.json (printed by tools/openapi); `custom` reads the file that
an `openapi:` field names, which replaces them. Kinds are looked up by their exact apiVersion.
"""

from __future__ import annotations

import contextvars
import functools
import json
from typing import Any, NamedTuple

from .. import data

VERSION = "v1.21.2"
"""Of the Kubernetes whose OpenAPI kustomize carries."""

_REF = "#/definitions/"
_MERGE_KEY, _MERGE_KEYS = "x-kubernetes-patch-merge-key", "x-kubernetes-list-map-keys"
_NOTHING: dict[str, Any] = {}


class Node(NamedTuple):
    """The schema of one value."""

    table: Schemas
    raw: Any
    """A definition's index or name, a dict of fields (`*` stands for any other), or [merges, keys, items] for a list."""

    def field(self, name: str) -> Node | None:
        """The schema of a field; None where nothing is known of it."""
        fields = self._members()
        found = fields.get(name, fields.get("*"))
        if found is None:
            # The table of the built-in kinds leaves out what has nothing to merge: such a field has a schema all the same.
            return Node(self.table, _NOTHING) if self.table.pruned else None
        return Node(self.table, found)

    def elements(self) -> Node | None:
        """The schema of a list's items."""
        raw = self.raw
        return Node(self.table, raw[2]) if isinstance(raw, list) and raw[2] is not None else None

    @property
    def merges(self) -> bool:
        """Whether a patch of the list is merged with it; else it replaces the list."""
        return isinstance(self.raw, list) and bool(self.raw[0])

    @property
    def keys(self) -> list[str]:
        """The fields that tell a list's items apart; empty for a list of scalars."""
        return list(self.raw[1]) if isinstance(self.raw, list) else []

    def _members(self) -> dict[str, Any]:
        raw = self.raw
        for _ in range(len(self.table.definitions) + 1):
            if isinstance(raw, dict):
                return raw
            if isinstance(raw, list):
                return {}
            raw = self.table.definitions.get(raw, {})
        return {}  # definitions that only name each other


class Schemas:
    """A set of kinds."""

    def __init__(self, definitions: dict[int | str, Any], types: dict[str, int | str], cluster: frozenset[str], *,
                 pruned: bool = False) -> None:
        """`types` maps `apiVersion kind` to a definition; `cluster` holds the kinds without a namespace in the same form.

        `pruned` says that fields with nothing to merge below them are left out.
        """
        self.pruned = pruned
        self.definitions = definitions
        self._types = types
        self._cluster = cluster

    def of(self, api_version: str, kind: str) -> Node | None:
        """The schema of a kind; None for one that is not known."""
        found = self._types.get(f"{api_version} {kind}")
        return None if found is None else Node(self, found)

    def is_cluster_scoped(self, api_version: str, kind: str) -> bool:
        """Whether the kind is known to have no namespace."""
        return f"{api_version} {kind}" in self._cluster


@functools.cache
def builtin() -> Schemas:
    """The schemas that kustomize has built in."""
    table = json.loads((data.schemas() / "kustomize" / "openapi.json").read_text(encoding="utf-8"))
    definitions: dict[int | str, Any] = {**dict(enumerate(table["definitions"])), **table["names"]}
    return Schemas(definitions, table["types"], frozenset(table["cluster"]), pruned=True)


_READ: contextvars.ContextVar[bool] = contextvars.ContextVar("read", default=False)


def was_read() -> bool:
    """Whether kustomize has read its own schemas in the build at hand by now."""
    return _READ.get()


def note_read(read: bool = True) -> None:
    """Note that it has, or with False that a build begins."""
    _READ.set(read)


_ACTIVE: contextvars.ContextVar[Schemas | None] = contextvars.ContextVar("schemas", default=None)


def active() -> Schemas | None:
    """The schemas that an `openapi:` field chose for the build at hand; None where none did."""
    return _ACTIVE.get()


def activate(schemas: Schemas | None) -> None:
    """Choose the schemas of the build at hand. kustomize keeps one choice for a whole run, made by the first field it meets."""
    _ACTIVE.set(schemas)


def is_cluster_scoped(api_version: str, kind: str) -> bool:
    """Whether kustomize knows the kind as one without a namespace."""
    return (_ACTIVE.get() or builtin()).is_cluster_scoped(api_version, kind)


def schema_of(api_version: str, kind: str) -> Node | None:
    """What kustomize knows of a built-in kind."""
    return builtin().of(api_version, kind)


def custom(document: Any, *, beside: bool = False) -> Schemas:
    """The schemas of an OpenAPI document (parsed YAML or JSON); what is not of OpenAPI's shape in it is left out.

    With `beside` the built-in kinds stay known, too; else there are none of them.
    """
    document = document if isinstance(document, dict) else {}
    definitions: dict[int | str, Any] = {}
    types: dict[str, int | str] = {}
    if beside:
        definitions.update(builtin().definitions)
        types.update(builtin()._types)  # noqa: SLF001 - the same class's
    for name, schema in _mapping(document.get("definitions")).items():
        definitions[name] = _compact(schema)
        rows = _mapping(schema).get("x-kubernetes-group-version-kind")
        for row in rows if isinstance(rows, list) else ():
            if (key := _type_key(row)) is not None:
                types[key] = name
    return Schemas(definitions, types, _cluster_scoped(document))


def _compact(schema: Any) -> Any:
    """A schema of OpenAPI as the `raw` of a Node."""
    schema = _mapping(schema)
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return reference.removeprefix(_REF)
    if schema.get("type") == "array":
        items = schema.get("items")
        strategy = str(schema.get("x-kubernetes-patch-strategy") or "")
        keys = schema.get(_MERGE_KEYS)
        if not isinstance(keys, list):
            keys = [schema[_MERGE_KEY]] if _MERGE_KEY in schema else []
        return ["merge" in strategy.split(","), [str(key) for key in keys], _compact(items) if isinstance(items, dict) else None]
    fields = {name: _compact(inner) for name, inner in _mapping(schema.get("properties")).items()}
    others = schema.get("additionalProperties")
    return {**fields, "*": _compact(others)} if isinstance(others, dict) else fields


def _cluster_scoped(document: dict[str, Any]) -> frozenset[str]:
    """The built-in kinds, and those whose paths never name a namespace."""
    seen: dict[str, bool] = {}
    for path, item in _mapping(document.get("paths")).items():
        key = _type_key(_mapping(_mapping(item).get("get")).get("x-kubernetes-group-version-kind"))
        if key is not None:
            seen[key] = seen.get(key, False) or "namespaces/{namespace}" in path
    return builtin()._cluster | {key for key, namespaced in seen.items() if not namespaced}  # noqa: SLF001 - the same class's


def _type_key(row: Any) -> str | None:
    row = _mapping(row)
    version, kind = row.get("version"), row.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return None
    group = row.get("group")
    return f"{group}/{version} {kind}" if group else f"{version} {kind}"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
