"""The places of all values of rendered resources, as `render --origins` prints them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..model import FieldPath, Resource, pointer
from ..origin import Origin, origin_of


def origins(resources: Iterable[Resource]) -> dict[str, Any]:
    """For each resource its identity and, for every scalar (or empty map or list), value, file, line, column and quality."""
    return {"resources": [_resource(resource) for resource in resources]}


def _resource(resource: Resource) -> dict[str, Any]:
    name = resource.id
    leaves = _leaves(resource.body, (), resource.declared)
    return {"apiVersion": name.api_version, "kind": name.kind, "name": name.name, "namespace": name.namespace or None,
            "fields": [_field(path, value, at) for path, value, at in leaves]}


def _field(path: FieldPath, value: Any, at: Origin) -> dict[str, Any]:
    return {"pointer": pointer(path), "value": value, "file": at.file, "line": at.line, "column": at.column,
            "quality": "exact" if at.exact else "nearest"}


def _leaves(value: Any, path: FieldPath, at: Origin) -> Iterator[tuple[FieldPath, Any, Origin]]:
    if isinstance(value, (dict, list)) and value:
        near = at._replace(exact=False)
        keys: Iterable[Any] = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from _leaves(value[key], (*path, key), origin_of(value, key) or near)
    else:
        yield path, value, at
