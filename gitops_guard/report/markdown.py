"""A Report -> GitHub-flavoured Markdown for a step summary or a comment: what was found, what a merge does, what it renders."""

from __future__ import annotations

from ..delta import Delta
from ..model import Finding, Location, ResourceId, Severity
from ..outcome import ChangeReport, Report
from .changes import losses, name, of_target, total, worst_first
from .delta import markdown as differences
from .escape import markdown
from .options import Options
from .room import COMMENT, fitting, short
from .summary import checked, found, known, listed, number

_SIGNS = {Severity.ERROR: "❌ error", Severity.WARNING: "⚠️ warning", Severity.NOTE: "💡 note"}
_TARGETS = 5
_MOST_UNBUILT = 50
_LOST = 20
_RELATED = 5
_OTHERS = 10
_CHANGES = 15_000
"""Characters that findings leave for what the merge does."""
_FEW = 300
"""Characters for a word about its fields."""
_LONGEST, _NAME = 1_000, 300
"""Characters of a message, and of a name."""


def render(report: Report, options: Options) -> str:
    """The report as Markdown within the size of a comment: findings, then the change, then its fields; the rest is counted."""
    shown = [finding for finding in report.findings if finding.counts or options.everything]
    shown.sort(key=lambda finding: (not finding.counts, -finding.severity))
    head = f"## gitops-guard: {_verdict(report)}\n\n{markdown(short(f'{found(report)} in {checked(report)}', _LONGEST))}\n"
    tail = _unbuilt(report)
    room = COMMENT - len(head) - len(tail) - (0 if report.delta is None else _FEW)
    changes = "" if report.changes is None else _changes(report.changes, room)
    table = _table(shown, room - min(len(changes), _CHANGES))
    if report.changes is not None:
        changes = _changes(report.changes, room - len(table))
    fields = "" if report.delta is None else _fields(report.delta, room + _FEW - len(table) - len(changes))
    return head + table + changes + fields + tail


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
    head = "\n| | rule | where | what |\n|---|---|---|---|\n"
    return head + fitting([_row(finding) for finding in findings], room - len(head),
                          lambda count: f"\n{number(count, 'more finding')} not shown here.\n")


def _row(finding: Finding) -> str:
    what = [markdown(short(finding.message, _LONGEST))]
    if finding.remedy:
        what.append(f"<sub>{markdown(short(finding.remedy, _LONGEST))}</sub>")
    if finding.resource is not None:
        what.append(f"<sub>{_name(str(finding.resource))}</sub>")
    if finding.targets:
        what.append(f"<sub>in {markdown(short(listed(finding.targets, _TARGETS), _LONGEST))}</sub>")
    what.extend(f"<sub>{_name(other.message)}: {_place(other.location)}</sub>" for other in finding.related[:_RELATED])
    if finding.waiver is not None:
        what.append(f"waived: {markdown(short(finding.waiver.reason, _LONGEST))}")
    elif not finding.counts:
        what.append(finding.status)
    return f"| {_SIGNS[finding.severity]} | {_name(finding.rule)} | {_place(finding.location)} | {'<br>'.join(what)} |\n"


def _name(text: str) -> str:
    return markdown(short(text, _NAME))


def _place(place: Location) -> str:
    return f"{_name(place.file)}:{place.line}"


def _changes(changes: tuple[ChangeReport, ...], room: int) -> str:
    if not changes:
        return f"\n{markdown(total(changes))}.\n"
    head = f"\n### {markdown(total(changes))}\n\n"
    return head + fitting([_change(change) for change in worst_first(changes)], room - len(head),
                          lambda count: f"- and {number(count, 'more target')}\n")


def _change(change: ChangeReport) -> str:
    lines = [f"- **{_name(change.target)}**: {markdown(of_target(change))}"]
    lines += [f"  - {markdown(names)}{story and ': '}{markdown(story)}" for names, story, _outcome in losses(change, _LOST)]
    for word, names in (("created", change.created), ("changed", change.changed)):
        lines += [f"  - {word} {_names(names)}"] if names else []
    return "\n".join(lines) + "\n"


def _fields(delta: Delta, room: int) -> str:
    """What differs field by field, folded by target; nothing where nothing does."""
    head = "\n### What is rendered differently\n"
    unsure = len({one.target for one in delta.unsure})
    tail = f"\nMore may differ in {number(unsure, 'target')} that could not be rendered as a whole.\n" if unsure else ""
    folds = differences.folds(delta, room - len(head) - len(tail))
    return head + folds + tail if folds or tail else ""


def _names(names: tuple[ResourceId, ...]) -> str:
    return markdown(listed(tuple(name(one) for one in names), _OTHERS))


def _unbuilt(report: Report) -> str:
    entries = [entry for entry in report.targets if entry.status != "rendered"]
    if not entries:
        return ""
    lines = [f"- {_name(entry.target.id)}: {entry.status}" for entry in entries[:_MOST_UNBUILT]]
    if len(entries) > _MOST_UNBUILT:
        lines.append(f"- and {len(entries) - _MOST_UNBUILT} more")
    return "\nTargets that were not judged as a whole:\n\n" + "\n".join(lines) + "\n"
