"""The examples of the rules about live clusters: a good one is silent, a bad one is found on the marked lines."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from gitops_guard import data
from gitops_guard.cli import cli
from gitops_guard.examples import read_examples


def examples():
    for path in sorted((data.policies() / "drift").glob("*.yaml")):
        for example in read_examples(path):
            yield pytest.param(f"drift/{path.stem.replace('_', '-')}", example, id=f"{path.stem}-{example.number}")


@pytest.mark.parametrize(("rule", "example"), list(examples()))
def test_example(rule, example, tmp_path):
    for name, text in example.files.items():
        (tmp_path / "repo" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / name).write_text(text)
    (tmp_path / "live.yaml").write_text(example.live)
    root = str(tmp_path / "repo")
    result = CliRunner().invoke(cli, ["drift", root, "--root", root, "--live", str(tmp_path / "live.yaml"), "--format", "json", "--jobs", "1"])
    assert result.exit_code in (0, 1), result.output
    found = {(finding["location"]["file"], finding["location"]["line"])
             for finding in json.loads(result.stdout)["findings"] if finding["rule"] == rule}
    assert found == example.marks
