"""What goes along with a controller object that is deleted, and the Applications that an ApplicationSet makes no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..model import Owner, Resource, ResourceId, Target
from .compare import Rules
from .events import EMPTIED, MOVED, OWNER_REMOVED, REMOVED, Deletion, Takes, TargetChange
from .guards import against_cascade, against_pruning
from .view import View

_KINDS = {("argoproj.io", "Application"): "argocd", ("argoproj.io", "ApplicationSet"): "argocd",
          ("kustomize.toolkit.fluxcd.io", "Kustomization"): "flux", ("helm.toolkit.fluxcd.io", "HelmRelease"): "flux"}
_KEEPS = ("create-only", "create-update")
"""The values of applicationsSync under which the controller deletes no Application."""


def controller_id(name: ResourceId) -> str | None:
    """The id of a controller object that deploys something; None for any other object."""
    system = _KINDS.get((name.group, name.kind))
    return None if system is None else f"{system}/{name.kind}/{name.namespace or 'default'}/{name.name}"


def with_takes(change: TargetChange, base: View, rules: Rules) -> TargetChange:
    """The change, with what goes along for each controller object in it that goes."""
    deleted = tuple(replace(item, takes=takes_of(item.resource, base, rules)) if item.event not in (MOVED, OWNER_REMOVED) else item
                    for item in change.deleted)
    return replace(change, deleted=deleted)


def takes_of(resource: Resource, base: View, rules: Rules) -> Takes | None:
    """What the deletion of a controller object takes along; None for any other object."""
    name = controller_id(resource.id)
    if name is None:
        return None
    found: list[Resource] = []
    known = _collect(name, base, rules, found, set())
    owner = next((owner for part in base.parts for owner in part.target.owners if owner.id == name), None)
    cascades = resource.id.kind == "ApplicationSet" or (owner is not None and owner.cascade is not False)
    return Takes(cascades, known, tuple(found) if cascades else ())


def _collect(name: str, base: View, rules: Rules, found: list[Resource], seen: set[str]) -> bool:
    """Add all that goes with a controller object, children of children too; whether that is all."""
    if name in seen:
        return True
    seen.add(name)
    known = base.controllers.get(name) == "resolved"
    for maker, application in base.generated:
        if maker == name:
            child = controller_id(application.id)
            if child is not None:
                known = _collect(child, base, rules, found, seen) and known
    for part in base.parts:
        for owner in part.target.owners:
            if owner.id != name:
                continue
            if owner.cascade is False:
                break
            known = known and part.status == "rendered"
            for resource in part.resources:
                if against_cascade(resource, owner, rules.argocd) is None:
                    found.append(resource)
                    child = controller_id(resource.id)
                    if child is not None:
                        known = _collect(child, base, rules, found, seen) and known
    return known


def sets(base: View, head: View, rules: Rules) -> Iterator[TargetChange]:
    """For each ApplicationSet that is on both sides: the Applications that it makes no more, as if it were a target of them."""
    now: dict[str, dict[ResourceId, Resource]] = {}
    for maker, resource in head.generated:
        now.setdefault(maker, {})[resource.id] = resource
    before: dict[str, list[Resource]] = {}
    for maker, resource in base.generated:
        before.setdefault(maker, []).append(resource)
    for maker, resources in sorted(before.items()):
        if head.controllers.get(maker) != "resolved":
            continue  # gone itself, which is judged where it was; or nobody knows what it makes
        left = {_stable(name) for name in now.get(maker, {})}
        lost = [resource for resource in resources if _stable(resource.id) not in left]
        if not lost:
            continue
        _system, kind, namespace, name = maker.split("/", 3)
        owner = Owner("argocd", kind, namespace, name, True, True, True)
        pruned = not (_keeps(base.objects.get(maker)) and _keeps(head.objects.get(maker)))
        deleted = tuple(Deletion(resource, REMOVED if left else EMPTIED, pruned, against_pruning(resource, None, rules.argocd), owner,
                                 takes=takes_of(resource, base, rules)) for resource in lost)
        place = head.objects.get(maker)
        path = place.declared.file.rpartition("/")[0] or "." if place is not None else "."
        yield TargetChange(Target(maker, "applicationset", path), len(resources), len(left), deleted)


def _stable(name: ResourceId) -> tuple[str, str]:
    return name.namespace, name.name


def _keeps(resource: Resource | None) -> bool:
    spec: Any = resource.body.get("spec") if resource is not None else None
    policy: Any = spec.get("syncPolicy") if isinstance(spec, Mapping) else None
    return isinstance(policy, Mapping) and policy.get("applicationsSync") in _KEEPS
