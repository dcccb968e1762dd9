"""A Graph -> JSON, as schemas/graph.json describes it: all that is known, for other programs."""

from __future__ import annotations

from typing import Any

from ...nodes import Destination, Graph, Node, Source
from ..escape import json_text
from ..options import Options
from .drawn import Drawn
from .words import without_login


def render(graph: Graph, _options: Options) -> Drawn:
    """The graph as JSON: nodes by id, edges by their ends; objects of several clusters may share an id."""
    nodes = sorted(graph.nodes, key=lambda node: node.key)
    edges = sorted({(edge.start[0], edge.end[0], edge.type) for edge in graph.edges})
    return Drawn(json_text({
        "nodes": [_node(node) for node in nodes],
        "edges": [{"from": start, "to": end, "type": kind} for start, end, kind in edges],
    }))


def _node(node: Node) -> dict[str, Any]:
    place = node.location
    return {
        "id": node.id,
        "system": node.system,
        "kind": node.kind,
        "namespace": node.namespace,
        "name": node.name,
        "status": node.status,
        "reason": _text(node.why),
        "generated_by": node.generated_by,
        "location": None if place is None else {"file": place.file, "line": place.line},
        "source": None if node.source is None else _source(node.source),
        "sources": [_source(source) for source in node.sources],
        "destination": None if node.destination is None else _destination(node.destination),
        "automated": node.automated,
        "prune": node.prune,
        "self_heal": node.self_heal,
        "environment": node.environment,
    }


def _source(source: Source) -> dict[str, Any]:
    return {"repository": _text(source.repository), "path": source.path, "revision": source.revision, "chart": source.chart,
            "tool": source.tool}


def _destination(place: Destination) -> dict[str, Any]:
    return {"server": _text(place.server), "name": place.name, "namespace": place.namespace}


def _text(value: str | None) -> str | None:
    return None if value is None else without_login(value)
