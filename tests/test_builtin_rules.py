"""The examples of the rules that are not written in Rego: a good one is silent, a bad one is found on the marked line."""

from __future__ import annotations

import json
import textwrap

import pytest
from click.testing import CliRunner

from gitops_guard import data
from gitops_guard.cli import cli
from gitops_guard.policy_data import TWIN
from gitops_guard.source import Dialect, parse

MARK = "# <- here"


def examples():
    for path in sorted(data.policies().glob("*/*.yaml")):
        if path.with_suffix(".rego").exists() or path.name.endswith(TWIN) or path.parent.name in ("lib", "engine", "drift"):
            continue
        rule = f"{path.parent.name}/{path.stem.replace('_', '-')}"
        for index, example in enumerate(parse(path.read_bytes(), path.name).load(Dialect.MANIFEST)[0]["examples"]):
            yield pytest.param(rule, example, id=f"{rule}-{index}")


def write(root, example):
    given = example.get("bad", example.get("good"))
    files = given if isinstance(given, dict) else {"manifest.yaml": given}
    marked = set()
    for name, text in files.items():
        lines = textwrap.dedent(text).split("\n")
        marked |= {(name, number) for number, line in enumerate(lines, 1) if line.rstrip().endswith(MARK)}
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(line.rstrip().removesuffix(MARK).rstrip() if line.rstrip().endswith(MARK) else line for line in lines))
    return marked


@pytest.mark.parametrize(("rule", "example"), list(examples()))
def test_example(rule, example, tmp_path):
    marked = write(tmp_path, example)
    options = ["--kubernetes-version", str(example["kubernetes_version"])] if "kubernetes_version" in example else []
    result = CliRunner().invoke(cli, ["check", str(tmp_path), "--root", str(tmp_path), "--format", "json", "--jobs", "1", *options])
    assert result.exit_code in (0, 1), result.output
    found = {(finding["location"]["file"], finding["location"]["line"]) for finding in json.loads(result.stdout)["findings"]
             if finding["rule"] == rule}
    assert found == marked
    assert bool(marked) is ("bad" in example)
