"""A Graph -> an SVG picture that needs no program to be drawn: for a page, and for the report's own."""

from __future__ import annotations

from collections.abc import Iterator

from ...nodes import Graph
from ..escape import xml
from ..options import Options
from .drawn import Drawn
from .layout import LINE, PADDING, Layout, Placed, layout
from .links import Links
from .picture import NOBODYS, Arrow, Picture, picture
from .thin import LEVELS, Bundle, bundles

_MOST = 400
"""Boxes of one picture; of a larger graph some nodes are only counted."""
_GAP, _TITLE = 28, 22
_EDGE, _BEND = 8, 26
"""At the sides, and for arrows that bend out on the right."""
STYLE = """
.graph { --ink: #1f2328; --dim: #59636e; --frame: #d1d9e0; --resolved: #1a7f37; --resolved-fill: #e9f9ee; --unresolved: #8a5a00;
  --unresolved-fill: #fff8c5; --failed: #b3261e; --failed-fill: #ffebe9; }
@media (prefers-color-scheme: dark) {
  .graph { --ink: #e6edf3; --dim: #9aa3ae; --frame: #3a3f47; --resolved: #3fb950; --resolved-fill: #12261a; --unresolved: #d9a520;
    --unresolved-fill: #2b2410; --failed: #ff8a80; --failed-fill: #321a1a; }
}
@media print {
  .graph { --ink: #1f2328; --dim: #59636e; --frame: #d1d9e0; --resolved: #1a7f37; --resolved-fill: #fff; --unresolved: #8a5a00;
    --unresolved-fill: #fff; --failed: #b3261e; --failed-fill: #fff; }
}
.graph text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.graph .what { fill: var(--dim); }
.graph .name { font-weight: 600; }
.graph .frame { fill: none; stroke: var(--frame); }
.graph .resolved .shape { fill: var(--resolved-fill); stroke: var(--resolved); }
.graph .unresolved .shape { fill: var(--unresolved-fill); stroke: var(--unresolved); stroke-dasharray: 5 4; }
.graph .failed .shape { fill: var(--failed-fill); stroke: var(--failed); stroke-width: 2.5; }
.graph .arrow { fill: none; stroke: var(--dim); }
.graph .generates { stroke-width: 2.2; }
.graph .sources { stroke-dasharray: 1.5 3; }
.graph .depends { stroke-dasharray: 6 4; }
.graph .head { fill: var(--dim); stroke: none; }
"""


def render(graph: Graph, _options: Options) -> Drawn:
    """The graph as a picture of its own."""
    drawn = thinned(Links(graph, brief=True), _MOST)
    text = svg(drawn, "Who deploys what", style=STYLE)
    return Drawn(text, (f"{drawn.counted} of {len(graph.nodes)} nodes are only counted in the picture",) if drawn.counted else ())


def thinned(links: Links, most: int) -> Picture:
    """The fullest picture that has at most so many boxes."""
    counted: list[Bundle] = []
    for level in range(LEVELS):
        counted = bundles(links, level)
        boxes = len(links.nodes) - len(links.told) - sum(len(bundle.members) - 1 for bundle in counted)
        if boxes <= most or level == LEVELS - 1:
            return picture(links, counted, frames=level < LEVELS - 1)
    raise AssertionError("the last level is always drawn")


