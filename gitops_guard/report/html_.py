"""A Report -> one HTML page that needs nothing else: a table of all findings, which a few lines of script filter."""

from __future__ import annotations

import base64
import hashlib

from ..model import Finding, Location, ResourceId, Severity
from ..outcome import ChangeReport, Report
from .changes import is_lossy, of_target, story, total, worst_first
from .escape import visible, xml
from .excerpt import Excerpts
from .html_assets import SCRIPT, STYLE
from .options import Options
from .summary import checked, found

_WIDTH = 80
_WORST_FIRST = sorted(Severity, reverse=True)


def render(report: Report, _options: Options) -> str:
    """The report as a page, waived and known findings included (they are hidden until asked for)."""
    excerpts = Excerpts(report.sources)
    rows = "".join(_row(finding, excerpts) for finding in sorted(report.findings, key=lambda finding: -finding.severity))
    counts = xml(f"{found(report)} in {checked(report)}")
    table = (f'<table class="findings"><thead><tr><th>severity<th>rule<th>finding</thead>\n<tbody>\n{rows}</tbody></table>\n'
             '<p id="none" hidden>No finding fits the filter.</p>\n' if rows else "<p>Nothing was found.</p>\n")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gitops-guard report</title>
<style>{STYLE}</style>
</head>
<body>
<h1>gitops-guard <small>{xml(report.version)}</small></h1>
<p>{counts}</p>
{_filters(report)}{table}{_changes(report.changes)}{_targets(report)}{_rules(report)}<script>{SCRIPT}</script>
</body>
</html>
"""


def _hash(text: str) -> str:
    """Only what stands here may run, whatever else gets into the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _filters(report: Report) -> str:
    if not report.findings:
        return ""
    boxes = [_box("severity", severity.word, checked=True) for severity in _WORST_FIRST]
    statuses = sorted({_status(finding) for finding in report.findings} | {"new"}, key=lambda word: (word != "new", word))
    boxes += [_box("status", status, checked=status == "new") for status in statuses] if len(statuses) > 1 else []
    return ('<form id="filter"><input type="search" name="words" placeholder="rule, file, resource, target" '
            f'aria-label="filter by words">{"".join(boxes)}</form>\n')


def _box(name: str, value: str, *, checked: bool) -> str:
    return f'<label><input type="checkbox" name="{name}" value="{value}"{" checked" if checked else ""}>{value}</label>'


def _status(finding: Finding) -> str:
    return "waived" if finding.waiver is not None else finding.status


def _row(finding: Finding, excerpts: Excerpts) -> str:
    severity, status = finding.severity.word, _status(finding)
    hidden = "" if status == "new" else " hidden"
    badge = "" if status == "new" else f' <span class="badge">{xml(status)}</span>'
    parts = [f"<p>{xml(finding.message)}{badge}</p>", _place(finding.location, "", excerpts)]
    parts += [_place(other.location, other.message, excerpts) for other in finding.related]
    notes = [("help", finding.remedy)] if finding.remedy else []
    if finding.resource is not None:
        notes.append(("resource", f"{finding.resource}{finding.path and ' at '}{finding.path}"))
    if finding.targets:
        notes.append(("targets", ", ".join(finding.targets)))
    if finding.waiver is not None:
        until = f" (until {finding.waiver.expires})" if finding.waiver.expires else ""
        notes.append(("waived", finding.waiver.reason + until))
    listed = "".join(f"<dt>{name}<dd>{xml(visible(text))}" for name, text in notes)
    return (f'<tr data-severity="{severity}" data-status="{xml(status)}"{hidden}><td><span class="{severity}">{severity}</span>'
            f"<td><code>{xml(finding.rule)}</code><td>{''.join(parts)}<dl>{listed}</dl>\n")


def _place(place: Location, message: str, excerpts: Excerpts) -> str:
    where = f"{xml(place.file)}:{place.line}" + (f":{place.column}" if place.quality == "exact" else "")
    said = f" {xml(message)}" if message else ""
    excerpt = excerpts.excerpt(place, _WIDTH)
    if excerpt is None:
        return f'<p class="place"><code>{where}</code>{said}</p>'
    caret = " " * (len(str(excerpt.number)) + 3 + excerpt.start) + "^" * excerpt.length
    lines = f"<i>{excerpt.number} |</i> {xml(excerpt.text)}\n<b>{caret}</b>"
    return f'<p class="place"><code>{where}</code>{said}</p><pre>{lines}</pre>'


def _changes(changes: tuple[ChangeReport, ...] | None) -> str:
    """What the merge does, target by target; a target is open where something goes."""
    if changes is None:
        return ""
    listed = "".join(map(_change, worst_first(changes)))
    return f'<section class="changes"><h2>{xml(total(changes))}</h2>\n{listed}</section>\n'


def _change(change: ChangeReport) -> str:
    rows = [_loss_row(loss.outcome, loss.resource, story(loss)) for loss in change.lost]
    rows += [_loss_row(word, name, "") for word, names in (("created", change.created), ("changed", change.changed))
             for name in names]
    return (f"<details{' open' if is_lossy(change) else ''}><summary>{xml(visible(change.target))} "
            f"<small>{xml(of_target(change))}</small></summary><table><thead><tr><th>what<th>object<th>how</thead>\n<tbody>\n{''.join(rows)}</tbody></table></details>\n")


def _loss_row(what: str, name: ResourceId, how: str) -> str:
    return f'<tr><td><span class="{what}">{what}</span><td>{xml(visible(str(name)))}<td>{xml(how)}\n'


def _targets(report: Report) -> str:
    rows = "".join(f"<tr><td>{xml(entry.target.id)}<td>{xml(entry.target.environment or '')}<td>{entry.resources}"
                   f'<td class="{xml(entry.status)}">{xml(entry.status)}\n' for entry in report.targets)
    return (f"<details><summary>Targets ({len(report.targets)})</summary><table><thead><tr><th>target<th>environment<th>resources"
            f"<th>status</thead>\n<tbody>\n{rows}</tbody></table></details>\n")


def _rules(report: Report) -> str:
    rows = "".join(f"<tr><td><code>{xml(entry.rule.id)}</code><td>{xml(entry.rule.title)}<td>{entry.rule.severity.word}"
                   f"<td>{entry.checked}\n" for entry in report.rules)
    return (f"<details><summary>Rules ({len(report.rules)})</summary><table><thead><tr><th>rule<th>what<th>severity"
            f"<th>checked</thead>\n<tbody>\n{rows}</tbody></table></details>\n")
