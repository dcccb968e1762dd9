"""Work on many items, on all processors: items and a function go in, their results come out in the order of the items.

This process works, and forks of it do: they have what it has read, and what one of them reads stays its own. Where there is no
fork, or more than one thread (a fork would copy locks that nobody opens), this process does all of it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_SHARE = 4
"""A run of neighbours is this part of what is left for each worker: long ones first, since neighbours share what is read; short
ones at the end, since some items take longer than others, and whoever is done first waits for the last."""
_PIPE = 4096
"""Bytes that every pipe takes at once."""


def each(items: Sequence[Item], work: Callable[[Item], Result], jobs: int) -> Iterator[Result]:
    """The results, in the order of `items`; a result must be small and fit for pickle.

    What a worker fails to do (it raised an exception, or was killed) is done again here, so that the exception is raised here.
    """
    jobs = min(jobs, len(items))
    done: dict[int, Result] = {}
    if jobs > 1 and hasattr(os, "fork") and threading.active_count() == 1:
        done = _forked(items, work, jobs)
    for at, item in enumerate(items):
        yield done[at] if at in done else work(item)


def _forked(items: Sequence[Item], work: Callable[[Item], Result], jobs: int) -> dict[int, Result]:
    """What this process and `jobs` - 1 forks of it get done."""
    import pickle  # noqa: PLC0415 (start-up)

    runs = _tickets(len(items), jobs)
    workers: list[tuple[int, int]] = []
    done: dict[int, Result] = {}
    try:
        for _ in range(jobs - 1):
            ours, theirs = os.pipe()
            process = os.fork()
            if process == 0:
                _serve(items, work, runs, theirs)
            os.close(theirs)
            workers.append((process, ours))
        _take(items, work, runs, done)
        for _process, link in workers:
            with open(link, "rb", closefd=False) as stream, suppress(EOFError, pickle.UnpicklingError):
                done.update(pickle.load(stream))  # noqa: S301 (our own fork wrote it)
    finally:
        os.close(runs)
        for process, link in workers:
            os.close(link)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    return done


def _tickets(count: int, jobs: int) -> int:
    """A pipe that holds the bounds of each run; whoever is free takes the next one."""
    reader, writer = os.pipe()
    bounds, start = b"", 0
    while start < count and len(bounds) < _PIPE:
        length = max(1, (count - start) // (jobs * _SHARE)) if len(bounds) < _PIPE - 8 else count - start
        bounds += start.to_bytes(4, "big") + (start + length).to_bytes(4, "big")
        start += length
    os.write(writer, bounds)
    os.close(writer)
    return reader


def _take(items: Sequence[Item], work: Callable[[Item], Result], runs: int, done: dict[int, Result]) -> None:
    """Do runs of items until none is left, or one fails: it is done once more when it is its turn to be answered for."""
    with suppress(Exception):
        while ticket := os.read(runs, 8):
            for at in range(int.from_bytes(ticket[:4], "big"), int.from_bytes(ticket[4:], "big")):
                done[at] = work(items[at])


def _serve(items: Sequence[Item], work: Callable[[Item], Result], runs: int, link: int) -> None:
    """A worker's life; never returns."""
    import pickle  # noqa: PLC0415

    done: dict[int, Result] = {}
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _take(items, work, runs, done)
        with open(link, "wb") as stream:
            pickle.dump(done, stream)
    finally:
        os._exit(0)
