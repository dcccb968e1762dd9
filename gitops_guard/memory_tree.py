"""Texts by path -> a tree that lies in memory: the small repositories of examples."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from .tree import OutsideError

_MAX_LINKS = 40
"""In one path, as in Linux."""


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


class MemoryTree:
    """See `tree.Tree`."""

    def __init__(self, files: Mapping[str, bytes | Link]) -> None:
        """`files` are by path, relative to the root."""
        self._files = dict(files)
        self._folders = {"."}
        for path in files:
            folder = posixpath.dirname(path)
            while folder:
                self._folders.add(folder)
                folder = posixpath.dirname(folder)

    def files(self) -> tuple[str, ...]:
        """See `Tree.files`."""
        return tuple(sorted(self._files))

    def real(self, path: str) -> str:
        """See `Tree.real`."""
        left = [part for part in path.split("/") if part not in ("", ".")]
        done: list[str] = []
        links = 0
        while left:
            part = left.pop(0)
            if part == "..":
                if not done:
                    raise OutsideError(path)
                done.pop()
                continue
            found = self._files.get("/".join([*done, part]))
            if not isinstance(found, Link):
                done.append(part)
                continue
            links += 1
            if links > _MAX_LINKS or found.target.startswith("/"):
                raise OutsideError(path)
            left = [part for part in found.target.split("/") if part not in ("", ".")] + left
        return "/".join(done) or "."

    def kind(self, path: str) -> str | None:
        """See `Tree.kind`."""
        real = self.real(path)
        return "dir" if real in self._folders else "file" if real in self._files else None

    def read(self, path: str) -> bytes:
        """See `Tree.read`."""
        real = self.real(path)
        if real in self._folders:
            raise IsADirectoryError(path)
        found = self._files.get(real)
        if not isinstance(found, bytes):
            raise FileNotFoundError(path)
        return found

    def names(self, folder: str) -> list[str]:
        """See `Tree.names`."""
        real = self.real(folder)
        prefix = "" if real == "." else real + "/"
        below = [path[len(prefix):].partition("/")[0] for path in self._files if path.startswith(prefix)]
        return sorted(set(below))

    def lacks(self, path: str) -> bool:  # noqa: ARG002 (see `Tree.lacks`: there are no submodules)
        """See `Tree.lacks`."""
        return False
