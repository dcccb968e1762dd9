"""Trials -> JUnit XML: a suite for each policy, a case for each test and example."""

from __future__ import annotations

from ..evaluate.unit_tests import ERROR, FAILED, SKIPPED
from ..report.escape import visible
from ..report.junit import Case, document
from ..report.options import Options
from .model import Trial, Trials

_OUTCOMES = {FAILED: "failure", ERROR: "error", SKIPPED: "skipped"}


def render(trials: Trials, _options: Options) -> str:
    """The XML, in the dialect of the reports of check."""
    return document("gitops-guard policies", [(subject.id, [_case(trial) for trial in subject.trials])
                                              for subject in trials.subjects if subject.trials])


def _case(trial: Trial) -> Case:
    outcome = _OUTCOMES.get(trial.outcome, "passed")
    places = [f"{visible(problem.file)}:{problem.line}: {visible(problem.message)}" for problem in trial.problems]
    said = [f"printed: {visible(text)}" for text in trial.printed]
    why = "; ".join(problem.message for problem in trial.problems)
    message = "a test that is to be written" if outcome == "skipped" else visible(why)
    body = "\n".join([*places, *said]) if outcome in ("failure", "error") else ""
    return Case(visible(trial.name), outcome, message, body, trial.kind)
