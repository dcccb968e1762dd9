"""A Report -> GitHub workflow commands, which a job's log turns into annotations at the lines of a pull request."""

from __future__ import annotations

from ..model import Finding, Severity
from ..outcome import Report
from .escape import visible, workflow_data, workflow_property
from .options import Options
from .summary import checked, found, number

# GitHub drops what is beyond ten of a kind in a step, without a word (actions/toolkit, docs/problem-matchers.md).
_MOST = 10
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, _options: Options) -> str:
    """The commands for what is neither waived nor known, worst first, and a line that says how many more there are."""
    lines: list[str] = []
    more: list[str] = []
    for severity, command in _COMMANDS.items():
        findings = [finding for finding in report.findings if finding.counts and finding.severity is severity]
        lines.extend(_command(finding, command) for finding in findings[:_MOST])
        if len(findings) > _MOST:
            more.append(number(len(findings) - _MOST, f"more {severity.word}"))
    if more:
        lines.append(f"{', '.join(more)} without an annotation: GitHub shows {_MOST} of a kind")
    lines.append(f"{found(report)} in {visible(checked(report))}")
    return "\n".join(lines) + "\n"


def _command(finding: Finding, command: str) -> str:
    place = finding.location
    text = f"{finding.message}\n{finding.remedy}" if finding.remedy else finding.message
    data = "%0A".join(workflow_data(line) for line in text.split("\n"))
    # Property values may not be empty, and a line that is only near has no column.
    column = f",col={place.column}" if place.quality == "exact" else ""
    title = workflow_property(finding.rule)
    return f"::{command} file={workflow_property(place.file)},line={place.line}{column},title={title}::{data}"
