"""Run an external program; the only module that knows subprocess."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from . import orphans

_CHUNK = 65_536
_ERRORS = 1_000_000
"""How much of standard error is kept."""
_LAST_WORDS = 2_000
"""How much of what a server printed is read."""
_TURN = 0.01
"""Seconds between two looks at a server that is starting."""


@dataclass(frozen=True)
class Done:
    """What a program left behind."""

    code: int
    out: bytes
    err: str


def find(name: str) -> str | None:
    """The program's path, or None where it isn't installed."""
    return shutil.which(name)


def needed(name: str, by: str, remedy: str, error: type[Exception]) -> str:
    """The program's path. Raises `error`, which names the option that needs it and the remedy, where it isn't installed."""
    path = find(name)
    if path is None:
        raise error(f"{by}: there is no {name} on PATH; {remedy}")
    return path


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


class Server:
    """A program that runs beside us; `serving` starts and stops it."""

    def __init__(self, process: subprocess.Popen[bytes], name: str, log: IO[bytes], error: type[Exception]) -> None:
        self._process = process
        self._name = name
        self._log = log
        self._error = error

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs still."""
        return self._process.poll() is None

    def said(self) -> str:
        """The end of what it printed, on either of its outputs."""
        # With pread, the place at which the program writes stays where it is.
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), _LAST_WORDS, max(0, size - _LAST_WORDS)).decode("utf-8", "replace").strip()

    def wait_for(self, ready: Callable[[], bool], timeout: float = 30.0) -> None:
        """Wait until `ready` says yes. Raises the error that `serving` was given where the program ends, or takes too long."""
        until = time.monotonic() + timeout
        while not ready():
            if not self.alive:
                raise self._error(f"{self._name} ended at its start with code {self._process.returncode}: {self.said()}")
            if time.monotonic() > until:
                raise self._error(f"{self._name} was not ready within {timeout:g} s: {self.said()}")
            time.sleep(_TURN)


@contextlib.contextmanager
def serving(argv: Sequence[str], *, cwd: str | os.PathLike[str] | None = None, env: Mapping[str, str | None] | None = None,
            inherit: bool = True, grace: float = 0.0, log: str | os.PathLike[str] | None = None,
            error: type[Exception]) -> Iterator[Server]:
    """Run a program for as long as the block lasts; whatever ends the block, it and its process group are gone afterwards.

    It is asked to end, and killed after `grace` seconds; where we are killed ourselves, Linux ends it. What it prints goes to the
    file `log`, or is kept for `Server.said` alone. See `run` for the rest. Raises `error` where it can't be started.
    """
    whole: dict[str, str | None] = {**(os.environ if inherit else {}), **(env or {})}
    name = os.path.basename(argv[0])
    with tempfile.TemporaryFile() if log is None else open(log, "w+b") as told:
        try:
            process = subprocess.Popen(list(argv), cwd=cwd, stdin=subprocess.DEVNULL, stdout=told, stderr=told,
                                       env={key: value for key, value in whole.items() if value is not None},
                                       start_new_session=True, preexec_fn=orphans.ended_with_us())  # noqa: PLW1509 (calls C only)
        except OSError as problem:
            raise error(f"{name} can't be started: {problem.strerror}") from None
        with _killed(process):
            try:
                yield Server(process, name, told, error)
            finally:
                if grace:
                    process.terminate()
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(grace)


class Dialogue:
    """A program that answers, on standard output, what it is asked on standard input, for as long as it is needed.

    Another process that forked from this one must start a dialogue of its own: `ours` tells. After an exception the program is
    gone, since question and answer may no longer belong together.
    """

    def __init__(self, argv: Sequence[str], *, cwd: str | os.PathLike[str] | None = None, timeout: float = 60.0,
                 env: Mapping[str, str | None] | None = None, error: type[Exception]) -> None:
        """See `run`; `timeout` is that of one answer. Raises `error` where the program can't be started."""
        whole: dict[str, str | None] = {**os.environ, **(env or {})}
        self._name = os.path.basename(argv[0])
        self._timeout = timeout
        self._error = error
        self._pid = os.getpid()
        self._buffer = bytearray()
        try:
            process = subprocess.Popen(list(argv), cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                                       env={key: value for key, value in whole.items() if value is not None},
                                       stderr=subprocess.DEVNULL, start_new_session=True)
        except OSError as problem:
            raise error(f"{self._name} can't be started: {problem.strerror}") from None
        if process.stdin is None or process.stdout is None:
            raise error(f"{self._name} can't be talked to")
        self._in, self._out = process.stdin.fileno(), process.stdout.fileno()
        self._end = weakref.finalize(self, _end, process, self._pid)

    @property
    def ours(self) -> bool:
        """Whether the program is there, and this process is the one that started it."""
        return self._end.alive and os.getpid() == self._pid

    @contextlib.contextmanager
    def asked(self, question: bytes) -> Iterator[Dialogue]:
        """Ask; the block must read the whole answer. Raises `error` where the program is gone or too slow."""
        try:
            self._until = time.monotonic() + self._timeout
            try:
                os.write(self._in, question)  # far less than a pipe takes at once
            except OSError:
                raise self._error(f"{self._name} has stopped") from None
            yield self
        except BaseException:
            self.close()
            raise

    def line(self) -> bytes:
        """The next line of the answer, without its end."""
        while (end := self._buffer.find(b"\n")) < 0:
            self._more()
        line = bytes(self._buffer[:end])
        del self._buffer[:end + 1]
        return line

    def take(self, count: int) -> bytes:
        """The next bytes of the answer."""
        while len(self._buffer) < count:
            self._more()
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found

    def skip(self, count: int) -> None:
        """Pass over bytes of the answer, however many."""
        while count > len(self._buffer):
            count -= len(self._buffer)
            self._buffer.clear()
            self._more()
        del self._buffer[:count]

    def close(self) -> None:
        """End the program; twice does no harm."""
        self._end()

    def _more(self) -> None:
        left = self._until - time.monotonic()
        ready = select.poll()
        ready.register(self._out, select.POLLIN)
        if left <= 0 or not ready.poll(left * 1000):
            raise self._error(f"{self._name} gave no answer within {self._timeout:g} s")
        chunk = os.read(self._out, _CHUNK)
        if not chunk:
            raise self._error(f"{self._name} has stopped")
        self._buffer += chunk


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Kill a program of this process; in a fork of it, let go of what was inherited."""
    if os.getpid() == owner:
        _kill(process)
        process.wait()
    else:
        process.returncode = 0  # not ours to wait for
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
