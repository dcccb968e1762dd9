"""A kind -> the resource that RBAC calls it, from CustomResourceDefinitions, else by the rule that Kubernetes itself follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_VOWELS = "aeiou"


@dataclass(frozen=True)
class Resources:
    """The plurals that CustomResourceDefinitions give, by (group, kind)."""

    known: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, crds: Iterable[Mapping[str, Any]]) -> Resources:
        """From the definitions of a repository."""
        found = {}
        for crd in crds:
            spec = crd.get("spec")
            names = spec.get("names") if isinstance(spec, dict) else None
            if isinstance(spec, dict) and isinstance(names, dict) and isinstance(names.get("plural"), str):
                found[str(spec.get("group")), str(names.get("kind"))] = names["plural"]
        return cls(found)

    def of_kind(self, group: str, kind: str) -> tuple[str, bool]:
        """The resource, and whether that is known and not worked out."""
        name = self.known.get((group, kind))
        return (name, True) if name is not None else (plural(kind), not _custom(group))


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
