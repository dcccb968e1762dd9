"""A tree in memory for tests: path -> text, bytes or a symbolic link; texts are dedented, so that tests can indent them."""

from __future__ import annotations

import textwrap

from gitops_guard import memory_tree
from gitops_guard.memory_tree import Link
from gitops_guard.source import Sources

__all__ = ["Link", "MemoryTree", "sources"]


class MemoryTree(memory_tree.MemoryTree):
    """A tree that remembers what was read."""

    def __init__(self, files: dict[str, str | bytes | Link]) -> None:
        super().__init__({path: textwrap.dedent(value).lstrip("\n").encode() if isinstance(value, str) else value
                          for path, value in files.items()})
        self.reads: list[str] = []

    def read(self, path: str) -> bytes:
        found = super().read(path)
        self.reads.append(self.real(path))
        return found


def sources(files: dict[str, str | bytes | Link]) -> Sources:
    return Sources(MemoryTree(files))
