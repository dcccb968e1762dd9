from __future__ import annotations

from dataclasses import replace

from gitops_guard.model import Severity
from gitops_guard.report import FORMATS, Options

from . import sample

GITHUB = FORMATS["github"]


def test_a_command_is_escaped():
    assert ("::warning file=odd dir/wide%2C50%25%3A\u5e97.yaml,line=2,col=8,title=schema/unknown-field::odd | `text` "
            in GITHUB(sample.REPORT, Options()))
    assert "]]> & %250A\n" in GITHUB(sample.REPORT, Options())


def test_lines_are_commands_or_the_summary():
    lines = GITHUB(sample.REPORT, Options()).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 3 + ["::warning"] * 3 + ["::notice", "3"]


def test_ten_of_a_kind_and_how_many_more():
    many = [replace(sample.FINDINGS[0], severity=severity, message=str(number)) for number in range(13)
            for severity in (Severity.NOTE, Severity.ERROR)]
    lines = GITHUB(replace(sample.REPORT, findings=(*many, sample.FINDINGS[7])), Options()).splitlines()
    assert [line.partition(" ")[0] for line in lines[:-2]] == ["::error"] * 10 + ["::warning"] + ["::notice"] * 10
    assert lines[-2] == "3 more errors, 3 more notes without an annotation: GitHub shows 10 of a kind"


def test_waived_and_known_findings_are_only_counted():
    report = replace(sample.REPORT, findings=(sample.FINDINGS[4], sample.FINDINGS[6]))
    assert GITHUB(report, Options()).startswith("0 errors, 0 warnings, 0 notes (1 waived, 1 known,")
