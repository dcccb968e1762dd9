"""An object -> what is there of it, without the values: what staging and production should have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...model import FieldPath, Resource, value_at
from .versions import containers, pod_spec

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_GUARDS = {
    ("policy", "PodDisruptionBudget"): "PodDisruptionBudget",
    ("autoscaling", "HorizontalPodAutoscaler"): "HorizontalPodAutoscaler",
    ("keda.sh", "ScaledObject"): "HorizontalPodAutoscaler",
    ("networking.k8s.io", "NetworkPolicy"): "NetworkPolicy",
    ("cilium.io", "CiliumNetworkPolicy"): "NetworkPolicy",
}


class Part(NamedTuple):
    """Something that is there."""

    field: str
    """What it is called, the same in all environments."""
    path: FieldPath
    listed: bool = False
    """Whether it is an item of a list, which has no key of its own."""


def parts(resource: Resource) -> Iterator[Part]:
    """The parts of a workload that are compared; none for other objects."""
    base = pod_spec(resource)
    if base is None:
        return
    spec = value_at(resource.body, base)
    yield from _security(spec, "", base)
    yield from _named(spec, "volumes", "", base)
    for field, path, item in containers(resource):
        name = f"{field}/{item['name']}/"
        yield Part(name[:-1], path, listed=True)
        for probe in _PROBES:
            if item.get(probe):
                yield Part(f"{name}{probe}", (*path, probe))
        yield from _security(item, name, path)
        yield from _named(item, "env", name, path)
        yield from _ports(item.get("ports"), name, path)


def _security(node: Any, prefix: str, path: FieldPath) -> Iterator[Part]:
    context = node.get("securityContext")
    if isinstance(context, Mapping) and context:
        yield Part(f"{prefix}securityContext", (*path, "securityContext"))
        for key in context:
            yield Part(f"{prefix}securityContext/{key}", (*path, "securityContext", key))


def _named(node: Any, field: str, prefix: str, path: FieldPath) -> Iterator[Part]:
    items = node.get(field)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping) and isinstance(item.get("name"), str):
            yield Part(f"{prefix}{field}/{item['name']}", (*path, field, index), listed=True)


def _ports(items: Any, prefix: str, path: FieldPath) -> Iterator[Part]:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            name = item.get("name") or item.get("containerPort")
            yield Part(f"{prefix}ports/{name}", (*path, "ports", index), listed=True)


def guard_kind(resource: Resource) -> str | None:
    """The kind that an object counts as, where only its being there is compared; None for others."""
    return _GUARDS.get((resource.id.group, resource.id.kind))


def subject(resource: Resource) -> str:
    """What a guard is about, as a text that is equal where that is; empty where it does not say."""
    for path in (("spec", "scaleTargetRef", "name"), ("spec", "selector", "matchLabels"), ("spec", "podSelector", "matchLabels"),
                 ("spec", "endpointSelector", "matchLabels")):
        value = value_at(resource.body, path)
        if value:
            return json.dumps(value, sort_keys=True)
    return ""


def guarded(guard: Resource, workloads: Iterable[Resource]) -> Resource | None:
    """The workload that a guard is about: the one it names, else the first that its selector takes in."""
    found = list(workloads)
    target = value_at(guard.body, ("spec", "scaleTargetRef", "name"))
    for workload in found:
        if target is not None and workload.id.name == target:
            return workload
        base = pod_spec(workload) or ()
        labels = value_at(workload.body, (*base[:-1], "metadata", "labels"))
        wanted = json.loads(subject(guard) or "null")
        if isinstance(wanted, dict) and isinstance(labels, Mapping) and wanted.items() <= dict(labels).items():
            return workload
    return None
