"""A cache on disk: what is known of each target by a digest of all that it is made of.

It holds the paths of files and the kinds of objects, and nothing that stands in any of them. Whoever can't read it or write it
does without.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import __version__
from .later import Kind

MAX_ENTRIES = 10_000
"""The last ones that were of use."""
MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class Facts:
    """What is known of a target that builds without a word."""

    read: frozenset[str]
    folders: frozenset[str]
    kinds: frozenset[Kind]
    count: int


class Shelf:
    """The facts of one user's repositories."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not be there. Never raises."""
        self._folder = folder
        self._version = f"targets-{_fingerprint()}.json"
        self._known = _load(folder, self._version)
        self._used: dict[str, Facts] = {}
        self._fresh = False

    def find(self, digest: str) -> Facts | None:
        """What is known."""
        found = self._used.get(digest)
        if found is None and digest in self._known:
            found = _facts(self._known[digest])
            if found is not None:
                self._used[digest] = found
        return found

    def add(self, digest: str, facts: Facts) -> None:
        """Keep something for the next run."""
        self._used[digest] = facts
        self._fresh = True

    def save(self) -> None:
        """Write what is new. Never raises: a cache that can't be written is none."""
        if not self._fresh:
            return
        rest = [(digest, entry) for digest, entry in self._known.items() if digest not in self._used]
        listed = [*rest, *((digest, _entry(facts)) for digest, facts in self._used.items())][-MAX_ENTRIES:]
        with suppress(OSError):
            if _is_private(self._folder, make=True):
                _write(self._folder, self._version, json.dumps(dict(listed), separators=(",", ":")).encode())
                _drop_others(self._folder, self._version)


def place() -> Path:
    """Where the cache of this user is."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "gitops-guard" / "targets"


def digest(parts: Iterable[str]) -> str:
    """One word for all of them, in their order."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _fingerprint() -> str:
    """Of this very program: another version, or an edited one, may build otherwise."""
    top = os.path.dirname(os.path.abspath(__file__))
    found = [__version__]
    for folder, _folders, names in sorted(os.walk(top)):
        for name in sorted(names):
            if name.endswith(".py"):
                about = os.stat(os.path.join(folder, name))
                found.append(f"{name} {about.st_size} {about.st_mtime_ns}")
    return digest([top, *found])[:16]


def _load(folder: Path, name: str) -> dict[str, Any]:
    try:
        if not _is_private(folder, make=False) or (folder / name).stat().st_size > MAX_BYTES:
            return {}
        found = json.loads((folder / name).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_private(folder: Path, *, make: bool) -> bool:
    """Whether the folder is this user's alone; what others may write into is not believed."""
    if make:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not stat.S_IMODE(about.st_mode) & 0o077


def _write(folder: Path, name: str, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        return
    handle, path = tempfile.mkstemp(prefix=".new-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.replace(path, folder / name)
    except OSError:
        os.unlink(path)
        raise


def _drop_others(folder: Path, name: str) -> None:
    for path in folder.glob("targets-*.json"):
        if path.name != name:
            path.unlink()


def _entry(facts: Facts) -> list[Any]:
    return [sorted(facts.read), sorted(facts.folders), sorted(facts.kinds), facts.count]


def _facts(entry: Any) -> Facts | None:
    """An entry as it was written; None where it is none."""
    try:
        read, folders, kinds, count = entry
        words = [*read, *folders, *(word for group, kind in kinds for word in (group, kind))]
        if type(count) is not int or not all(type(word) is str for word in words):
            return None
        return Facts(frozenset(read), frozenset(folders), frozenset((group, kind) for group, kind in kinds), count)
    except (TypeError, ValueError):
        return None
