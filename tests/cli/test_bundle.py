"""`bundle`: what it takes, writes, prints and ends with."""

import os

import pytest
from click.testing import CliRunner

from gitops_guard.cli import cli

HOUSE = """# METADATA
# title: t
# description: d
# custom:
#   scope: resource
#   severity: error
#   remedy: r
#   admission: true
package gitops_guard.house.rule

deny contains {"msg": "x"} if EXPRESSION
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    repo = tmp_path / "repo"
    repo.mkdir()
    monkeypatch.chdir(repo)
    return lambda *args: CliRunner().invoke(cli, ["bundle", *args])


def house(path, expression="input.object"):
    (path / "policies" / "house").mkdir(parents=True)
    (path / "policies" / "house" / "rule.rego").write_text(HOUSE.replace("EXPRESSION", expression))


@pytest.mark.parametrize(("target", "files"), [
    ("vap", {"README.md", "bypass-drift-tolerated.yaml", "bypass-reconcile-suspended.yaml", "images-missing-digest.yaml", "images-unpinned-tag.yaml"}),
    ("gatekeeper", {"README.md", "suite.yaml", "templates", "constraints", "samples"}),
])
def test_it_writes_a_folder_and_says_what_is_left_out(run, tmp_path, target, files):
    done = run("--target", target, "-o", "out/cluster")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "gitops-guard: admission/manual-deploy: it needs the parameter identities" in done.stderr
    folder = tmp_path / "repo" / "out" / "cluster"
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == files
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "old.yaml").write_text("x")
    assert run("--target", target, "-o", "out/cluster").exit_code == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert os.listdir(folder.parent) == ["cluster"]


def test_a_folder_with_something_else_is_left_alone(run, tmp_path):
    (tmp_path / "repo" / "out").mkdir()
    (tmp_path / "repo" / "out" / "mine.yaml").write_text("x")
    done = run("--target", "vap", "-o", "out")
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (2, "gitops-guard: the folder 'out' holds something else; name an empty or a new one")
    (tmp_path / "repo" / "link").symlink_to("out")
    assert "is no folder" in run("--target", "vap", "-o", "link").stderr
    assert "is no folder" in run("--target", "vap", "-o", "out/mine.yaml").stderr
    assert os.listdir(tmp_path / "repo" / "out") == ["mine.yaml"]


@pytest.mark.parametrize(("expression", "message"), [
    ("input.facts.sops", "policies/house/rule.rego:11: input.facts: facts are empty in the cluster"),
    ("data.house.names", "data.house.names"),
    ("}", "policies/house/rule.rego:11:"),
])
def test_what_a_target_can_not_have_is_refused(run, tmp_path, expression, message):
    house(tmp_path / "repo", expression)
    for target in ("vap", "gatekeeper"):
        done = run("--target", target, "-o", "out", "--policy", "policies")
        assert done.exit_code == 2
        assert message in done.stderr
    assert not (tmp_path / "repo" / "out").exists()


def test_a_broken_file_is_not_left_out(run, tmp_path):
    house(tmp_path / "repo")
    (tmp_path / "repo" / "policies" / "house" / "other.rego").write_text("nothing")
    done = run("--target", "vap", "-o", "out", "--policy", "policies")
    assert (done.exit_code, done.stderr) == (2, "gitops-guard: policies/house/other.rego:1: the file does not begin with a package\n")


def test_a_policy_of_the_house(run, tmp_path):
    house(tmp_path / "repo")
    done = run("--target", "vap", "-o", "out", "--policy", "policies", "--select", "house/*")
    assert done.exit_code == 0
    assert done.stderr == "gitops-guard: house/rule: it has no twin in CEL (house/rule.cel.yaml beside the policy)\n"
    assert run("--target", "gatekeeper", "-o", "out", "--policy", "policies", "--select", "house/*").exit_code == 0
    assert (tmp_path / "repo" / "out" / "constraints" / "house-rule.yaml").is_file()


def test_rules_are_chosen(run, tmp_path):
    assert run("--target", "vap", "-o", "out", "--select", "images/*", "--ignore", "images/missing-digest").exit_code == 0
    assert {path.name for path in (tmp_path / "repo" / "out").glob("*.yaml")} == {"images-unpinned-tag.yaml"}
    done = run("--target", "vap", "-o", "out", "--select", "secrets/plaintext-secret")
    assert done.exit_code == 2
    assert "secrets/plaintext-secret can't be enforced in the cluster" in done.stderr
