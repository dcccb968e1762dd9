"""Names of other revisions, and of folders with other repositories -> where they are mounted, or why they can't be read.

Nothing is fetched, and nothing is looked at before somebody names it. Outside the repository only those folders are read that
the command line allows, too.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import git
from .errors import ToolError
from .git_program import Objects
from .mounts import Mounts
from .revisions import RevisionTree
from .sparse import checkout
from .tree import Tree

DEFAULT_BRANCHES = ("main", "master")
_UNUSUAL = re.compile(r"[^\w.+-]")


@dataclass(frozen=True)
class Readable:
    """A repository that can be read."""

    path: str
    """Its root as a path of the joined tree."""
    home: bool = False
    """Whether it lies in the repository under check."""


@dataclass(frozen=True)
class Unreadable:
    """A repository that can't."""

    reason: str


class Elsewhere:
    """What one run reads beside the tree under check; each thing is mounted once."""

    def __init__(self, root: Path, mounts: Mounts, *, allowed: Sequence[Path] = (),
                 exclude: Callable[[str], bool] | None = None) -> None:
        """`allowed` are the folders of --allow-path; `exclude` is the configuration's, for other revisions of the repository."""
        self.mounts = mounts
        self._root = Path(os.path.realpath(root))
        self._allowed = tuple(Path(os.path.realpath(path)) for path in allowed)
        self._exclude = exclude
        self._objects: dict[Path, Objects] = {}
        self._revisions: dict[tuple[Path, str], str | None] = {}
        self._mounted: dict[tuple[Path, str], str] = {}

    def revision(self, name: str) -> str | None:
        """This repository at a branch, tag or commit: its mount; None where the clone does not have it whole."""
        return self._revision(self._root, name, "revision", self._exclude)

    def folder(self, path: str, revision: str) -> Readable | Unreadable:
        """Another repository by its local path, as seen from the root. Empty or `HEAD`: as it lies there.

        So does a folder that is no clone of its own: whoever names it knows what is in it.
        """
        full = Path(os.path.realpath(self._root / path))
        if not any(full.is_relative_to(place) for place in (self._root, *self._allowed)):
            return Unreadable("it is mapped to a folder outside the repository, which --allow-path does not name")
        if not full.is_dir():
            return Unreadable("it is mapped to a folder that is not there")
        name = _UNUSUAL.sub("_", posixpath.basename(posixpath.normpath(path)).strip(".")) or "repository"
        if revision not in ("", "HEAD") and self._is_clone(full) and revision not in self._branches(full):
            mount = self._revision(full, revision, name, None)
            if mount is not None:
                return Readable(mount)
            if revision not in DEFAULT_BRANCHES or self._branches(full).intersection(DEFAULT_BRANCHES):
                return Unreadable(f"the revision {revision} is not in the clone that it is mapped to")
        if full.is_relative_to(self._root):
            return Readable(full.relative_to(self._root).as_posix(), home=True)
        return Readable(self._mount((full, ""), f"{name}@local", lambda: checkout(full, git.listing(full))))

    def close(self) -> None:
        """End the programs that answer; what is asked later starts them again."""
        for objects in self._objects.values():
            objects.close()

    def _revision(self, root: Path, name: str, label: str, exclude: Callable[[str], bool] | None) -> str | None:
        key = root, name
        if key not in self._revisions:
            commit = git.named(root, name)
            try:
                self._revisions[key] = None if commit is None else self._mount(
                    (root, commit), f"{label}@{commit[:12]}",
                    lambda: RevisionTree(root, commit, exclude, objects=self._objects.setdefault(root, Objects(root))))
            except ToolError:
                self._revisions[key] = None  # a shallow or partial clone; whoever asked says so
        return self._revisions[key]

    def _mount(self, key: tuple[Path, str], name: str, make: Callable[[], Tree]) -> str:
        if key not in self._mounted:
            self._mounted[key] = self.mounts.mount(name, make())
        return self._mounted[key]

    def _is_clone(self, folder: Path) -> bool:
        top = git.top_level(folder)
        return top is not None and top.samefile(folder) and folder != self._root

    def _branches(self, folder: Path) -> frozenset[str]:
        return frozenset(name for name in (git.branch(folder), git.default_branch(folder)) if name)
