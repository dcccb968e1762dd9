"""What holds for every format."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.model import Finding, Location, Related, ResourceId, Severity, Target, Waiver
from gitops_guard.outcome import ChangeReport, LossReport, TargetReport
from gitops_guard.report import FORMATS, Options

from . import sample

GOLDENS = {"text": "txt", "json": "json", "sarif": "sarif", "junit": "xml", "github": "github.txt", "gitlab": "gitlab.json",
           "markdown": "md", "html": "html"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_looks_as_it_did(name, golden):
    golden(f"report.{GOLDENS[name]}", FORMATS[name](sample.REPORT, Options()))


def test_the_text_in_colour_with_everything(golden):
    golden("report.color.txt", FORMATS["text"](sample.REPORT, Options(color=True, width=60, everything=True)))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [sample.CLEAN, sample.NOTHING])
def test_a_report_without_findings_is_one_too(name, report):
    text = FORMATS[name](report, Options())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("name", ["text", "github", "markdown", "html"])
def test_people_see_that_nothing_was_checked(name):
    assert "0 targets, 0 resources" in FORMATS[name](sample.NOTHING, Options())
    assert "nothing was checked" in FORMATS[name](sample.NOTHING, Options())
    assert "nothing was checked" not in FORMATS[name](sample.CLEAN, Options())


ODD = "a\x1b\x00\x07\x7f\x9b\n\r\t :#[]()<>&\"'`|*_~@,%\\\u202e\u200b\u2028\ufeff\udc80\ufffe\u5e97\U000e0041"
EVIL = st.text(st.sampled_from(ODD), max_size=12).map(lambda text: text + "##[error]::warning::]]>")


@given(EVIL, EVIL, st.integers(1, 3), st.integers(1, 30), st.booleans(), st.integers(1, 40),
       st.sampled_from(["deleted", "moved", "kept", "unknown"]), st.booleans())
def test_text_from_files_does_nothing(evil, other, line, column, everything, width, outcome, guarded):
    name, guard = ResourceId(evil, other, evil, other), evil if guarded else None
    place = Location("d/" + evil.replace("/", ""), line, column)
    finding = Finding("a/" + evil, Severity.ERROR, evil, other, place, (Related(place, other),),
                      name, "/" + evil, (evil, other), "0" * 64)
    waived = replace(finding, waiver=Waiver((evil,), other, None, place))
    report = replace(sample.REPORT, findings=(finding, waived), sources={place.file: f"{evil}\n{other}\n"},
                     changes=(ChangeReport(evil, 1, 1, (name,), (name,), (LossReport(
                         name, "renamed", outcome, other, guard, name, other, along=(name,)),)),),
                     targets=(TargetReport(Target(evil, other, evil, other, other), 1, "partial"),))
    for name, render in FORMATS.items():
        text = render(report, Options(width=width, everything=everything))
        bad = [char for char in text if (ord(char) < 0x20 and char != "\n") or 0x7f <= ord(char) < 0xa0
               or char in "\u202e\u200b\u2028\ufeff\udc80\ufffe\U000e0041"]
        assert not bad, (name, bad)
        assert "##[" not in text, name
        if name != "github":
            assert not any(row.lstrip().startswith("::") for row in text.split("\n")), name
        text.encode()