def svg(drawn: Picture, title: str, *, style: str = "") -> str:
    """A picture as an element; `title` is what it is called by who can't see it."""
    # The frame of what nobody deploys comes last.
    groups = sorted([*((frame.title, frame.boxes) for frame in drawn.frames), *([("", drawn.free)] if drawn.free else [])],
                    key=lambda group: group[0] == NOBODYS)
    places: dict[str, Placed] = {}
    body: list[str] = []
    top, width = float(_EDGE), 0.0
    for name, boxes in groups:
        found = layout(boxes, drawn.arrows)
        inset = _EDGE if name else 0
        head = top + (_TITLE if name else 0) + inset
        if name:
            body.append(_frame(name, top, found, inset))
        places.update({item.box.id: Placed(item.box, item.x + _EDGE + inset, item.y + head, item.width, item.height)
                       for item in found.boxes})
        width = max(width, found.width + 2 * (_EDGE + inset) + _BEND)
        top = head + found.height + inset + _GAP
    lines = [_arrow(arrow, places) for arrow in drawn.arrows]
    shown = [line for item in places.values() for line in _box(item)]
    height = max(top - _GAP, 0) + _EDGE
    inner = "\n".join([f"<title>{xml(title)}</title>", *([f"<style>{style}</style>"] if style else []), *body, *lines, *shown])
    size = f"{_number(width)} {_number(height)}"
    return (f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" role="img" width="{_number(width)}" '
            f'height="{_number(height)}" viewBox="0 0 {size}">\n{inner}\n</svg>\n')


def _frame(name: str, top: float, found: Layout, inset: float) -> str:
    width, height = found.width + 2 * inset, found.height + _TITLE + 2 * inset
    shown = xml(name)
    return (f'<rect class="frame" x="{_EDGE}" y="{_number(top)}" width="{_number(max(width, len(name) * 7 + 20))}" '
            f'height="{_number(height)}" rx="6"/>\n<text class="what" x="{_EDGE + 10}" y="{_number(top + 16)}">{shown}</text>')


def _box(item: Placed) -> Iterator[str]:
    box = item.box
    yield f'<g class="{xml(box.status)}">'
    x, y, width, height = item.x, item.y, item.width, item.height
    if box.shape == "source":
        # A cylinder: what others read from.
        path = (f"M{_number(x)} {_number(y + 5)}a{_number(width / 2)} 5 0 0 1 {_number(width)} 0v{_number(height - 10)}"
                f"a{_number(width / 2)} 5 0 0 1 {_number(-width)} 0z")
        yield f'<path class="shape" d="{path}"/>'
    else:
        if box.shape == "count":
            yield _rectangle(x + 4, y + 4, width, height, 3)
        yield _rectangle(x, y, width, height, 2 if box.shape == "folder" else 8)
    for number, line in enumerate(box.lines):
        kind = "" if box.shape == "count" else ' class="what"' if number == 0 else ' class="name"' if number == 1 else ""
        yield (f'<text{kind} x="{_number(x + PADDING)}" y="{_number(y + LINE * (number + 1))}">{xml(line)}</text>')
    yield "</g>"


def _rectangle(x: float, y: float, width: float, height: float, round_: int) -> str:
    return (f'<rect class="shape" x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}" '
            f'rx="{round_}"/>')


def _arrow(arrow: Arrow, places: dict[str, Placed]) -> str:
    start, end = places[arrow.start], places[arrow.end]
    x, y = start.x + start.width, start.y + start.height / 2
    to_y = end.y + end.height / 2
    if end.x > x:
        to_x, bend = end.x - 6, max(18.0, (end.x - x) / 2)
        path = _curve((x, y), x + bend, to_x - bend, (to_x, to_y))
        head = _head(to_x, to_y, 6)
    else:
        # Back, or to a neighbour in the column: out on the right, and in from there.
        to_x = end.x + end.width + 6
        bend = max(x, to_x) + _BEND + 4
        path = _curve((x, y), bend, bend, (to_x, to_y))
        head = _head(to_x, to_y, -6)
    return f'<path class="arrow {xml(arrow.type)}" d="{path}"/><path class="head" d="{head}"/>'


def _curve(start: tuple[float, float], out: float, back: float, end: tuple[float, float]) -> str:
    """A path that leaves and arrives level; `out` and `back` are how far it is drawn to the side."""
    numbers = [_number(value) for value in (out, start[1], back, end[1], *end)]
    return f"M{_number(start[0])} {_number(start[1])}C{' '.join(numbers)}"


def _head(x: float, y: float, length: int) -> str:
    return f"M{_number(x + length)} {_number(y)}l{-length} -3.5v7z"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
