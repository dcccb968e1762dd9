"""Expansions and targets -> the graph: a node for each object and folder that counts, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..model import Fault, Location, Target
from ..nodes import Edge, Graph, Node, Source
from ..recipes import Chart, Recipe
from .expansion import Expansion

Key = tuple[str, str]
"""(id, scope) of a node"""

_FOLDERS = {"kustomization": ("kustomize", "Kustomization", "kustomize"), "manifests": ("manifests", "Directory", "directory")}


@dataclass(frozen=True)
class Placed:
    """A target, with how it is built, the roots it grew from, and what became of it."""

    target: Target
    recipes: tuple[Recipe, ...]
    scopes: frozenset[str]
    status: str = "resolved"
    """of a folder's node"""
    faults: Sequence[Fault] = ()
    file: str | None = None
    """The kustomization file."""


def folder_key(target: Target) -> Key:
    """The node of a target that is a folder; one and the same for all who deploy it."""
    return f"{_FOLDERS[target.kind][0]}/{target.path}", ""


def assemble(expansions: Mapping[Key, Expansion], deploys: Iterable[tuple[Key, Key]], placed: Iterable[Placed]) -> Graph:
    """The graph. `deploys` are pairs of what has an object in its output, and that object."""
    nodes: dict[Key, Node] = {key: expansion.node for key, expansion in expansions.items()}
    edges: set[Edge] = set()
    for item in sorted(placed, key=lambda item: item.target.id):
        owners = [(owner.id, scope) for owner in item.target.owners for scope in item.scopes]
        for node in _nodes_of(item):
            nodes.setdefault(node.key, node)
            edges |= {Edge(owner, node.key, "deploys") for owner in owners if owner in nodes}
        for owner in owners:
            if owner in nodes and nodes[owner].environment is None:
                nodes[owner] = replace(nodes[owner], environment=item.target.environment)
    for parent, child in deploys:
        if parent in nodes and child in nodes and parent != child:
            generated = nodes[child].generated_by == parent[0]
            edges.add(Edge(parent, child, "generates" if generated else "deploys"))
    edges |= set(_named(expansions, nodes))
    order = sorted(edges, key=lambda edge: (edge.start, edge.end, edge.type))
    return Graph(tuple(nodes[key] for key in sorted(nodes)), tuple(order))


def _nodes_of(item: Placed) -> Iterator[Node]:
    target = item.target
    if target.id == target.path and target.kind in _FOLDERS:
        system, kind, tool = _FOLDERS[target.kind]
        source = Source(path=target.path, tool=tool)
        file = item.file or (target.files[0] if target.files else f"{target.path}/kustomization.yaml".removeprefix("./"))
        yield Node(f"{system}/{target.path}", system, kind, None, target.path, Location(file, 1, 1), sources=(source,),
                   source=source, environment=target.environment, status=item.status, faults=item.faults)
    for recipe in item.recipes:
        if isinstance(recipe, Chart):
            source = Source(path=recipe.folder, tool="helm")
            yield Node(f"helm/{recipe.folder}", "helm", "Chart", None, recipe.folder,
                       Location(f"{recipe.folder}/Chart.yaml".removeprefix("./"), 1, 1), sources=(source,), source=source)


def _named(expansions: Mapping[Key, Expansion], nodes: Mapping[Key, Node]) -> Iterator[Edge]:
    """What objects name: of several of one id that which grew from the same root."""
    anywhere: dict[str, Key] = {}
    for key in sorted(nodes):
        anywhere.setdefault(key[0], key)
    for key, expansion in expansions.items():
        for kind, name in expansion.edges:
            end = (name, key[1]) if (name, key[1]) in nodes else anywhere.get(name)
            if end is not None:
                yield Edge(key, end, kind)
