"""What goes along with a controller object that is deleted, and the Applications that an ApplicationSet makes no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..model import Owner, Resource, ResourceId, Target
from .compare import Rules
from .events import EMPTIED, MOVED, OWNER_REMOVED, REMOVED, Deletion, Takes, TargetChange
from .guards import against_cascade
from .view import View, are_near, identity, roots_now, same_cluster, value_at

_KINDS = {("argoproj.io", "Application"): "argocd", ("argoproj.io", "ApplicationSet"): "argocd",
          ("kustomize.toolkit.fluxcd.io", "Kustomization"): "flux", ("helm.toolkit.fluxcd.io", "HelmRelease"): "flux"}
CONTROLLERS = frozenset(_KINDS)
_KEEPS = ("create-only", "create-update")
"""The values of applicationsSync under which the controller deletes no Application."""


def controller_id(name: ResourceId) -> str | None:
    """The id of a controller object that deploys something; None for any other object."""
    system = _KINDS.get((name.group, name.kind))
    return None if system is None else f"{system}/{name.kind}/{name.namespace or 'default'}/{name.name}"


def with_losses(change: TargetChange, base: View, rules: Rules) -> TargetChange:
    """The change, with what goes along: for each controller object in it that goes, each Namespace and each definition."""
    deleted = (replace(item, takes=takes_of(item.resource, change.scopes, base, rules),
                       along=_along(item.resource, change.target, base, rules))
               if item.event not in (MOVED, OWNER_REMOVED) else item for item in change.deleted)
    return replace(change, deleted=tuple(deleted))


def _along(resource: Resource, target: Target, base: View, rules: Rules) -> tuple[Resource, ...]:
    """What the API server deletes with an object, as far as this repository renders it."""
    name = resource.id
    here = ((part.target, found) for part in base.parts if same_cluster(part.target, target) for found in part.resources)
    if (name.group, name.kind) == ("", "Namespace"):
        return tuple(found for where, found in here if identity(found, where, rules.cluster_scoped).namespace == name.name)
    if (name.group, name.kind) == ("apiextensions.k8s.io", "CustomResourceDefinition"):
        defined = value_at(resource.body, ("spec", "group")), value_at(resource.body, ("spec", "names", "kind"))
        return tuple(found for _where, found in here if (found.id.group, found.id.kind) == defined)
    return ()


def takes_of(resource: Resource, scopes: frozenset[str], base: View, rules: Rules) -> Takes | None:
    """What the deletion of a controller object that grew from `scopes` takes along; None for any other object."""
    name = controller_id(resource.id)
    if name is None:
        return None
    if resource.id.kind == "ApplicationSet":
        cascades = _arms(resource)
    else:
        cascades = any(owner.cascade is not False for owner in _owners(name, scopes, base))
    found: list[Resource] = []
    known = not cascades or _Along(base, rules, scopes, found).collect(name)
    return Takes(cascades, known, tuple(found))


def _owners(name: str, scopes: frozenset[str], base: View) -> Iterator[Owner]:
    for part in base.parts:
        if are_near(part.scopes, scopes):
            yield from (owner for owner in part.target.owners if owner.id == name)


def _arms(resource: Resource) -> bool:
    """Whether the Applications of a set have a finalizer: its template's, or the controller's own."""
    preserves = value_at(resource.body, ("spec", "syncPolicy", "preserveResourcesOnDeletion")) is True
    return not preserves or bool(value_at(resource.body, ("spec", "template", "metadata", "finalizers")))


class _Along:
    """Collects all that goes with a controller object, children of children too."""

    def __init__(self, base: View, rules: Rules, scopes: frozenset[str], found: list[Resource]) -> None:
        self._base = base
        self._rules = rules
        self._scopes = scopes
        self._found = found
        self._seen: set[str] = set()

    def collect(self, name: str) -> bool:
        """Add what goes with the object of this id; whether that is all."""
        if name in self._seen:
            return True
        self._seen.add(name)
        owners = list(_owners(name, self._scopes, self._base))
        if owners and all(owner.cascade is False for owner in owners):
            return True
        known = self._base.status(name, self._scopes) == "resolved"
        for maker, application, scope in self._base.generated:
            if maker == name and (not self._scopes or scope in self._scopes):
                known = self._child(application) and known
        for part in self._base.parts:
            if not are_near(part.scopes, self._scopes):
                continue
            for owner in part.target.owners:
                if owner.id == name and owner.cascade is not False:
                    known = part.status == "rendered" and known
                    for resource in part.resources:
                        if against_cascade(resource, owner, self._rules.argocd) is None:
                            self._found.append(resource)
                            known = self._child(resource) and known
        return known

    def _child(self, resource: Resource) -> bool:
        name = controller_id(resource.id)
        return name is None or self.collect(name)


def sets(base: View, head: View, rules: Rules) -> Iterator[TargetChange]:
    """For each ApplicationSet that is on both sides: the Applications that it makes no more, as if it were a target of them."""
    before: dict[tuple[str, str], list[Resource]] = {}
    for maker, resource, scope in base.generated:
        before.setdefault((maker, scope), []).append(resource)
    for (maker, scope), resources in sorted(before.items()):
        roots = roots_now(maker, frozenset([scope]), base, head)
        if not roots or head.status(maker, roots) != "resolved":
            continue  # gone itself, which is judged where it was; or nobody knows what it makes
        left = {_stable(resource) for owner, resource, where in head.generated if owner == maker and where in roots}
        lost = [resource for resource in resources if _stable(resource) not in left]
        if lost:
            yield _of_set(maker, scope, roots, lost, (len(resources), len(left)), base, head, rules)


def _of_set(maker: str, scope: str, roots: frozenset[str], lost: list[Resource], count: tuple[int, int], base: View, head: View,
            rules: Rules) -> TargetChange:
    _system, kind, namespace, name = maker.split("/", 3)
    owner = Owner("argocd", kind, namespace, name, automated=True, prune=True, self_heal=True)
    scopes = frozenset([scope])
    now = head.object(maker, roots)
    pruned = not (_keeps(base.object(maker, scopes)) and _keeps(now))
    event = REMOVED if count[1] else EMPTIED
    deleted = tuple(Deletion(resource, event, pruned, None, owner, takes=takes_of(resource, scopes, base, rules))
                    for resource in lost)
    path = now.declared.file.rpartition("/")[0] or "." if now is not None else "."
    return TargetChange(Target(maker, "applicationset", path), *count, deleted, scopes=roots)


def _stable(resource: Resource) -> tuple[str, str]:
    return resource.id.namespace, resource.id.name


def _keeps(resource: Resource | None) -> bool:
    return resource is not None and value_at(resource.body, ("spec", "syncPolicy", "applicationsSync")) in _KEEPS
