"""A Report -> the sentence that every format for people ends with: what was found, and in how much."""

from __future__ import annotations

from ..model import Severity
from ..outcome import DriftReport, Report

WORST_FIRST = sorted(Severity, reverse=True)


def number(count: int, word: str) -> str:
    """A count and its noun."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def found(report: Report) -> str:
    """How many findings there are, by severity, and how many do not count."""
    counts = ", ".join(number(report.count(severity), severity.word) for severity in WORST_FIRST)
    apart = [(waived(report), "waived"), (known(report), "known"), (silenced(report), "silenced")]
    rest = ", ".join(f"{count} {word}" for count, word in apart if count)
    rules = f": {', '.join(sorted(rule for rule, count in report.silenced.items() if count))}" if silenced(report) else ""
    return f"{counts} ({rest}{rules})" if rest else counts


def checked(report: Report) -> str:
    """What was looked at, so that nothing looked at is seen."""
    statuses = [target.status for target in report.targets]
    bad = ", ".join(f"{statuses.count(status)} {status}" for status in ("failed", "unresolved", "partial") if status in statuses)
    targets = number(len(statuses), "target") + (f" ({bad})" if bad else "")
    text = f"{targets}, {number(report.resources, 'resource')}, {number(report.unresolved, 'unresolved part')}"
    if report.drift is not None:
        return f"{text}; {compared(report.drift)}"
    if not report.targets and not any(rule.checked for rule in report.rules):
        return f"{text}: nothing was checked"
    return f"{text}, {number(len(report.rules), 'rule')}"


def compared(drift: DriftReport) -> str:
    """What was compared with clusters, and what could not be, or was left alone."""
    outcomes = [one.outcome for one in drift.compared]
    parts = [f"{number(outcomes.count('compared'), 'object')} compared"]
    parts += [f"{outcomes.count(outcome)} {outcome}" for outcome in ("missing", "unreadable", "ignored") if outcome in outcomes]
    parts += [number(len(drift.ignored), "ignored difference")] if drift.ignored else []
    parts += [f"{drift.anonymous} without managedFields"] if drift.anonymous else []
    return ", ".join(parts)


def waived(report: Report) -> int:
    """Findings that a waiver covers."""
    return sum(1 for finding in report.findings if finding.waiver is not None)


def known(report: Report) -> int:
    """Findings that the base side or the baseline has, too."""
    return sum(1 for finding in report.findings if finding.waiver is None and finding.status == "known")


def silenced(report: Report) -> int:
    """Findings of always-running rules that were switched off by name."""
    return sum(report.silenced.values())


def listed(names: tuple[str, ...], most: int) -> str:
    """Names by comma, at most so many."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
