"""What the owner of an object is told to leave alone -> which differences are not to be reported, and who said so.

Argo CD: `spec.ignoreDifferences` and `resource.customizations.ignoreDifferences.*` of argocd-cm (JSON pointers, paths of jq,
field managers). Flux: `spec.ignore` of a Kustomization, `spec.driftDetection.ignore` of a HelmRelease, and switches on objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .. import jqpath
from ..live import Identity
from ..model import FieldPath, Resource
from .selectors import UnreadableSelector, suits_argocd, suits_flux
from .view import OwnerView

_FLUX = "kustomize.toolkit.fluxcd.io/"
_HELM = "helm.toolkit.fluxcd.io/driftDetection"


class Unhonoured(NamedTuple):
    """A rule that can't be followed: what it hides is reported instead."""

    resource: Resource
    path: FieldPath
    reason: str


@dataclass(frozen=True)
class Ignores:
    """One rule."""

    by: str
    """Who says so, for a person."""
    system: str
    """argocd or flux"""
    selector: Any
    """What it is about, as it is written."""
    pointers: tuple[FieldPath, ...] = ()
    expressions: tuple[jqpath.Node, ...] = ()
    managers: frozenset[str] = frozenset()

    def suits(self, key: Identity, version: str, live: Mapping[str, Any]) -> bool:
        """Whether the rule is about an object."""
        if self.system == "argocd":
            return suits_argocd(self.selector, key)
        return suits_flux(self.selector, key, version, live)

    def paths(self, body: Mapping[str, Any]) -> Iterator[FieldPath]:
        """The paths in one object that it leaves out."""
        yield from (found for pointer in self.pointers if (found := _resolved(pointer, body)) is not None)
        for expression in self.expressions:
            yield from jqpath.paths(expression, body)


def of_owner(view: OwnerView) -> tuple[list[Ignores], list[Unhonoured]]:
    """The rules that stand in a controller object, and those that can't be followed."""
    resource, spec = view.resource, view.spec
    if resource is None:
        return [], []
    name = f"{resource.id.kind} {resource.id.namespace or 'default'}/{resource.id.name}"
    if view.owner.system == "argocd":
        listed = spec.get("ignoreDifferences")
        return _read(listed, ("spec", "ignoreDifferences"), f"ignoreDifferences of {name}", "argocd", resource)
    if resource.id.kind == "HelmRelease":
        detection = spec.get("driftDetection")
        listed = detection.get("ignore") if isinstance(detection, dict) else None
        return _read(listed, ("spec", "driftDetection", "ignore"), f"driftDetection.ignore of {name}", "flux", resource)
    return _read(spec.get("ignore"), ("spec", "ignore"), f"spec.ignore of {name}", "flux", resource)


def of_system(key: str, rule: Mapping[str, Any], resource: Resource) -> tuple[list[Ignores], list[Unhonoured]]:
    """The rule of one key of argocd-cm: `all`, or a group and a kind joined by `_`; of the core group the kind alone."""
    group, joined, kind = key.rpartition("_")
    selector = {"group": "*", "kind": "*"} if key == "all" else {"group": group if joined else "", "kind": kind}
    return _read([{**selector, **rule}], ("data",), f"argocd-cm ({key})", "argocd", resource)


def _read(listed: Any, path: FieldPath, by: str, system: str, resource: Resource) -> tuple[list[Ignores], list[Unhonoured]]:
    found, problems = [], []
    for index, rule in enumerate(listed if isinstance(listed, list) else ()):
        at: FieldPath = (*path, index) if path != ("data",) else path
        if not isinstance(rule, dict):
            continue
        expressions = []
        for number, text in enumerate(_texts(rule.get("jqPathExpressions"))):
            try:
                expressions.append(jqpath.parse(text))
            except jqpath.Unsupported as error:
                place: FieldPath = (*at, "jqPathExpressions", number) if path != ("data",) else path
                problems.append(Unhonoured(resource, place, f"the expression of jq is not understood: {error}"))
        pointers = _texts(rule.get("jsonPointers") if system == "argocd" else rule.get("paths"))
        found.append(Ignores(by, system, rule if system == "argocd" else rule.get("target"),
                             tuple(_steps(text) for text in pointers), tuple(expressions),
                             frozenset(_texts(rule.get("managedFieldsManagers")))))
    return found, problems


def whole(live: Mapping[str, Any] | None, git: Mapping[str, Any], owners: Iterable[OwnerView]) -> str | None:
    """The switch on an object that keeps its owner from comparing it at all; None where it is compared."""
    flux = [view.owner.kind for view in owners if view.owner.system == "flux"]
    for name, wanted in (("reconcile", ("disabled",)), ("ssa", ("ifnotpresent", "ignore"))) if "Kustomization" in flux else ():
        for body in (git, live or {}):
            value = _switch(body, _FLUX + name)
            if value is not None and value.lower() in wanted:
                return f"{_FLUX}{name}: {value}"
    if "HelmRelease" in flux and any((_switch(body, _HELM) or "").lower() == "disabled" for body in (git, live or {})):
        return f"{_HELM}: disabled"
    return None


def switched_to(live: Mapping[str, Any], git: Mapping[str, Any], name: str, value: str) -> bool:
    """Whether a switch of Flux (`ssa`, `prune` …) has a value on an object, in Git or live."""
    return any((_switch(body, _FLUX + name) or "").lower() == value for body in (git, live))


def _switch(body: Mapping[str, Any], key: str) -> str | None:
    metadata = body.get("metadata")
    for field in ("labels", "annotations"):
        held = metadata.get(field) if isinstance(metadata, dict) else None
        if isinstance(held, dict) and isinstance(held.get(key), str):
            return str(held[key])
    return None


def _texts(value: Any) -> Sequence[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _steps(pointer: str) -> FieldPath:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def _resolved(pointer: FieldPath, body: Any) -> FieldPath | None:
    """A pointer as the path of an object, indexes as numbers; None where it leads nowhere."""
    found: list[str | int] = []
    for step in pointer:
        if isinstance(body, list) and str(step).isdigit() and int(step) < len(body):
            found.append(int(step))
            body = body[int(step)]
        elif isinstance(body, dict) and step in body:
            found.append(step)
            body = body[step]
        else:
            return None
    return tuple(found)


__all__ = ["Ignores", "Unhonoured", "UnreadableSelector", "of_owner", "of_system", "switched_to", "whole"]
