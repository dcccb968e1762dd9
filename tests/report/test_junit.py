from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from gitops_guard.model import Severity
from gitops_guard.report import FORMATS, Options, junit

from . import sample


def suites_of(report, **options):
    root = ET.fromstring(FORMATS["junit"](report, Options(**options)))  # noqa: S314 (our own text)
    for node in [root, *root]:
        cases = list(node.iter("testcase"))
        assert int(node.get("tests")) == len(cases)
        assert int(node.get("failures")) == sum(case.find("failure") is not None for case in cases)
        assert int(node.get("errors")) == sum(case.find("error") is not None for case in cases)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names))
    return {suite.get("name"): {case.get("name"): [child.tag for child in case] for case in suite} for suite in root}


def test_a_suite_for_each_target_and_one_for_files():
    suites = suites_of(sample.REPORT)
    assert list(suites) == [*(entry.target.id for entry in sample.REPORT.targets), "(files)"]
    assert suites["overlays/production"] == {
        "images/missing-digest: Deployment/shop/web": ["skipped", "system-out"],
        "images/unpinned-tag: Deployment/shop/web": ["skipped", "system-out"],
        "images/unpinned-tag: Deployment/shop/web #2": ["failure"],
        "rendered": [],
    }
    assert suites["(files)"] == {"secrets/plaintext-secret: secret.yaml": ["system-out"],
                                 "secrets/plaintext-secret: secret.yaml #2": ["system-out"]}


def test_what_could_not_be_built_is_no_pass():
    suites = suites_of(sample.REPORT)
    assert suites["overlays/broken"] == {"render/failed: overlays/broken/kustomization.yaml": ["error"], "rendered": ["skipped"]}
    assert suites["apps/remote"]["rendered"] == ["skipped"]
    assert suites["overlays/staging"]["rendered"] == ["skipped"]


def test_a_clean_run_is_not_empty():
    assert suites_of(sample.CLEAN) == {
        "overlays/v1.2 clean": {"images/unpinned-tag": [], "rendered": [], "secrets/plaintext-secret": []}}
    assert suites_of(sample.NOTHING) == {}


@pytest.mark.parametrize(("fail_on", "failures"), [(None, 0), (Severity.ERROR, 15), (Severity.WARNING, 18), (Severity.NOTE, 19)])
def test_the_threshold_decides_what_fails(fail_on, failures):
    suites = suites_of(sample.REPORT, fail_on=fail_on)
    assert sum(tag in ("failure", "error") for cases in suites.values() for tags in cases.values() for tag in tags) == failures


def test_the_text_begins_with_the_place():
    root = ET.fromstring(FORMATS["junit"](sample.REPORT, Options()))  # noqa: S314 (our own text)
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.text.startswith("base/long.yaml:1:410: error[secrets/plaintext-secret]: the key password holds a real value\n")
    assert failure.get("message") == "the key password holds a real value"


def test_class_names_have_no_dots():
    assert 'classname="overlays/v1_2 clean"' in FORMATS["junit"](sample.CLEAN, Options())


def test_targets_that_look_alike_to_jenkins_stay_apart():
    entry = sample.CLEAN.targets[0]
    first, second = (replace(entry, target=replace(entry.target, id=name)) for name in ("a.b", "a_b"))
    report = replace(sample.CLEAN, targets=(first, second), passed=(("a.b", "x/y"), ("a_b", "x/y")))
    assert suites_of(report) == {"a.b": {"rendered": [], "x/y": []}, "a_b": {"rendered #2": [], "x/y #2": []}}


def test_what_is_too_large_for_gitlab_loses_what_passed_and_then_the_least(monkeypatch):
    passed = tuple(("overlays/v1.2 clean", f"a/rule-{number}") for number in range(100))
    report = replace(sample.REPORT, passed=passed)
    whole = len(FORMATS["junit"](report, Options()).encode())
    monkeypatch.setattr(junit, "_LARGEST", whole - 1)
    suites = suites_of(report)
    assert suites["overlays/v1.2 clean"] == {"rendered": []}
    assert suites["(files)"]["not everything is here"] == ["skipped"]
    assert "0 findings of no higher severity and all that passed" in FORMATS["junit"](report, Options())
    less = len(FORMATS["junit"](report, Options()).encode()) - 1
    monkeypatch.setattr(junit, "_LARGEST", less)
    text = FORMATS["junit"](report, Options())
    assert len(text.encode()) <= less
    assert "render/failed" in text
    assert "the remote base" not in text
