"""What the last pass of growing found -> targets, graph and faults as the rest of a run sees them."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from .discover import Taken
from .graph.assemble import Key, Placed, assemble
from .graph.cycles import cycles, fault_of
from .graph.expansion import Expansion, Found
from .graph.fields import place
from .graph.owners import owner_of
from .graph.world import Objects, Place, Repositories, Unknown
from .manifests import KUSTOMIZATION_FILES
from .model import Fault, Resource, Target
from .nodes import Graph
from .recipes import Recipe
from .targets import Built


@dataclass(frozen=True)
class Grown:
    """A repository with all that it deploys."""

    built: tuple[Built, ...]
    """Sorted by target id."""
    graph: Graph
    faults: tuple[Fault, ...]
    """What is wrong with, or unknown about, the controller objects."""
    generated: tuple[tuple[str, Resource, str], ...]
    """The objects that generators make, each with the id of its generator and the root that it grew from."""


@dataclass
class Plan:
    """One target of a pass; a root has no recipes."""

    target: Target
    recipes: tuple[Recipe, ...]
    scopes: set[str]
    built: Built


@dataclass
class Pass:
    """What one pass from a set of roots found."""

    objects: Objects
    plans: dict[str, Plan] = field(default_factory=dict)
    expansions: dict[Key, Expansion] = field(default_factory=dict)
    expanded: dict[Key, Resource] = field(default_factory=dict)
    """The object behind each expansion."""
    deploys: set[tuple[Key, Key]] = field(default_factory=set)
    takes: dict[str, Taken] = field(default_factory=dict)
    """For each root: what the objects that grew from it take in."""
    waiting: deque[Found] = field(default_factory=deque)

    def taken(self) -> Taken:
        """What any object takes in."""
        return Taken.union(self.takes.values())

    def evidence(self) -> frozenset[str]:
        """The URLs of sources whose paths exist in this tree."""
        return frozenset(url for expansion in self.expansions.values() for url in expansion.evidence)

    def elsewhere(self, repositories: Repositories) -> frozenset[str]:
        """The folders of this repository that objects read at another revision."""
        sources = ((source.repository, source.path, source.revision) for expansion in self.expansions.values()
                   for source in expansion.node.sources)
        return frozenset(path for url, path, revision in sources if url and path and _is_home(repositories.place(url, None))
                         and not _is_home(repositories.place(url, revision)))

    def shape(self) -> object:
        """What must be equal in two passes for the second to be the last."""
        nodes = sorted((key, expansion.node.status, expansion.node.reason or "") for key, expansion in self.expansions.items())
        return nodes, sorted((name, repr(plan.recipes)) for name, plan in self.plans.items())


def finish(last: Pass, plans: list[Plan], repositories: Repositories,
           environment: Callable[[Iterable[str]], str | None]) -> Grown:
    """The targets of `plans`, and those of objects that deploy nothing anybody knows."""
    names = {plan.target.id for plan in plans}
    closed = [key for key, expansion in sorted(last.expansions.items()) if _deploys_nothing_known(expansion)]
    plans = [*plans, *(_without_output(last.expansions[key], last.expanded[key], names) for key in closed)]
    elsewhere = last.elsewhere(repositories)
    targets = (replace(plan.target, environment=target_environment(plan.target, environment),
                       elsewhere=not plan.recipes and plan.target.path in elsewhere) for plan in plans)
    built = [replace(plan.built, target=target, scopes=frozenset(plan.scopes))
             for plan, target in zip(plans, targets, strict=True)]
    placed = [_placed(item, plan) for item, plan in zip(built, plans, strict=True)]
    generated = [(expansion.node.id, resource, expansion.node.scope) for _key, expansion in sorted(last.expansions.items())
                 for resource in expansion.generated]
    return Grown(tuple(sorted(built, key=lambda item: (item.target.id, item.target.kind))),
                 assemble(last.expansions, last.deploys, placed), tuple(_faults(last, built)), tuple(generated))


def _placed(built: Built, plan: Plan) -> Placed:
    """A target as the graph shows it: what was built in part is known, but for the parts that are findings."""
    status = built.status if built.status in ("unresolved", "failed") else "resolved"
    names = (posixpath.normpath(posixpath.join(built.target.path, name)) for name in KUSTOMIZATION_FILES)
    return Placed(built.target, plan.recipes, frozenset(plan.scopes), status, built.faults,
                  next((path for path in names if path in built.read), None))


def target_environment(target: Target, environment: Callable[[Iterable[str]], str | None]) -> str | None:
    """By path, cluster, then owner; production where owners disagree, since a fault is worst there."""
    place = [target.path, *([target.cluster] if target.cluster else [])]
    found = {environment([*place, owner.name]) for owner in target.owners} or {environment(place)}
    return min((name for name in found if name is not None), key=lambda name: (name != "production", name), default=None)


def _deploys_nothing_known(expansion: Expansion) -> bool:
    """Whether an object deploys something, and nobody can say what: that is a target all the same."""
    node = expansion.node
    deploys = node.kind in ("Application", "Kustomization", "HelmRelease")
    return deploys and not expansion.deployments and node.status != "resolved"


def _without_output(expansion: Expansion, resource: Resource, names: set[str]) -> Plan:
    node = expansion.node
    name = node.id if node.id not in names else f"{node.id}@{node.scope}"
    names.add(name)
    path = posixpath.dirname(node.location.file) or "." if node.location is not None else "."
    owner = owner_of(Found(resource, node.scope, node.generated_by))
    kind = "application" if node.system == "argocd" else "chart" if node.kind == "HelmRelease" else "kustomization"
    target = Target(name, kind, path, owners=(owner,))
    read = frozenset([node.location.file] if node.location is not None else [])
    return Plan(target, (), {node.scope}, Built(target, node.status, (), (), read))


def _faults(last: Pass, built: Iterable[Built]) -> Iterator[Fault]:
    """The faults of objects, each with the target that shows them: their own where they deploy nothing, else their parent.

    What an object can't be followed for, because its parent could not fill in a variable, is said once.
    """
    own = {(owner.id, scope, item.target.id) for item in built for owner in item.target.owners for scope in item.scopes}
    known = {item.target.id: item for item in built}
    closed = {group[0]: fault_of(group, last.expanded[group[0]])
              for group in cycles(pair for pair in last.deploys if pair[0] in last.expanded and pair[1] in last.expanded)}
    for key, expansion in sorted(last.expansions.items()):
        for fault in (*expansion.faults, *([closed[key]] if key in closed else [])):
            parent = fault.resource.target if fault.resource is not None else None
            if fault.rule == "render/unresolved" and parent in known and _is_said(fault, known[parent]):
                continue
            mine = sorted(target for owner, scope, target in own if (owner, scope) == (expansion.node.id, expansion.node.scope))
            yield replace(fault, target=mine[0] if mine else parent if parent in known else None)


def _is_said(fault: Fault, parent: Built) -> bool:
    """Whether the parent has a fault at the field that a fault of an object is about."""
    if fault.resource is None or fault.path is None:
        return False
    found = place(fault.resource.body, fault.path)
    return found is not None and any(other.location is not None and found[:3] == other.location[:3] for other in parent.faults)


def _is_home(place: Place | Unknown) -> bool:
    return isinstance(place, Place) and place.home
