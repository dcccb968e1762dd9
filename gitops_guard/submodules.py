"""The submodules of a revision or an index -> the files of those that are checked out here, by the hashes of their contents.

What is checked out need not be the revision that is asked for; its clone often has that one as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import git
from .git_program import Objects

_MOST = 200
"""Submodules of one tree, those of submodules too."""


@dataclass(frozen=True)
class Submodule:
    """The revision of a submodule that a tree names."""

    path: str
    """Relative to the tree's root."""
    entries: tuple[git.Entry, ...]
    """Its files, by paths relative to the tree's root; those of its own submodules are theirs."""
    objects: Objects
    """Where their contents are; to be closed by who asked."""


def checked_out(root: Path, entries: Iterable[git.Entry]) -> list[Submodule]:
    """The submodules among the files of a tree that can be read here, those of submodules too."""
    found: list[Submodule] = []
    waiting = [entry for entry in entries if entry.mode == git.SUBMODULE]
    while waiting and len(found) < _MOST:
        module = _read(root, waiting.pop(0))
        if module is not None:
            found.append(module)
            waiting += [entry for entry in module.entries if entry.mode == git.SUBMODULE]
    return found


def _read(root: Path, entry: git.Entry) -> Submodule | None:
    folder = root / entry.path
    # A link on the way, or a folder that is no clone of its own, would have git answer for something else.
    if not {"", ".", "..", ".git"}.isdisjoint(entry.path.split("/")) or os.path.realpath(folder) != str(folder):
        return None
    top = git.top_level(folder) if folder.is_dir() else None
    if top is None or os.path.realpath(top) != str(folder):
        return None
    tree = git.tree_of(folder, entry.object)
    listed = git.entries(folder, tree) if tree else None
    return None if listed is None else Submodule(entry.path, tuple(_below(entry.path, listed)), Objects(folder))


def _below(folder: str, entries: Iterable[git.Entry]) -> Iterator[git.Entry]:
    for entry in entries:
        yield git.Entry(f"{folder}/{entry.path}", entry.mode, entry.object)
