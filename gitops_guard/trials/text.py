"""Trials -> what a person reads in a terminal: each failure with its line, a table of what was tried, one line of counts."""

from __future__ import annotations

from collections.abc import Iterator

from ..evaluate.coverage import Lines
from ..evaluate.unit_tests import ERROR, FAILED, PASSED, SKIPPED
from ..report.escape import visible
from ..report.options import Options
from ..report.text import paint
from .model import Problem, Subject, Trial, Trials

_RED, _YELLOW, _GREEN, _GUTTER, _BOLD = "1;31", "1;33", "1;32", "1;34", "1"
_WORDS = {FAILED: "FAIL", ERROR: "ERROR"}


def render(trials: Trials, options: Options) -> str:
    """The text; what passed is only counted."""
    blocks = ["\n".join(_failure(subject, trial, options)) + "\n" for subject in trials.subjects for trial in subject.trials
              if trial.outcome in _WORDS]
    return "\n".join([*blocks, *_table(trials, options), "", _summary(trials, options)]) + "\n"


def _failure(subject: Subject, trial: Trial, options: Options) -> Iterator[str]:
    name = visible(trial.name if trial.name == subject.id else f"{subject.id}: {trial.name}")
    yield f"{paint(_WORDS[trial.outcome], _RED, options)} {paint(name, _BOLD, options)}"
    margin = max((len(str(problem.line)) for problem in trial.problems if problem.file), default=1)
    for problem in trial.problems:
        yield from _problem(problem, margin, options)
    for text in trial.printed:
        yield f"{paint(' ' * margin + ' =', _GUTTER, options)} printed: {visible(text)}"


def _problem(problem: Problem, margin: int, options: Options) -> Iterator[str]:
    if problem.file:
        yield f"{paint(' ' * margin + '-->', _GUTTER, options)} {visible(problem.file)}:{problem.line}"
    if problem.text.strip():
        yield paint(" " * margin + " |", _GUTTER, options)
        yield f"{paint(f'{problem.line:>{margin}} |', _GUTTER, options)} {visible(problem.text)[: options.width]}".rstrip()
    yield f"{paint(' ' * margin + ' =', _GUTTER, options)} {visible(problem.message)}"


def _table(trials: Trials, options: Options) -> Iterator[str]:
    measured = any(subject.lines for subject in trials.subjects)
    head = ("policy", "tests", "examples", "coverage") if measured else ("policy", "tests", "examples")
    rows = [(subject, [visible(subject.id), _ratio(subject, "test"), _ratio(subject, "example"),
                       *([_percent(_sum(subject))] if measured else [])]) for subject in trials.subjects]
    widths = [max([len(head[column]), *(len(cells[column]) for _subject, cells in rows)]) for column in range(len(head))]
    yield paint(_row(list(head), widths), _BOLD, options).rstrip()
    for subject, cells in rows:
        notes = "; ".join(_notes(subject))
        line = _row(cells, widths)
        color = _RED if subject.count(FAILED, ERROR) else _YELLOW if subject.lacks else ""
        yield (f"{paint(line, color, options) if color else line}  {notes}" if notes else paint(line, color, options)
               if color else line).rstrip()


def _row(cells: list[str], widths: list[int]) -> str:
    return "  ".join([cells[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])


def _ratio(subject: Subject, kind: str) -> str:
    """How many passed; of how many, where some did not."""
    found = [trial for trial in subject.trials if trial.kind == kind and trial.outcome != SKIPPED]
    passed = sum(trial.outcome == PASSED for trial in found)
    return str(passed) if passed == len(found) else f"{passed}/{len(found)}"


def _sum(subject: Subject) -> Lines | None:
    return Trials((subject,)).lines


def _percent(lines: Lines | None) -> str:
    return "" if lines is None else f"{lines.percent} %"


def _notes(subject: Subject) -> Iterator[str]:
    yield from (f"no {what}" for what in subject.lacks)
    if subject.trials or not subject.lacks:
        several = len(subject.lines) > 1
        for file, lines in subject.lines:
            if lines.missed:
                yield f"never evaluated: {visible(file) + ':' if several else 'line '}{spans(lines.missed)}"


def spans(lines: frozenset[int]) -> str:
    """Line numbers, those that follow each other as `first-last`."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][-1] + 1:
            found[-1] = [found[-1][0], line]
        else:
            found.append([line])
    return ", ".join("-".join(map(str, span)) for span in found)


def _summary(trials: Trials, options: Options) -> str:
    counts = [f"{trials.count(outcome)} {word}" for outcome, word in
              ((FAILED, "failed"), (ERROR, "could not be tried"), (PASSED, "passed"), (SKIPPED, "skipped"))
              if trials.count(outcome) or outcome == PASSED]
    lacking = sum(bool(subject.lacks) for subject in trials.subjects)
    if lacking:
        counts.append(f"{lacking} {'policy lacks' if lacking == 1 else 'policies lack'} tests or examples")
    if trials.lines is not None:
        counts.append(f"coverage {trials.lines.percent} %")
    color = _RED if not trials.ok else _YELLOW if lacking else _GREEN
    return paint(", ".join(counts), color, options)
