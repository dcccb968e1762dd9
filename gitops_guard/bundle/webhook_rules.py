"""Rules -> what the API server has to ask the webhook about: groups, resources, subresources and operations, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .rules import AdmissionRule

_WRITES, _ALL = ("CREATE", "UPDATE"), ("CREATE", "UPDATE", "DELETE", "CONNECT")
_CHANGES = _ALL[:3]
_KNOWN = frozenset({
    "ClusterRole", "ClusterRoleBinding", "ConfigMap", "CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Ingress",
    "Job", "LimitRange", "Namespace", "NetworkPolicy", "PersistentVolume", "PersistentVolumeClaim", "Pod", "PodDisruptionBudget",
    "PodTemplate", "ReplicaSet", "ReplicationController", "ResourceQuota", "Role", "RoleBinding", "Secret", "Service",
    "ServiceAccount", "StatefulSet", "StorageClass",
})
"""Kinds of Kubernetes whose resources are known. Of any other kind nobody knows what it is called in addresses."""


def webhook_rules(rules: Sequence[AdmissionRule]) -> list[dict[str, Any]]:
    """The `rules` of a ValidatingWebhookConfiguration, in a fixed order."""
    asked: dict[tuple[tuple[str, ...], str], set[str]] = {}
    for rule in rules:
        for operations, group, resource in _of_requests(rule) if rule.of_requests else _of_objects(rule.kinds):
            asked.setdefault((operations, group), set()).add(resource)
    return [{"operations": list(operations), "apiGroups": [group], "apiVersions": ["*"], "resources": _told(resources),
             "scope": "*"} for (operations, group), resources in sorted(asked.items())]


def _of_objects(kinds: Iterable[str]) -> Iterable[tuple[tuple[str, ...], str, str]]:
    for text in kinds:
        group, slash, kind = text.rpartition("/")
        whole = "*" in group or not slash
        yield _WRITES, "*" if whole else group, "*" if "*" in kind else resource_of(kind)
        if ("*" in kind or kind == "Pod") and (whole or not group):
            yield _WRITES, "*" if whole else "", "pods/ephemeralcontainers"


def _of_requests(rule: AdmissionRule) -> Iterable[tuple[tuple[str, ...], str, str]]:
    """What its parameter lists, group/resource or group/resource/subresource; without one, everything."""
    resources = rule.parameters.get("resources")
    if not isinstance(resources, list):
        yield _ALL, "*", "*/*"
        return
    for text in resources:
        group, _slash, resource = str(text).partition("/")
        if "/" in resource:
            yield _ALL, group, resource
        else:
            yield _CHANGES, group, resource
            yield _CHANGES, group, f"{resource}/scale"


def resource_of(kind: str) -> str:
    """The resource of a kind; all resources where it is not known, since asking too much is no gap."""
    word = kind.lower()
    if kind not in _KNOWN:
        return "*"
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("s") else f"{word}s"


def _told(resources: set[str]) -> list[str]:
    """Without those that a wildcard takes in: the API server refuses a list that names something beside `*/*`."""
    if "*/*" in resources:
        return ["*/*"]
    everything = "*" in resources
    return sorted(one for one in resources if one == "*" or "/" in one or not everything)
