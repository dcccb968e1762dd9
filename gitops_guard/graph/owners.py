"""A controller object -> the owner that it is of what it deploys, whether or not that can be built from here."""

from __future__ import annotations

from ..model import Owner
from .expansion import Found


def owner_of(found: Found) -> Owner:
    """An Application, a Flux Kustomization or a HelmRelease, with effective values."""
    kind = found.resource.id.kind
    if kind == "Application":
        from .argocd import sync  # noqa: PLC0415 (start-up)

        return sync.owner_of(found.resource)
    from .flux import kustomization, release  # noqa: PLC0415 (start-up)

    return release.owner_of(found) if kind == "HelmRelease" else kustomization.owner_of(found)
