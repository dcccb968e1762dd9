"""The hash suffix: generated ConfigMaps and Secrets go in, their names get the hash of their content.

kustomize's `hasher`: sha256 over Go's compact JSON of a few fields, ten hex digits with look-alike characters exchanged.
"""

from __future__ import annotations

import json
from typing import Any

from ..origin import Map
from .load import fail
from .resource import ResMap, Resource, scalar_text

_LETTERS = str.maketrans("013ae", "ghkmt")
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_ESCAPE_TABLE = str.maketrans(_ESCAPES)


def add_hashes(resources: ResMap) -> None:
    """Give every resource that needs one its hash suffix."""
    for resource in resources:
        if resource.needs_hash:
            suffix = content_hash(resource)
            resource.remember()
            meta = resource.body["metadata"]
            meta.put("name", f"{resource.name}-{suffix}", meta.at.get("name"))
    resources.changed()


def content_hash(resource: Resource) -> str:
    """Ten characters that change with the content."""
    from hashlib import sha256  # noqa: PLC0415 (start-up: not every folder generates something)

    body, kind = resource.body, resource.kind
    if kind == "ConfigMap":
        fields = {"kind": kind, "name": "", "data": _field(body, "data")}
        if type(body.get("binaryData")) is Map:
            fields["binaryData"] = body["binaryData"]
    elif kind == "Secret":
        fields = {"kind": kind, "type": _field(body, "type"), "name": "", "data": _field(body, "data")}
        if type(body.get("stringData")) is Map:
            fields["stringData"] = body["stringData"]
    else:
        # kustomize hashes its own notes about the text, down to lines and columns.
        raise fail(f"a generated {kind}, whose hash only kustomize knows", resource.declared,
                   "generate it with disableNameSuffixHash, or let no patch change its kind")
    return sha256(go_json(fields).encode("utf-8", "surrogateescape")).hexdigest()[:10].translate(_LETTERS)


def _field(body: Map, name: str) -> Any:
    value = body.get(name)
    return value if isinstance(value, dict) else scalar_text(value)


def _numbers(value: Any) -> Any:
    """With whole numbers that are floats as Go writes them."""
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return int(value) if type(value) is float and value.is_integer() and abs(value) < 1e21 else value


def go_json(value: Any) -> str:
    """JSON as Go's encoding/json writes it: compact, keys sorted, and with the characters that HTML knows escaped."""
    text = json.dumps(_numbers(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.translate(_ESCAPE_TABLE)
