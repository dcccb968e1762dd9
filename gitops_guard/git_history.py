"""Words and paths -> the commits of a branch that brought or removed them, with the lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import ToolError
from .git import ask


class LongError(ToolError):
    """Git has more to say than anybody waits for, or is not there."""


@dataclass(frozen=True)
class Commit:
    """A commit of a branch, with what it did to some lines."""

    hash: str
    parent: str
    """The first one; empty for a root commit."""
    lines: tuple[tuple[str, str], ...]
    """+ or - and the text of each line, in order."""


def commits(root: Path, head: str, words: Iterable[str], paths: Iterable[str], *, most: int, limit: int) -> list[Commit]:
    """The commits of the first-parent history of `head` that bring or remove a line with one of the words in one of the paths.

    The newest first, at most `most` of them; their lines are those of the files where a word comes in or goes. Raises ToolError,
    also where the clone lacks contents; LongError where git prints more than `limit` bytes or takes too long.
    """
    pattern = "|".join(re.sub(r"([.+*?^$()\[\]{}|\\])", r"\\\1", word) for word in words)
    said = _log(root, limit, "-p", "-U0", "--format=commit %H %P", "--no-renames", "--no-textconv", "--no-color", "--text",
                f"--max-count={most}", "-G", pattern, head, "--", *paths)
    found: list[tuple[list[str], list[tuple[str, str]]]] = []
    for line in said.split("\n"):
        if line.startswith("commit "):
            found.append((line.split(), []))
        elif found and line[:1] in ("+", "-") and not line.startswith(("+++ ", "--- ")):
            found[-1][1].append((line[0], line[1:]))
    return [Commit(head[1], head[2] if len(head) > 2 else "", tuple(lines)) for head, lines in found]


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
