"""SARIF logs against Microsoft's validator with its rules for GitHub."""

from __future__ import annotations

import json
import subprocess

import pytest
from report import sample

from gitops_guard.report import FORMATS, Options

pytestmark = pytest.mark.real


@pytest.mark.parametrize("name", ["REPORT", "CLEAN", "NOTHING"])
@pytest.mark.parametrize("everything", [False, True])
def test_the_validator_has_no_complaint(name, everything, tool, tmp_path):
    log, answer = tmp_path / "report.sarif", tmp_path / "answer.sarif"
    log.write_text(FORMATS["sarif"](getattr(sample, name), Options(everything=everything)))
    command = [str(tool("sarif-multitool")), "validate", str(log), "--rule-kind", "Sarif;Ghas", "--max-file-size-in-kb", "200000",
               "-o", str(answer), "--log", "ForceOverwrite"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    # It ends with 0 whatever it finds, and what it writes begins with a byte order mark.
    assert answer.is_file(), done.stdout + done.stderr
    assert "1 files scanned" in done.stdout
    runs = json.loads(answer.read_text(encoding="utf-8-sig"))["runs"]
    errors = [f"{result['ruleId']}: {result['message']}" for run in runs for result in run.get("results", ())
              if result.get("level") == "error"]
    assert errors == []


def test_the_validator_sees_a_fault(tool, tmp_path):
    log, answer = tmp_path / "report.sarif", tmp_path / "answer.sarif"
    body = json.loads(FORMATS["sarif"](sample.REPORT, Options()))
    body["runs"][0]["results"][0]["locations"] = []
    log.write_text(json.dumps(body))
    command = [str(tool("sarif-multitool")), "validate", str(log), "--rule-kind", "Sarif;Ghas", "-o", str(answer), "--log",
               "ForceOverwrite"]
    subprocess.run(command, capture_output=True, timeout=120, check=False)
    found = json.loads(answer.read_text(encoding="utf-8-sig"))["runs"][0]["results"]
    assert "error" in [result.get("level") for result in found]
