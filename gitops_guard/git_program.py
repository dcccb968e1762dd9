"""Questions to git that only reads, and never the network; what it answers is bytes.

Settings of the repository can't run anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import tool
from .errors import ToolError

# A repository's own configuration must not run anything, and a checkout of another user (a container's volume) is only read.
_SAFE = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.directory=*",
         "-c", "protocol.allow=never")

# A hook of git runs us with variables that point its commands at its own repository, which need not be the one that is checked.
_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE")

# A partial clone would fetch what it lacks: newer gits can be told not to, all of them that no protocol is allowed.
_ENVIRONMENT: dict[str, str | None] = {
    **dict.fromkeys(_FOREIGN), "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_REPLACE_OBJECTS": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C",
}

_MOST = 4_000_000
"""Bytes of an answer that is remembered."""
_Question = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]
_answers: dict[_Question, tool.Done] | None = None


@contextmanager
def one_look() -> Iterator[None]:
    """Within it nothing is asked twice: a run is about one state of a repository, and each question is a process."""
    global _answers  # noqa: PLW0603 (who asks need not know of each other)
    before, _answers = _answers, {}
    try:
        yield
    finally:
        _answers = before


def ask(folder: Path, *args: str, env: dict[str, str] | None = None, limit: int | None = None) -> tool.Done:
    """What a git that only reads says. Raises ToolError where that is more than `limit` bytes or takes too long."""
    question = (str(folder), args, tuple(sorted((env or {}).items())))
    if _answers is not None and question in _answers:
        return _answers[question]
    done = tool.run(["git", *_SAFE, *args], cwd=folder, env={**_ENVIRONMENT, **(env or {})}, limit=limit, error=ToolError)
    if _answers is not None and len(done.out) <= _MOST:
        _answers[question] = done
    return done


def decoded(data: bytes) -> str:
    """What git printed; names need not be UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def one_line(folder: Path, *args: str) -> str | None:
    """The line that a command answers with; None where it fails or is silent."""
    done = ask(folder, *args)
    return decoded(done.out).rstrip("\n") or None if done.code == 0 else None


class Objects:
    """The contents of a repository's objects, by their hashes; one git serves all questions."""

    def __init__(self, root: Path) -> None:
        """Git is started by the first question."""
        self._root = root
        self._dialogue: tool.Dialogue | None = None

    def read(self, name: str, limit: int) -> bytes | None:
        """An object's content; None where it is larger than `limit` bytes. Raises ToolError where the clone does not have it."""
        dialogue = self._talk()
        with dialogue.asked(name.encode() + b"\n"):
            head = dialogue.line().split()
            if len(head) != 3:
                raise ToolError(f"git has no object {name}")
            size = int(head[2])
            data: bytes | None = None
            if size > limit:
                dialogue.skip(size)
            else:
                data = dialogue.take(size)
            dialogue.take(1)
            return data

    def close(self) -> None:
        """End git; the next question starts it again."""
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None

    def _talk(self) -> tool.Dialogue:
        if self._dialogue is None or not self._dialogue.ours:
            self.close()
            self._dialogue = tool.Dialogue(["git", *_SAFE, "cat-file", "--batch"], cwd=self._root, env=_ENVIRONMENT,
                                           error=ToolError)
        return self._dialogue
