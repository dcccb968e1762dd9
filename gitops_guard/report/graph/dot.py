"""A Graph -> a Graphviz digraph, for `dot -Tsvg`."""

from __future__ import annotations

from ...nodes import Graph
from ..options import Options
from .drawn import Drawn
from .links import Links
from .picture import Arrow, Box, picture

_SHAPES = {"object": 'shape=box, style="filled,rounded"', "source": "shape=cylinder, style=filled",
           "folder": "shape=folder, style=filled", "count": "shape=box3d, style=filled"}
_COLORS = {"resolved": 'fillcolor="#dafbe1", color="#1a7f37"', "unresolved": 'fillcolor="#fff8c5", color="#9a6700"',
           "failed": 'fillcolor="#ffebe9", color="#cf222e", penwidth=3'}
_ARROWS = {"deploys": "", "generates": "penwidth=2.5", "sources": "style=dotted",
           "depends": 'style=dashed, label="after"'}


def render(graph: Graph, _options: Options) -> Drawn:
    """The graph as a digraph; names from the repository stand in quoted strings alone, escaped."""
    drawn = picture(Links(graph, brief=True))
    lines = [
        "digraph gitops {",
        '  graph [rankdir=LR, ranksep=0.8, nodesep=0.2, fontname="Helvetica,Arial,sans-serif", fontsize=12]',
        '  node [fontname="Helvetica,Arial,sans-serif", fontsize=11, fontcolor="#1f2328", margin="0.15,0.08"]',
        '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#59636e", fontcolor="#59636e"]',
    ]
    for number, frame in enumerate(drawn.frames):
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f'    graph [label="{_escape(frame.title)}", color="#d1d9e0", style=rounded]')
        lines += [f"    {_box(box)}" for box in frame.boxes]
        lines.append("  }")
    lines += [f"  {_box(box)}" for box in drawn.free]
    lines += [f"  {_arrow(arrow)}" for arrow in drawn.arrows]
    return Drawn("\n".join([*lines, "}"]) + "\n")


def _box(box: Box) -> str:
    label = "\\n".join(_escape(line) for line in box.lines)
    return f'{box.id} [label="{label}", {_SHAPES[box.shape]}, {_COLORS[box.status]}]'


def _arrow(arrow: Arrow) -> str:
    style = _ARROWS.get(arrow.type, "style=dotted")
    return f"{arrow.start} -> {arrow.end}" + (f" [{style}]" if style else "")


def _escape(text: str) -> str:
    """Text for a quoted label, where a backslash begins an escape and `&` an entity of HTML."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
