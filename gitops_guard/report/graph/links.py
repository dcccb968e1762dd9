"""A Graph -> who deploys whom, both ways, and where reading begins: what nothing deploys, and one node of each closed circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...nodes import Edge, Graph, Node

Key = tuple[str, str]
"""(id, scope) of a node"""

DOWN = ("deploys", "generates")
"""The edges that make the tree; the others lie across it."""
FOLDERS = ("kustomize", "helm", "manifests")
"""The systems of nodes that are folders and no objects."""


class Links:
    """A graph, indexed."""

    def __init__(self, graph: Graph, *, brief: bool = False) -> None:
        """`brief` lets a source that just one object reads be told by that object."""
        self.nodes: dict[Key, Node] = {node.key: node for node in sorted(graph.nodes, key=lambda node: node.key)}
        self.children: dict[Key, list[Key]] = {key: [] for key in self.nodes}
        self.parents: dict[Key, list[Key]] = {key: [] for key in self.nodes}
        self.across: list[Edge] = []
        """The edges that are not of the tree."""
        for edge in sorted(set(graph.edges), key=lambda edge: (edge.start, edge.end, edge.type)):
            if edge.start not in self.nodes or edge.end not in self.nodes:
                continue
            if edge.type not in DOWN:
                self.across.append(edge)
            elif self.children[edge.start][-1:] != [edge.end]:  # deployed and generated: sorted, they are neighbours
                self.children[edge.start].append(edge.end)
                self.parents[edge.end].append(edge.start)
        self._touched = {key for edge in self.across for key in (edge.start, edge.end)}
        self._across: dict[Key, list[Edge]] = {}
        for edge in self.across:
            self._across.setdefault(edge.start, []).append(edge)
        self.read_alone: dict[Key, list[Key]] = {}
        """If brief: the sources that are told by the object that reads them, by that object."""
        for reader, source in self._read_alone() if brief else ():
            self.read_alone.setdefault(reader, []).append(source)
        self.told = frozenset([*self._told(), *(source for found in self.read_alone.values() for source in found)])
        """The nodes that others tell all about: folders by their only owner, sources by their only reader."""

    def roots(self) -> list[Key]:
        """Where reading begins, so that every node is reached."""
        roots = [key for key in self.nodes if not self.parents[key]]
        reached = set(self.below(roots))
        # Of what is left, every node is deployed by another: the one that a walk leaves last is in no circle's debt.
        for key in reversed(self._left(key for key in self.nodes if key not in reached)):
            if key not in reached:
                roots.append(key)
                reached.update(self.below([key]))
        return roots

    def below(self, keys: Iterable[Key]) -> Iterator[Key]:
        """The nodes and all that they deploy, each once."""
        return _reach(keys, self.children)

    def above(self, keys: Iterable[Key]) -> Iterator[Key]:
        """The nodes and all that deploy them, each once."""
        return _reach(keys, self.parents)

    def is_alone(self, key: Key) -> bool:
        """Whether no edge begins or ends at a node."""
        return not self.children[key] and not self.parents[key] and key not in self._touched

    def across_from(self, key: Key) -> list[Edge]:
        """The edges that begin at a node and are not of the tree."""
        return self._across.get(key, [])

    def shown(self, key: Key) -> list[Key]:
        """What a node deploys, without what its own line tells."""
        return [child for child in self.children[key] if child not in self.told]

    def _told(self) -> Iterator[Key]:
        for key, node in self.nodes.items():
            if node.system in FOLDERS and len(self.parents[key]) == 1 and not self.children[key] and key not in self._touched:
                owner = self.nodes[self.parents[key][0]]
                paths = {source.path for source in owner.sources}
                if node.status == "resolved" and node.name in paths and node.environment in (None, owner.environment):
                    yield key

    def _read_alone(self) -> Iterator[tuple[Key, Key]]:
        named: dict[Key, list[Edge]] = {}
        for edge in self.across:
            named.setdefault(edge.end, []).append(edge)
        for key, edges in sorted(named.items()):
            node, reader = self.nodes[key], edges[0].start
            alone = [edge.type for edge in edges] == ["sources"] and key not in self._across and not self.children[key]
            beside = set(self.parents[key]) <= set(self.parents[reader])
            if alone and beside and is_only_read(node) and node.status == "resolved" and not is_only_read(self.nodes[reader]):
                yield reader, key

    def _left(self, keys: Iterable[Key]) -> list[Key]:
        """The nodes in the order in which a walk down from each leaves them."""
        seen: set[Key] = set()
        left = []
        for start in keys:
            if start in seen:
                continue
            seen.add(start)
            path = [(start, iter(self.children[start]))]
            while path:
                key, rest = path[-1]
                child = next((child for child in rest if child not in seen), None)
                if child is None:
                    left.append(key)
                    path.pop()
                else:
                    seen.add(child)
                    path.append((child, iter(self.children[child])))
        return left


def is_only_read(node: Node) -> bool:
    """Whether a node deploys nothing itself: sources, projects, image policies."""
    return node.automated is None and node.system not in FOLDERS and node.kind != "ApplicationSet"


def _reach(keys: Iterable[Key], following: dict[Key, list[Key]]) -> Iterator[Key]:
    waiting = list(keys)
    seen = set(waiting)
    while waiting:
        key = waiting.pop()
        yield key
        for other in following[key]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
