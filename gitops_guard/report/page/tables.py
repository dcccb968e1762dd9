"""A Report -> the tables of the page: every target and every rule, each with its findings counted and a way to them."""

from __future__ import annotations

from collections import Counter

from ...outcome import Report
from ..escape import xml, xml_line
from ..summary import WORST_FIRST, number


def targets(report: Report) -> str:
    """What became of each target."""
    counts = Counter((target, finding.severity) for finding in report.findings if finding.counts for target in finding.targets)
    head = ["target", "environment", "owners", "objects", "state", *(f"{severity.word}s" for severity in WORST_FIRST), ""]
    rows = []
    for index, entry in enumerate(report.targets):
        target = entry.target
        found = [counts[target.id, severity] for severity in WORST_FIRST]
        owners = ", ".join(owner.id for owner in target.owners)
        rows.append([xml_line(target.id), xml_line(target.environment or ""), xml_line(owners), str(entry.resources),
                     f'<span class="{xml(entry.status)}">{xml(entry.status)}</span>', *map(_count, found),
                     _button("target", str(index), target.id) if sum(found) else ""])
    return _table("Targets", head, rows)


def rules(report: Report) -> str:
    """Each rule that ran."""
    counts = Counter(finding.rule for finding in report.findings if finding.counts)
    head = ["rule", "what", "severity", "checked", "findings", ""]
    rows = [[f"<code>{xml(entry.rule.id)}</code>", xml_line(entry.rule.title), entry.rule.severity.word, str(entry.checked),
             _count(counts[entry.rule.id]), _button("rule", entry.rule.id, entry.rule.id) if counts[entry.rule.id] else ""]
            for entry in report.rules]
    if not rows:
        return ""
    return f"<details><summary>{number(len(rows), 'rule')} ran</summary>\n{_table('Rules', head, rows)}</details>\n"


def _count(found: int) -> str:
    return str(found) if found else '<span class="nil">0</span>'


def _button(name: str, value: str, what: str) -> str:
    return (f'<button type="button" class="scripted" data-name="{name}" data-value="{xml(value)}" '
            f'aria-label="show findings: {xml_line(what)}">show</button>')


def _table(title: str, head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    top = "".join(f'<th scope="col">{xml(cell)}' for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}\n" for row in rows)
    return (f'<div class="wide" tabindex="0" role="region" aria-label="{title}">\n<table>\n<thead><tr>{top}</thead>\n'
            f"<tbody>\n{body}</tbody>\n</table>\n</div>\n")
