"""A kind -> the resource that RBAC calls it, from CustomResourceDefinitions, else by the rule that Kubernetes itself follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_VOWELS = "aeiou"
# Kinds without a namespace that kustomize, whose table `is_cluster_scoped` is, does not know as such.
_NEWER: Mapping[str, tuple[str, ...]] = {
    "admissionregistration.k8s.io": ("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy",
                                     "ValidatingAdmissionPolicyBinding"),
    "flowcontrol.apiserver.k8s.io": ("FlowSchema", "PriorityLevelConfiguration"),
    "networking.k8s.io": ("IPAddress", "ServiceCIDR"),
    "resource.k8s.io": ("DeviceClass", "ResourceSlice"),
    "storage.k8s.io": ("VolumeAttributesClass",),
}


@dataclass(frozen=True)
class Resources:
    """What CustomResourceDefinitions say of kinds, by (group, kind)."""

    known: Mapping[tuple[str, str], tuple[str, bool]]
    """Plural, and whether objects of the kind are in no namespace."""
    is_cluster_scoped: Callable[[str, str], bool]
    """Of (api version, kind), for the others."""

    @classmethod
    def of(cls, crds: Iterable[Mapping[str, Any]], is_cluster_scoped: Callable[[str, str], bool]) -> Resources:
        """From the definitions of a repository."""
        found = {}
        for crd in crds:
            spec = crd.get("spec")
            names = spec.get("names") if isinstance(spec, dict) else None
            if isinstance(spec, dict) and isinstance(names, dict) and isinstance(names.get("plural"), str):
                found[str(spec.get("group")), str(names.get("kind"))] = names["plural"], spec.get("scope") == "Cluster"
        return cls(found, is_cluster_scoped)

    def of_kind(self, group: str, kind: str) -> tuple[str, bool]:
        """The resource, and whether that is known and not worked out."""
        known = self.known.get((group, kind))
        return (known[0], True) if known is not None else (plural(kind), not _custom(group))

    def has_namespace(self, api_version: str, kind: str) -> bool:
        """Whether objects of the kind are in a namespace."""
        group = api_version.rpartition("/")[0]
        known = self.known.get((group, kind))
        if known is not None:
            return not known[1]
        return kind not in _NEWER.get(group, ()) and not self.is_cluster_scoped(api_version, kind)


def plural(kind: str) -> str:
    """The plural of a kind, as nearly every API forms it."""
    word = kind.lower()
    if word.endswith("endpoints"):
        return word
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _custom(group: str) -> bool:
    """Whether a group is somebody's own. Kubernetes' plurals follow the rule, and so do those that its projects give."""
    return "." in group and not group.endswith(".k8s.io")
