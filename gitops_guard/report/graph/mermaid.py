"""A Graph -> a Mermaid flowchart that GitHub draws in a Markdown file or comment.

Mermaid refuses a text of more than 50,000 characters and more than 500 arrows (`maxTextSize` and `maxEdges` of its
configuration, which GitHub leaves as they are): a larger graph is drawn with counts in place of boxes.
"""

from __future__ import annotations

import re

from ...nodes import Graph
from ..options import Options
from .drawn import Drawn
from .links import Links
from .picture import Box, Picture, picture
from .thin import LEVELS, Bundle, bundles

_CHARACTERS, _ARROWS = 50_000, 500
_BOX = 25
"""Characters that the smallest box takes."""
# Everything else may be markup: of Markdown, of HTML, of Mermaid's own directives, entities and styles.
_PLAIN = re.compile(r"[^\w ./@,()=+→·…-]|_")
_LATE = re.compile(r"\$(?=\$)|:(?=fa-)")
_SHAPES = {"object": ('["', '"]'), "source": ('[("', '")]'), "folder": ('[["', '"]]'), "count": ('{{"', '"}}')}
_LINKS = {"deploys": "-->", "generates": "==>", "sources": "-.->", "depends": "-. after .->"}
_SETTINGS = '%%{init: {"flowchart": {"wrappingWidth": 340}}}%%'
_FRAME = "fill:transparent,stroke:#8c959f"
_STYLES = {
    "resolved": "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    "unresolved": "fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-dasharray:5 4",
    "failed": "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px",
}


def render(graph: Graph, _options: Options) -> Drawn:
    """The graph as a flowchart; names from the repository stand in quoted labels alone, escaped."""
    links = Links(graph, brief=True)
    text = ""
    before: list[Bundle] | None = None
    notes: tuple[str, ...] = ()
    for level in range(LEVELS):
        counted = bundles(links, level)
        boxes = len(links.nodes) - len(links.told) - sum(len(bundle.members) - 1 for bundle in counted)
        if level < LEVELS - 1 and (counted == before or boxes > _CHARACTERS // _BOX):
            continue
        before = counted
        drawn = picture(links, counted, frames=level < LEVELS - 1)
        notes = _notes(drawn, len(graph.nodes))
        text = _text(drawn, notes)
        if _length(text) <= _CHARACTERS and len(drawn.arrows) <= _ARROWS:
            break
    return Drawn(text, notes)


def _notes(drawn: Picture, nodes: int) -> tuple[str, ...]:
    if not drawn.counted:
        return ()
    note = (f"the graph is too large for Mermaid on GitHub ({_CHARACTERS} characters, {_ARROWS} arrows): "
            f"{drawn.counted} of its {nodes} nodes are only counted; name PATHS to see a part of it in full")
    return (note,)


def _text(drawn: Picture, notes: tuple[str, ...]) -> str:
    lines = [_SETTINGS, "flowchart LR", *(f"  %% {note}" for note in notes)]
    for number, frame in enumerate(drawn.frames):
        lines += [f'  subgraph s{number}["{_escape(frame.title)}"]', "    direction LR"]
        lines += [f"    {_box(box)}" for box in frame.boxes]
        lines.append("  end")
    lines += [f"  {_box(box)}" for box in drawn.free]
    lines += [f"  {arrow.start} {_LINKS.get(arrow.type, '-.->')} {arrow.end}" for arrow in drawn.arrows]
    if drawn.frames:
        frames = ",".join(f"s{number}" for number in range(len(drawn.frames)))
        lines += [f"  classDef frame {_FRAME}", f"  class {frames} frame"]
    for status, style in _STYLES.items():
        ids = [box.id for box in drawn.boxes() if box.status == status]
        if ids:
            lines += [f"  classDef {status} {style}", f"  class {','.join(ids)} {status}"]
    return "\n".join(lines) + "\n"


def _box(box: Box) -> str:
    start, end = _SHAPES[box.shape]
    lines = [_escape(line) for line in box.lines]
    if box.shape != "count":
        lines[1] = f"<b>{lines[1]}</b>"
    return f"{box.id}{start}{'<br/>'.join(lines)}{end}"


def _escape(text: str) -> str:
    """Text for a quoted label: Mermaid's own entities, of the character's number.

    Formulas and icons it looks for in what entities stand for: an invisible space keeps them apart.
    """
    text = _LATE.sub(lambda match: f"{match.group()}\u200b", text)
    return _PLAIN.sub(lambda match: f"#{ord(match.group())};", text)


def _length(text: str) -> int:
    """As JavaScript counts it."""
    return len(text.encode("utf-16-le")) // 2
