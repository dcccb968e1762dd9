"""A server program and what to ask it -> the port of this machine on which it answers, for as long as a block lasts."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from . import tool

_ATTEMPTS = 5
_TAKEN = "address already in use"


@contextlib.contextmanager
def listening(command: Callable[[int], Sequence[str]], ready: Callable[[int], bool], *, cwd: str | os.PathLike[str],
              env: Mapping[str, str | None], patience: float = 30.0, log: str | os.PathLike[str] | None = None,
              error: type[Exception]) -> Iterator[tuple[int, tool.Server]]:
    """Run the command for a free port until the block ends. The environment is `env` and nothing else.

    `ready` is asked about the port until it says yes, and must not be content with the answer of somebody else's server: between
    our choice and the program's start another one may take the port, and then another port is tried. Raises `error` where the
    program can't be started, ends, or is not ready within `patience` seconds.
    """
    for left in reversed(range(_ATTEMPTS)):
        port = _free_port()
        with tool.serving(command(port), cwd=cwd, env=env, inherit=False, log=log, error=error) as server:
            try:
                server.wait_for(partial(ready, port), patience)
            except error:
                if left and not server.alive and _TAKEN in server.said():
                    continue
                raise
            yield port, server
            return


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
