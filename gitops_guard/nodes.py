"""The values of the GitOps graph: controller objects, what they read, what they deploy; frozen, standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .model import Fault, Location


@dataclass(frozen=True)
class Source:
    """One place that a controller object reads manifests from."""

    repository: str | None = None
    """The URL, as written."""
    path: str | None = None
    """The folder in it, without a leading `./`; the root is `.`; None for a chart of a Helm repository."""
    revision: str | None = None
    """A branch, tag, commit, range, or the version of a chart."""
    chart: str | None = None
    tool: str | None = None
    """kustomize, helm, directory or plugin; None where it is not known."""


@dataclass(frozen=True)
class Destination:
    """Where a controller object deploys to."""

    server: str | None = None
    name: str | None = None
    """Of the cluster."""
    namespace: str | None = None


@dataclass(frozen=True)
class Node:
    """One object of the graph."""

    id: str
    """system/Kind/namespace/name, or system/path; objects of different clusters may share one."""
    system: str
    """argocd, flux, kustomize, helm or manifests"""
    kind: str
    namespace: str | None
    name: str
    location: Location | None
    status: str = "resolved"
    """resolved, unresolved (it can't be known from here) or failed (known to be wrong)"""
    reason: str | None = None
    """Why an object is not resolved."""
    faults: Sequence[Fault] = field(default=(), repr=False, compare=False)
    """What is wrong with a folder that is not resolved."""
    generated_by: str | None = None
    """The id of the ApplicationSet."""
    sources: tuple[Source, ...] = ()
    source: Source | None = None
    """The first source that renders."""
    destination: Destination | None = None
    automated: bool | None = None
    """The effective values; None for what deploys nothing itself."""
    prune: bool | None = None
    self_heal: bool | None = None
    environment: str | None = None
    scope: str = ""
    """The root that the object grew from: tells objects of one id apart."""

    @property
    def key(self) -> tuple[str, str]:
        """What edges name it by."""
        return self.id, self.scope

    @property
    def why(self) -> str | None:
        """Why it is not resolved: the reason, or the first fault of its build."""
        if self.reason is not None or self.status == "resolved":
            return self.reason
        found = next((fault for fault in self.faults if fault.rule != "render/deprecated-field"), None)
        if found is None or found.location is None:
            return None if found is None else found.message
        return f"{found.location.file}:{found.location.line}: {found.message}"


@dataclass(frozen=True)
class Edge:
    """A relation between two nodes, by their keys."""

    start: tuple[str, str]
    end: tuple[str, str]
    type: str
    """deploys, generates, sources or depends"""


@dataclass(frozen=True)
class Graph:
    """All that a repository says about who deploys what."""

    nodes: tuple[Node, ...] = ()
    """Sorted by id and scope."""
    edges: tuple[Edge, ...] = ()
