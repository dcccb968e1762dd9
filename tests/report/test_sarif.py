"""What GitHub asks of a SARIF file and no validator sees; tests/real runs the validators."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace

import pytest

from gitops_guard.model import DECLARED, Location, Related, Rule, Severity
from gitops_guard.outcome import RuleReport
from gitops_guard.report import FORMATS, Options, sarif

from . import sample


def run_of(report, options=Options()):  # noqa: B008 (a frozen value)
    log = json.loads(FORMATS["sarif"](report, options))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


@pytest.mark.parametrize("report", [sample.REPORT, sample.CLEAN, sample.NOTHING])
def test_what_github_needs(report):
    run = run_of(report, Options(everything=True))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    for rule in rules:
        for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"]):
            assert 0 < len(text) <= 1024
        assert rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 10
        assert isinstance(rule["properties"].get("security-severity", ""), str)
    assert len(run["results"]) == len(report.findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place, = result["locations"]
        region = place["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"]
        assert region.get("endColumn", 999) > region["startColumn"]
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w.%/-]+", uri, re.ASCII)
        assert not uri.startswith(("/", "./"))
        ids = {related["id"] for related in result.get("relatedLocations", [])}
        assert ids == {int(number) for number in re.findall(r"(?<!\\)\]\((\d+)\)", result["message"]["text"])}


def test_no_results_are_an_empty_list():
    assert run_of(sample.CLEAN)["results"] == []


def test_no_path_of_this_machine():
    assert list(run_of(sample.REPORT)["originalUriBaseIds"]["%SRCROOT%"]) == ["description"]
    assert "file:" not in FORMATS["sarif"](sample.REPORT, Options())


def test_waived_findings_are_left_out_unless_asked_for():
    assert len(run_of(sample.REPORT)["results"]) == len(sample.FINDINGS) - 1
    waived, = (result for result in run_of(sample.REPORT, Options(everything=True))["results"] if "suppressions" in result)
    assert waived["suppressions"] == [{"kind": "inSource", "justification": "mirrored tonight"}]


def test_known_findings_stay_and_are_marked():
    states = [result["baselineState"] for result in run_of(sample.REPORT)["results"]]
    assert states.count("unchanged") == 1
    assert set(states) == {"new", "unchanged"}
    fresh = replace(sample.REPORT, findings=sample.FINDINGS[:2])
    assert all("baselineState" not in result for result in run_of(fresh)["results"])


def test_levels_and_fingerprints():
    results = run_of(sample.REPORT)["results"]
    assert [result["level"] for result in results[:3]] == ["note", "error", "warning"]
    assert results[0]["partialFingerprints"] == {"gitopsGuard/v1": f"{1:064x}"}
    assert len(results[1]["properties"]["targets"]) == 12


def test_the_message_names_ten_targets_and_links_what_is_related():
    results = run_of(sample.REPORT)["results"]
    assert results[1]["message"]["text"].endswith("clusters/c9/overlay and 2 more).")
    assert results[4]["message"]["text"].endswith("; [declared here](1).")


@pytest.mark.parametrize(("score", "given"), [
    ("8.5", "8.5"), ("10.0", "10.0"), ("0.1", "0.1"), ("high", None), ("0", None), ("11", None), (None, None),
])
def test_only_a_number_is_a_score(score, given):
    rule = Rule("a/b", "t", Severity.ERROR, Severity.ERROR, security_severity=score)
    found, = run_of(replace(sample.CLEAN, rules=(RuleReport(rule, 1),)))["tool"]["driver"]["rules"]
    assert found["properties"].get("security-severity") == given
    assert found["properties"]["tags"] == (["a", "security"] if given else ["a"])


def test_a_finding_of_a_rule_that_is_not_listed_has_one_all_the_same():
    run = run_of(replace(sample.REPORT, rules=()))
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {result["ruleId"] for result in run["results"]}


def test_only_the_worst_are_kept_and_the_rest_is_told(monkeypatch):
    monkeypatch.setattr(sarif, "_MAX_RESULTS", 4)
    run = run_of(sample.REPORT)
    assert [result["level"] for result in run["results"]] == ["error"] * 4
    assert "4 findings" in json.dumps(run["invocations"])
    assert run["invocations"][0]["executionSuccessful"] is True


def test_a_log_that_is_too_large_to_upload_loses_the_least(monkeypatch):
    whole = len(zlib.compress(FORMATS["sarif"](sample.REPORT, Options()).encode(), 6))
    monkeypatch.setattr(sarif, "_MAX_COMPRESSED", whole - 1)
    run = run_of(sample.REPORT)
    assert [result["level"] for result in run["results"]] == ["error"] * 4
    assert "findings of no higher severity left out" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    monkeypatch.setattr(sarif, "_MAX_COMPRESSED", 1)
    assert run_of(sample.REPORT)["results"] == []


def test_a_value_that_an_overlay_wrote_has_its_way_from_the_declaration():
    flows = [result["codeFlows"] for result in run_of(sample.REPORT)["results"] if "codeFlows" in result]
    (flow,), = flows
    steps = [(step["location"]["physicalLocation"]["artifactLocation"]["uri"], step["location"]["physicalLocation"]["region"]["startLine"],
              step["location"]["message"]["text"]) for step in flow["threadFlows"][0]["locations"]]
    assert steps == [("base/deployment.yaml", 10, "Deployment/shop/web is declared here."),
                     (sample.PRODUCTION, 9, "the tag latest of registry.example.com/shop/web moves.")]


def test_every_result_keeps_to_the_limits_of_code_scanning():
    related = tuple(Related(Location(f"f{number}.yaml", 1, 1), DECLARED) for number in range(200))
    wide = replace(sample.FINDINGS[5], related=related, targets=tuple(f"t{number}" for number in range(500)))
    result, = run_of(replace(sample.REPORT, findings=(wide,)))["results"]
    assert len(result["locations"]) == 1
    assert len(result["relatedLocations"]) <= 100
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == region["endLine"]
    assert len(result["message"]["text"]) < 1000
    ids = {place["id"] for place in result["relatedLocations"]}
    assert {int(one) for one in re.findall(r"\]\((\d+)\)", result["message"]["text"])} == ids
