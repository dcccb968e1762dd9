from __future__ import annotations

from dataclasses import replace

import pytest

from gitops_guard.model import Severity
from gitops_guard.report import FORMATS, Options

from . import sample

TEXT = FORMATS["text"]


def test_a_finding_looks_like_a_compilers():
    report = replace(sample.REPORT, findings=(sample.FINDINGS[5],))
    assert TEXT(report, Options()).startswith("""\
error[images/unpinned-tag]: the tag latest of registry.example.com/shop/web moves
  --> overlays/production/kustomization.yaml:9:13
   |
 9 |     newTag: latest  # moves
   |             ^^^^^^
  --> base/deployment.yaml:10:18: declared here
   |
10 |           image: "registry.example.com/shop/web:1.4.2"
   |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = help: Name a version or a digest.
   = resource: Deployment/shop/web at /spec/template/spec/containers/0/image
   = targets: overlays/production, overlays/staging

""")


@pytest.mark.parametrize(("report", "line"), [
    (sample.REPORT, ("3 errors, 3 warnings, 1 note (1 waived, 1 known, 2 silenced: source/duplicate-key) in "
                     "17 targets (1 failed, 1 unresolved, 1 partial), 34 resources, 1 unresolved part, 6 rules")),
    (sample.CLEAN, "0 errors, 0 warnings, 0 notes in 1 target, 3 resources, 0 unresolved parts, 6 rules"),
    (sample.NOTHING, "0 errors, 0 warnings, 0 notes in 0 targets, 0 resources, 0 unresolved parts: nothing was checked"),
])
def test_the_last_line_counts(report, line):
    assert TEXT(report, Options()).splitlines()[-1] == line


def test_what_does_not_count_is_shown_on_demand():
    assert "(waived: mirrored tonight)" not in TEXT(sample.REPORT, Options())
    assert "(known)" not in TEXT(sample.REPORT, Options())
    everything = TEXT(sample.REPORT, Options(everything=True))
    assert "(waived: mirrored tonight)" in everything
    assert "(known)" in everything


def test_colour_is_a_wish():
    assert "\x1b" not in TEXT(sample.REPORT, Options())
    assert "\x1b[1;31merror" in TEXT(sample.REPORT, Options(color=True))


def test_few_targets_are_named():
    named = ", ".join(f"clusters/c{number}/overlay" for number in range(5))
    assert f"= targets: {named} and 7 more\n" in TEXT(sample.REPORT, Options())


def test_the_nearest_place_has_no_column():
    assert " --> overlays/broken/kustomization.yaml:4\n" in TEXT(sample.REPORT, Options())


@pytest.mark.parametrize("severity", Severity)
def test_each_severity_has_its_word(severity):
    report = replace(sample.REPORT, findings=(replace(sample.FINDINGS[0], severity=severity),))
    assert TEXT(report, Options()).startswith(f"{severity.word}[render/unresolved]: ")
