"""Resources, targets and files + policies -> faults: what Rego decides, whatever a policy may do to the engine.

A policy that crashes, does not end or returns something malformed is a fault of engine/policy-error, and all others go on.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..kinds import filled
from ..model import Fault
from ..observer import UNOBSERVED, Observer
from ..parameters import effective
from ..policy import POLICY_ERROR, Policy, PolicySet
from ..rego_file import RegoFile
from .coverage import Coverage
from .job import FACTS, Answer, Job
from .opa import Opa, opa
from .pool import Outcome, run
from .repository import Repository
from .results import ShapeError, read
from .units import Change, Subjects, Unit, describe, units

__all__ = ["Change", "Coverage", "Evaluation", "Opa", "Repository", "Subjects", "describe", "evaluate", "opa"]

_REMEDY = "correct the policy; what it did not judge is not clean"
_SCOPES = ("resource", "target", "file", "change", "repository", "conftest")


@dataclass
class Evaluation:
    """What the policies found."""

    faults: list[Fault] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    """Rule -> how many resources, targets or files it judged; 0 where there was none."""
    passed: list[tuple[str, str]] = field(default_factory=list)
    """(target id, rule id) of what was judged and is clean."""
    coverage: Coverage = field(default_factory=Coverage)
    """Empty where it was not asked for."""


def evaluate(policies: PolicySet, subjects: Subjects, *, enabled: Collection[str] | None = None,
             parameters: Mapping[str, Mapping[str, Any]] | None = None, jobs: int = 1, timeout: float = 10.0,
             coverage: bool = False, engine: Opa | None = None, observer: Observer = UNOBSERVED) -> Evaluation:
    """Judge the subjects by the policies whose rule is `enabled` (None: by all).

    `parameters` are those of the configuration, by rule; `engine` judges in place of the embedded one, and knows no coverage. The
    result does not depend on `jobs` nor on the order of policies.
    Raises UsageError for parameters that a policy does not have, and ToolError where the engine can't work at all.
    """
    scopes = (*_SCOPES, "admission") if subjects.requests else _SCOPES
    asked = [policy for policy in policies.policies
             if (enabled is None or policy.id in enabled) and policy.metadata.scope in scopes]
    valued = effective(asked, parameters or {})
    asked = [_with_kinds(policy, values) for policy, values in zip(asked, valued, strict=True)]
    given = [json.dumps(values, sort_keys=True) for values in valued]
    order = sorted(range(len(asked)), key=lambda number: ("" if asked[number].conftest else given[number], number))
    found, faults = units(asked, order, subjects)
    files = _files(policies, asked)
    if not found and all(file.builtin for file in files):
        return Evaluation(faults, dict.fromkeys((policy.id for policy in asked), 0))
    ours = {files.index(policy.files[0]) for policy in asked if not policy.conftest}
    job = Job(files, ours, asked, given, found, timeout, coverage=coverage, data=policies.data)
    outcome = run(job, jobs, observer) if engine is None else engine.run(job, jobs)
    return _Reader(job, outcome, faults).evaluation()


def _with_kinds(policy: Policy, parameters: Mapping[str, Any]) -> Policy:
    kinds = filled(policy.metadata.kinds, parameters)
    return policy if kinds == policy.metadata.kinds else replace(policy, metadata=replace(policy.metadata, kinds=kinds))


def _files(policies: PolicySet, asked: list[Policy]) -> list[RegoFile]:
    files = list(policies.libraries)
    for policy in asked:
        files += policy.files
    return files


class _Reader:
    """Makes faults of answers."""

    def __init__(self, job: Job, outcome: Outcome, faults: list[Fault]) -> None:
        self._job = job
        self._outcome = outcome
        self._faults = faults
        self._failures: dict[tuple[int, int, int, str], list[Unit]] = {}
        self._unjudged: set[tuple[int, int]] = set()
        """(unit, policy)"""

    def evaluation(self) -> Evaluation:
        """All of it, sorted by policy and unit."""
        for entry in self._outcome.prepared.rejected:
            file = self._job.files[entry.file]
            self._faults.append(file.fault(POLICY_ERROR, entry.message, entry.line, entry.column, entry.remedy))
        for answer in self._outcome.answers:
            self._answer(answer)
        for policy, unit in sorted(self._outcome.ends.items()):
            self._ended(policy, self._job.units[unit])
        for unit, why in sorted(self._outcome.skipped.items()):
            self._no_facts(self._job.units[unit], f"its facts can't be worked out: {why}")
            self._unjudged.update((unit, policy) for policy in self._job.units[unit].policies
                                  if not self._job.policies[policy].conftest)
        for (policy, number, line, message), where in sorted(self._failures.items(), key=lambda item: item[0]):
            self._failed(policy, number, line, message, where)
        return Evaluation(self._faults, *self._counts(), Coverage.of(self._job.files, self._outcome.covered))

    def _answer(self, answer: Answer) -> None:
        unit = self._job.units[answer.unit]
        if answer.policy == FACTS:
            self._no_facts(unit, f"the policy engine can't read it: {answer.text}")
            self._unjudged.update((answer.unit, policy) for policy in unit.policies)
            return
        policy = self._job.policies[answer.policy]
        if answer.failed:
            self._fail(answer, self._number(answer, policy), answer.line, answer.text)
            return
        try:
            self._faults += list(read(policy, unit, answer.rule, answer.text))
        except ShapeError as error:
            self._fail(answer, self._job.files.index(policy.files[0]), 0, str(error))

    def _number(self, answer: Answer, policy: Policy) -> int:
        """The file that a failure is in."""
        return int(answer.file) if answer.file else self._job.files.index(policy.files[0])

    def _fail(self, answer: Answer, file: int, line: int, message: str) -> None:
        self._unjudged.add((answer.unit, answer.policy))
        self._failures.setdefault((answer.policy, file, line, message), []).append(self._job.units[answer.unit])

    def _failed(self, number: int, at: int, line: int, message: str, where: list[Unit]) -> None:
        """One fault for each line of a policy and each message, whatever number of inputs it failed on."""
        more = f" and {len(where) - 1} more" if len(where) > 1 else ""
        policy, file = self._job.policies[number], self._job.files[at]
        # In a library the line is right, and in built-in files nobody can change it.
        text = f"{policy.id} can't judge {where[0].name}{more}: {message}"
        self._faults.append(file.fault(POLICY_ERROR, text, line or file.line, 1, _REMEDY))

    def _ended(self, number: int, unit: Unit) -> None:
        policy = self._job.policies[number]
        file = policy.files[0]
        text = f"{policy.id} stopped at {unit.name}: {self._outcome.ended[number]}; it judged neither this nor what comes after"
        self._faults.append(file.fault(POLICY_ERROR, text, file.line, 1, _REMEDY))

    def _no_facts(self, unit: Unit, message: str) -> None:
        for occurrence in unit.resources[:1]:
            self._faults.append(Fault(POLICY_ERROR, f"{unit.name} was not judged: {message}", resource=occurrence,
                                      target=occurrence.target, remedy="simplify it, or report this"))

    def _counts(self) -> tuple[dict[str, int], list[tuple[str, str]]]:
        checked = {policy.id: 0 for policy in self._job.policies}
        passed: set[tuple[str, str]] = set()
        dirty = {(fault.target, fault.rule) for fault in self._faults}
        out = {entry.file for entry in self._outcome.prepared.rejected}
        broken = {number for number, policy in enumerate(self._job.policies)
                  if all(self._job.files.index(file) in out for file in policy.files)}
        for at, unit in enumerate(self._job.units):
            for number in unit.policies:
                policy = self._job.policies[number]
                over = at >= self._outcome.ends.get(number, at + 1)
                targets = _targets(policy, unit)
                if number in broken or over or (at, number) in self._unjudged:
                    dirty.update((target, policy.id) for target in targets)
                    continue
                whole = unit.file is not None or unit.change is not None or policy.metadata.scope in ("target", "repository")
                checked[policy.id] += 1 if whole else len(targets)
                passed.update((target, policy.id) for target in targets if target is not None)
        return checked, sorted(passed - dirty)


def _targets(policy: Policy, unit: Unit) -> list[str | None]:
    """The targets that a unit speaks of."""
    if unit.repository is not None:
        return [str(target["id"]) for target in unit.repository.targets]
    if unit.change is not None or policy.metadata.scope == "target":
        return [unit.target]
    return [item.target for item in unit.reaches(policy)]
