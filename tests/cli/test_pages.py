"""The page of a rule: what `policies explain` prints is the help in SARIF; both know the policies of the configuration."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from remotes import git

from gitops_guard import data, skeleton
from gitops_guard.cli import cli
from gitops_guard.policy import PolicyFolder, load

BUILTIN = load([PolicyFolder(data.policies(), builtin=True)])
RULES = sorted(BUILTIN.rules)
REQUESTS = {rule for rule, metadata in BUILTIN.described.items() if metadata.scope == "admission"}
"""What a cluster judges alone: no repository holds requests."""
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose configuration names policies of its own; the command is called in a folder of it."""
    files = {".gitops-guard.yaml": "policies: [checks]\n", "app/object.yaml": OBJECT,
             **{f"checks/{path}": text for path, text in skeleton.files("house/owner-label", "resource").items()},
             **{f"more/{path}": text for path, text in skeleton.files("house/other", "file").items()}}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git(tmp_path, "init", "--quiet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def helps(folder: str) -> dict[str, dict[str, str]]:
    """The help of each rule in a SARIF log of the repository there."""
    done = run("check", "--format", "sarif", "--jobs", "1", "--policy", os.path.join(folder, "more"))
    assert done.exit_code == 0, done.stderr
    return {rule["id"]: rule["help"] for rule in json.loads(done.stdout)["runs"][0]["tool"]["driver"]["rules"]}


def test_the_help_in_sarif_is_the_page_for_every_rule(repo: Path) -> None:
    found = helps(str(repo))
    live = {rule for rule in RULES if rule.startswith("drift/")}
    assert sorted(found) == sorted({*RULES, "house/owner-label", "house/other"} - REQUESTS - live)
    for rule, help_ in found.items():
        page = run("policies", "explain", rule, "--policy", "more")
        assert page.exit_code == 0
        assert page.stdout == help_["markdown"] + "\n", rule
        assert help_["text"] == help_["markdown"]


def test_the_policies_of_the_configuration_are_known(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\nhouse/owner-label " in run("policies", "list").stdout
    assert "house/other" not in run("policies", "list").stdout
    assert "\nhouse/other " in run("policies", "list", "--policy", "more").stdout
    assert run("policies", "explain", "house/owner-label").stdout.startswith("# house/owner-label\n\n**Owner label**\n")
    monkeypatch.chdir(repo / "app")
    assert "\nhouse/owner-label " in run("policies", "list").stdout
    (repo / "none.yaml").write_text("{}")
    assert "house/" not in run("policies", "list", "--config", str(repo / "none.yaml")).stdout


def test_a_file_that_cannot_be_used_is_told(repo: Path) -> None:
    (repo / "checks/house/owner_label.yaml").write_text("examples: {}\n")
    page = run("policies", "explain", "house/owner-label")
    assert (page.exit_code, page.stderr) == (0, "")
    assert "Its examples can't be read: owner_label.yaml:1: there is no list of examples" in page.stdout
    (repo / "checks/house/broken.rego").write_text("deny")
    listed = run("policies", "list")
    assert listed.exit_code == 0
    assert listed.stderr == "gitops-guard: checks/house/broken.rego:1: the file does not begin with a package\n"


def test_a_folder_outside_the_repository_must_be_allowed(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    os.replace(repo / "checks", outside / "checks")
    (repo / ".gitops-guard.yaml").write_text(f"policies: [{outside}/checks]\n")
    refused = run("policies", "list")
    assert (refused.exit_code, "allow it with --allow-path" in refused.stderr) == (2, True)
    assert "\nhouse/owner-label " in run("policies", "list", "--allow-path", str(outside)).stdout
