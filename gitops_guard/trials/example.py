"""An example and its policy -> whether the policy says what the example says; judged as `check` would judge it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from ..errors import InputError, UsageError
from ..evaluate import Coverage, Evaluation, evaluate
from ..evaluate.unit_tests import ERROR, FAILED, PASSED
from ..examples import MANIFEST, Example
from ..locate import locate
from ..model import Fault, Severity
from ..policy import POLICY_ERROR, Policy, PolicySet
from .model import Problem, Trial
from .subjects import subjects_of

_PLACE = re.compile(r"(?P<file>[^:]+):(?P<line>[0-9]+):(?:[0-9]+:)? ")

def try_example(policies: PolicySet, policy: Policy, example: Example, file: str) -> tuple[Trial, Coverage]:
    """Judge one example; `file` is what messages call the file that it stands in."""
    trial = Trial("example", example.name, file, example.line)
    try:
        subjects = subjects_of(example, policies.rules)
        found = evaluate(policies, subjects, enabled={policy.id}, parameters={policy.id: example.parameters}, coverage=True)
    except InputError as error:
        at = _problem(example, file, error.file, error.line, error.message)
        return replace(trial, outcome=ERROR, problems=(at,)), Coverage()
    except UsageError as error:
        return replace(trial, outcome=ERROR, problems=(problem_of(error, file, example.line),)), Coverage()
    errors = [fault for fault in found.faults if fault.rule == POLICY_ERROR]
    if errors:
        problems = tuple(Problem(fault.message, locate(fault).file, locate(fault).line) for fault in errors)
        return replace(trial, outcome=ERROR, problems=problems), found.coverage
    problems = tuple(_problems(policy, example, found, file))
    return replace(trial, outcome=FAILED if problems else PASSED, problems=problems), found.coverage


def problem_of(error: UsageError, file: str, line: int = 1) -> Problem:
    """What is wrong with a file of examples; its errors begin with its name and line."""
    place = _PLACE.match(str(error))
    if place is None or place["file"] != posixpath.basename(file):
        return Problem(str(error), file, line)
    return Problem(str(error)[place.end():], file, int(place["line"]))


def _problems(policy: Policy, example: Example, found: Evaluation, file: str) -> Iterator[Problem]:
    if not example.good and not found.checked[policy.id]:
        yield Problem("nothing of it is sent to the policy: see its scope and kinds", file, example.line)
        return
    places = {(place.file, place.line): fault for fault in found.faults for place in (locate(fault),)}
    for path, line in sorted(example.marks - set(places)):
        yield _problem(example, file, path, line, "marked, and nothing was found here")
    for (path, line), fault in sorted(places.items(), key=lambda item: item[0]):
        if (path, line) not in example.marks:
            why = "the example is good" if example.good else "not marked"
            yield _problem(example, file, path, line, f"{why}, and this was found here: {fault.message}")
    for fault in found.faults:
        severity = severity_of(fault, policy, example)
        if example.severity not in (None, severity):
            place = locate(fault)
            wanted = example.severity.word if example.severity is not None else ""
            yield _problem(example, file, place.file, place.line, f"the finding is of severity {severity.word}, not {wanted}")


def severity_of(fault: Fault, policy: Policy, example: Example) -> Severity:
    """How severe a finding in an example is."""
    return fault.severity or policy.metadata.rule.severity_in(example.environment, not example.outside)


def _problem(example: Example, file: str, path: str, line: int, message: str) -> Problem:
    """A problem at a line of one of the example's texts, shown where that text stands."""
    rows = example.marked.get(path, "").split("\n")
    text = rows[line - 1] if 0 < line <= len(rows) else ""
    if path in example.starts:
        return Problem(message, file, example.starts[path] + line - 1, text)
    inside = f"line {line}" if path == MANIFEST else f"{path}:{line}"
    return Problem(f"{inside}: {message}", file, example.line, text)
