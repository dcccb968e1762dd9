"""A revision of a repository, or its index, read from git's object store as a tree; nothing is checked out.

Contents are what git stores: line endings, filters and Git LFS of `.gitattributes` are not applied. Submodules are read where
their clone has the revision; of the others nothing is known, and `lacks` says so.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from . import git
from .errors import SourceError, ToolError
from .git_program import Objects
from .submodules import Submodule, checked_out
from .tree import MAX_FILE_BYTES, OutsideError, is_below

_MAX_LINKS = 40
"""In one path, as in Linux."""
_MAX_TARGET = 4096
"""Bytes of a link's target: no path is longer."""
LINK = "120000"


class ObjectTree:
    """Files by the hashes of their contents; see `tree.Tree`."""

    def __init__(self, entries: Iterable[git.Entry], objects: Objects, exclude: Callable[[str], bool] | None = None,
                 submodules: Sequence[Submodule] = ()) -> None:
        """`exclude` says of a path that the configuration leaves it out. `objects` is shared, and its maker's to close.

        Files of `submodules` can be read; they are not listed, as git does not list them.
        """
        self._objects = objects
        self._submodules = submodules
        self._exclude = exclude or (lambda _path: False)
        self._entries: dict[str, git.Entry] = {}
        self._folders: dict[str, set[str]] = {".": set()}
        self._gaps: set[str] = set()
        self._listed = {entry.path: entry for entry in entries}
        self._take(self._listed.values())
        self._files = tuple(sorted(path for path in self._entries if not self._exclude(path)))
        for module in submodules:
            self._gaps.discard(module.path)
            self._take(module.entries)
        self._links: dict[str, str] = {}
        self._linked = any(entry.mode == LINK for entry in self._entries.values())

    def _take(self, entries: Iterable[git.Entry]) -> None:
        for entry in entries:
            # What git itself would not check out; a hostile object may hold it all the same.
            if not {"", ".", "..", ".git"}.isdisjoint(entry.path.split("/")):
                continue
            if entry.mode == git.SUBMODULE:
                self._folders.setdefault(entry.path, set())
                self._gaps.add(entry.path)
            else:
                self._entries[entry.path] = entry
            self._add(entry.path)

    def _add(self, path: str) -> None:
        """Make the folders above a path."""
        while path != ".":
            folder, _slash, name = path.rpartition("/")
            folder = folder or "."
            names = self._folders.setdefault(folder, set())
            if name in names:
                return
            names.add(name)
            path = folder

    def differing(self, other: ObjectTree) -> tuple[frozenset[str], bool]:
        """The files that are not the same in another tree; and whether they are all plain ones, no links and no submodules."""
        entries = {*self._listed.values()} ^ {*other._listed.values()}
        return frozenset(entry.path for entry in entries), all(entry.mode not in (LINK, git.SUBMODULE) for entry in entries)

    def files(self) -> tuple[str, ...]:
        """See `Tree.files`."""
        return self._files

    def files_in(self, folder: str) -> frozenset[str]:
        """The files that lie in a folder itself."""
        top = "" if folder == "." else folder + "/"
        return frozenset(top + name for name in self._folders.get(folder, ()) if top + name in self._entries)

    def content(self, path: str) -> str:
        """A word for what a path holds, equal only where that is; empty where there is nothing."""
        entry = self._entries.get(path)
        return "" if entry is None else f"{entry.mode} {entry.object}"

    def read(self, path: str) -> bytes:
        """See `Tree.read`. Raises ToolError where the clone does not have the content."""
        real = self.real(path)
        entry = self._entries.get(real)
        if entry is None and real in self._folders:
            raise IsADirectoryError(path)
        if entry is None or entry.mode == LINK:
            raise FileNotFoundError(path)
        data = self._content(entry, MAX_FILE_BYTES)
        if data is None:
            raise SourceError("source/hostile-input", f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB", path,
                              remedy="split it, or leave it out with exclude: in .gitops-guard.yaml")
        return data

    def kind(self, path: str) -> str | None:
        """See `Tree.kind`."""
        real = self.real(path)
        if real in self._folders:
            return "dir"
        entry = self._entries.get(real)
        return None if entry is None or entry.mode == LINK else "file"

    def names(self, folder: str) -> list[str]:
        """See `Tree.names`."""
        return sorted(self._folders.get(self.real(folder), ()))

    def gaps(self) -> list[str]:
        """The parts of the tree that are not here, sorted."""
        return sorted(self._gaps)

    def lacks(self, path: str) -> bool:
        """See `Tree.lacks`."""
        return any(is_below(path, gap) for gap in self._gaps)

    def real(self, path: str) -> str:
        """See `Tree.real`."""
        if path in self._folders or (path in self._entries and self._entries[path].mode != LINK):
            return path
        if not self._linked and not path.startswith(("/", "..")):
            path = posixpath.normpath(path)
            if not path.startswith(".."):
                return path
        return self._resolve(path)

    def _resolve(self, path: str) -> str:
        """Part by part. A chain of links that does not end stays as it is: nothing is there."""
        waiting, done, links = path.split("/")[::-1], "", 0
        if path.startswith("/"):
            raise OutsideError(path)
        while waiting:
            part = waiting.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    raise OutsideError(path)
                done = posixpath.dirname(done)
                continue
            at = f"{done}/{part}" if done else part
            entry = self._entries.get(at)
            if entry is None or entry.mode != LINK:
                done = at
                continue
            links += 1
            target = self._target(entry)
            if links > _MAX_LINKS or target is None:
                return at
            if target.startswith("/"):
                raise OutsideError(path)
            waiting += target.split("/")[::-1]
        return done or "."

    def _target(self, entry: git.Entry) -> str | None:
        """Where a link leads; None where nothing can be there."""
        if entry.path not in self._links:
            data = self._content(entry, _MAX_TARGET)
            self._links[entry.path] = "" if data is None or b"\0" in data else data.decode("utf-8", "surrogateescape")
        return self._links[entry.path] or None

    def _content(self, entry: git.Entry, limit: int) -> bytes | None:
        try:
            return self._holder(entry.path).read(entry.object, limit)
        except ToolError as error:
            raise ToolError(f"the content of {entry.path} can't be read from git: {error}; a partial clone lacks what it has "
                            f"not needed yet: fetch it first") from None


    def _holder(self, path: str) -> Objects:
        """Where the content of a file is: of a submodule's, in its own clone; in the innermost one."""
        inside = [module for module in self._submodules if is_below(path, module.path)]
        return max(inside, key=lambda module: len(module.path)).objects if inside else self._objects

    def close(self) -> None:
        """End the git that answers; a later question starts it again."""
        for module in self._submodules:
            module.objects.close()


