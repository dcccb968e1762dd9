"""The files of one side of a repository, by paths relative to its root: what every step reads through.

Paths are POSIX, without a leading `./`; the root is `.`. Nothing outside the root is ever read.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from .errors import SourceError

MAX_FILE_BYTES = 20_000_000


class OutsideError(Exception):
    """A path, or a symbolic link on it, leaves the repository."""


class Tree(Protocol):
    """One side of a repository. A work tree is one; a revision in git's object store can be another."""

    def files(self) -> tuple[str, ...]:
        """Every file that belongs to this side, sorted; symbolic links are listed, not followed."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises FileNotFoundError, IsADirectoryError, OutsideError or SourceError (too large)."""
        ...

    def kind(self, path: str) -> str | None:
        """`file` or `dir`, links followed; None where there is nothing. Raises OutsideError."""
        ...

    def real(self, path: str) -> str:
        """The path with every symbolic link resolved. Raises OutsideError where that leaves the root."""
        ...

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; empty where there is none. Raises OutsideError."""
        ...


def join(folder: str, path: str) -> str:
    """`path` as seen from `folder`, normalised; it may begin with `..` where it leaves the root."""
    return posixpath.normpath(posixpath.join(folder, path))


def is_below(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies in it."""
    return folder == "." or path == folder or path.startswith(folder + "/")


class WorkTree:
    """A folder on disk."""

    def __init__(self, root: Path, listing: Sequence[str] | None = None, exclude: Callable[[str], bool] | None = None) -> None:
        """`listing` names the files that belong to the tree (git's answer); without it, every file below `root` does.

        `exclude` says of a relative path that the configuration leaves it out: then it is not read at all.
        """
        self.root = Path(os.path.realpath(root))
        self._prefix = str(self.root).rstrip("/") + "/"
        self._listing = listing
        self._exclude = exclude or (lambda _path: False)
        self._files: tuple[str, ...] | None = None
        self._real: dict[str, str] = {}

    def files(self) -> tuple[str, ...]:
        """See `Tree.files`."""
        if self._files is None:
            found = self._walk() if self._listing is None else self._listing
            self._files = tuple(sorted(path for path in found if not self._exclude(path)))
        return self._files

    def _walk(self) -> list[str]:
        found = []
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(name for name in inner if name != ".git")
            base = os.path.relpath(folder, self.root)
            links = [name for name in inner if os.path.islink(os.path.join(folder, name))]
            for name in [*names, *links]:
                found.append(name if base == "." else f"{base}/{name}".replace(os.sep, "/"))
        return found

    def real(self, path: str) -> str:
        """See `Tree.real`."""
        known = self._real.get(path)
        if known is None:
            full = os.path.realpath(self._prefix + path)
            if full == str(self.root):
                known = "."
            elif full.startswith(self._prefix):
                known = full[len(self._prefix):].replace(os.sep, "/")
            else:
                raise OutsideError(path)
            self._real[path] = known
        return known

    def kind(self, path: str) -> str | None:
        """See `Tree.kind`."""
        try:
            mode = os.stat(self._prefix + self.real(path)).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENAMETOOLONG):
                return None  # links in a circle, or a name that no file can have
            raise
        if stat.S_ISDIR(mode):
            return "dir"
        # A pipe, socket or device in the tree would block or flood the reader.
        return "file" if stat.S_ISREG(mode) else None

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        full = self._prefix + self.real(path)
        if self.kind(path) is None:
            raise FileNotFoundError(path)
        with open(full, "rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise SourceError("source/hostile-input", f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB", path,
                              remedy="split it, or leave it out with exclude: in .gitops-guard.yaml")
        return data

    def names(self, folder: str) -> list[str]:
        """See `Tree.names`."""
        try:
            return sorted(os.listdir(self._prefix + self.real(folder)))
        except (FileNotFoundError, NotADirectoryError):
            return []
