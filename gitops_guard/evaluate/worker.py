"""The process that judges: it loads the policies, and answers batches of units until it is told to stop.

A timer of the kernel ends the process when one policy takes too long over one input, or one file over its loading: an engine
that loops for ever lets no Python run. `progress` then tells the parent what it was at.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import signal
import traceback
from collections.abc import Collection, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ..errors import ToolError
from .engine import Engine, EngineError
from .job import LOADING, Answer, Covered, Job, judged, rules
from .prepare import Prepared, prepare
from .questions import Questions, given
from .twins import answers_of, groups_of, rule_of, text_of

_MEMORY = 3_000_000_000


def work(job: Job, link: Connection, progress: Any, strangers: Sequence[Connection]) -> None:
    """Serve until the parent closes the link. `strangers` are other workers' links that a fork copied."""
    for other in strangers:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # The engine prints remarks of its own about policies; what matters of them is examined and told.
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _limit()
    try:
        judge = (job.judge or Judge)(job, progress)
        link.send(judge.prepared)
        while True:
            start, stop, ends, skipped = link.recv()
            answers = judge.units(range(start, stop), ends, skipped)
            if job.coverage:
                link.send(judge.covered())
            link.send(answers)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except ToolError as error:
        with contextlib.suppress(OSError):
            link.send(error)
    except BaseException:  # noqa: BLE001 (a bug of ours: told to the parent, which raises it)
        with contextlib.suppress(OSError):
            link.send(traceback.format_exc())


def _limit() -> None:
    """A policy can't take all memory of the machine, nor leave its image on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        used = int(pages) * os.sysconf("SC_PAGE_SIZE")
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = used + _MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


class Timer:
    """Ends this process when what it is at takes too long; `progress` then tells the parent what that was."""

    def __init__(self, progress: Any, seconds: float) -> None:
        self._progress = progress
        self._seconds = seconds

    def at(self, unit: int, policy: int) -> None:
        """Begin something, with all the time that there is."""
        self._progress[0], self._progress[1] = unit, policy
        signal.setitimer(signal.ITIMER_REAL, self._seconds)

    @staticmethod
    def rest() -> None:
        """What comes now may take as long as it likes."""
        signal.setitimer(signal.ITIMER_REAL, 0)


class Judge:
    """The embedded engine with all policies."""

    def __init__(self, job: Job, progress: Any) -> None:
        self._job = job
        self._timer = Timer(progress, job.timeout)
        self.prepared: Prepared
        self._engine: Engine
        groups = [] if job.coverage else groups_of(job.policies)
        self._group_of = {number: (index, group) for index, group in enumerate(groups) for number in group}
        self._engine, self.prepared = job.ready or prepare(
            job.files, job.ours, job.prepared, job.out, self._loads, data=job.data, more=text_of(job.policies, groups),
            coverage=job.coverage)
        self._questions = Questions(job, job.broken(self.prepared), self._timer.at)
        self._rules = [rules(policy, self.prepared) for policy in job.policies]
        self._timer.rest()

    def _loads(self, file: int) -> None:
        self._timer.at(LOADING, file)

    def covered(self) -> Covered:
        """Which lines were evaluated."""
        return Covered(self._engine.covered())

    def units(self, numbers: range, ends: Mapping[int, int], skipped: Collection[int]) -> list[Answer]:
        """What the policies say of units; see Judging."""
        return [answer for number in numbers for answer in self._unit(number, ends, skipped)]

    def _unit(self, number: int, ends: Mapping[int, int], skipped: Collection[int]) -> list[Answer]:
        answers: list[Answer] = []
        done: set[int] = set()
        for policy, _text in given(self._questions.of(number, ends, skipped), number, self._engine.give, answers):
            if policy in done:
                continue
            self._timer.at(number, policy)
            index, group = self._group_of.get(policy, (0, ()))
            if group and not any(number >= ends.get(other, number + 1) for other in group):
                together = self._together(number, index)
                if together is not None:
                    done.update(group)
                    answers += together
                    continue
            answers += judged(number, policy, self._job.policies[policy], self._rules[policy], self._engine.ask)
        self._timer.rest()
        return answers

    def _together(self, number: int, index: int) -> list[Answer] | None:
        """What the policies of a group say; None where one fails, and each must be asked alone."""
        try:
            text = self._engine.ask(rule_of(index))
        except EngineError:
            return None
        return [Answer(number, policy, "deny", denied) for policy, denied in answers_of(text).items()]
