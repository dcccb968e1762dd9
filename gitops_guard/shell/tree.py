"""Shell text -> its syntax tree, within bounds; the only module that imports tree-sitter."""

from __future__ import annotations

import time
from collections.abc import Sequence

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

__all__ = ["MAX_CHARACTERS", "Node", "Syntax", "broken_parts", "every", "outermost"]

MAX_CHARACTERS = 250_000
MAX_SECONDS = 2.0

_BASH = Language(tree_sitter_bash.language())


class Syntax:
    """A text and its tree."""

    def __init__(self, text: str) -> None:
        """`root` is None where the text is too long, or the parser needs too long: hostile texts cost it a higher power."""
        self.source = text.encode("utf-8", "replace")
        self.root: Node | None = None
        if len(text) > MAX_CHARACTERS:
            return
        deadline = time.monotonic() + MAX_SECONDS
        try:
            self.root = Parser(_BASH).parse(lambda at, _point: self.source[at:at + 65_536],
                                            progress_callback=lambda _at, _error: time.monotonic() > deadline).root_node
        except ValueError:  # cancelled
            self.root = None

    def text(self, node: Node) -> str:
        """What stands at a node."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, start: int, end: int) -> str:
        """What stands between two bytes."""
        return self.source[start:end].decode("utf-8", "replace")


def every(root: Node, kinds: Sequence[str]) -> list[Node]:
    """Every node of these kinds at or below `root`, in order."""
    return _found(root, kinds, inside=True)


def outermost(root: Node, kinds: Sequence[str]) -> list[Node]:
    """Like `every`, without what lies inside a found one."""
    return _found(root, kinds, inside=False)


def broken_parts(root: Node) -> list[Node]:
    """What the parser could not read: its error nodes, and what lacks a part."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or any(child.is_missing for child in node.children):
            found.append(node)
        elif node.has_error:
            waiting.extend(reversed(node.children))
    return found


def _found(root: Node, kinds: Sequence[str], *, inside: bool) -> list[Node]:
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node.type in kinds:
            found.append(node)
            if not inside:
                continue
        waiting.extend(reversed(node.named_children))
    return found
