"""An object -> what it means to the controller that acts on it.

An object is known by its group and kind alone, whatever its version: other projects have Kustomizations and Applications, too.
"""

from __future__ import annotations

from collections.abc import Callable

from ..model import Resource
from .expansion import GENERATOR, Expansion, Found
from .world import World

Expand = Callable[[Found, World], Expansion]


# A repository has objects of some controllers, if any: what none of its objects needs is not imported.
def _argocd(found: Found, world: World) -> Expansion:
    from .argocd import expand_application, expand_project  # noqa: PLC0415 (start-up)

    return (expand_application if found.resource.id.kind == "Application" else expand_project)(found, world)


def _set(found: Found, world: World) -> Expansion:
    from .argocd.appset import expand_set  # noqa: PLC0415 (start-up)

    return expand_set(found, world)


def _kustomization(found: Found, world: World) -> Expansion:
    from .flux import expand_kustomization  # noqa: PLC0415 (start-up)

    return expand_kustomization(found, world)


def _release(found: Found, world: World) -> Expansion:
    from .flux import expand_helmrelease  # noqa: PLC0415 (start-up)

    return expand_helmrelease(found, world)


def _source(found: Found, world: World) -> Expansion:
    from .flux import expand_source  # noqa: PLC0415 (start-up)

    return expand_source(found, world)


_EXPAND: dict[tuple[str, str], Expand] = {
    ("argoproj.io", "Application"): _argocd,
    ("argoproj.io", "ApplicationSet"): _set,
    ("argoproj.io", "AppProject"): _argocd,
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): _kustomization,
    ("helm.toolkit.fluxcd.io", "HelmRelease"): _release,
    **{("source.toolkit.fluxcd.io", kind): _source
       for kind in ("GitRepository", "OCIRepository", "HelmRepository", "Bucket", "HelmChart", "ExternalArtifact")},
    **{("image.toolkit.fluxcd.io", kind): _source
       for kind in ("ImageRepository", "ImagePolicy", "ImageUpdateAutomation")},
}


CONTROLLERS = frozenset(_EXPAND)
"""Group and kind of the objects that Argo CD or Flux acts on."""
REFERENCED = CONTROLLERS | {("", "ConfigMap"), ("", "Secret"), ("bitnami.com", "SealedSecret"),
                            ("external-secrets.io", "ExternalSecret"), GENERATOR}
"""Those, and what they may look up: values, variables, sources and clusters."""


def is_controller(resource: Resource) -> bool:
    """Whether Argo CD or Flux acts on an object."""
    return (resource.id.group, resource.id.kind) in CONTROLLERS


def is_referenced(resource: Resource) -> bool:
    """Whether an object is one that controllers act on, or that their objects may look up."""
    return (resource.id.group, resource.id.kind) in REFERENCED


def expand(found: Found, world: World) -> Expansion | None:
    """What an object means; None for one that no controller acts on."""
    name = found.resource.id
    rule = _EXPAND.get((name.group, name.kind))
    return None if rule is None else rule(found, world)
