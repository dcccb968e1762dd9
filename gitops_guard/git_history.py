"""Words and paths -> the commits of a branch that brought or removed them, with the lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .errors import ToolError
from .git_program import ask

_ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"a": b"\a"}


class LongError(ToolError):
    """Git has more to say than anybody waits for, or is not there."""


class Line(NamedTuple):
    """A line that a commit brings or removes."""

    file: str
    mark: str
    """+ or -"""
    text: str


@dataclass(frozen=True)
class Commit:
    """A commit of a branch, with what it did to some lines."""

    hash: str
    parent: str
    """The first one; empty for a root commit."""
    lines: tuple[Line, ...]


def commits(root: Path, head: str, words: Iterable[str], paths: Iterable[str], *, most: int, limit: int) -> list[Commit]:
    """The commits of the first-parent history of `head` that bring or remove a line with one of the words in one of the paths.

    The newest first, at most `most` of them; their lines are those of the files where a word comes in or goes. Raises ToolError,
    also where the clone lacks contents; LongError where git prints more than `limit` bytes or takes too long.
    """
    pattern = "|".join(re.sub(r"([.+*?^$()\[\]{}|\\])", r"\\\1", word) for word in words)
    said = _log(root, limit, "-p", "-U0", "--format=commit %H %P", "--no-renames", "--no-textconv", "--no-color", "--text",
                "--src-prefix=a/", "--dst-prefix=b/", f"--max-count={most}", "-G", pattern, head, "--", *paths)
    found: list[tuple[list[str], list[Line]]] = []
    file, inside = "", False
    for line in said.split("\n"):
        if line.startswith("commit "):
            found.append((line.split(), []))
        elif line.startswith("diff --git "):
            file, inside = "", False
        elif line.startswith("@@ "):
            inside = True
        elif inside and line[:1] in ("+", "-"):
            found[-1][1].append(Line(file, line[0], line[1:]))
        elif line.startswith(("--- a/", "+++ b/", '--- "a/', '+++ "b/')):
            file = _name(line[4:])
    return [Commit(head[1], head[2] if len(head) > 2 else "", tuple(lines)) for head, lines in found]


def _name(text: str) -> str:
    """The name of a file in a difference, which git quotes as C does where it holds quotes or other than ASCII."""
    if not text.startswith('"'):
        return text[2:].removesuffix("\t")
    return re.sub(rb"\\([0-7]{3}|.)", _unquoted, text[3:].rstrip('\t"').encode("utf-8", "surrogateescape")).decode(
        "utf-8", "surrogateescape")


def _unquoted(match: re.Match[bytes]) -> bytes:
    code = match.group(1)
    return bytes([int(code, 8)]) if len(code) == 3 else _ESCAPES.get(code, code)


def former_names(root: Path, head: str, path: str, *, limit: int) -> list[str]:
    """The names that a file had before in the first-parent history of `head`, the last one first. Raises ToolError, LongError."""
    said = _log(root, limit, "--follow", "--diff-filter=R", "--name-status", "-z", "--format=", head, "--", path)
    # A status, the old name and the new one, each ended by a NUL; a line feed may stand between commits.
    parts = said.split("\0")
    return [parts[at + 1] for at, part in enumerate(parts[:-1]) if re.fullmatch(r"\n?R[0-9]+", part)]


def _log(root: Path, limit: int, *args: str) -> str:
    try:
        done = ask(root, "--literal-pathspecs", "log", "--first-parent", "-m", "--no-ext-diff", "--no-show-signature",
                   "--relative", *args, limit=limit)
    except ToolError as error:
        raise LongError(str(error)) from error
    if done.code != 0:
        raise ToolError(f"git can't read the history: {done.err.strip()}")
    return done.out.decode("utf-8", "surrogateescape")
