"""Run an external program; the only module that knows subprocess."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_CHUNK = 65_536
_ERRORS = 1_000_000
"""How much of standard error is kept."""


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
        env: Mapping[str, str | None] | None = None, inherit: bool = True, limit: int | None = None,
        error: type[Exception]) -> Done:
    """Run a program to its end, without a shell and without standard input; any exit code is an answer.

    `env` is set beside our own environment (None takes a name out of it), without `inherit` instead of it. Raises `error`, with
    a message for people, where the program is missing, can't be started, takes longer than `timeout` seconds or prints more than
    `limit` bytes; then it and all that it started in its process group is killed.
    """
    whole: dict[str, str | None] = {**(os.environ if inherit else {}), **(env or {})}
    name = os.path.basename(argv[0])
    named = {key: value for key, value in whole.items() if value is not None}
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(list(argv), cwd=cwd, env=named, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=errors, start_new_session=True)
        except OSError as problem:
            raise error(f"{name} can't be started: {problem.strerror}") from None
        with _killed(process), _alarm(process, timeout) as late:
            out = _read(process, limit)
            if out is not None:
                process.wait()
        if late.is_set():
            raise error(f"{name} gave no answer within {timeout:g} s")
        if out is None:
            raise error(f"{name} printed more than {limit} bytes")
        errors.seek(0)
        return Done(process.returncode, out, errors.read(_ERRORS).decode("utf-8", "replace"))


def _read(process: subprocess.Popen[bytes], limit: int | None) -> bytes | None:
    """All that the program prints; None where it is more than `limit`."""
    stream = process.stdout
    if stream is None:
        return b""
    found = bytearray()
    while chunk := stream.read(_CHUNK):
        found += chunk
        if limit is not None and len(found) > limit:
            return None
    return bytes(found)


@contextlib.contextmanager
def _killed(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave no process behind, whatever ends the block."""
    try:
        yield
    finally:
        if process.poll() is None:
            _kill(process)
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextlib.contextmanager
def _alarm(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the program after `seconds`; the event says whether that was needed."""
    late = threading.Event()

    def ring() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()  # what forks afterwards must be alone


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The program with its children: a grandchild that holds the pipe open would keep us waiting."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
