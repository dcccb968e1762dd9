"""The files of one side of a repository, by paths relative to its root: what every step reads through.

Paths are POSIX, without a leading `./`; the root is `.`. Nothing outside the root is ever read.
"""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from .errors import SourceError

MAX_FILE_BYTES = 20_000_000
_CHUNK = 65_536
_SUBMODULE = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(\S.*)$", re.MULTILINE)
"""In `.gitmodules`."""


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

    def lacks(self, path: str) -> bool:
        """Whether a path lies in a submodule, or a part of the tree, that is not here: unknown, not absent. Never raises."""
        ...


def join(folder: str, path: str) -> str:
    """`path` as seen from `folder`, normalised; it may begin with `..` where it leaves the root."""
    # Python joins in Python, and normalises in C.
    simple = folder and not folder.endswith("/") and not path.startswith("/")
    return posixpath.normpath(f"{folder}/{path}" if simple else posixpath.join(folder, path))


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
        self._real = {"": ".", ".": "."}
        self._kinds: dict[str, str | None] = {}
        self._submodules: tuple[str, ...] | None = None

    def files(self) -> tuple[str, ...]:
        """See `Tree.files`."""
        if self._files is None:
            found = self._walk() if self._listing is None else self._listing
            self._files = tuple(sorted(path for path in found if not self._exclude(path)))
        return self._files

    def _walk(self) -> list[str]:
        found: list[str] = []
        folders = [""]
        while folders:
            base = folders.pop()
            with suppress(OSError), os.scandir(self._prefix + base) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != ".git":
                            folders.append(f"{base}{entry.name}/")
                    elif entry.name != ".git" or not entry.is_dir():
                        found.append(base + entry.name)
        return found

    def real(self, path: str) -> str:
        """See `Tree.real`."""
        known = self._real.get(path)
        if known is None:
            known = self._real[path] = self._resolve(path)
        return known

    def _resolve(self, path: str) -> str:
        """Down from the nearest folder that is known, so that each is looked at once for all that lies in it."""
        below: list[str] = []
        at = path
        while (known := self._real.get(at)) is None:
            at, _slash, name = at.rpartition("/")
            below.append(name)
        for name in reversed(below):
            at = f"{at}/{name}" if at else name
            real = name if known == "." else f"{known}/{name}"
            if name in ("", ".", "..") or self._is_link(real):
                return self._follow(path)
            known = self._real[at] = real
        return known

    def _is_link(self, path: str) -> bool:
        try:
            mode = os.lstat(self._prefix + path).st_mode
        except (FileNotFoundError, NotADirectoryError):
            self._kinds[path] = None
            return False
        except OSError:
            return False  # there is nothing to follow
        if stat.S_ISLNK(mode):
            return True
        self._kinds[path] = _kind(mode)
        return False

    def _follow(self, path: str) -> str:
        full = os.path.realpath(self._prefix + path)
        if full == str(self.root):
            return "."
        if full.startswith(self._prefix):
            return full[len(self._prefix):].replace(os.sep, "/")
        raise OutsideError(path)

    def kind(self, path: str) -> str | None:
        """See `Tree.kind`."""
        real = self.real(path)
        if real not in self._kinds:
            try:
                self._kinds[real] = _kind(os.stat(self._prefix + real).st_mode)
            except (FileNotFoundError, NotADirectoryError):
                self._kinds[real] = None
            except OSError as error:
                if error.errno not in (errno.ELOOP, errno.ENAMETOOLONG):
                    raise
                self._kinds[real] = None  # links in a circle, or a name that no file can have
        return self._kinds[real]

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        full = self._prefix + self.real(path)
        if self.kind(path) is None:
            raise FileNotFoundError(path)
        pieces: list[bytes] = []
        size = 0
        with open(full, "rb", buffering=0) as stream:
            # Python makes room for as much as it is told to read, and most files are small.
            while size <= MAX_FILE_BYTES and (piece := stream.read(_CHUNK)):
                pieces.append(piece)
                size += len(piece)
        if size > MAX_FILE_BYTES:
            raise SourceError("source/hostile-input", f"the file is larger than {MAX_FILE_BYTES // 1_000_000} MB", path,
                              remedy="split it, or leave it out with exclude: in .gitops-guard.yaml")
        return b"".join(pieces)

    def names(self, folder: str) -> list[str]:
        """See `Tree.names`."""
        try:
            return sorted(os.listdir(self._prefix + self.real(folder)))
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
                return []
            raise

    def lacks(self, path: str) -> bool:
        """See `Tree.lacks`. A submodule that was not checked out is an empty folder, or none."""
        if self._submodules is None:
            self._submodules = self._named_submodules()
        return any(is_below(path, module) and not self.names(module) for module in self._submodules)

    def _named_submodules(self) -> tuple[str, ...]:
        try:
            text = self.read(".gitmodules").decode("utf-8", "replace") if self.kind(".gitmodules") == "file" else ""
            named = {posixpath.normpath(name.strip().strip('"')) for name in _SUBMODULE.findall(text)}
            return tuple(sorted(name for name in named if name != "." and self.real(name) == name))
        except (OutsideError, OSError, SourceError):
            return ()


def _kind(mode: int) -> str | None:
    if stat.S_ISDIR(mode):
        return "dir"
    # A pipe, socket or device in the tree would block or flood the reader.
    return "file" if stat.S_ISREG(mode) else None
