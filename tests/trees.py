"""A tree in memory for tests: path -> text, bytes or a symbolic link."""

from __future__ import annotations

import posixpath
import textwrap
from dataclasses import dataclass

from gitops_guard.source import Sources
from gitops_guard.tree import OutsideError


@dataclass(frozen=True)
class Link:
    target: str


class MemoryTree:
    """Implements `gitops_guard.tree.Tree`. Texts are dedented, so that tests can indent them."""

    def __init__(self, files: dict[str, str | bytes | Link]) -> None:
        self._files = {path: textwrap.dedent(value).lstrip("\n") if isinstance(value, str) else value for path, value in files.items()}
        self._folders = {"."}
        for path in files:
            folder = posixpath.dirname(path)
            while folder:
                self._folders.add(folder)
                folder = posixpath.dirname(folder)
        self.reads: list[str] = []

    def files(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))

    def real(self, path: str) -> str:
        parts, done = [part for part in path.split("/") if part not in ("", ".")], ""
        hops = 0
        while parts:
            part = parts.pop(0)
            if part == "..":
                if not done:
                    raise OutsideError(path)
                done = posixpath.dirname(done)
                continue
            here = f"{done}/{part}" if done else part
            found = self._files.get(here)
            if isinstance(found, Link):
                hops += 1
                if hops > 40 or found.target.startswith("/"):
                    raise OutsideError(path)
                parts = found.target.split("/") + parts
                parts = [part for part in parts if part not in ("", ".")]
            else:
                done = here
        return done or "."

    def kind(self, path: str) -> str | None:
        real = self.real(path)
        return "dir" if real in self._folders else "file" if real in self._files else None

    def read(self, path: str) -> bytes:
        real = self.real(path)
        if real in self._folders:
            raise IsADirectoryError(path)
        if real not in self._files:
            raise FileNotFoundError(path)
        self.reads.append(real)
        value = self._files[real]
        assert not isinstance(value, Link)
        return value.encode() if isinstance(value, str) else value

    def names(self, folder: str) -> list[str]:
        real = self.real(folder)
        prefix = "" if real == "." else real + "/"
        below = [path[len(prefix):].split("/")[0] for path in (*self._files, *self._folders) if path != "." and path.startswith(prefix)]
        return sorted({name for name in below if name})


def sources(files: dict[str, str | bytes | Link]) -> Sources:
    return Sources(MemoryTree(files))
