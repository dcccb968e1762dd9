"""A work tree that is only partly checked out (`git sparse-checkout`, `--skip-worktree`) -> a tree with all of its files.

What git leaves out of the work tree is not deleted: the next commit has it as the index does. Only `render` reads the disk alone,
as kustomize does: it refuses what is not there, in words.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import git
from .git_program import Objects
from .revisions import LINK, ObjectTree
from .tree import Tree, WorkTree, is_below

_ON_DISK = ""
"""In place of the hash of a content."""


def checkout(root: Path, listing: Sequence[str] | None, exclude: Callable[[str], bool] | None = None) -> Tree:
    """The work tree at `root`, with what git left out of it; `listing` as for WorkTree. Raises ToolError where git fails."""
    tree = WorkTree(root, listing, exclude)
    left_out = [] if listing is None else git.left_out(root)
    return SparseTree(tree, listing or (), left_out, exclude) if left_out else tree


class SparseTree(ObjectTree):
    """The files on disk, and from the index those that are not; see `tree.Tree`."""

    def __init__(self, disk: WorkTree, listing: Sequence[str], left_out: Sequence[git.Entry],
                 exclude: Callable[[str], bool] | None = None) -> None:
        """A content that a partial clone lacks is a gap, as a submodule is that is not checked out."""
        self._disk = disk
        there = list(_on_disk(disk))
        here = {entry.path for entry in there}
        rest = [entry for entry in left_out if entry.path not in here]
        modules = [entry for entry in rest if entry.mode == git.SUBMODULE
                   and not any(is_below(path, entry.path) for path in here)]
        files = [entry for entry in rest if entry.mode != git.SUBMODULE]
        missing = git.missing(disk.root, [entry.object for entry in files])
        super().__init__([*there, *modules, *(entry for entry in files if entry.object not in missing)], Objects(disk.root))
        self._gaps.update(entry.path for entry in files if entry.object in missing)
        own = {*listing, *(entry.path for entry in files if entry.object not in missing)}
        self._files = tuple(sorted(path for path in own if path in self._entries and not (exclude and exclude(path))))

    def lacks(self, path: str) -> bool:
        """See `Tree.lacks`."""
        return super().lacks(path) or self._disk.lacks(path) or (
            path not in self._folders and any(is_below(gap, path) for gap in self._gaps))

    def _content(self, entry: git.Entry, limit: int) -> bytes | None:
        if entry.object != _ON_DISK:
            return super()._content(entry, limit)
        return self._link(entry.path) if entry.mode == LINK else self._disk.read(entry.path)

    def _link(self, path: str) -> bytes:
        """Where a link on disk leads; what is absolute and in the repository, as seen from the link."""
        top = str(self._disk.root)
        target = os.readlink(os.path.join(top, path))
        if target == top or target.startswith(top.rstrip("/") + "/"):
            target = "../" * path.count("/") + os.path.relpath(target, top)
        return os.fsencode(target)

    def close(self) -> None:
        """End the git that answers; a later question starts it again."""
        super().close()
        self._objects.close()


def _on_disk(disk: WorkTree) -> Iterator[git.Entry]:
    """Every plain file and link: also what git ignores can be named by a kustomization."""
    top = str(disk.root)
    for path in WorkTree(disk.root).files():
        full = os.path.join(top, path)
        if os.path.islink(full):
            yield git.Entry(path, LINK, _ON_DISK)
        elif os.path.isfile(full):
            yield git.Entry(path, "100644", _ON_DISK)
