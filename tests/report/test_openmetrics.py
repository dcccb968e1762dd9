"""Numbers for a monitoring system: valid OpenMetrics, with zeros for what is as it should be."""

from __future__ import annotations

import re

from gitops_guard.model import Deviation, Finding, Location, ResourceId, Severity, Target
from gitops_guard.outcome import ComparedReport, DriftReport, IgnoredReport, Report, TargetReport
from gitops_guard.report import LIVE_FORMATS, Options

WEB, API = (ResourceId("apps/v1", "Deployment", "shop", name) for name in ("web", "api"))
SAMPLE = re.compile(r'[a-z_]+(\{([a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? -?[0-9.]+')


def finding(rule, resource=WEB, *, reverts=False, waiver=None, target="prod"):
    return Finding(rule, Severity.ERROR, "m", "r", Location("a.yaml", 1, 1), (), resource, "", (target,), rule, waiver=waiver,
                   deviation=Deviation(None, None, reverts))


def report(*findings, target="prod"):
    compared = (ComparedReport(target, WEB, "compared"), ComparedReport(target, API, "missing"))
    return Report("1", (TargetReport(Target(target, "kustomization", "p", "production"), 2, "rendered"),), findings, (), 2, 0,
                  drift=DriftReport(compared, (IgnoredReport(target, WEB, "/spec", "x"),)))


def numbers(text):
    return {re.split("[{ ]", line)[0].removeprefix("gitops_guard_drift_"): float(line.rpartition(" ")[2])
            for line in text.splitlines() if not line.startswith("#") and "findings_open" not in line}


def render(found, **options):
    return LIVE_FORMATS["openmetrics"](found, Options(**options))


def test_numbers():
    found = report(finding("drift/changed"), finding("drift/changed"), finding("drift/manual-change"), finding("drift/missing", API))
    assert numbers(render(found, seconds=1.5, finished=1767225600.0)) == {
        "objects": 1, "drifted_objects": 1, "unreverted_objects": 1, "manual_changes": 1, "missing_objects": 1, "extra_objects": 0,
        "unreadable_objects": 0, "ignored_differences": 1, "duration_seconds": 1.5, "last_run_timestamp_seconds": 1767225600.0}
    assert numbers(render(report(finding("drift/changed", reverts=True))))["unreverted_objects"] == 0


def test_what_is_as_it_should_be_has_zeros_and_no_clock():
    text = render(report())
    assert numbers(text)["drifted_objects"] == 0
    assert "seconds" not in text
    assert 'gitops_guard_drift_drifted_objects{target="prod",environment="production",cluster=""} 0\n' in text


def test_the_form():
    text = render(report(finding("drift/changed", target='a"b\\c\nd'), target='a"b\\c\nd'), seconds=1.0)
    lines = text.splitlines()
    assert text.endswith("# EOF\n")
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(set(families)) == len(families)
    for line in lines[:-1]:
        assert re.fullmatch(r"# (TYPE|HELP|UNIT) [a-z_]+ .+", line) or SAMPLE.fullmatch(line), line
    assert 'target="a\\"b\\\\c\\nd"' in text
