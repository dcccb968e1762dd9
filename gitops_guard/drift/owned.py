"""Live objects -> those that a target's owner made and that the target no longer renders.

Argo CD: the annotation `tracking-id`, or the instance label where argocd-cm chooses labels. Flux: the labels of its
Kustomization, or of its HelmRelease. Helm: its release's annotations. What has an ownerReference is never a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..live import Identity, LiveState
from ..model import Owner
from .view import OwnerView, Tracking

_TRACKING = "argocd.argoproj.io/tracking-id"
_INSTALLATION = "argocd.argoproj.io/installation-id"
_EXCLUDED = frozenset({
    ("", "Endpoints"), ("discovery.k8s.io", "EndpointSlice"), ("coordination.k8s.io", "Lease"), ("", "Event"),
    ("events.k8s.io", "Event"), ("authentication.k8s.io", "TokenReview"), ("certificates.k8s.io", "CertificateSigningRequest"),
    ("authorization.k8s.io", "LocalSubjectAccessReview"), ("authorization.k8s.io", "SelfSubjectAccessReview"),
    ("authorization.k8s.io", "SelfSubjectRulesReview"), ("authorization.k8s.io", "SubjectAccessReview"),
    ("authentication.k8s.io", "SelfSubjectReview"), ("cert-manager.io", "CertificateRequest"), ("cilium.io", "CiliumIdentity"),
    ("cilium.io", "CiliumEndpoint"), ("cilium.io", "CiliumEndpointSlice"),
})
"""What Argo CD never compares (resource.exclusions of its default argocd-cm)."""
_ID = re.compile(r"([^_]*)_(.+)_([^_]*)_([^_]+)")
_HOOKS = ("argocd.argoproj.io/hook", "helm.sh/hook")


class Listed(NamedTuple):
    """An object that only an inventory knows."""

    key: Identity
    api_version: str


def extras(view: OwnerView, state: LiveState, stated: frozenset[Identity], tracking: Tracking) -> Iterator[Identity]:
    """The objects of an owner that nobody states any more, sorted."""
    for key in sorted(state.objects):
        live = state.objects[key]
        if key in stated or (key.group, key.kind) in _EXCLUDED or not _is_candidate(live):
            continue
        if _owns(view, key, live, tracking):
            yield key


def inventory(view: OwnerView, state: LiveState, stated: frozenset[Identity]) -> list[Listed]:
    """What a Kustomization of Flux lists as applied, nobody states, and no list of its kind could show: sorted.

    Known where the Kustomization itself was read. An id is namespace, name, group and kind, joined by `_` (fluxcd/pkg/ssa).
    """
    if view.owner.kind != "Kustomization":
        return []
    own = Identity("kustomize.toolkit.fluxcd.io", "Kustomization", view.owner.namespace or "default", view.owner.name)
    status = state.objects[own].get("status") if own in state.objects else None
    held = status.get("inventory") if isinstance(status, dict) else None
    entries = held.get("entries") if isinstance(held, dict) else None
    found = {}
    for entry in entries if isinstance(entries, list) else ():
        parts = _ID.fullmatch(str(entry.get("id"))) if isinstance(entry, dict) else None
        if parts is None:
            continue
        namespace, name, group, kind = parts.groups()
        key = Identity(group, kind, namespace, name.replace("__", ":"))
        if key not in stated and key not in state.objects and not state.was_read(key):
            found[key] = Listed(key, f"{group}/{entry.get('v')}".lstrip("/"))
    return [found[key] for key in sorted(found)]


def kept_by(owner: Owner, live: Mapping[str, Any]) -> str:
    """The option on a live object that keeps its owner from pruning it; empty where there is none."""
    if owner.system == "argocd":
        options = [part.strip() for part in _meta(live, "annotations", "argocd.argoproj.io/sync-options").split(",")]
        return next((option for option in options if option in ("Prune=false", "Prune=confirm")), "")
    if owner.kind == "HelmRelease":
        return "helm.sh/resource-policy: keep" if _meta(live, "annotations", "helm.sh/resource-policy") == "keep" else ""
    for name, wanted in (("prune", "disabled"), ("reconcile", "disabled"), ("ssa", "ignore")):
        key = f"kustomize.toolkit.fluxcd.io/{name}"
        if wanted in (_meta(live, "labels", key).lower(), _meta(live, "annotations", key).lower()):
            return f"{key}: {wanted}"
    return ""


def is_extraneous(live: Mapping[str, Any]) -> bool:
    """Whether a live object asks to be left out when it is compared: Argo CD's `IgnoreExtraneous`."""
    options = _meta(live, "annotations", "argocd.argoproj.io/compare-options").split(",")
    return "IgnoreExtraneous" in [part.strip() for part in options]


def _is_candidate(live: Mapping[str, Any]) -> bool:
    metadata = live.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("ownerReferences") or metadata.get("deletionTimestamp"):
        return False
    return not any(_meta(live, "annotations", hook) for hook in _HOOKS)


def _owns(view: OwnerView, key: Identity, live: Mapping[str, Any], tracking: Tracking) -> bool:
    owner = view.owner
    if owner.system == "argocd":
        return _is_argocds(owner, key, live, tracking)
    if owner.kind == "HelmRelease":
        return _is_helms(view, live)
    prefix = "kustomize.toolkit.fluxcd.io"
    return (_meta(live, "labels", f"{prefix}/name"), _meta(live, "labels", f"{prefix}/namespace")) == (
        owner.name, owner.namespace or "default")


def _is_argocds(owner: Owner, key: Identity, live: Mapping[str, Any], tracking: Tracking) -> bool:
    names = (owner.name, f"{owner.namespace}_{owner.name}")
    installation = _meta(live, "annotations", _INSTALLATION)
    if installation and installation != tracking.installation:
        return False  # another Argo CD's, for all that is known
    if tracking.label:
        return _meta(live, "labels", tracking.label) in names
    app, _, rest = _meta(live, "annotations", _TRACKING).partition(":")
    return app in names and _refers(rest, key)


def _refers(text: str, key: Identity) -> bool:
    """Whether `group/Kind:namespace/name` is the object itself: a copy of an object has the annotation, too, and is nobody's.

    The namespace of what has none is that of the Application's destination.
    """
    kind, _, place = text.partition(":")
    group, _, word = kind.partition("/")
    namespace, _, name = place.partition("/")
    return (group, word, name) == (key.group, key.kind, key.name) and (not key.namespace or namespace == key.namespace)


def _is_helms(view: OwnerView, live: Mapping[str, Any]) -> bool:
    prefix = "helm.toolkit.fluxcd.io"
    labels = _meta(live, "labels", f"{prefix}/name"), _meta(live, "labels", f"{prefix}/namespace")
    if labels != ("", ""):
        return labels == (view.owner.name, view.owner.namespace or "default")
    namespace = str(view.spec.get("targetNamespace") or view.owner.namespace or "default")
    helm = "meta.helm.sh"
    release = _meta(live, "annotations", f"{helm}/release-name"), _meta(live, "annotations", f"{helm}/release-namespace")
    given = view.spec.get("releaseName")
    name = given or (f"{namespace}-{view.owner.name}" if view.spec.get("targetNamespace") else view.owner.name)
    return release == (name, namespace) and _meta(live, "labels", "app.kubernetes.io/managed-by") == "Helm"


def _meta(live: Mapping[str, Any], field: str, key: str) -> str:
    metadata = live.get("metadata")
    held = metadata.get(field) if isinstance(metadata, dict) else None
    value = held.get(key) if isinstance(held, dict) else None
    return value if isinstance(value, str) else ""
