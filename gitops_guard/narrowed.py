"""A Graph and PATHS -> the part of the graph that they take in."""

from __future__ import annotations

from collections.abc import Sequence

from .nodes import Graph, Node
from .report.graph.links import FOLDERS, Links
from .tree import is_below


def narrowed(graph: Graph, named: Sequence[str]) -> Graph:
    """The nodes that are written in the paths or deploy them, and all that deploy these nodes; of `.`, all of it."""
    if "." in named:
        return graph
    links = Links(graph)
    kept = set(links.above(node.key for node in graph.nodes if any(_is_about(node, path) for path in named)))
    return Graph(tuple(node for node in graph.nodes if node.key in kept),
                 tuple(edge for edge in graph.edges if edge.start in kept and edge.end in kept))


def _is_about(node: Node, path: str) -> bool:
    if node.location is not None and is_below(node.location.file, path):
        return True
    folders = [node.name] if node.system in FOLDERS else [source.path for source in node.sources if source.path is not None]
    # The folder of an unresolved source may lie in another repository: that its path is like this one means nothing.
    return node.status != "unresolved" and any(is_below(folder, path) or is_below(path, folder) for folder in folders)