def empty_tree(root: Path) -> ObjectTree:
    """What a repository held before its first commit."""
    return ObjectTree((), Objects(root))


class RevisionTree(ObjectTree):
    """A revision of a repository."""

    def __init__(self, root: Path, commit: str, exclude: Callable[[str], bool] | None = None, *,
                 objects: Objects | None = None) -> None:
        """`root` may be a folder in the repository: then the tree is that folder's.

        A commit without that folder is an empty tree. Raises ToolError where the clone lacks the commit or some of its files.
        """
        self.objects = objects or Objects(root)
        tree = git.tree_of(root, commit)
        if tree is None:
            raise ToolError(f"the revision {commit} is not in this clone")
        entries = git.entries(root, tree) if tree else []
        if entries is None:
            raise ToolError(f"this clone does not have all files of the revision {commit}; fetch them first")
        super().__init__(entries, self.objects, exclude, checked_out(Path(os.path.realpath(root)), entries))
        self.hash = tree
        """Equal trees have equal ones; empty for the empty tree of a missing folder."""

    def close(self) -> None:
        """End the git that answers; a later question starts it again."""
        super().close()
        self.objects.close()


class IndexTree(ObjectTree):
    """What git's index holds: what the next commit will."""

    def __init__(self, root: Path, exclude: Callable[[str], bool] | None = None, *, objects: Objects | None = None) -> None:
        """See `RevisionTree`. Raises ToolError, also where the index has conflicts."""
        self.objects = objects or Objects(root)
        entries = git.staged(root)
        super().__init__(entries, self.objects, exclude, checked_out(Path(os.path.realpath(root)), entries))

    def close(self) -> None:
        """End the git that answers; a later question starts it again."""
        super().close()
        self.objects.close()
