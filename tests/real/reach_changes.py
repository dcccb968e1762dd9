"""Changes of a repository, one of each kind after the other: of a file that is picked, or beside it."""

from __future__ import annotations

import posixpath
import random
import re
from collections.abc import Callable
from pathlib import Path

from remotes import git

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  size: small\n  note: first\n"
_VALUE = re.compile(r"[\s-]*[\w-]+: [\w.:-]+")
_ENTRY = re.compile(r"\s*- [\w./-]+")


def _value(file: Path, hand: random.Random) -> None:
    _edit(file, hand, _VALUE, lambda line: [line + "x"])


def _without_entry(file: Path, hand: random.Random) -> None:
    _edit(file, hand, _ENTRY, lambda _line: [])


def _without_line(file: Path, hand: random.Random) -> None:
    _edit(file, hand, re.compile(".+"), lambda _line: [])


def _edit(file: Path, hand: random.Random, pattern: re.Pattern[str], change: Callable[[str], list[str]]) -> None:
    """Change one of the lines that look so, or else add a comment."""
    lines = _text(file).split("\n")
    found = [at for at, line in enumerate(lines) if pattern.fullmatch(line)] or [len(lines) - 1]
    at = hand.choice(found)
    lines[at:at + 1] = change(lines[at]) if pattern.fullmatch(lines[at]) else [lines[at], "# a note"]
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "surrogateescape")


def _with(text: str) -> Callable[[Path, random.Random], None]:
    """Add lines at the end."""
    def change(file: Path, _hand: random.Random) -> None:
        file.write_bytes(file.read_bytes().rstrip(b"\n") + b"\n" + text.encode())
    return change


def _gone(file: Path, _hand: random.Random) -> None:
    file.unlink()


def _renamed(file: Path, _hand: random.Random) -> None:
    file.rename(file.with_name("renamed-" + file.name))


def _beside(name: str, text: str) -> Callable[[Path, random.Random], None]:
    """A new file in the same folder."""
    def change(file: Path, _hand: random.Random) -> None:
        (file.parent / name).write_text(text)
    return change


def _overlay(file: Path, _hand: random.Random) -> None:
    """A new folder that is built on the file's."""
    inner = file.parent / "new-overlay"
    inner.mkdir()
    (inner / "kustomization.yaml").write_text("resources: [..]\nnamePrefix: new-\n")


def _folder_moved(file: Path, _hand: random.Random) -> None:
    file.parent.rename(file.parent.with_name("moved-" + file.parent.name))


def _link(file: Path, _hand: random.Random) -> None:
    (file.parent / "new-link.yaml").symlink_to(file.name)


def _swapped(file: Path, hand: random.Random) -> None:
    """The texts of two files of a folder, one for the other."""
    other = hand.choice(sorted(path for path in file.parent.iterdir() if path.is_file() and not path.is_symlink() and path != file) or [file])
    ours, theirs = file.read_bytes(), other.read_bytes()
    file.write_bytes(theirs)
    other.write_bytes(ours)


def _is_kustomization(path: str) -> bool:
    return posixpath.basename(path) in KUSTOMIZATIONS


def _is_manifest(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and not _is_kustomization(path)


def _any(_path: str) -> bool:
    return True


def _inner(path: str) -> bool:
    return _is_kustomization(path) and "/" in path


KINDS: dict[str, tuple[Callable[[str], bool], Callable[[Path, random.Random], None]]] = {
    "value": (_is_manifest, _value),
    "value of a kustomization": (_is_kustomization, _value),
    "any file": (_any, _value),
    "gone": (_is_manifest, _gone),
    "renamed": (_any, _renamed),
    "entry gone": (_is_kustomization, _without_entry),
    "line gone": (_is_manifest, _without_line),
    "comment": (_is_manifest, _with("# a note\n")),
    "comment in a kustomization": (_is_kustomization, _with("# a note\n")),
    "another value": (_is_manifest, _value),
    "new file": (_is_manifest, _beside("new-file.yaml", MAP % "new")),
    "prefix": (_is_kustomization, _with("nameSuffix: -changed\n")),
    "any file's line gone": (_any, _without_line),
    "new overlay": (_is_kustomization, _overlay),
    "broken": (_is_manifest, _with("}: [\n")),
    "new text": (_any, _beside("new-notes.md", "text\n")),
    "kustomization gone": (_is_kustomization, _gone),
    "folder moved": (_inner, _folder_moved),
    "swapped": (_is_manifest, _swapped),
    "configuration": (lambda path: "/" not in path, _beside(".gitops-guard.yaml", "waivers: []\n")),
    "new link": (_is_manifest, _link),
}
"""What is done, to files of which kind."""


def change(root: Path, number: int, hand: random.Random) -> tuple[str, frozenset[str]]:
    """Make and stage a change; what was done, and the files that differ."""
    kind = list(KINDS)[number % len(KINDS)]
    fits, make = KINDS[kind]
    files = [path for path in git(root, "ls-files").splitlines() if not (root / path).is_symlink()]
    path = hand.choice([path for path in files if fits(path)] or files)
    make(root / path, hand)
    git(root, "add", "--all")
    return f"{path}: {kind}", frozenset(git(root, "diff", "--cached", "--name-only", "--no-renames", "-z").split("\0")) - {""}


def undo(root: Path) -> None:
    """As it was committed."""
    git(root, "reset", "--quiet", "--hard")
    git(root, "clean", "--quiet", "-d", "--force")
