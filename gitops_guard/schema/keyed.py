"""Lists whose items are told apart by keys: a second item with the same keys is refused; JSON Schema has no word for it.

A `Plan` holds only those branches of a schema that lead to such a list, so that a valid object is looked through in
microseconds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..model import FieldPath


class Repeat(NamedTuple):
    """A second item with the same keys."""

    path: FieldPath
    keys: tuple[str, ...]
    """Empty: the list is a set, its items are the keys."""
    first: int
    """The index of the first one."""


class Plan:
    """What to look at below one schema."""

    __slots__ = ("defaults", "fields", "items", "keys", "rest")

    def __init__(self) -> None:
        self.keys: tuple[str, ...] | None = None
        self.defaults: dict[str, Any] = {}
        self.fields: dict[str, Plan] = {}
        self.items: Plan | None = None
        self.rest: Plan | None = None


def plan(schema: dict[str, Any]) -> Plan | None:
    """The plan of a converted schema; None where no list has keys."""
    return _Planner(schema).node(schema)


class _Planner:
    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.known: dict[int, Plan | None] = {}

    def node(self, schema: Any) -> Plan | None:
        if not isinstance(schema, dict):
            return None
        if id(schema) in self.known:
            return self.known[id(schema)]
        found = Plan()
        self.known[id(schema)] = found  # a schema that contains itself finds this
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target = resolve(self.root, reference)
            inner = self.node(target) if target is not schema else None
            if inner is not None:
                found = inner
        if "x-keys" in schema:
            found.keys = tuple(schema["x-keys"])
            found.defaults = schema.get("x-key-defaults", {})
        for name, value in schema.get("properties", {}).items():
            inner = self.node(value)
            if inner is not None:
                found.fields[name] = inner
        found.items = self.node(schema.get("items")) or found.items
        found.rest = self.node(schema.get("additionalProperties")) or found.rest
        useful = found.keys is not None or found.fields or found.items or found.rest
        self.known[id(schema)] = found if useful else None
        return self.known[id(schema)]


def resolve(root: dict[str, Any], reference: str) -> Any:
    """The schema that a local reference (`#/$defs/x`) names, or None."""
    if not reference.startswith("#/"):
        return root if reference == "#" else None
    node: Any = root
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            return None
        node = node[key]
    return node


def repeats(at: Plan, value: Any, path: FieldPath, found: list[Repeat]) -> None:
    """Add every repeated item of `value` to `found`."""
    if isinstance(value, dict):
        fields = at.fields
        for key, inner in value.items():
            below = fields.get(key) or at.rest
            if below is not None and isinstance(inner, dict | list):
                repeats(below, inner, (*path, key), found)
        return
    if at.keys is not None and len(value) > 1:
        _compare(at, value, path, found)
    below = at.items
    if below is not None:
        for index, inner in enumerate(value):
            if isinstance(inner, dict | list):
                repeats(below, inner, (*path, index), found)


def _compare(at: Plan, value: list[Any], path: FieldPath, found: list[Repeat]) -> None:
    keys = at.keys or ()
    first: dict[Any, int] = {}
    for index, item in enumerate(value):
        if not keys:
            mark: Any = (type(item), item)
        elif isinstance(item, dict):
            mark = tuple((type(part), part) for part in [item.get(key, at.defaults.get(key)) for key in keys])
            if all(part is None for _, part in mark):
                continue  # the keys are missing: that is the fault, and the schema reports it
        else:
            continue
        try:
            before = first.setdefault(mark, index)
        except TypeError:
            continue  # a key that is no scalar: the schema reports it
        if before != index:
            found.append(Repeat((*path, index, keys[0]) if len(keys) == 1 else (*path, index), keys, before))
