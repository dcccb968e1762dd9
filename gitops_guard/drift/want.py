"""Targets -> what has to be read of a cluster to compare them."""

from __future__ import annotations

from collections.abc import Iterable

from ..live import Identity, LiveState, Want
from ..model import Resource
from .managers import manager_of
from .view import Part, View, identity


def wants(view: View) -> list[Want]:
    """Every object that the targets state, sorted; the later one of two with one name."""
    found: dict[Identity, Want] = {}
    for part in view.parts:
        for resource in compared(part):
            key = identity(resource.id, part.target, namespaced(view, resource))
            owners = [one.owner for one in part.owners]
            found[key] = Want(resource.id.api_version, key.kind, key.namespace, key.name, resource.body, manager_of(owners))
    return [found[key] for key in sorted(found)]


def compared(part: Part) -> Iterable[Resource]:
    """The objects of a target that are expected to live: neither hooks, which come and go, nor what has no name of its own."""
    argocd = any(one.owner.system == "argocd" for one in part.owners)
    helm = any(one.owner.kind == "HelmRelease" for one in part.owners)
    for resource in part.resources:
        metadata = resource.body.get("metadata")
        held = metadata.get("annotations") if isinstance(metadata, dict) else None
        annotations = held if isinstance(held, dict) else {}
        hook = ((argocd and "argocd.argoproj.io/hook" in annotations) or ((argocd or helm) and "helm.sh/hook" in annotations)
                or "config.kubernetes.io/local-config" in annotations)
        if not hook and isinstance(metadata, dict) and metadata.get("name"):
            yield resource


def namespaced(view: View, resource: Resource, state: LiveState | None = None) -> bool | None:
    """Whether the kind of an object has a namespace; None where nobody knows."""
    name = resource.id
    served = state.served.get((name.group, name.kind)) if state is not None and state.served is not None else None
    if served is not None:
        return served.namespaced
    return view.namespaced(name.api_version, name.kind)
