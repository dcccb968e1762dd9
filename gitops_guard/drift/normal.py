"""An object as Git states it and as it lives -> both in one form, without the bookkeeping of API server and controllers."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..model import FieldPath

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
RESTARTED = "kubectl.kubernetes.io/restartedAt"
_SYSTEM = frozenset({"managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink", "namespace",
                     "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"})
_ANNOTATIONS = frozenset({
    LAST_APPLIED, "deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation",
    "argocd.argoproj.io/tracking-id", "argocd.argoproj.io/installation-id", "argocd.argoproj.io/refresh",
    "meta.helm.sh/release-name", "meta.helm.sh/release-namespace", "reconcile.fluxcd.io/requestedAt",
    "kustomize.toolkit.fluxcd.io/checksum", "control-plane.alpha.kubernetes.io/leader",
    "autoscaling.alpha.kubernetes.io/conditions", "autoscaling.alpha.kubernetes.io/current-metrics",
})
_LABELS = frozenset({
    "kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace", "kustomize.toolkit.fluxcd.io/checksum",
    "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace", "kubernetes.io/metadata.name",
})
_HELM = ("app.kubernetes.io/managed-by", "Helm")


class Both(NamedTuple):
    """The two forms."""

    git: dict[str, Any]
    live: dict[str, Any]
    applied: dict[str, Any] | None
    """What the last-applied annotation holds; None where there is none that can be read."""
    moved: Mapping[FieldPath, FieldPath]
    """Paths of the form that stand elsewhere in the object: what a Secret states as `stringData`."""


def both(git: Mapping[str, Any], live: Mapping[str, Any], own_label: str = "") -> Both:
    """The objects without status and system metadata, a Secret's `stringData` in its `data`, a sum of roles without its rules.

    `own_label` is the label by which Argo CD knows its own; it writes that itself.
    """
    applied = _applied(live)
    stated, moved = _secret(git)
    noted = None if applied is None else _plain(_secret(applied)[0], own_label)
    one, other = _plain(stated, own_label), _plain(live, own_label)
    if isinstance(git.get("aggregationRule"), dict) or isinstance(live.get("aggregationRule"), dict):
        for body in (one, other, noted or {}):
            body.pop("rules", None)  # the API server's controller writes them
    return Both(one, other, noted, moved)


def _plain(body: Mapping[str, Any], own_label: str) -> dict[str, Any]:
    found = {key: value for key, value in body.items() if key not in ("status", "apiVersion", "kind")}
    metadata = body.get("metadata")
    if isinstance(metadata, dict):
        kept = {key: value for key, value in metadata.items() if key not in _SYSTEM}
        for field, known in (("annotations", _ANNOTATIONS), ("labels", _LABELS | {own_label})):
            held = kept.get(field)
            if isinstance(held, dict):
                kept[field] = {key: value for key, value in held.items() if key not in known and (key, value) != _HELM}
                if held and not kept[field]:
                    del kept[field]
        found["metadata"] = kept
    return found


def _secret(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[FieldPath, FieldPath]]:
    """A Secret with all of its values in `data`, as the API server stores it."""
    texts = body.get("stringData")
    if body.get("kind") != "Secret" or str(body.get("apiVersion")) != "v1" or not isinstance(texts, dict):
        return body, {}
    data = body.get("data")
    joined = dict(data) if isinstance(data, dict) else {}
    joined.update({key: base64.b64encode(str(value).encode("utf-8", "surrogateescape")).decode()
                   for key, value in texts.items() if value is not None})
    return ({**{key: value for key, value in body.items() if key != "stringData"}, "data": joined},
            {("data", key): ("stringData", key) for key in texts})


def _applied(live: Mapping[str, Any]) -> dict[str, Any] | None:
    metadata = live.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    text = annotations.get(LAST_APPLIED) if isinstance(annotations, dict) else None
    if not isinstance(text, str):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None  # kubectl itself takes such an object for one that was never applied
    return found if isinstance(found, dict) else None
