"""A Report -> the findings of the page, by rule, the severest first, and the form that filters them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ...model import Finding, Location, Rule
from ...outcome import Report
from ..escape import xml, xml_line
from ..excerpt import Excerpts
from ..summary import WORST_FIRST, number

_WIDTH = 96
_MOST = 10_000
"""Findings that a browser still opens in no time."""


def section(report: Report, excerpts: Excerpts) -> str:
    """Each rule with its findings; those that do not count are hidden at first. Of too many the severest are kept."""
    if not report.findings:
        return "<p>Nothing was found.</p>\n"
    # A stable sort: by file and line within each severity.
    ranked = sorted(report.findings, key=lambda finding: (not finding.counts, -finding.severity))
    kept, rest = ranked[:_MOST], len(ranked) - _MOST
    groups: dict[str, list[Finding]] = {}
    for finding in kept:
        groups.setdefault(finding.rule, []).append(finding)
    known = {entry.rule.id: entry.rule for entry in report.rules}
    place = {entry.target.id: index for index, entry in enumerate(report.targets)}
    body = "".join(_group(rule, found, known.get(rule), place, excerpts) for rule, found in groups.items())
    more = f"<p><strong>{number(rest, 'more finding')} not shown here</strong>: the severest are.</p>\n" if rest > 0 else ""
    return f'{more}<div id="groups">\n{body}</div>\n<p id="none" hidden>No finding fits the filter.</p>\n'


def filters(report: Report) -> str:
    """The form; nothing where there is nothing to filter."""
    if not report.findings:
        return ""
    severities = [severity.word for severity in WORST_FIRST]
    boxes = _boxes("severity", severities, severities)
    statuses = sorted({status(finding) for finding in report.findings} | {"new"}, key=lambda word: (word != "new", word))
    boxes += _boxes("status", statuses, ["new"]) if len(statuses) > 1 else ""
    rules = Counter(finding.rule for finding in report.findings)
    reached = Counter(target for finding in report.findings for target in finding.targets)
    place = {entry.target.id: index for index, entry in enumerate(report.targets)}
    choices = _choice("rule", "all rules", ((rule, f"{rule} ({count})") for rule, count in sorted(rules.items())))
    choices += _choice("target", "all targets", ((str(place[target]), f"{target} ({count})")
                                                 for target, count in sorted(reached.items()) if target in place))
    return ('<form id="filter" class="scripted" role="search" aria-label="Filter the findings">\n'
            '<label class="words">words <input type="search" name="words" autocomplete="off" '
            'placeholder="in message, file, object, target"></label>\n'
            f'{choices}{boxes}<button type="reset">clear</button>\n<output id="count"></output>\n</form>\n')


def status(finding: Finding) -> str:
    """What became of a finding: new, known or waived."""
    return "waived" if finding.waiver is not None else finding.status


def _boxes(name: str, values: Iterable[str], chosen: Iterable[str]) -> str:
    boxes = "".join(f'<label><input type="checkbox" name="{name}" value="{xml(value)}"{" checked" if value in chosen else ""}>'
                    f"{xml(value)}</label>" for value in values)
    return f"<fieldset><legend>{name}</legend>{boxes}</fieldset>\n"


def _choice(name: str, everything: str, values: Iterable[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{xml(value)}">{xml_line(text)}</option>' for value, text in values)
    return f'<label>{name} <select name="{name}"><option value="">{everything}</option>{options}</select></label>\n'


def _group(rule: str, found: list[Finding], known: Rule | None, place: dict[str, int], excerpts: Excerpts) -> str:
    """A rule: what it says of all its findings stands once."""
    count = sum(finding.counts for finding in found)
    worst = max((finding.severity for finding in found if finding.counts), default=found[0].severity)
    title = f' <span class="title">{xml_line(known.title)}</span>' if known is not None else ""
    remedies = {finding.remedy for finding in found}
    shared = remedies.pop() if len(remedies) == 1 else None
    remedy = f'<p class="help">{xml_line(shared)}</p>\n' if shared else ""
    body = "".join(_finding(finding, finding.remedy if shared is None else "", place, excerpts) for finding in found)
    return (f'<details class="group" data-rule="{xml(rule)}" open{"" if count else " hidden"}>'
            f'<summary><span class="{worst.word}">{worst.word}</span> <code>{xml(rule)}</code>{title} '
            f'<span class="number">{count}</span></summary>\n{remedy}{body}</details>\n')


def _finding(finding: Finding, remedy: str, place: dict[str, int], excerpts: Excerpts) -> str:
    severity, state = finding.severity.word, status(finding)
    hidden = "" if state == "new" else " hidden"
    badge = "" if state == "new" else f' <span class="badge">{xml(state)}</span>'
    parts = [f'<p class="message"><span class="{severity}">{severity}</span> {xml_line(finding.message)}{badge}</p>\n']
    parts.append(_place(finding.location, "", excerpts))
    parts += [_place(other.location, other.message, excerpts) for other in finding.related]
    listed = "".join(f"<dt>{name}<dd>{xml_line(text)}" for name, text in _notes(finding, remedy))
    reached = " ".join(str(place[target]) for target in finding.targets if target in place)
    return (f'<article data-severity="{severity}" data-status="{xml(state)}" data-targets="{reached}"{hidden}>\n'
            f"{''.join(parts)}{f'<dl>{listed}</dl>' if listed else ''}</article>\n")


def _notes(finding: Finding, remedy: str) -> Iterator[tuple[str, str]]:
    if remedy:
        yield "help", remedy
    if finding.resource is not None:
        yield "resource", f"{finding.resource}{finding.path and ' at '}{finding.path}"
    if finding.targets:
        yield "targets" if len(finding.targets) > 1 else "target", ", ".join(finding.targets)
    if finding.waiver is not None:
        until = f" (until {finding.waiver.expires})" if finding.waiver.expires else ""
        yield "waived", finding.waiver.reason + until


def _place(place: Location, message: str, excerpts: Excerpts) -> str:
    where = f"{xml_line(place.file)}:{place.line}" + (f":{place.column}" if place.quality == "exact" else "")
    said = f" {xml_line(message)}" if message else ""
    excerpt = excerpts.excerpt(place, _WIDTH)
    if excerpt is None:
        return f'<p class="place"><code>{where}</code>{said}</p>\n'
    caret = " " * (len(str(excerpt.number)) + 3 + excerpt.start) + "^" * excerpt.length
    lines = f"<i>{excerpt.number} |</i> {xml(excerpt.text)}\n<b>{caret}</b>"
    return f'<p class="place"><code>{where}</code>{said}</p><pre>{lines}</pre>\n'
