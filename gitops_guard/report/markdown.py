"""A Report -> GitHub-flavoured Markdown for a step summary or a comment: a table of findings, worst first."""

from __future__ import annotations

from ..model import Finding, ResourceId, Severity
from ..outcome import ChangeReport, Report
from .changes import losses, name, of_target, total, worst_first
from .escape import markdown
from .options import Options
from .summary import checked, found, known, listed, number

# GitHub drops a summary beyond 1 MiB as a whole.
_MAX_BYTES = 900 * 1024
_SIGNS = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.NOTE: "💡 note"}
_TARGETS = 5
_MOST_UNBUILT = 50
_CHANGED_TARGETS = 50
_LOST = 20
_OTHERS = 10


def render(report: Report, options: Options) -> str:
    """The report as Markdown of at most 900 KiB; what does not fit is counted."""
    shown = [finding for finding in report.findings if finding.counts or options.everything]
    shown.sort(key=lambda finding: -finding.severity)
    counts = f"{markdown(found(report))} in {checked(report)}"
    head = f"## gitops-guard: {_verdict(report)}\n\n{counts}\n"
    tail = ("" if report.changes is None else _changes(report.changes)) + _unbuilt(report)
    return head + _table(shown, _MAX_BYTES - len(head.encode()) - len(tail.encode())) + tail


def _verdict(report: Report) -> str:
    counted = sum(report.count(severity) for severity in Severity)
    if counted:
        return number(counted, "finding")
    if known(report):
        return "nothing new"
    return "nothing found" if report.targets or any(rule.checked for rule in report.rules) else "nothing checked"


def _table(findings: list[Finding], room: int) -> str:
    if not findings:
        return ""
    text = ["\n| | rule | where | what |\n|---|---|---|---|\n"]
    room -= len(text[0]) + 100
    for index, finding in enumerate(findings):
        row = _row(finding)
        room -= len(row.encode())
        if room < 0:
            text.append(f"\n{number(len(findings) - index, 'more finding')} not shown here.\n")
            break
        text.append(row)
    return "".join(text)


def _row(finding: Finding) -> str:
    place = f"{markdown(finding.location.file)}:{finding.location.line}"
    what = [markdown(finding.message)]
    if finding.remedy:
        what.append(f"<sub>{markdown(finding.remedy)}</sub>")
    if finding.resource is not None:
        what.append(f"<sub>{markdown(str(finding.resource))}</sub>")
    if finding.targets:
        what.append(f"<sub>in {markdown(listed(finding.targets, _TARGETS))}</sub>")
    what.extend(f"<sub>{markdown(other.message)}: {markdown(other.location.file)}:{other.location.line}</sub>"
                for other in finding.related)
    if finding.waiver is not None:
        what.append(f"waived: {markdown(finding.waiver.reason)}")
    elif not finding.counts:
        what.append(finding.status)
    return f"| {_SIGNS[finding.severity]} | {markdown(finding.rule)} | {place} | {'<br>'.join(what)} |\n"


def _changes(changes: tuple[ChangeReport, ...]) -> str:
    lines = [f"\n### {markdown(total(changes))}\n"] if changes else [f"\n{markdown(total(changes))}.\n"]
    for change in worst_first(changes)[:_CHANGED_TARGETS]:
        lines.append(f"- **{markdown(change.target)}**: {markdown(of_target(change))}")
        lines += [f"  - {markdown(names)}{story and ': '}{markdown(story)}" for names, story, _outcome in losses(change, _LOST)]
        for word, names in (("created", change.created), ("changed", change.changed)):
            lines += [f"  - {word} {_names(names)}"] if names else []
    if len(changes) > _CHANGED_TARGETS:
        lines.append(f"- and {number(len(changes) - _CHANGED_TARGETS, 'more target')}")
    return "\n".join(lines) + ("\n" if changes else "")


def _names(names: tuple[ResourceId, ...]) -> str:
    return markdown(listed(tuple(name(one) for one in names), _OTHERS))


def _unbuilt(report: Report) -> str:
    entries = [entry for entry in report.targets if entry.status != "rendered"]
    if not entries:
        return ""
    lines = [f"- {markdown(entry.target.id)}: {entry.status}" for entry in entries[:_MOST_UNBUILT]]
    if len(entries) > _MOST_UNBUILT:
        lines.append(f"- and {len(entries) - _MOST_UNBUILT} more")
    return "\nTargets that were not judged as a whole:\n\n" + "\n".join(lines) + "\n"
