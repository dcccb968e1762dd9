"""A Graph -> its part of the page: one picture, or an overview and a picture for each root, and the same as a tree of text."""

from __future__ import annotations

from ...nodes import Graph
from ..escape import xml, xml_line
from ..graph import svg, text
from ..graph.links import Key, Links
from ..graph.words import kind, name
from ..options import Options
from ..summary import number

_OVERVIEW = 60
"""Boxes that a person still takes in at once."""
_PART, _ALL = 250, 1_500
"""Boxes of the picture of one root, and of all pictures."""


def section(found: Graph) -> str:
    """Nothing where there are no nodes."""
    if not found.nodes:
        return ""
    links = Links(found, brief=True)
    whole = svg.thinned(links, _OVERVIEW)
    parts = [_picture(svg.svg(whole, "Who deploys what"), "Who deploys what")]
    if whole.counted:
        parts.insert(0, f"<p>{number(whole.counted, 'node')} of {len(found.nodes)} are only counted here; below, each root has a "
                        "picture of its own.</p>\n")
        parts += _roots(found, links)
    tree = text.render(found, Options()).text
    parts.append(f'<details><summary>The same as text</summary>\n<pre class="tree" tabindex="0">{xml(tree)}</pre></details>\n')
    return "".join(parts)


def _roots(found: Graph, links: Links) -> list[str]:
    """A fold with a picture for each root that deploys something, as far as there is room."""
    parts, left, without = [], _ALL, 0
    for root in (key for key in links.roots() if links.children[key]):
        below = set(links.below([root]))
        if left < len(below):
            without += 1
            continue
        left -= len(below)
        title = f"{kind(links.nodes[root])} {name(links.nodes[root])}"
        drawn = svg.thinned(Links(_part(found, below), brief=True), _PART)
        parts.append(f"<details><summary>{xml_line(title)} <small>{number(len(below), 'node')}</small></summary>\n"
                     f"{_picture(svg.svg(drawn, title), title)}</details>\n")
    if without:
        parts.append(f"<p>{number(without, 'more root')} without a picture: <code>gitops-guard graph PATH --format svg</code> "
                     "draws one.</p>\n")
    return parts


def _part(found: Graph, keys: set[Key]) -> Graph:
    """These nodes, and what they read."""
    kept = keys | {edge.end for edge in found.edges if edge.start in keys and edge.type == "sources"}
    return Graph(tuple(node for node in found.nodes if node.key in kept),
                 tuple(edge for edge in found.edges if edge.start in kept and edge.end in kept))


def _picture(drawn: str, title: str) -> str:
    # What scrolls must be reached by the keyboard.
    return f'<div class="wide" tabindex="0" role="region" aria-label="{xml_line(title)}">\n{drawn}</div>\n'
