"""Server programs that tests start: on a free port of loopback, waited for until ready, and stopped whatever happens."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE = 60.0  # seconds until a server on a busy machine is ready
GRACE = 10.0  # seconds that it has to stop by itself
ATTEMPTS = 5
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before a fork, not after


class NotStartedError(Exception):
    """A server that ended, or was not ready in time; says what its log said last."""


def free_port() -> int:
    """A port that nobody listens on now. Somebody may be quicker: `serving` tries again with others then."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(command: Callable[[int], list[str]], ready: Callable[[int], bool], log: Path) -> Iterator[int]:
    """Runs the command for a free port until the block ends; gives the port. `ready` is asked until it says yes, and must not be
    content with another server's answer: a certificate of this run tells them apart."""
    for attempt in range(1, ATTEMPTS + 1):
        port = free_port()
        process = start(command(port), log)
        try:
            wait(process, lambda port=port: ready(port), log)
        except NotStartedError:
            stop(process)
            if attempt == ATTEMPTS or "address already in use" not in tail(log):
                raise
        except BaseException:
            stop(process)
            raise
        else:
            break
    try:
        yield port
    finally:
        stop(process)


def start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent,
                                preexec_fn=dies_with_parent if LIBC else None)  # noqa: PLW1509 -- calls C only


def dies_with_parent() -> None:
    """Asks Linux to end this process when the thread that started it is gone and can't stop it any more."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answered = ready()
        if process.poll() is not None:
            raise NotStartedError(f"{os.fsdecode(process.args[0])} ended with {process.returncode}:\n{tail(log)}")
        if answered:
            return
        time.sleep(0.05)
    raise NotStartedError(f"{os.fsdecode(process.args[0])} was not ready after {PATIENCE:.0f} s:\n{tail(log)}")


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
