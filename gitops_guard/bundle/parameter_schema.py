"""The defaults of a policy's parameters -> the structural OpenAPI schema that a ConstraintTemplate must have for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ANY = {"x-kubernetes-preserve-unknown-fields": True}


def schema_of(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of the mapping of all parameters. What a default doesn't tell, such as what an empty list may hold, is free."""
    return {"type": "object", "properties": {name: _schema(value) for name, value in sorted(parameters.items())}}


def _schema(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, (int, float)):
        return {"type": "number"}
    if isinstance(value, str):
        return {"type": "string"}
    if isinstance(value, list):
        schemas = [_schema(item) for item in value]
        return {"type": "array", "items": schemas[0] if schemas and all(schema == schemas[0] for schema in schemas) else _ANY}
    return {"type": "object", **_ANY}
