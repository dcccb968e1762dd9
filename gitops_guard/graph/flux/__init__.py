"""Flux's objects -> which targets they deploy, and where from.

Rules: kustomize-controller, helm-controller and source-controller, as they are in Flux 2.9; each module says which.
"""

from .kustomization import expand_kustomization
from .release import expand_helmrelease
from .sources import expand_source

__all__ = ["expand_helmrelease", "expand_kustomization", "expand_source"]
