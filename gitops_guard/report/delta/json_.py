"""A Delta -> JSON, as schemas/diff.json describes it."""

from __future__ import annotations

from typing import Any

from ...delta import ABSENT, Delta, FieldDelta, ObjectDelta, Place
from ...model import ResourceId
from ..escape import json_text
from ..options import Options
from .lines import ACTIONS


def render(delta: Delta, _options: Options) -> str:
    """The difference as JSON."""
    return json_text({
        "version": "1",
        "tool": {"name": "gitops-guard", "version": delta.version},
        "summary": {action: delta.count(action) for action in ACTIONS},
        "targets": [{"target": target.target, "objects": [_object(item) for item in target.objects]} for target in delta.targets],
        "incomplete": [{"target": one.target, "side": one.side, "status": one.status} for one in delta.unsure],
    })


def _object(item: ObjectDelta) -> dict[str, Any]:
    return {
        "action": item.action,
        "resource": _identity(item.resource),
        "previous": None if item.previous is None else _identity(item.previous),
        "location": _place(item.place),
        "fields": [_field(field) for field in item.fields],
        "omitted": item.omitted,
    }


def _field(item: FieldDelta) -> dict[str, Any]:
    return {
        "path": item.path,
        "label": item.label,
        **({} if item.before is ABSENT else {"before": item.before}),
        **({} if item.after is ABSENT else {"after": item.after}),
        "hidden": item.hidden,
        "location": _place(item.place),
    }


def _identity(name: ResourceId) -> dict[str, str]:
    return {"apiVersion": name.api_version, "kind": name.kind, "namespace": name.namespace, "name": name.name}


def _place(place: Place) -> dict[str, Any]:
    location = place.location
    return {"file": location.file, "line": location.line, "column": location.column, "quality": location.quality,
            "side": place.side}
