"""JUnit XML as a program that people read it with shows it: junit2html, with the counts that the report has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from report import sample

from gitops_guard.report import FORMATS, Options

pytestmark = pytest.mark.real


@pytest.mark.parametrize("name", ["REPORT", "CLEAN", "NOTHING"])
def test_junit2html_shows_every_case(name, tmp_path):
    report, page = tmp_path / "report.xml", tmp_path / "report.html"
    report.write_text(FORMATS["junit"](getattr(sample, name), Options()), encoding="utf-8")
    program = Path(sys.executable).parent / "junit2html"
    done = subprocess.run([str(program), str(report), str(page)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    text = page.read_text(encoding="utf-8")
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 (we wrote it)
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    counts = {label: sum(map(int, re.findall(rf"<th>{label}</th>\s*<td>(\d+)</td>", text))) for label in ("Failures", "Tests")}
    assert counts == {"Tests": len(cases), "Failures": len(failed)}
