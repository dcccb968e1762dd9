"""A Graph -> the boxes, arrows and frames that mermaid and dot draw alike; text in them is unescaped still."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...nodes import Node
from . import words
from .links import FOLDERS, Key, Links, is_only_read
from .thin import Bundle

_WIDTH = 44
_REASON_LINES = 3
_HUB = 8
"""Arrows across the tree that may meet in one box; more are told in its label."""
NOBODYS = "nothing in this repository deploys these"
_ACROSS = {"sources": "read by {}", "depends": "{} wait for this"}


@dataclass(frozen=True)
class Box:
    """A node, or several."""

    id: str
    """n and a number: nothing of the repository is in it."""
    lines: tuple[str, ...]
    """The first says what it is, the second its name; of several nodes, how many there are of each kind."""
    shape: str
    """object, source, folder or count"""
    status: str


@dataclass(frozen=True)
class Arrow:
    """From a box to a box."""

    start: str
    end: str
    type: str
    """As of edges."""


@dataclass(frozen=True)
class Frame:
    """Boxes that belong together."""

    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Picture:
    """All that is drawn."""

    frames: tuple[Frame, ...]
    free: tuple[Box, ...]
    """The boxes outside all frames."""
    arrows: tuple[Arrow, ...]
    counted: int
    """Nodes that have no box of their own."""

    def boxes(self) -> Iterator[Box]:
        """Every box."""
        for frame in self.frames:
            yield from frame.boxes
        yield from self.free


def picture(links: Links, counted: Sequence[Bundle] = (), *, frames: bool = True) -> Picture:
    """The picture of a graph: a box for each node, and one for each bundle of those that are only counted."""
    box_of = _ids(links, counted)
    arrows, hubs = _arrows(links, box_of)
    parts: dict[str, list[Box]] = {}
    members = {bundle.members[0]: bundle for bundle in counted}
    drawn: set[str] = set()
    framed = _Frames(links, wanted=frames)
    for key, name in box_of.items():
        if name in drawn:
            continue
        drawn.add(name)
        bundle = members.get(key)
        told = [line for source in links.read_alone.get(key, ()) for line in _source(links.nodes[source])]
        box = _count(name, bundle, links) if bundle is not None else _box(name, links.nodes[key], [*told, *hubs.get(name, ())])
        parts.setdefault(framed.title(key), []).append(box)
    free = parts.pop("", [])
    groups = tuple(Frame(title, tuple(boxes)) for title, boxes in sorted(parts.items()))
    return Picture(groups, tuple(free), tuple(arrows), sum(len(bundle.members) for bundle in counted))


def _ids(links: Links, counted: Iterable[Bundle]) -> dict[Key, str]:
    """The box of each node that has one; a bundle's comes first where its first member is."""
    first = {key: bundle.members[0] for bundle in counted for key in bundle.members}
    names: dict[Key, str] = {}
    found = {}
    for key in links.nodes:
        if key not in links.told:
            found[key] = names.setdefault(first.get(key, key), f"n{len(names)}")
    return found


def _arrows(links: Links, box_of: Mapping[Key, str]) -> tuple[list[Arrow], dict[str, list[str]]]:
    """The arrows, and what labels say instead of those that would meet in one box."""
    found: dict[Arrow, None] = {}
    for parent, children in links.children.items():
        for child in children:
            if child in box_of and parent in box_of and box_of[parent] != box_of[child]:
                kind = "generates" if links.nodes[child].generated_by == parent[0] else "deploys"
                found[Arrow(box_of[parent], box_of[child], kind)] = None
    across = {Arrow(box_of[edge.start], box_of[edge.end], edge.type): None for edge in links.across
              if edge.start in box_of and edge.end in box_of and box_of[edge.start] != box_of[edge.end]}
    meet = Counter((arrow.end, arrow.type) for arrow in across)
    hubs: dict[str, list[str]] = {}
    for (end, kind), number in sorted(meet.items()):
        if number > _HUB:
            hubs.setdefault(end, []).append(_ACROSS.get(kind, "{} name this").format(number))
    return [*found, *(arrow for arrow in across if meet[arrow.end, arrow.type] <= _HUB)], hubs


class _Frames:
    """Which frame a node stands in: that of the root it grew from, where there are several."""

    def __init__(self, links: Links, *, wanted: bool) -> None:
        self._links = links
        scopes = {node.scope for node in links.nodes.values() if node.scope}
        self._scopes = scopes if len(scopes) > 1 and wanted else set[str]()
        alone = sum(1 for key in links.nodes if links.is_alone(key))
        self._nobodys = NOBODYS if 1 < alone < len(links.nodes) and wanted else ""

    def title(self, key: Key) -> str:
        """The frame's title; empty outside all."""
        if self._links.is_alone(key):
            return self._nobodys
        scope = key[1] or self._of_children(key)
        return words.safe(scope) if scope in self._scopes else ""

    def _of_children(self, key: Key) -> str:
        """The scope that all a folder deploys grew from."""
        scopes = {child[1] for child in self._links.children[key]}
        return scopes.pop() if len(scopes) == 1 else ""


def _box(name: str, node: Node, more: Iterable[str]) -> Box:
    head = [_clip(" · ".join(filter(None, [words.kind(node), words.environment(node)]))), _clip(words.name(node))]
    lines = [*head, *_wrap(words.sources(node, where=False), 2), *_joined(words.destination(node), words.sync(node)), *more]
    shape = "folder" if node.system in FOLDERS else "source" if is_only_read(node) else "object"
    return Box(name, (*lines, *_wrap(words.state(node), _REASON_LINES)), shape, node.status)


def _source(node: Node) -> list[str]:
    """What its only reader's box tells of a source."""
    where = next((source.repository for source in node.sources if source.repository), None)
    return _wrap(f"from {words.kind(node)} {words.safe(where) if where else words.name(node)}", 2)


def _count(name: str, bundle: Bundle, links: Links) -> Box:
    kinds = Counter(words.kind(links.nodes[key]) for key in bundle.members)
    most = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    lines = [_clip(words.plural(number, kind)) for kind, number in most[:4]]
    rest = sum(number for _kind, number in most[4:])
    bad = Counter(links.nodes[key].status for key in bundle.members)
    return Box(name, (*lines, *([f"and {rest} more"] if rest else []),
                      *(f"{bad[status]} {status}" for status in ("unresolved", "failed") if bad[status])), "count", bundle.status)


def _wrap(text: str, lines: int) -> list[str]:
    """A text in lines, at most so many."""
    if not text:
        return []
    found = textwrap.wrap(text, _WIDTH, max_lines=lines, placeholder=" …", break_on_hyphens=False, break_long_words=False)
    return [_clip(line) for line in found]


def _joined(*parts: str) -> list[str]:
    """The parts that are not empty, on one line if they fit."""
    found = [_clip(part) for part in parts if part]
    line = " · ".join(found)
    return [line] if line and len(line) <= _WIDTH else found


def _clip(text: str) -> str:
    return text if len(text) <= _WIDTH + 14 else text[:_WIDTH + 13] + "…"
