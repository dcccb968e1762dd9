"""A Graph -> what a person reads in a terminal: a tree of who deploys what, then counts."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from ...nodes import Graph, Node
from ..options import Options
from ..text import paint
from . import words
from .drawn import Drawn
from .links import Key, Links

_COLORS = {"failed": "1;31", "unresolved": "1;33"}
_BOLD, _LINES, _ENVIRONMENT = "1", "1;34", "36"
_DEPTH = 40
"""Levels that one tree shows; what lies deeper is a tree of its own."""
_AFTER = 3
_STATUSES = ("resolved", "unresolved", "failed")


@dataclass(frozen=True)
class _Row:
    key: Key
    depth: int
    indent: str
    """Of the rows below this one."""
    head: str
    """What stands before this one."""


def render(graph: Graph, options: Options) -> Drawn:
    """The graph as a tree; what several deploy is shown in full once, and named where it comes again."""
    links = Links(graph)
    waiting = deque(sorted(links.roots(), key=lambda key: (not links.shown(key), key)))
    printed: set[Key] = set()
    blocks = []
    alone: list[str] = []
    while waiting:
        root = waiting.popleft()
        if root in printed:
            continue
        lines = _tree(root, links, printed, waiting, options)
        if len(lines) == 1:
            alone += lines
            continue
        blocks.append("\n".join(lines))
    blocks += ["\n".join(alone)] if alone else []
    return Drawn("\n\n".join([*blocks, _counts(graph, options)]) + "\n")


def _tree(root: Key, links: Links, printed: set[Key], later: deque[Key], options: Options) -> list[str]:
    """The lines of one tree."""
    lines = []
    stack = [_Row(root, 0, "", "")]
    path: list[Key] = []
    while stack:
        row = stack.pop()
        del path[row.depth:]
        node = links.nodes[row.key]
        head = _paint_lines(row.head, options)
        if row.key in printed:
            mark = "(a cycle: it deploys what deploys it)" if row.key in path else "(see above)"
            lines.append(f"{head}{_name(node, options)}  {mark}")
            continue
        if row.depth >= _DEPTH:
            later.append(row.key)
            lines.append(f"{head}{_name(node, options)}  (see below)")
            continue
        printed.add(row.key)
        path.append(row.key)
        children = links.shown(row.key)
        lines.append(head + _line(node, links, options))
        state = words.state(node)
        if state:
            bar = _paint_lines(row.indent + ("│  " if children else "   "), options)
            lines.append(bar + paint(state, _COLORS[node.status], options))
        stack += [_Row(child, row.depth + 1, row.indent + ("   " if last else "│  "), row.indent + ("└─ " if last else "├─ "))
                  for child, last in reversed([(child, child == children[-1]) for child in children])]
    return lines


def _line(node: Node, links: Links, options: Options) -> str:
    parts = [_name(node, options), words.sources(node), words.destination(node), words.sync(node)]
    if node.environment:
        parts.append(paint(words.environment(node), _ENVIRONMENT, options))
    after = [words.name(links.nodes[edge.end]) for edge in links.across_from(node.key) if edge.type == "depends"]
    if after:
        rest = f" and {len(after) - _AFTER} more" if len(after) > _AFTER else ""
        parts.append(f"after {', '.join(after[:_AFTER])}{rest}")
    return "  ".join(part for part in parts if part)


def _name(node: Node, options: Options) -> str:
    return f"{words.kind(node)} {paint(words.name(node), _BOLD, options)}"


def _paint_lines(head: str, options: Options) -> str:
    return paint(head, _LINES, options) if head.strip() else head


def _counts(graph: Graph, options: Options) -> str:
    statuses = Counter(node.status for node in graph.nodes)
    worst = next((status for status in reversed(_STATUSES) if statuses[status]), "resolved")
    line = f"{words.plural(len(graph.nodes), 'node')}: " + ", ".join(f"{statuses[status]} {status}" for status in _STATUSES)
    kinds = Counter(words.kind(node) for node in graph.nodes)
    return paint(line, _COLORS.get(worst, _BOLD), options) + "\n" + \
        ", ".join(words.plural(count, kind) for kind, count in sorted(kinds.items()))
