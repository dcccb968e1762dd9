"""What judges in a worker where OPA is the engine: the questions of many units in one request, their values back.

If one of them fails, OPA says nothing of the others. Then the questions are halved until those that fail stand alone. If OPA
takes too long, they are asked one by one, each with all the time that a policy has for one input.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ...errors import ToolError
from ..engine import UNDEFINED, Engine, EngineError
from ..job import Answer, Covered, Job, judged, rules
from ..prepare import Prepared
from ..questions import Questions, given
from ..worker import Timer
from .client import Client, EvaluationError, LateError, Link
from .texts import Texts, number_of

_PROBE = 5.0
"""Seconds in which an OPA that is well answers a question that needs no policy."""


class _Question(NamedTuple):
    """One rule about one input."""

    unit: int
    policy: int
    rule: str
    """`data.a.b.deny`."""
    input: str


class OpaJudge:
    """The OPA at a link, which holds the texts of this run."""

    def __init__(self, link: Link, texts: Texts, job: Job, progress: Any) -> None:
        self._link = link
        self._texts = texts
        self._job = job
        self.prepared = job.prepared or Prepared()
        self._timer = Timer(progress, job.timeout)
        self._progress = progress
        self._client = Client(link, job.timeout)
        # What the embedded engine can't read (nesting, half a surrogate pair), OPA would read otherwise: neither judges it.
        self._reader = Engine()
        self._questions = Questions(job, job.broken(self.prepared), self._timer.at)
        self._rules = [rules(policy, self.prepared) for policy in job.policies]
        self._timer.rest()

    def covered(self) -> Covered:
        """Which lines were evaluated: OPA does not say."""
        return Covered({})

    def units(self, numbers: range, ends: Mapping[int, int], skipped: Collection[int]) -> list[Answer]:
        """What the policies say of units; see Judging."""
        answers: list[Answer] = []
        asked: list[_Question] = []
        for number in numbers:
            for policy, text in given(self._questions.of(number, ends, skipped), number, self._reader.give, answers):
                asked += [_Question(number, policy, f"data.{self._job.policies[policy].package}.{rule}", text)
                          for rule in self._rules[policy]]
        self._timer.rest()
        values = dict(zip(((one.unit, one.policy, one.rule) for one in asked), self._values(asked), strict=True))

        for unit, policy in dict.fromkeys((one.unit, one.policy) for one in asked):
            def value(rule: str, unit: int = unit, policy: int = policy) -> str:
                found = values[unit, policy, rule]
                if isinstance(found, EngineError):
                    raise found
                return found
            answers += judged(unit, policy, self._job.policies[policy], self._rules[policy], value)
        return answers

    def _values(self, asked: Sequence[_Question]) -> list[str | EngineError]:
        """Of each question its value as JSON, UNDEFINED, or how it failed."""
        if not asked:
            return []
        try:
            return self._answers(asked)
        except EvaluationError as error:
            if len(asked) == 1:
                return [self._failure(error)]
        except LateError:
            self._reconnect()
            return [self._alone(one) for one in asked]
        half = len(asked) // 2
        return [*self._values(asked[:half]), *self._values(asked[half:])]

    def _alone(self, one: _Question) -> str | EngineError:
        """Ask one question. If it gets no answer, whose fault is that? The policy's, if OPA answers another question."""
        try:
            return self._answers([one])[0]
        except EvaluationError as error:
            return self._failure(error)
        except LateError:
            probe = Client(self._link, _PROBE)
        try:
            probe.ask(self._texts.about_path, "{}")
        except (LateError, EvaluationError):
            raise ToolError(f"{self._link.name} gave no answer within {self._job.timeout:g} s") from None
        finally:
            probe.close_connection()
        # As the kernel's timer ends a worker whose engine does not: the parent takes the policy out from this unit on.
        self._progress[0], self._progress[1] = one.unit, one.policy
        os.kill(os.getpid(), signal.SIGALRM)
        raise AssertionError("the signal that ends a worker was ignored")

    def _answers(self, asked: Sequence[_Question]) -> list[str | EngineError]:
        """The values. Raises EvaluationError where one of the questions fails, LateError and ToolError."""
        groups = [list(group) for _input, group in itertools.groupby(asked, key=lambda one: id(one.input))]
        questions = [f'{{"rules":{json.dumps([one.rule for one in group])},"input":{group[0].input}}}' for group in groups]
        said = self._client.ask(self._texts.ask_path, f'{{"questions":[{",".join(questions)}]}}')
        if not isinstance(said, list) or [_count(held) for held in said] != [len(group) for group in groups]:
            raise ToolError(f"{self._link.name} did not answer all that it was asked")
        return [json.dumps(found[0]) if found else UNDEFINED for held in said for found in held]

    def _failure(self, error: EvaluationError) -> EngineError:
        number = number_of(error.place.policy)
        return EngineError(str(error)) if number is None else EngineError(str(error), str(number), error.place.line)

    def _reconnect(self) -> None:
        self._client.close_connection()
        self._client = Client(self._link, self._job.timeout)


def _count(held: object) -> int:
    """How many answers there are to the questions about one input; -1 where that is no list of them."""
    return len(held) if isinstance(held, list) and all(isinstance(found, list) for found in held) else -1
