"""Run an external program; the only module that knows subprocess."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """What a program left behind."""

    code: int
    out: bytes
    err: str


def find(name: str) -> str | None:
    """The program's path, or None where it isn't installed."""
    return shutil.which(name)


def run(argv: Sequence[str], *, cwd: str | os.PathLike[str] | None = None, timeout: float = 60.0,
        env: Mapping[str, str] | None = None, error: type[Exception]) -> Done:
    """Run a program to its end, without a shell and without standard input; any exit code is an answer.

    Raises `error`, with a message for people, where it is missing, can't be started or takes longer than `timeout` seconds.
    """
    try:
        done = subprocess.run(list(argv), cwd=cwd, timeout=timeout, env=None if env is None else {**os.environ, **env},
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        raise error(f"{argv[0]} gave no answer within {timeout:g} s") from None
    except OSError as problem:
        raise error(f"{argv[0]} can't be started: {problem.strerror}") from None
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))
