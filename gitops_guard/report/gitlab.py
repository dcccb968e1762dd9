"""A Report -> GitLab's Code Quality JSON, which merge requests show beside their lines."""

from __future__ import annotations

from ..model import Finding, Severity
from ..outcome import Report
from .escape import json_text, visible
from .options import Options

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report, _options: Options) -> str:
    """Every finding but the waived ones; those that are known stay, because GitLab itself compares the two branches."""
    return json_text([_entry(finding) for finding in report.findings if finding.waiver is None])


def _entry(finding: Finding) -> dict[str, object]:
    return {
        "description": visible(finding.message),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": finding.location.file, "lines": {"begin": finding.location.line}},
    }
