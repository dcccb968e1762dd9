"""An API server's refusal -> why, in words without values: its message may quote what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_DENIED = re.compile(r'(?:admission webhook "[^"]{1,200}"|ValidatingAdmissionPolicy \'[^\']{1,200}\')')
_FAILED = re.compile(r'failed calling webhook "[^"]{1,200}"|admission webhook "[^"]{1,200}" does not support dry run')
_UNTYPED = re.compile(r"(\.[\w.\[\]-]*(?:\[[\w.-]+=\"[^\"]*\"[^\]]*\][\w.\[\]-]*)*): "
                      r"(duplicate entries|field not declared in schema|expected \w+)")
_UNREAD = re.compile(r"cannot unmarshal (\w+) into Go struct field \w+\.([\w.]+) of type")


def told(status: int, known: Mapping[str, Any]) -> str:
    """Why; `known` is the Status that was answered, empty where there is none."""
    message, reason = known.get("message", ""), known.get("reason") or f"HTTP {status}"
    if found := _FAILED.search(message):
        return found.group()
    if found := _DENIED.search(message):
        return f"{found.group()} denied it"
    if message.startswith("failed to create typed patch object"):
        places = [f"{where}: {what}" for where, what in _UNTYPED.findall(message)[:3]]
        return "it does not fit its type: " + ("; ".join(places) or "the API server says where in its log")
    if found := _UNREAD.search(message):
        return f"it does not fit its type: {found[2]} is a {found[1]}"
    if "attempting to grant RBAC permissions" in message:
        return "forbidden: it would grant rights that the account of this run does not have"
    if "field manager conflict" in message or status == 409:
        return "conflict with another writer"
    causes = (known.get("details") or {}).get("causes") or []
    fields = [_cause(cause) for cause in causes[:3] if isinstance(cause, dict) and cause.get("field")]
    return {401: "unauthorized: the login has expired or is not known", 403: "forbidden"}.get(status, str(reason)) + (
        ": " + "; ".join(fields) if fields else "")
def _cause(cause: Mapping[str, Any]) -> str:
    """The field and what is wrong with it, without what stands there."""
    message = str(cause.get("message", ""))
    if message.endswith("field is immutable") or "updates to" in message:
        return f"{cause['field']} can't be changed"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(cause.get("reason", "")).removeprefix("FieldValue")).lower()
    return f"{cause['field']} is {words or 'wrong'}"
