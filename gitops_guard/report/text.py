"""A Report -> what a person reads in a terminal: each finding with its line of source, then one line of counts."""

from __future__ import annotations

from ..model import Finding, Location, ResourceId, Severity
from ..outcome import ChangeReport, DriftReport, Report
from .changes import losses, name, of_target, total, worst_first
from .escape import visible
from .excerpt import Excerpt, Excerpts
from .options import Options
from .summary import checked, found, listed

_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_GUTTER, _BOLD = "1;34", "1"
_TARGETS = 5
_CHANGED_TARGETS = 20
_LOST = 10
_OTHERS = 5
_LOSS_COLORS = {"deleted": "1;31", "unknown": "1;33"}
_CREATED, _CHANGED = "32", "33"


def render(report: Report, options: Options) -> str:
    """The report as text. Waived and known findings are only counted, unless the options ask for everything."""
    if report.idle:
        return ""
    excerpts = Excerpts(report.sources)
    blocks = [finding_text(finding, excerpts, options) for finding in report.findings if finding.counts or options.everything]
    worst = max((finding.severity for finding in report.findings if finding.counts), default=None)
    line = f"{found(report)} in {checked(report)}"
    if report.changes is not None:
        blocks.append(_changes(report.changes, options))
    if report.drift is not None and options.ignored and report.drift.ignored:
        blocks.append(_ignored(report.drift, options))
    return "\n".join([*blocks, paint(line, _COLORS[worst] if worst else _BOLD, options)]) + "\n"


def finding_text(finding: Finding, excerpts: Excerpts, options: Options) -> str:
    """One finding as lines of text, with a line end."""
    color = _COLORS[finding.severity]
    places = [(finding.location, "")] + [(related.location, visible(related.message)) for related in finding.related]
    margin = max(len(str(place.line)) for place, _ in places)
    width = max(options.width - margin - 3, 1)
    head = paint(f"{finding.severity.word}[{visible(finding.rule)}]", color, options)
    lines = [f"{head}: {paint(visible(finding.message), _BOLD, options)}{_status(finding)}"]
    for place, message in places:
        arrow = paint(" " * margin + "-->", _GUTTER, options)
        lines.append(f"{arrow} {_position(place)}{message and ': '}{message}")
        excerpt = excerpts.excerpt(place, width)
        if excerpt is not None:
            lines.extend(_excerpt(excerpt, margin, color if place is finding.location else _GUTTER, options))
    lines.extend(paint(" " * margin + " =", _GUTTER, options) + f" {name}: {text}" for name, text in _notes(finding))
    return "\n".join(lines) + "\n"


def _changes(changes: tuple[ChangeReport, ...], options: Options) -> str:
    """What the merge does, in lines, with a line end."""
    lines = [paint(total(changes), _BOLD, options)]
    for change in worst_first(changes)[:_CHANGED_TARGETS]:
        lines.append(f"  in {paint(visible(change.target), _BOLD, options)}: {of_target(change)}")
        for names, story, outcome in losses(change, _LOST):
            lines.append(paint(f"    - {names}", _LOSS_COLORS.get(outcome, ""), options) + (story and f": {story}"))
        lines += _names("+", change.created, _CREATED, options) + _names("~", change.changed, _CHANGED, options)
    if len(changes) > _CHANGED_TARGETS:
        lines.append(f"  and {len(changes) - _CHANGED_TARGETS} more targets")
    return "\n".join(lines) + "\n"


def _ignored(drift: DriftReport, options: Options) -> str:
    """The differences that somebody is told to leave alone, in lines, with a line end."""
    lines = [paint("ignored differences:", _BOLD, options)]
    for one in drift.ignored:
        field = f" {visible(one.path)}" if one.path else ""
        lines.append(f"  {name(one.resource)}{field}: {visible(one.by)}")
    return "\n".join(lines) + "\n"


def _names(sign: str, names: tuple[ResourceId, ...], color: str, options: Options) -> list[str]:
    lines = [paint(f"    {sign} {name(one)}", color, options) for one in names[:_OTHERS]]
    return [*lines, paint(f"    {sign} and {len(names) - _OTHERS} more", color, options)] if len(names) > _OTHERS else lines


def _status(finding: Finding) -> str:
    if finding.waiver is not None:
        return f" (waived: {visible(finding.waiver.reason)})"
    return "" if finding.counts else f" ({finding.status})"


def _position(place: Location) -> str:
    # Only the nearest line: its column says nothing.
    if place.quality == "nearest":
        return f"{visible(place.file)}:{place.line}"
    return f"{visible(place.file)}:{place.line}:{place.column}"


def _excerpt(excerpt: Excerpt, margin: int, color: str, options: Options) -> list[str]:
    empty = paint(" " * margin + " |", _GUTTER, options)
    bar = paint(f"{excerpt.number:>{margin}} |", _GUTTER, options)
    caret = paint("^" * excerpt.length, color, options)
    return [empty, f"{bar} {excerpt.text}".rstrip(), f"{empty} {' ' * excerpt.start}{caret}"]


def _notes(finding: Finding) -> list[tuple[str, str]]:
    notes = []
    if finding.remedy:
        notes.append(("help", visible(finding.remedy)))
    if finding.resource is not None:
        at = f" at {visible(finding.path)}" if finding.path else ""
        notes.append(("resource", visible(str(finding.resource)) + at))
    if finding.targets:
        notes.append(("targets" if len(finding.targets) > 1 else "target", visible(listed(finding.targets, _TARGETS))))
    return notes


def paint(text: str, color: str, options: Options) -> str:
    """The text in an ANSI colour (`1;31`), if the options ask for colours."""
    return f"\x1b[{color}m{text}\x1b[0m" if options.color and color else text
