"""`policies test` and `policies new`: what they take, print and end with."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitops_guard import data
from gitops_guard.cli import cli


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command in an empty folder that is no git work tree."""
    repo = tmp_path / "repo"
    repo.mkdir()
    monkeypatch.chdir(repo)
    return lambda *args: CliRunner().invoke(cli, args)


def test_a_new_policy_passes_at_once(run):
    made = run("policies", "new", "house/owner-label")
    assert (made.exit_code, made.stdout) == (0, """wrote policies/house/owner_label.rego
wrote policies/house/owner_label_test.rego
wrote policies/house/owner_label.yaml

It holds already: change all three, and try them with
  gitops-guard policies test policies
check judges by it with `policies: [policies]` in .gitops-guard.yaml, or with
  gitops-guard check --policy policies
""")
    tried = run("policies", "test", "policies")
    assert (tried.exit_code, tried.stderr) == (0, "")
    assert tried.stdout.endswith("\n4 passed, coverage 100 %\n")


def test_nothing_is_overwritten(run):
    run("policies", "new", "house/x", "--scope", "file")
    with open("policies/house/x.yaml", "w") as file:
        file.write("mine")
    os.remove("policies/house/x.rego")
    again = run("policies", "new", "house/x", "--scope", "file")
    assert (again.exit_code, again.stdout) == (2, "")
    assert again.stderr == "gitops-guard: policies/house/x_test.rego is there already; choose another id, or remove it first\n"
    assert Path("policies/house/x.yaml").read_text() == "mine"
    assert not os.path.exists("policies/house/x.rego")


@pytest.mark.parametrize(("args", "message"), [
    (["owner"], "write CATEGORY/NAME"), (["images/unpinned-tag"], "the rule images/unpinned-tag is built in"),
    (["house/x", "--scope", "cluster"], "'cluster' is not one of"), (["house/x", "--kinds", "deployment"], "is no kind"),
])
def test_what_new_refuses(run, args, message):
    result = run("policies", "new", *args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not os.path.exists("policies")


def test_new_writes_where_the_configuration_reads(run):
    with open(".gitops-guard.yaml", "w") as file:
        file.write("policies: [checks/rego, other]\n")
    made = run("policies", "new", "house/x", "--kinds", "batch/CronJob,Job", "--kinds", "Pod")
    assert made.stdout.endswith("gitops-guard policies test checks/rego\n")
    assert "#   kinds: [batch/CronJob, Job, Pod]\n" in Path("checks/rego/house/x.rego").read_text()
    assert run("policies", "new", "house/x", "--dir", "other").exit_code == 0
    tried = run("policies", "test", "--format", "json")
    assert tried.exit_code == 1
    assert [subject["id"] for subject in json.loads(tried.stdout)["policies"]] == ["house/x", "other/house/x.rego"]


def test_a_failure_ends_with_one(run):
    run("policies", "new", "house/x")
    with open("policies/house/x_test.rego", "a") as file:
        file.write("\ntest_more if 1 == 2\n")
    for args in ([], ["-k", "test_more"], ["--select", "house/*"], ["--format", "junit"]):
        result = run("policies", "test", "policies", *args)
        assert (result.exit_code, "test_more" in result.stdout) == (1, True), args
    assert run("policies", "test", "policies", "--run", "x test_with_").exit_code == 0


def test_the_coverage_can_be_demanded(run):
    run("policies", "new", "house/x")
    assert run("policies", "test", "policies", "--fail-under", "100").exit_code == 0
    os.remove("policies/house/x.yaml")
    with open("policies/house/x.rego", "a") as file:
        file.write('\ndeny contains {"msg": "no"} if {\n\tinput.object.never\n}\n')
    result = run("policies", "test", "policies", "--fail-under", "100")
    assert (result.exit_code, result.stderr[:29]) == (1, "gitops-guard: the coverage of")
    assert "no examples" in result.stdout
    assert run("policies", "test", "policies").exit_code == 0


@pytest.mark.parametrize(("args", "message"), [
    (["none"], "there is no folder 'none'"), (["empty"], "no policy (*.rego) in the folder 'empty'"),
    (["policies", "--select", "house/y"], "--select: there is no rule 'house/y' here; did you mean 'house/x'?"),
    (["policies", "-k", "nothing"], "--run 'nothing' is found in no test's or example's name"),
    (["policies", "-k", "("], "--run '(' is no regular expression"),
    (["policies", "-k", "x", "--fail-under", "3"], "only all tests together say what is covered"),
    (["policies", str(data.policies())], "the built-in policies are tested alone"),
])
def test_wrong_usage(run, args, message):
    os.mkdir("empty")
    run("policies", "new", "house/x")
    result = run("policies", "test", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_policies_without_tests_and_examples_are_not_clean(run):
    run("policies", "new", "house/x")
    os.remove("policies/house/x.yaml")
    os.remove("policies/house/x_test.rego")
    result = run("policies", "test", "policies")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "nothing was tested: there is neither a unit test (*_test.rego) nor an example" in result.stderr


@pytest.mark.parametrize(("config", "word"), [(None, "there is no configuration"), ("exclude: []\n", ".gitops-guard.yaml names no policies")])
def test_without_policies_the_built_in_ones_are_tested(run, config, word):
    if config is not None:
        with open(".gitops-guard.yaml", "w") as file:
            file.write(config)
    result = run("policies", "test", "-k", "images/unpinned-tag test_", "--jobs", "1", "--format", "json")
    assert result.exit_code == 0
    assert result.stderr == f"gitops-guard: {word}: testing the built-in ones; to test your own, name their folder\n"
    assert [subject["id"] for subject in json.loads(result.stdout)["policies"]] == ["images/unpinned-tag"]
