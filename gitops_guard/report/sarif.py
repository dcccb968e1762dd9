"""A Report -> SARIF 2.1.0, within what GitHub's code scanning reads and accepts.

Rules: github/docs "SARIF support for code scanning". One run; one place of one line for each result, because an alert shows in a
pull request only where all its lines were edited. The hash of the line (`primaryLocationLineHash`) is left out: it must be taken
of the file as it is, which upload-sarif does, while a report's sources are masked.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from ..model import DECLARED, Finding, Location, Rule, Severity
from ..outcome import Report
from .escape import json_text, markdown, sarif_message, uri, visible
from .excerpt import Excerpts
from .options import Options
from .summary import listed, number

_MAX_RESULTS = 25_000
_MAX_COMPRESSED = 10_000_000
"""Bytes, as gzip has them: what upload-sarif sends."""
_MAX_TEXT = 1024
_MAX_RELATED = 10
_MAX_TARGETS = 10
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_SCORE = re.compile(r"10(\.0)?|[1-9](\.[0-9])?|0\.[1-9]")
_SEMANTIC = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?")


def render(report: Report, options: Options) -> str:
    """The report as a SARIF log. Waived findings are left out (GitHub ignores suppressions), unless everything is asked for."""
    wanted = [finding for finding in report.findings if finding.waiver is None or options.everything]
    most = _MAX_RESULTS
    while True:
        text = _log(report, options, wanted, most)
        # What is smaller before it is compressed is so afterwards; a log that can't become smaller has no results.
        if len(text) <= _MAX_COMPRESSED or not most or len(zlib.compress(text.encode(), 6)) <= _MAX_COMPRESSED:
            return text
        most = min(most, len(wanted)) // 2


def _log(report: Report, options: Options, wanted: list[Finding], most: int) -> str:
    """The log with at most so many results."""
    results = _worst(wanted, most)
    rules = _rules(report, results)
    index = {rule.id: at for at, rule in enumerate(rules)}
    compared = any(finding.status == "known" for finding in report.findings)
    excerpts = Excerpts(report.sources)
    run: dict[str, Any] = {
        "tool": {"driver": {
            "name": "gitops-guard",
            "version": report.version,
            **({"semanticVersion": report.version} if _SEMANTIC.fullmatch(report.version) else {}),
            "rules": [_rule(rule, options.page) for rule in rules],
        }},
        "columnKind": "unicodeCodePoints",
        # No uri: it would name a path of the machine that made the report.
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the checked repository."}}},
    }
    if len(results) < len(wanted):
        run["invocations"] = [_cut(len(wanted) - len(results))]
    run["results"] = [_result(finding, index[finding.rule], excerpts, compared=compared) for finding in results]
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _worst(findings: list[Finding], most: int) -> list[Finding]:
    """At most so many, the severest ones, in the order they came."""
    if len(findings) <= most:
        return findings
    ranked = sorted(range(len(findings)), key=lambda at: (-findings[at].severity, at))
    return [findings[at] for at in sorted(ranked[:most])]


def _cut(left_out: int) -> dict[str, Any]:
    text = (f"{number(left_out, 'finding')} of no higher severity left out: "
            f"code scanning takes {_MAX_RESULTS} results, and {_MAX_COMPRESSED // 1_000_000} MB.")
    return {"executionSuccessful": True, "toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}]}


def _rules(report: Report, results: Iterable[Finding]) -> list[Rule]:
    known = {entry.rule.id: entry.rule for entry in report.rules}
    for finding in results:
        known.setdefault(finding.rule, Rule(finding.rule, finding.rule, finding.severity, finding.severity))
    return [known[name] for name in sorted(known)]


def _rule(rule: Rule, page: Callable[[str], str] | None) -> dict[str, Any]:
    title = _sentence(rule.title or rule.id)
    description = _sentence(rule.description or rule.title or rule.id)
    links = [reference for reference in rule.references if re.match(r"https?://[^\s<>]+\Z", reference)]
    remedy = _sentence(rule.remedy) if rule.remedy else ""
    text = "\n\n".join(part for part in (description, remedy, "\n".join(links)) if part)
    shown = "\n\n".join(part for part in (markdown(description), remedy and f"**Remedy:** {markdown(remedy)}",
                                          "\n".join(f"- <{link}>" for link in links)) if part)
    whole = page(rule.id) if page is not None else None
    category = rule.id.partition("/")[0]
    score = rule.security_severity if _SCORE.fullmatch(rule.security_severity or "") else None
    tags = sorted({category, "security"} if score else {category})
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", rule.id))[:255] or "Rule",
        "shortDescription": {"text": title[:_MAX_TEXT]},
        "fullDescription": {"text": description[:_MAX_TEXT]},
        "help": {"text": whole or text, "markdown": whole or shown},
        **({"helpUri": links[0]} if links else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": tags,
            "precision": "high",
            "problem.severity": _PROBLEMS[rule.severity],
            # A text with a number: GitHub refuses the whole file otherwise. It makes the rule one of security.
            **({"security-severity": score} if score else {}),
        },
    }


def _sentence(text: str) -> str:
    shown = visible(text).strip()
    return shown if shown.endswith((".", "!", "?")) else shown + "."


def _result(finding: Finding, index: int, excerpts: Excerpts, *, compared: bool) -> dict[str, Any]:
    text = sarif_message(finding.message)
    if len(finding.targets) > 1:
        text += f" (in {len(finding.targets)} targets: {sarif_message(listed(finding.targets, _MAX_TARGETS))})"
    related = finding.related[:_MAX_RELATED]
    for place, other in enumerate(related, 1):
        # GitHub links a related place only where the message names its id.
        text += f"; [{_link(other.message)}]({place})"
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _sentence(text)},
        "locations": [{"physicalLocation": _place(finding.location, excerpts), **_logical(finding)}],
        "partialFingerprints": {"gitopsGuard/v1": finding.fingerprint},
        "properties": {"targets": list(finding.targets), "quality": finding.location.quality},
    }
    if related:
        result["relatedLocations"] = [
            {"id": place, "physicalLocation": _place(other.location, excerpts), "message": {"text": _sentence(other.message)}}
            for place, other in enumerate(related, 1)]
    flow = _flow(finding, excerpts)
    if flow:
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if compared:
        result["baselineState"] = "unchanged" if finding.status == "known" else "new"
    if finding.waiver is not None:
        kind = "inSource" if finding.waiver.lines else "external"
        result["suppressions"] = [{"kind": kind, "justification": visible(finding.waiver.reason)}]
    return result


def _flow(finding: Finding, excerpts: Excerpts) -> list[dict[str, Any]]:
    """The way of the value: from where its object is declared to the line of another file that has the last word."""
    declared = next((other for other in finding.related if other.message == DECLARED), None)
    if declared is None:
        return []
    what = f"{finding.resource} is declared here." if finding.resource is not None else "Declared here."
    steps = [(declared.location, what), (finding.location, finding.message)]
    return [{"location": {"physicalLocation": _place(place, excerpts), "message": {"text": _sentence(sarif_message(text))}}}
            for place, text in steps]


def _link(message: str) -> str:
    return re.sub(r"[\\\[\]]", lambda match: "\\" + match.group(), visible(message) or "related place")


def _place(place: Location, excerpts: Excerpts) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column, "endLine": place.line}
    end = excerpts.end_column(place)
    if end is not None:
        region["endColumn"] = end
    return {"artifactLocation": {"uri": uri(place.file), "uriBaseId": "%SRCROOT%"}, "region": region}


def _logical(finding: Finding) -> dict[str, Any]:
    if finding.resource is None:
        return {}
    name = f"{finding.resource.api_version}/{finding.resource}#{finding.path}"
    return {"logicalLocations": [{"fullyQualifiedName": visible(name), "kind": "object"}]}
