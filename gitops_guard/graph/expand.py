"""An object -> what it means to the controller that acts on it.

An object is known by its group and kind alone, whatever its version: other projects have Kustomizations and Applications, too.
"""

from __future__ import annotations

from collections.abc import Callable

from ..model import Resource
from . import argocd, flux
from .argocd import appset
from .expansion import Expansion, Found
from .flux.artifacts import GENERATOR
from .world import World

Expand = Callable[[Found, World], Expansion]

_EXPAND: dict[tuple[str, str], Expand] = {
    ("argoproj.io", "Application"): argocd.expand_application,
    ("argoproj.io", "ApplicationSet"): appset.expand_set,
    ("argoproj.io", "AppProject"): argocd.expand_project,
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): flux.expand_kustomization,
    ("helm.toolkit.fluxcd.io", "HelmRelease"): flux.expand_helmrelease,
    **{("source.toolkit.fluxcd.io", kind): flux.expand_source
       for kind in ("GitRepository", "OCIRepository", "HelmRepository", "Bucket", "HelmChart", "ExternalArtifact")},
    **{("image.toolkit.fluxcd.io", kind): flux.expand_source
       for kind in ("ImageRepository", "ImagePolicy", "ImageUpdateAutomation")},
}


_REFERENCED = frozenset({("", "ConfigMap"), ("", "Secret"), ("bitnami.com", "SealedSecret"),
                         ("external-secrets.io", "ExternalSecret"), GENERATOR})


def is_controller(resource: Resource) -> bool:
    """Whether Argo CD or Flux acts on an object."""
    return (resource.id.group, resource.id.kind) in _EXPAND


def is_referenced(resource: Resource) -> bool:
    """Whether controller objects may look an object up: values, variables, sources and clusters."""
    name = (resource.id.group, resource.id.kind)
    return is_controller(resource) or name in _REFERENCED


def expand(found: Found, world: World) -> Expansion | None:
    """What an object means; None for one that no controller acts on."""
    name = found.resource.id
    rule = _EXPAND.get((name.group, name.kind))
    return None if rule is None else rule(found, world)
