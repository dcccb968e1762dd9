"""A difference that is right: another part of the system is there to make it, and the repository or the cluster says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..delta import ABSENT
from ..live import Identity, LiveState
from .managers import Role
from .object_ import Divergence

_INJECT = "cert-manager.io/inject-"

Scaled = Mapping[tuple[str, str, str], str]
"""(kind, namespace, name) -> the autoscaler that chooses its replicas"""


def scaled(stated: Iterable[Mapping[str, Any]], state: LiveState) -> Scaled:
    """The workloads that an autoscaler scales, as Git states it or as it lives."""
    found: dict[tuple[str, str, str], str] = {}
    for body in (*stated, *state.objects.values()):
        kind = body.get("kind")
        if kind not in ("HorizontalPodAutoscaler", "ScaledObject"):
            continue
        metadata, spec = body.get("metadata"), body.get("spec")
        target = spec.get("scaleTargetRef") if isinstance(spec, dict) else None
        if isinstance(metadata, dict) and isinstance(target, dict) and isinstance(target.get("name"), str):
            namespace = str(metadata.get("namespace") or "")
            name = f"{kind} {metadata.get('name')}"
            found[str(target.get("kind") or "Deployment"), namespace, target["name"]] = name
    return found


def known_reason(one: Divergence, key: Identity, git: Mapping[str, Any], live: Mapping[str, Any], scaling: Scaled) -> str:
    """Why a difference is right; empty where it is not. What a person wrote never is."""
    if one.role is Role.PERSON:
        return ""
    if one.path == ("spec", "replicas") and one.live != 0:
        return scaling.get((key.kind, key.namespace, key.name)) or scaling.get((key.kind, "", key.name)) or ""
    if one.live_path and one.live_path[-1] == "caBundle" and one.live is not ABSENT and (
            one.role in (Role.OTHER, Role.CLIENT) or _is_injected(git) or _is_injected(live)):
        return "an injected caBundle"
    return ""


def _is_injected(body: Mapping[str, Any]) -> bool:
    metadata = body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return isinstance(annotations, dict) and any(str(key).startswith(_INJECT) for key in annotations)
