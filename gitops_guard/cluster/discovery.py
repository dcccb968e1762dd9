"""The discovery documents of an API server -> where it has objects of a kind, and in which versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from ..live import Served
from .connection import Connection, RefusedError

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_BEFORE = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"
_ACCEPT = f"{_AGGREGATED},{_BEFORE},application/json"


class Place(NamedTuple):
    """Where an API server has the objects of a kind."""

    group: str
    version: str
    resource: str
    """The plural, as it stands in paths."""
    namespaced: bool

    def path(self, namespace: str = "", name: str = "") -> str:
        """Of one object, or of all in a namespace, or of all."""
        start = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        inside = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
        return f"{start}{inside}/{self.resource}" + (f"/{quote(name, safe=':')}" if name else "")


@dataclass
class Discovery:
    """What is served."""

    places: dict[tuple[str, str], dict[str, Place]] = field(default_factory=dict)
    """(group, kind) -> version -> place, the preferred version first."""
    unclear: dict[str, str] = field(default_factory=dict)
    """Group -> why it is not known what it serves: an aggregated API whose server is away."""

    def served(self) -> Mapping[tuple[str, str], Served]:
        """As a LiveState has it."""
        return {key: Served(tuple(versions), next(iter(versions.values())).namespaced)
                for key, versions in self.places.items()}

    def take(self, group: str, version: str, kind: str, resource: str, *, namespaced: bool) -> None:
        """One resource; subresources are none."""
        if "/" not in resource:
            self.places.setdefault((group, kind), {}).setdefault(version, Place(group, version, resource, namespaced))


def discover(connection: Connection, groups: Iterable[str]) -> Discovery:
    """What the cluster serves, at least of these groups. Raises RefusedError or SilentError."""
    found = Discovery()
    wanted = set(groups)
    for root in ("/api", "/apis"):
        answer = connection.get(root, accept=_ACCEPT)
        if answer.get("kind") == "APIGroupDiscoveryList":
            _aggregated(answer, found)
        else:  # before Kubernetes 1.27
            _one_by_one(connection, answer, wanted, found)
    return found


def _aggregated(answer: Mapping[str, Any], found: Discovery) -> None:
    for group in answer.get("items") or ():
        name = (group.get("metadata") or {}).get("name", "")
        for version in group.get("versions") or ():
            if version.get("freshness") == "Stale":
                found.unclear[name] = "the server behind this API group is away"
            for one in version.get("resources") or ():
                kind = (one.get("responseKind") or {}).get("kind")
                if kind:
                    found.take(name, version["version"], kind, one["resource"], namespaced=one.get("scope") == "Namespaced")


def _one_by_one(connection: Connection, answer: Mapping[str, Any], wanted: set[str], found: Discovery) -> None:
    for group, version in _versions(answer):
        if group not in wanted:
            continue
        path = f"/apis/{group}/{version}" if group else f"/api/{version}"
        try:
            resources = connection.get(path).get("resources") or ()
        except RefusedError as error:
            found.unclear[group] = f"the server behind this API group is away ({error.reason})"
            continue
        for one in resources:
            found.take(group, version, one["kind"], one["name"], namespaced=bool(one.get("namespaced")))


def _versions(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each group, the preferred version first."""
    for version in answer.get("versions") or ():
        yield "", version
    for group in answer.get("groups") or ():
        preferred = (group.get("preferredVersion") or {}).get("version", "")
        names = [version["version"] for version in group.get("versions") or ()]
        for version in sorted(names, key=lambda name: name != preferred):
            yield group["name"], version
