"""Policies -> what their unit tests and examples say of them, each tried in a process that it can't harm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..errors import UsageError
from ..evaluate.coverage import Coverage, Lines
from ..evaluate.unit_tests import ERROR, Examined, TestResult, Wanted, examine, run_tests
from ..examples import Example, read_examples
from ..globs import any_matches, matches
from ..locate import locate
from ..near import nearest
from ..needs import only
from ..parallel import each
from ..policy import OUR_PACKAGE, Policy, PolicySet
from ..rego_file import RegoFile
from .example import problem_of, try_example
from .model import Problem, Subject, Trial, Trials

__all__ = ["Problem", "Subject", "Trial", "Trials", "run_trials"]

_TEST = re.compile(r"^((?:todo_)?test_\w+)", re.MULTILINE)


@dataclass
class _Work:
    """A subject while it is tried."""

    files: list[RegoFile]
    policy: Policy | None = None
    trials: list[Trial] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Task:
    """What a worker does at a time: the tests of a file, or an example."""

    subject: str
    test: RegoFile | None = None
    policy: Policy | None = None
    example: Example | None = None
    file: str = ""


def run_trials(policies: PolicySet, *, builtin: bool = False, chosen: Sequence[str] = (), pattern: re.Pattern[str] | None = None,
               jobs: int = 1) -> Trials:
    """Run all unit tests and examples of the policies, of those that are built in or of the others.

    `chosen` are globs of rules and libraries. With a `pattern`, only those tests and examples are run in whose full name,
    `<subject> <name>`, it is found; then nothing is said of coverage. Files that can't be used are errors always. The result does
    not depend on `jobs`. Raises UsageError where a glob fits nothing, and ToolError where the engine can't work at all.
    """
    return _Run(policies, builtin, chosen, pattern).trials(jobs)


class _Run:
    """One call of it."""

    def __init__(self, policies: PolicySet, builtin: bool, chosen: Sequence[str], pattern: re.Pattern[str] | None) -> None:
        policies = policies if builtin else _house(policies)
        self._policies = policies
        self._builtin = builtin
        self._chosen = chosen
        self._pattern = pattern
        self._examined: Examined = examine(policies, builtin=builtin)
        self._works: dict[str, _Work] = {}
        self._by_package: dict[str, str] = {}

    def trials(self, jobs: int) -> Trials:
        """Try everything."""
        self._subjects()
        tasks = [*self._tests(), *self._examples()]
        for glob in self._chosen:
            if not any(matches(glob, name) for name in self._works):
                close = nearest(glob, self._works, 0.5)
                hint = f"did you mean {close!r}?" if close else f"there are {', '.join(sorted(self._works))}"
                raise UsageError(f"--select: there is no rule {glob!r} here; {hint}")
        if self._chosen:
            self._works = {name: work for name, work in self._works.items() if any_matches(self._chosen, name)}
            tasks = [task for task in tasks if task.subject in self._works]
        coverage = Coverage()
        for task, (trials, covered) in zip(tasks, each(tasks, self._do, jobs), strict=True):
            self._works[task.subject].trials += trials
            coverage += covered
        self._broken()
        for work in self._works.values():
            if work.policy is not None:
                work.lacks = [what for what, kind in (("unit tests", "test"), ("examples", "example"))
                              if not any(trial.kind == kind for trial in work.trials)
                              and not (kind == "example" and work.policy.conftest)]
        return Trials(tuple(self._subject(name, work, coverage) for name, work in sorted(self._works.items())
                            if self._pattern is None or work.trials))

    def _subjects(self) -> None:
        for policy in self._policies.policies:
            files = [file for file in policy.files if file.builtin is self._builtin]
            if files:
                self._works[policy.id] = _Work(files, policy)
                self._by_package[policy.package] = policy.id
        for library in self._policies.libraries:
            if library.builtin is self._builtin:
                ours = library.package.startswith(OUR_PACKAGE + ".")
                name = library.package.removeprefix(OUR_PACKAGE + ".").replace(".", "/") if ours else library.package
                self._works.setdefault(name, _Work([])).files.append(library)
                self._by_package[library.package] = name

    def _subject_of(self, file: RegoFile) -> str:
        """What a file is, or tests."""
        package = file.package
        name = self._by_package.get(package) or self._by_package.get(package.removesuffix("_test")) or file.shown
        self._works.setdefault(name, _Work([]))
        return name

    def _tests(self) -> Iterator[_Task]:
        tried = {file.shown for file in self._policies.tests if file.builtin is self._builtin}
        for test in self._examined.policies.tests:
            if test.shown in tried and self._may_fit(test):
                yield _Task(self._subject_of(test), test)

    def _may_fit(self, test: RegoFile) -> bool:
        """Whether a test of the file may be wanted: what does not even stand in its text needn't be loaded."""
        names = _TEST.findall(test.text)
        subject = self._subject_of(test)
        return self._pattern is None or not names or any(self._pattern.search(f"{subject} {name}") for name in names)

    def _examples(self) -> Iterator[_Task]:
        for policy in self._examined.policies.policies:
            path = self._policies.examples.get(policy.id)
            if policy.id not in self._works or path is None:
                continue
            shown = policy.files[0].shown.removesuffix(".rego") + ".yaml"
            try:
                examples = read_examples(path)
            except UsageError as error:
                problem = problem_of(error, shown)
                self._works[policy.id].trials.append(Trial("file", shown, shown, problem.line, ERROR, (problem,)))
                continue
            for example in examples:
                if self._pattern is None or self._pattern.search(f"{policy.id} {example.name}"):
                    yield _Task(policy.id, policy=policy, example=example, file=shown)

    def _do(self, task: _Task) -> tuple[list[Trial], Coverage]:
        if task.test is not None:
            wanted = Wanted(task.subject) if self._pattern is None else Wanted(task.subject, self._pattern)
            results, covered = run_tests(self._examined, task.test, wanted)
            return [_trial(task.test, result) for result in results], covered
        if task.policy is None or task.example is None:
            raise ValueError(f"{task.subject}: nothing to do")
        trial, covered = try_example(only(self._examined.policies, task.policy.files), task.policy, task.example, task.file)
        return [trial], covered

    def _broken(self) -> None:
        """Files that can't be used are errors, whatever pattern was given."""
        for file, message, line in self._examined.rejected:
            if file.builtin is self._builtin:
                problem = Problem(message, file.shown, line, _row(file, line))
                kind = "test" if file.name.endswith("_test.rego") else "file"
                trial = Trial(kind, file.shown, file.shown, line, ERROR, (problem,))
                self._works[self._subject_of(file)].trials.insert(0, trial)
        for fault in self._policies.faults:
            place = locate(fault)
            problem = Problem(fault.message, place.file, place.line)
            work = self._works.setdefault(place.file, _Work([]))
            work.trials.append(Trial("file", place.file, place.file, place.line, ERROR, (problem,)))

    def _subject(self, name: str, work: _Work, coverage: Coverage) -> Subject:
        files = tuple(file.shown for file in work.files)
        lines = tuple((file.shown, coverage.files.get(file.shown) or Lines.of_text(file.text)) for file in work.files)
        whole = self._pattern is None
        return Subject(name, files, tuple(work.trials), lines if whole else (), tuple(work.lacks) if whole else ())


def _house(policies: PolicySet) -> PolicySet:
    """Without the built-in policies that no other file speaks of: they would only be loaded, again and again."""
    texts = [file.text for policy in policies.policies for file in policy.files if not file.builtin]
    texts += [file.text for file in (*policies.libraries, *policies.tests) if not file.builtin]
    kept = tuple(policy for policy in policies.policies
                 if not policy.builtin or any(policy.package in text for text in texts))
    return replace(policies, policies=kept, tests=tuple(test for test in policies.tests if not test.builtin))


def _trial(file: RegoFile, result: TestResult) -> Trial:
    problems: tuple[Problem, ...] = ()
    if result.message:
        at = result.stopped or result.line
        problems = (Problem(result.message, file.shown, at, _row(file, at)),)
    return Trial("test", result.rule or file.shown, file.shown, result.line, result.outcome, problems, result.printed)


def _row(file: RegoFile, line: int) -> str:
    rows = file.text.split("\n")
    return rows[line - 1] if 0 < line <= len(rows) else ""
