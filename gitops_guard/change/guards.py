"""What keeps a controller from deleting an object: its own options and its owner's, as the base side has them.

Controllers ask the live object, so an option that comes with the deletion never counts. Rules: Argo CD's sync options (from
gitops-engine's sync context and `shouldBeDeleted`), Flux' switches (fluxcd/pkg ssa, kustomize-controller), Helm's policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model import Owner, Resource

_SYNC = "argocd.argoproj.io/sync-options"
_FLUX = "kustomize.toolkit.fluxcd.io/"
_APP_LEVEL = (3, 4)
"""The first Argo CD whose Applications have Prune and Delete options for all their resources."""


def against_pruning(resource: Resource, owner: Owner | None, argocd: tuple[int, ...]) -> str | None:
    """The option that keeps the object when it is no longer rendered, or None. `argocd` is the version of Argo CD."""
    if owner is None:
        return _argocd(resource, None, "Prune", argocd) or _flux(resource)
    if owner.kind == "HelmRelease":
        return _helm(resource)
    return _flux(resource) if owner.system == "flux" else _hook(resource) or _argocd(resource, owner, "Prune", argocd)


def against_cascade(resource: Resource, owner: Owner, argocd: tuple[int, ...]) -> str | None:
    """The option that keeps the object when its owner is deleted, or None."""
    if owner.kind == "HelmRelease":
        return _helm(resource)
    if owner.system == "flux":
        return _flux(resource)
    if resource.id.kind == "CustomResourceDefinition":
        return "Argo CD never deletes CRDs with their Application"
    return _argocd(resource, owner, "Delete", argocd) or _helm(resource)


def recreates(resource: Resource, owner: Owner | None) -> str | None:
    """The option that makes the owner delete and recreate the object where it can't be changed in place, or None."""
    if owner is None:
        return None
    if owner.system == "argocd":
        own = {part.strip() for part in _annotation(resource, _SYNC).split(",")}
        if "Force=true" in own:
            return f"{_SYNC}: Force=true"
        return "syncOptions: Force=true" if "Force=true" in owner.sync_options and "Force=false" not in own else None
    if owner.kind == "HelmRelease":
        return None  # upgrade.force replaces, and the API server refuses that as well
    if any(value.lower() == "enabled" for value in _switches(resource, _FLUX + "force")):
        return f"{_FLUX}force: enabled"
    return "spec.force" if owner.force else None


def _argocd(resource: Resource, owner: Owner | None, option: str, argocd: tuple[int, ...]) -> str | None:
    own = [part.strip() for part in _annotation(resource, _SYNC).split(",")]
    for value in own:
        if value in (f"{option}=false", f"{option}=confirm"):
            return f"{_SYNC}: {value}"
    if owner is None or f"{option}=true" in own or argocd < _APP_LEVEL:
        return None
    wanted = (f"{option}=false", f"{option}=confirm")
    return next((f"syncOptions: {value}" for value in owner.sync_options if value in wanted), None)


def _flux(resource: Resource) -> str | None:
    for name, wanted in (("prune", "disabled"), ("reconcile", "disabled"), ("ssa", "ignore")):
        if any(value.lower() == wanted for value in _switches(resource, _FLUX + name)):
            return f"{_FLUX}{name}: {wanted}"
    return None


def _helm(resource: Resource) -> str | None:
    return "helm.sh/resource-policy: keep" if _annotation(resource, "helm.sh/resource-policy").strip().lower() == "keep" else None


def _hook(resource: Resource) -> str | None:
    """A hook is no resource that a sync finds missing."""
    return "argocd.argoproj.io/hook" if _annotation(resource, "argocd.argoproj.io/hook") else None


def _switches(resource: Resource, key: str) -> Iterator[str]:
    for field in ("labels", "annotations"):
        value = _meta(resource, field).get(key)
        if isinstance(value, str):
            yield value


def _annotation(resource: Resource, key: str) -> str:
    value = _meta(resource, "annotations").get(key)
    return value if isinstance(value, str) else ""


def _meta(resource: Resource, field: str) -> dict[str, Any]:
    meta = resource.body.get("metadata")
    found = meta.get(field) if isinstance(meta, dict) else None
    return found if isinstance(found, dict) else {}
