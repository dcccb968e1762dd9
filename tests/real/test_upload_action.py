"""SARIF logs against what GitHub's upload action asks before it sends anything: its validator, and the limits of code scanning."""

from __future__ import annotations

import dataclasses
import gzip
import json
import subprocess

import pytest
from report import sample

from gitops_guard.report import FORMATS, Options

pytestmark = pytest.mark.real

# As the action does it (github/codeql-action, src/upload-lib.ts): the formats of URIs are warnings there.
VALIDATE = """
const [library, schema, log] = process.argv.slice(1);
const { Validator } = require(library);
const read = (path) => JSON.parse(require("fs").readFileSync(path, "utf8"));
const errors = new Validator().validate(read(log), read(schema)).errors
  .filter((error) => !(error.name === "format" && ["uri", "uri-reference"].includes(error.argument)));
process.stdout.write(errors.map((error) => error.stack).join("\\n"));
"""
MOST_RESULTS = 25_000
MOST_BYTES = 10_000_000


@pytest.fixture
def validate(tool, tmp_path):
    def run(log: dict) -> str:
        path = tmp_path / "report.sarif"
        path.write_text(json.dumps(log))
        return subprocess.run(["node", "-e", VALIDATE, str(tool("jsonschema-js")), str(tool("sarif-2.1.0.json")), str(path)],
                              capture_output=True, text=True, check=True, timeout=300).stdout
    return run


def log_of(name: str, *, everything: bool) -> dict:
    return json.loads(FORMATS["sarif"](getattr(sample, name), Options(everything=everything)))


@pytest.mark.parametrize("name", ["REPORT", "CLEAN", "NOTHING"])
@pytest.mark.parametrize("everything", [False, True])
def test_the_action_has_no_complaint(name, everything, validate):
    log = log_of(name, everything=everything)
    assert validate(log) == ""
    (run,) = log["runs"]
    assert isinstance(run["results"], list)
    # In the file it would beat the category that the workflow names.
    assert "automationDetails" not in run
    assert all(len(result["locations"]) == 1 for result in run["results"])
    assert all(len(rule["properties"]["tags"]) <= 10 for rule in run["tool"]["driver"]["rules"])


def test_what_is_too_much_is_cut_to_what_is_taken():
    report = dataclasses.replace(sample.REPORT, findings=sample.REPORT.findings * (MOST_RESULTS // len(sample.REPORT.findings) + 2))
    text = FORMATS["sarif"](report, Options())
    assert len(json.loads(text)["runs"][0]["results"]) <= MOST_RESULTS
    assert len(gzip.compress(text.encode(), 6)) < MOST_BYTES


def test_the_validator_sees_faults(validate):
    log = log_of("REPORT", everything=False)
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert "must be greater than or equal to 1" in validate(log)
    log = log_of("REPORT", everything=False)
    log["runs"][0]["surprise"] = 1
    assert "surprise" in validate(log)
