"""A controller object -> the owner that it is of what it deploys, whether or not that can be built from here."""

from __future__ import annotations

from ..model import Owner
from .argocd import sync
from .expansion import Found
from .flux import kustomization, release


def owner_of(found: Found) -> Owner:
    """An Application, a Flux Kustomization or a HelmRelease, with effective values."""
    kind = found.resource.id.kind
    if kind == "Application":
        return sync.owner_of(found.resource)
    return release.owner_of(found) if kind == "HelmRelease" else kustomization.owner_of(found)
