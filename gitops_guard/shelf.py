"""A cache on disk: what is known of files by their contents, and of targets by a digest of all that they are made of.

It holds the paths of files and the kinds of objects, and no value that stands in any of them. Whoever can't read it or write it
does without.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import __version__
from .later import Kind

MAX_TARGETS = 10_000
"""The last ones that were of use."""
MAX_FILES = 50_000
MAX_BYTES = 20_000_000

_Words = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What is known of a target."""

    status: str
    """See `targets.Built`."""
    read: frozenset[str]
    folders: frozenset[str]
    kinds: frozenset[Kind]
    count: int
    """Of resources."""
    faults: int


class Shelf:
    """What is known of one user's repositories."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not be there. Never raises."""
        self._folder = folder
        self._version = f"known-{_fingerprint()}.json"
        known = _load(folder, self._version)
        self._targets = _section(known, "targets")
        self._files = _section(known, "files")
        self._used: dict[str, Facts] = {}
        self._notes: dict[str, dict[str, _Words]] = {}
        self._fresh = False

    def find(self, digest: str) -> Facts | None:
        """What is known of a target."""
        found = self._used.get(digest)
        if found is None and digest in self._targets:
            found = _facts(self._targets[digest])
            if found is not None:
                self._used[digest] = found
        return found

    def add(self, digest: str, facts: Facts) -> None:
        """Keep something for the next run."""
        self._used[digest] = facts
        self._fresh = True

    def note(self, content: str, question: str) -> _Words | None:
        """What is known of a content."""
        return self._noted(content).get(question)

    def add_note(self, content: str, question: str, words: _Words) -> None:
        """Keep something of a content for the next run."""
        self._noted(content)[question] = words
        self._fresh = True

    def _noted(self, content: str) -> dict[str, _Words]:
        known = self._notes.get(content)
        if known is None:
            known = self._notes[content] = _note(self._files.get(content, {}))
        return known

    def save(self) -> None:
        """Write what is new. Never raises: a cache that can't be written is none."""
        if not self._fresh:
            return
        targets = {digest: _entry(facts) for digest, facts in self._used.items()}
        known = {"targets": _last(self._targets, targets, MAX_TARGETS), "files": _last(self._files, self._notes, MAX_FILES)}
        with suppress(OSError):
            if _is_private(self._folder, make=True):
                _write(self._folder, self._version, json.dumps(known, separators=(",", ":")).encode())
                _drop_others(self._folder, self._version)


def _last(before: Mapping[str, Any], used: Mapping[str, Any], most: int) -> dict[str, Any]:
    """What was used now, and of the rest what was used last."""
    listed = [*((name, entry) for name, entry in before.items() if name not in used), *used.items()]
    return dict(listed[-most:])


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
        seal, _end, data = (folder / name).read_bytes().partition(b"\n")
        found = json.loads(data) if seal == _seal(data) else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seal(data: bytes) -> bytes:
    """What tells a file that is as it was written from one that is damaged."""
    return hashlib.sha256(data).hexdigest().encode()


def _section(known: dict[str, Any], name: str) -> dict[str, Any]:
    found = known.get(name)
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
            stream.write(_seal(data) + b"\n" + data)
        os.replace(path, folder / name)
    except OSError:
        os.unlink(path)
        raise


def _drop_others(folder: Path, name: str) -> None:
    for path in (*folder.glob("known-*.json"), *folder.glob("targets-*.json")):
        if path.name != name:
            path.unlink()


def _entry(facts: Facts) -> list[Any]:
    return [facts.status, sorted(facts.read), sorted(facts.folders), sorted(facts.kinds), facts.count, facts.faults]


def _facts(entry: Any) -> Facts | None:
    """An entry as it was written; None where it is none."""
    try:
        status, read, folders, kinds, count, faults = entry
        pairs = frozenset((group, kind) for group, kind in kinds)
        words = [status, *read, *folders, *(word for pair in pairs for word in pair)]
        if not all(type(word) is str for word in words) or not all(type(number) is int for number in (count, faults)):
            return None
        return Facts(status, frozenset(read), frozenset(folders), pairs, count, faults)
    except (TypeError, ValueError):
        return None


def _note(entry: Any) -> dict[str, _Words]:
    """The answers of an entry as they were written; nothing where it is none."""
    if not isinstance(entry, dict) or not all(isinstance(words, list) and all(type(word) is str for word in words)
                                              for words in entry.values()):
        return {}
    return {question: tuple(words) for question, words in entry.items()}
