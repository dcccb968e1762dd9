"""The order of the printed documents: resources go in, the same ones come out sorted as `sortOptions` says.

kustomize's `legacy` order (its default): kinds in two lists first and last, the rest between them; only the kind counts.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from .kustomization import Kustomization
from .resource import Gvk, Resource

FIRST = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy", "Role",
    "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service", "LimitRange",
    "PriorityClass", "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
)
LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def kind_rank(kind: str, first: Sequence[str] = FIRST, last: Sequence[str] = LAST) -> int:
    """Where a kind comes: negative for those in `first`, 0 for most, positive for those in `last`."""
    return _ranks(tuple(first), tuple(last)).get(kind, 0)


@functools.lru_cache(maxsize=64)
def _ranks(first: tuple[str, ...], last: tuple[str, ...]) -> dict[str, int]:
    return {**{kind: at - len(first) for at, kind in enumerate(first)}, **{kind: at + 1 for at, kind in enumerate(last)}}


def arrange(resources: list[Resource], kustomization: Kustomization) -> list[Resource]:
    """The resources in the order that a kustomization asks for. Raises RenderError for an order that does not exist."""
    options = kustomization.data.get("sortOptions")
    if options is None:
        return _legacy(resources, FIRST, LAST)
    order = options.get("order", "")
    lists = options.get("legacySortOptions")
    if order == "fifo":
        if lists is not None:
            raise kustomization.fail("legacySortOptions need the order legacy", options.at["legacySortOptions"],
                                     "write order: legacy")
        return resources
    if order != "legacy":
        raise kustomization.fail("the sort order must be legacy or fifo", options.at.get("order") or
                                 kustomization.origin("sortOptions"), "write order: legacy or order: fifo")
    if lists is None:
        return _legacy(resources, FIRST, LAST)
    return _legacy(resources, lists.get("orderFirst", ()), lists.get("orderLast", ()))


def _legacy(resources: list[Resource], first: Sequence[str], last: Sequence[str]) -> list[Resource]:
    def key(resource: Resource) -> tuple[int, _Reversible, str]:
        gvk = resource.gvk
        parts = (".".join((gvk.kind or "[noKind]", gvk.version or "[noVer]", gvk.group or "[noGrp]")),
                 resource.namespace or "~X", resource.name or "~N")
        return kind_rank(gvk.kind, first, last), _Reversible(gvk), "|".join(parts)

    return sorted(resources, key=key)


@functools.total_ordering
class _Reversible:
    """A group, version and kind in kustomize's text order, but the core group's Namespace before any other Namespace."""

    __slots__ = ("core", "text")

    def __init__(self, gvk: Gvk) -> None:
        self.text = "_".join((gvk.group or "~G", gvk.version or "~V", gvk.kind or "~K"))
        self.core = gvk.kind == "Namespace" and not gvk.group

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversible) and self.text == other.text

    def __lt__(self, other: _Reversible) -> bool:
        if self.core != other.core and self.text.endswith("_Namespace") and other.text.endswith("_Namespace"):
            return self.core
        return self.text < other.text

    def __hash__(self) -> int:
        return hash(self.text)
