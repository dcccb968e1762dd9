"""Units -> what the policies say of them, from worker processes that may crash or never end without harm to the run.

A policy that ends its worker is taken out from that unit on, and a new worker goes on with the rest. The units are handed out
in order, and what a policy said of later ones is dropped, so that the answer does not depend on the number of workers.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from signal import SIGALRM
from typing import Any

from ..errors import ToolError
from ..observer import UNOBSERVED, Observer
from .job import FACTS, LOADING, Answer, Covered, Job
from .prepare import Prepared, Rejected
from .ready import ready
from .worker import work

_BATCH = 32


@dataclass
class Outcome:
    """What came of a run."""

    answers: list[Answer] = field(default_factory=list)
    """Sorted by unit and policy."""
    prepared: Prepared = field(default_factory=Prepared)
    ends: dict[int, int] = field(default_factory=dict)
    """Policy -> the unit at which it was taken out."""
    ended: dict[int, str] = field(default_factory=dict)
    """Policy -> why."""
    skipped: dict[int, str] = field(default_factory=dict)
    """Unit -> why its facts can't be had."""
    covered: list[Covered] = field(default_factory=list)
    """What the workers evaluated, where that was asked for; in no order."""


@dataclass
class _Worker:
    process: BaseProcess
    link: Connection
    progress: Any
    batch: int | None = None
    ready: bool = False


def run(job: Job, jobs: int, observer: Observer = UNOBSERVED) -> Outcome:
    """Judge all units, and tell of each batch. Raises ToolError where the engine can't work at all."""
    pool = _Pool(job, observer)
    try:
        return pool.run(max(1, jobs))
    finally:
        pool.stop()


class _Pool:
    """The parent's side."""

    def __init__(self, job: Job, observer: Observer) -> None:
        self._job = job
        self._observer = observer
        self._context = _context()
        self._workers: list[_Worker] = []
        self._rejected: list[Rejected] = []
        self._outcome = Outcome()
        self._starts = list(range(0, len(job.units), _BATCH))
        self._todo: deque[int] = deque(range(len(self._starts)))
        self._answers: dict[int, list[Answer]] = {}

    def run(self, jobs: int) -> Outcome:
        """Start the first worker, which examines the policies; then as many as there is work for."""
        if self._context.get_start_method() == "fork":
            self._job.ready = ready(self._job)
        self._start()
        while not self._workers[0].ready:
            self._turn()
        wanted = min(jobs, len(self._starts))
        while self._todo or any(worker.batch is not None for worker in self._workers):
            while len(self._workers) < wanted and self._todo:
                self._start()
            self._turn()
        outcome = self._outcome
        outcome.answers = sorted(answer for _batch, answers in sorted(self._answers.items()) for answer in answers
                                 if answer.policy == FACTS or answer.unit < outcome.ends.get(answer.policy, len(self._job.units)))
        return outcome

    def stop(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.link.close()
            worker.process.kill()
            worker.process.join()
            worker.process.close()
        self._workers = []

    def _start(self) -> None:
        ours, theirs = self._context.Pipe()
        progress = self._context.RawArray("q", [LOADING, -1])
        strangers = [*(worker.link for worker in self._workers), ours] if self._context.get_start_method() == "fork" else []
        process = self._context.Process(target=work, args=(self._job, theirs, progress, strangers), daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours, progress))

    def _turn(self) -> None:
        """Wait for a word from any worker."""
        spoke = wait([worker.link for worker in self._workers])
        for worker in [worker for worker in self._workers if worker.link in spoke]:
            try:
                said = worker.link.recv()
            except (EOFError, ConnectionResetError):
                self._died(worker)
                continue
            if isinstance(said, ToolError):
                raise said
            if isinstance(said, str):
                raise ToolError(f"the policy engine failed:\n{said}")
            if isinstance(said, Covered):
                self._outcome.covered.append(said)
                continue
            if isinstance(said, Prepared):
                worker.ready = True
                self._know(said)
            elif worker.batch is not None:
                self._answers[worker.batch] = said
                worker.batch = None
                units = len(self._job.units)
                self._observer.done(min(len(self._answers) * _BATCH, units), units)
            self._feed(worker)

    def _know(self, prepared: Prepared) -> None:
        self._outcome.prepared = prepared
        self._job.prepared = prepared

    def _feed(self, worker: _Worker) -> None:
        if not self._todo:
            return
        worker.batch = self._todo.popleft()
        start = self._starts[worker.batch]
        outcome = self._outcome
        try:
            worker.link.send((start, min(start + _BATCH, len(self._job.units)), outcome.ends, frozenset(outcome.skipped)))
        except (BrokenPipeError, ConnectionResetError):
            self._died(worker)

    def _died(self, worker: _Worker) -> None:
        """Take out what ended the worker, and give its batch to another."""
        self._workers.remove(worker)
        worker.process.join()
        code = worker.process.exitcode
        unit, policy = worker.progress
        worker.link.close()
        worker.process.close()
        ended = f"it did not end within {self._job.timeout:g} s"
        why = ended if code == -SIGALRM else f"it crashed the engine (exit code {code})"
        if unit == LOADING:
            self._reject(policy, why)
        elif policy == FACTS:
            self._outcome.skipped[unit] = why
        else:
            self._outcome.ends[policy] = min(unit, self._outcome.ends.get(policy, unit))
            self._outcome.ended[policy] = why
        if worker.batch is not None:
            self._todo.appendleft(worker.batch)
        if not self._workers or self._todo:
            self._start()

    def _reject(self, number: int, why: str) -> None:
        files: Sequence[Any] = self._job.files
        if not 0 <= number < len(files) or files[number].builtin or number in self._job.out:
            raise ToolError(f"the policy engine can't be started: {why}")
        self._job.out = {**self._job.out, number: Rejected(number, why, files[number].line)}


def _context() -> BaseContext:
    """Fork where it is safe: workers then share what the parent has read; threads and fork don't go together."""
    if "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")
