"""What Git states of an object and the object as it lives -> the stated fields that are not so.

What the API server makes of a stated field is no difference: another spelling of a quantity, an empty structure that it leaves
out, a list by keys in another order, a value it fills in where Git writes a zero. What Git does not state is `unstated.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..delta import ABSENT
from ..model import FieldPath
from ..schema import Type
from .lists import ORDERED, in_order, pair
from .values import duration, quantity, same

_AMOUNTS = ("limits", "requests")
"""Of custom resources: maps whose values are quantities wherever they occur."""
_SOURCES = (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))
_ALLOCATED = frozenset({
    ("ServiceSpec", "clusterIP"), ("ServicePort", "nodePort"), ("ServiceSpec", "healthCheckNodePort"),
    ("ContainerPort", "hostPort"), ("PersistentVolumeClaimSpec", "volumeName"), ("PodSpec", "nodeName"),
    ("PodSpec", "serviceAccount"), ("WebhookClientConfig", "caBundle"), ("APIServiceSpec", "caBundle"),
})
"""Fields for which a zero that Git writes means that somebody else shall choose."""


class Difference(NamedTuple):
    """A field that lives otherwise than it is stated."""

    path: FieldPath
    """In what Git states."""
    git: Any
    live: Any
    """ABSENT where the live object has none."""
    live_path: FieldPath
    """In the live object; where it has none, where it would be."""
    reordered: bool = False
    """Whether it is only the order of the items."""


def differences(git: Any, live: Any, kind: Type | None) -> list[Difference]:
    """The stated fields that are not so, in the order of the path."""
    walk = _Walk()
    walk.value(git, live, kind, None, (), ())
    return sorted(walk.found, key=lambda one: tuple(map(str, one.path)))


@dataclass
class _Walk:
    found: list[Difference] = field(default_factory=list)

    def value(self, git: Any, live: Any, kind: Type | None, holder: Type | None, path: FieldPath, at: FieldPath) -> None:
        if type(git) is str and git == live:
            return
        if isinstance(git, dict) and isinstance(live, dict):
            self._fields(git, live, kind, path, at)
        elif isinstance(git, list) and isinstance(live, list):
            self._items(git, live, kind, holder, path, at)
        elif isinstance(git, dict | list) or isinstance(live, dict | list) or not self._same(git, live, kind, path):
            self.found.append(Difference(path, git, live, at))

    def _fields(self, git: dict[str, Any], live: dict[str, Any], kind: Type | None, path: FieldPath, at: FieldPath) -> None:
        for key, stated in git.items():
            if stated is None:
                continue  # the API server takes a null for a field that is not there
            inner = kind.field(key) if kind is not None else None
            found = live.get(key)
            if found is None:
                if not (_vanishes(stated, key, kind, inner) or _is_dropped(git, key, kind)):
                    self.found.append(Difference((*path, key), stated, ABSENT, (*at, key)))
            elif not _left_open(stated, found, key, kind):
                self.value(stated, found, inner, kind, (*path, key), (*at, key))

    def _items(self, git: list[Any], live: list[Any], kind: Type | None, holder: Type | None, path: FieldPath,
               at: FieldPath) -> None:
        name = str(path[-1]) if path else ""
        paired = pair(git, live, kind, holder, name)
        shape = kind.shape if kind is not None else "atomic"
        if shape == "atomic" and (paired.only_one or paired.only_other):
            self.found.append(Difference(path, git, live, at))
            return
        items = kind.items() if kind is not None else None
        for one, other in paired.pairs:
            if git[one] is not None or live[other] is not None:
                self.value(git[one], live[other], items, None, (*path, one), (*at, other))
        for one in paired.only_one:
            self.found.append(Difference((*path, one), git[one], ABSENT, at))
        if shape == "map" and not paired.by_key and paired.only_other:
            self.found.append(Difference(path, git, live, at))
        elif paired.by_key and name in ORDERED and not in_order(paired.pairs):
            self.found.append(Difference(path, git, live, at, reordered=True))

    @staticmethod
    def _same(git: Any, live: Any, kind: Type | None, path: FieldPath) -> bool:
        if same(git, live, kind.sort if kind is not None else ""):
            return True
        if kind is not None and kind.built_in:
            return False
        # Custom resources keep what was written, until a controller writes its own spelling of the same.
        if len(path) > 1 and path[-2] in _AMOUNTS and quantity(git) is not None:
            return same(git, live, "quantity")
        return duration(git) is not None and same(git, live, "duration")


def _vanishes(stated: Any, key: str, holder: Type | None, inner: Type | None) -> bool:
    """Whether the API server leaves a stated field out, so that its absence says nothing."""
    if isinstance(stated, list):
        return not stated
    if isinstance(stated, dict):
        keeps = holder is not None and holder.built_in and not (inner is not None and inner.is_map) and holder.keeps_zero(key)
        return not keeps and all(value is None or _vanishes(value, name, inner, inner.field(name) if inner is not None else None)
                                 for name, value in stated.items())
    if not _is_zero(stated) or (holder is not None and holder.is_map):
        return False
    return holder is not None and not holder.keeps_zero(key)


def _is_dropped(git: Mapping[str, Any], key: str, kind: Type | None) -> bool:
    """Whether the API server drops a stated field: a claim's `dataSource` that is none of these.

    Rule: pkg/api/persistentvolumeclaim, EnforceDataSourceBackwardsCompatibility.
    """
    if kind is None or kind.definition.rpartition(".")[2] != "PersistentVolumeClaimSpec" or key != "dataSource":
        return False
    stated = git["dataSource"]
    return not git.get("dataSourceRef") and isinstance(stated, dict) and (
        str(stated.get("apiGroup") or ""), stated.get("kind")) not in _SOURCES


def _left_open(stated: Any, live: Any, key: str, holder: Type | None) -> bool:
    """Whether a stated zero means no value, and what lives is what the API server or its controllers choose then."""
    if not _is_zero(stated) or holder is None or not holder.built_in or holder.is_map or holder.keeps_zero(key):
        return False
    allocated = (holder.definition.rpartition(".")[2], key) in _ALLOCATED
    return allocated or any(same(live, default, "") for default in holder.defaults(key))


def _is_zero(value: Any) -> bool:
    return value is False or value == "" or (type(value) in (int, float) and value == 0)
