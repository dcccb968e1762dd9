"""Trials -> JSON, as schemas/trials.json describes it."""

from __future__ import annotations

from typing import Any

from ..report.escape import json_text
from ..report.options import Options
from .model import OUTCOMES, Subject, Trial, Trials


def render(trials: Trials, _options: Options) -> str:
    """All of it, what passed as well."""
    lines = trials.lines
    return json_text({
        "version": "1",
        "summary": {**{outcome: trials.count(outcome) for outcome in OUTCOMES}, "tests": trials.count(kind="test"),
                    "examples": trials.count(kind="example"), "coverage": None if lines is None else lines.percent},
        "policies": [_subject(subject) for subject in trials.subjects],
    })


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "id": subject.id,
        "files": list(subject.files),
        "lacks": list(subject.lacks),
        "coverage": [{"file": file, "percent": lines.percent, "covered": sorted(lines.covered), "missed": sorted(lines.missed)}
                     for file, lines in subject.lines],
        "trials": [_trial(trial) for trial in subject.trials],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "kind": trial.kind, "name": trial.name, "file": trial.file, "line": trial.line, "outcome": trial.outcome,
        "problems": [{"message": problem.message, "file": problem.file or None, "line": problem.line or None}
                     for problem in trial.problems],
        "printed": list(trial.printed),
    }
