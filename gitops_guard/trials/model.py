"""What became of the tests and examples of policies: the shapes that their reports are made of."""

from __future__ import annotations

from dataclasses import dataclass

from ..evaluate.coverage import Lines
from ..evaluate.unit_tests import ERROR, FAILED, PASSED, SKIPPED

OUTCOMES = (PASSED, FAILED, ERROR, SKIPPED)


@dataclass(frozen=True)
class Problem:
    """Why something failed."""

    message: str
    file: str = ""
    """Empty where it stands nowhere."""
    line: int = 0
    text: str = ""
    """That line."""


@dataclass(frozen=True)
class Trial:
    """A unit test, an example, or a file that can't be used."""

    kind: str
    """test, example or file"""
    name: str
    """`test_moving`, `bad example 2: a tag that moves`, the name of a file."""
    file: str
    line: int
    outcome: str = PASSED
    """One of OUTCOMES; an error could not be tried at all."""
    problems: tuple[Problem, ...] = ()
    printed: tuple[str, ...] = ()
    """What a unit test said with `print`."""


@dataclass(frozen=True)
class Subject:
    """What is tried: a policy, a Conftest package, a library."""

    id: str
    """The rule's id; of a library its package, or the name of a file where there is nothing better."""
    files: tuple[str, ...]
    trials: tuple[Trial, ...] = ()
    lines: tuple[tuple[str, Lines], ...] = ()
    """Of each file, what was evaluated; empty where not everything was run."""
    lacks: tuple[str, ...] = ()
    """`unit tests`, `examples`: what should be there, and is not."""

    def count(self, *outcomes: str) -> int:
        """How many trials ended so."""
        return sum(trial.outcome in outcomes for trial in self.trials)


@dataclass(frozen=True)
class Trials:
    """All of it."""

    subjects: tuple[Subject, ...]
    """Sorted by id."""

    def count(self, *outcomes: str, kind: str = "") -> int:
        """How many trials, of one kind or any, ended so."""
        return sum(trial.outcome in (outcomes or OUTCOMES) and trial.kind == (kind or trial.kind)
                   for subject in self.subjects for trial in subject.trials)

    @property
    def lines(self) -> Lines | None:
        """What was evaluated of all files, numbered through; None where that was not asked for."""
        covered = missed = 0
        any_there = False
        for subject in self.subjects:
            for _file, lines in subject.lines:
                any_there = True
                covered, missed = covered + len(lines.covered), missed + len(lines.missed)
        if not any_there:
            return None
        return Lines(frozenset(range(covered)), frozenset(range(covered, covered + missed)))

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.count(FAILED, ERROR)
