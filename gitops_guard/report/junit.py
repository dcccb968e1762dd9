"""A Report -> JUnit XML as Jenkins' junit-10.xsd has it: a suite for each target, a case for each rule and resource.

Of a comparison with a cluster there is one case for each object that was compared, whatever rules found in it.

That schema has no `file` or `line` on a case; the place stands at the beginning of the failure's text, where GitLab, Jenkins and
Azure show it. What passed is there, too: a clean run is not an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..model import Finding
from ..outcome import Report, TargetReport
from .escape import visible, xml
from .excerpt import Excerpts
from .options import Options
from .summary import number
from .text import finding_text

_LARGEST = 30_000_000
"""Bytes that GitLab reads (docs.gitlab.com, "Unit test reports")."""
_OUTSIDE = "(files)"
_STATUS = {
    "failed": "the target can't be built; its cause is a finding",
    "unresolved": "what this target deploys isn't known from here",
    "partial": "a part of this target isn't known from here",
}
# These say that something could not be judged, not that it was judged to be wrong.
_ERRORS = ("render/failed", "source/", "engine/", "drift/unreadable")
_LIVE = "drift/"
_OUTCOMES = {"ignored": "its owner is told not to compare it"}


@dataclass(frozen=True)
class Case:
    """A test case, as JUnit has it."""

    name: str
    outcome: str = "passed"
    """passed, skipped, failure or error"""
    message: str = ""
    body: str = ""
    kind: str = ""


def render(report: Report, options: Options) -> str:
    """The report as JUnit XML; a finding below `fail_on` passes, a waived or known one is skipped."""
    excerpts = Excerpts(report.sources)
    ranked = sorted(report.findings, key=lambda finding: (not finding.counts, -finding.severity))
    findings, passed = len(ranked), True
    while True:
        text = _document(report, options, excerpts, ranked[:findings], passed=passed)
        if len(text.encode()) <= _LARGEST or not findings:
            return text
        # What passed is the first to go.
        findings, passed = findings if passed else findings // 2, False


def _document(report: Report, options: Options, excerpts: Excerpts, findings: Sequence[Finding], *, passed: bool) -> str:
    """The document with these findings, with or without what passed; what is missing is a case of its own."""
    cases: dict[str, list[Case]] = {entry.target.id: [_built(entry)] for entry in report.targets}
    outside: list[Case] = []
    alone = [finding for finding in findings if report.drift is None or not finding.rule.startswith(_LIVE)]
    for finding in alone:
        case = _case(finding, excerpts, options)
        for target in finding.targets or ("",):
            cases.get(target, outside).append(case)
    for target, case in _live(report, findings, excerpts, options, passed=passed):
        cases.get(target, outside).append(case)
    for target, rule in report.passed if passed else ():
        cases.get(target, outside).append(Case(rule))
    if not passed:
        cut = number(len(report.findings) - len(findings), "finding")
        outside.append(Case("not everything is here", "skipped", f"{cut} of no higher severity and all that passed are left out: "
                                                                 f"GitLab reads {_LARGEST // 1_000_000} MB"))
    return document("gitops-guard", [*sorted(cases.items()), *([(_OUTSIDE, outside)] if outside else [])])


def document(name: str, suites: Sequence[tuple[str, Sequence[Case]]]) -> str:
    """Suites and their cases as XML; `name` is that of all together."""
    taken: dict[tuple[str, str], int] = {}
    body = "".join(_suite(suite, found, taken) for suite, found in suites)
    counts = _counts([case for _, found in suites for case in found], skipped=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{xml(name)}" {counts}>\n{body}</testsuites>\n'


def _built(entry: TargetReport) -> Case:
    """The case that says whether there was anything to judge."""
    if entry.status == "rendered":
        return Case("rendered")
    return Case("rendered", "skipped", f"{entry.status}: {_STATUS.get(entry.status, 'not rendered')}")


def _live(report: Report, findings: Sequence[Finding], excerpts: Excerpts, options: Options, *,
          passed: bool) -> Iterator[tuple[str, Case]]:
    """A case for each object that was compared with a cluster, and one for each finding about something else."""
    if report.drift is None:
        return
    found: dict[tuple[str, str, str | None], list[Finding]] = {}
    for finding in findings:
        if finding.rule.startswith(_LIVE):
            cluster = finding.deviation.cluster if finding.deviation is not None else None
            what = str(finding.resource) if finding.resource is not None else finding.location.file
            found.setdefault((finding.targets[0] if finding.targets else "", what, cluster), []).append(finding)
    for one in report.drift.compared:
        mine = found.pop((one.target, str(one.resource), one.cluster), [])
        if mine or passed:
            yield one.target, _object(str(one.resource), one.cluster, one.outcome, mine, excerpts, options)
    for (target, what, cluster), mine in found.items():
        yield target, _object(what, cluster, "", mine, excerpts, options)


def _object(what: str, cluster: str | None, outcome: str, findings: Sequence[Finding], excerpts: Excerpts,
            options: Options) -> Case:
    name = visible(f"{what} in {cluster}" if cluster else what)
    cases = [_case(finding, excerpts, options) for finding in findings]
    for wanted in ("error", "failure", "skipped", "passed"):
        worst = [case for case in cases if case.outcome == wanted]
        if worst:
            body = "\n".join(case.body for case in cases)
            return Case(name, wanted, "; ".join(case.message for case in worst), body, worst[0].kind)
    return Case(name, "skipped", _OUTCOMES[outcome]) if outcome in _OUTCOMES else Case(name)


def _case(finding: Finding, excerpts: Excerpts, options: Options) -> Case:
    what = str(finding.resource) if finding.resource is not None else finding.location.file
    name = f"{finding.rule}: {visible(what)}"
    place = f"{visible(finding.location.file)}:{finding.location.line}:{finding.location.column}"
    body = f"{place}: {finding_text(finding, excerpts, Options(width=options.width))}"
    if finding.waiver is not None:
        return Case(name, "skipped", f"waived: {visible(finding.waiver.reason)}", body)
    if not finding.counts:
        return Case(name, "skipped", finding.status, body)
    if options.fail_on is None or finding.severity < options.fail_on:
        return Case(name, body=body)
    outcome = "error" if finding.rule.startswith(_ERRORS) else "failure"
    return Case(name, outcome, visible(finding.message), body, finding.severity.word)


def _suite(name: str, cases: Iterable[Case], taken: dict[tuple[str, str], int]) -> str:
    ordered = sorted(cases, key=lambda case: (case.name, case.body))
    # Jenkins takes what precedes the last dot for a package.
    group = visible(name).replace(".", "_")
    inner = "".join(_xml(_unique(group, case.name, taken), group, case) for case in ordered)
    return f'  <testsuite name="{xml(name)}" {_counts(ordered, skipped=True)}>\n{inner}  </testsuite>\n'


def _unique(group: str, name: str, taken: dict[tuple[str, str], int]) -> str:
    """GitLab keeps only the first of equal cases."""
    found = name
    while (group, found) in taken:
        taken[group, name] += 1
        found = f"{name} #{taken[group, name]}"
    taken[group, found] = 1
    return found


def _counts(cases: list[Case], *, skipped: bool) -> str:
    outcomes = [case.outcome for case in cases]
    counts = {"tests": len(outcomes), "failures": outcomes.count("failure"), "errors": outcomes.count("error"),
              **({"skipped": outcomes.count("skipped")} if skipped else {})}
    return " ".join(f'{key}="{value}"' for key, value in counts.items())


def _xml(name: str, group: str, case: Case) -> str:
    inner = ""
    if case.outcome == "skipped":
        # As text, not as an attribute: older schemas know no other.
        inner += f"      <skipped>{xml(case.message)}</skipped>\n"
    elif case.outcome in ("failure", "error"):
        kind, message = xml(case.kind), xml(case.message)
        inner += f'      <{case.outcome} type="{kind}" message="{message}">{xml(case.body)}</{case.outcome}>\n'
    if case.body and case.outcome in ("skipped", "passed"):
        inner += f"      <system-out>{xml(case.body)}</system-out>\n"
    head = f'    <testcase classname="{xml(group)}" name="{xml(name)}"'
    return f"{head}>\n{inner}    </testcase>\n" if inner else f"{head}/>\n"
