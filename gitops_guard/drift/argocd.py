"""argocd-cm, where the repository renders it -> how Argo CD knows what is its own, and what it is told to ignore everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import SourceError
from ..model import Resource
from ..source import Dialect, parse
from .view import SystemIgnore, Tracking

_CUSTOMIZATIONS = "resource.customizations.ignoreDifferences."
_ALL = "resource.customizations"


def settings(resources: Iterable[Resource]) -> tuple[Tracking, list[SystemIgnore]]:
    """The settings of the only argocd-cm; Argo CD's own defaults where there is none, or where several clusters have theirs."""
    maps = [resource for resource in resources
            if (resource.id.group, resource.id.kind, resource.id.name) == ("", "ConfigMap", "argocd-cm")]
    if len({resource.declared for resource in maps}) != 1:
        return Tracking(), []
    held = maps[0].body.get("data")
    data = held if isinstance(held, dict) else {}
    label = ""
    if data.get("application.resourceTrackingMethod") == "label":
        label = str(data.get("application.instanceLabelKey") or "app.kubernetes.io/instance")
    installation = data.get("installationID")
    ignores: list[SystemIgnore] = [(key, rule, maps[0]) for key, rule in _in_one(data.get(_ALL))]
    for key, text in sorted(data.items()):
        rule = _parsed(text) if key.startswith(_CUSTOMIZATIONS) and isinstance(text, str) else None
        if rule is not None:
            ignores.append((key.removeprefix(_CUSTOMIZATIONS), rule, maps[0]))
    return Tracking(label, installation if isinstance(installation, str) else None), ignores


def _in_one(text: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rules of the one key that older settings keep all in: `<group>/<Kind>` -> `ignoreDifferences`, a text of its own."""
    held = _parsed(text) if isinstance(text, str) else None
    for name, said in sorted((held or {}).items()):
        inner = said.get("ignoreDifferences") if isinstance(said, dict) else None
        rule = _parsed(inner) if isinstance(inner, str) else inner
        if isinstance(rule, dict):
            yield name.replace("/", "_"), rule


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        documents = parse(text.encode("utf-8", "surrogateescape"), "argocd-cm").load(Dialect.MANIFEST)
    except SourceError:
        return None  # Argo CD does not read it either
    return documents[0] if documents and isinstance(documents[0], dict) else None
