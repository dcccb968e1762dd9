import json
import subprocess

import pytest
from click.testing import CliRunner

from gitops_guard import __version__
from gitops_guard import cli as package
from gitops_guard.errors import NothingToCheckError, ToolError, UsageError

MODULE = "gitops_guard.cli.policies"


@pytest.fixture
def run(monkeypatch):
    def call(*args, error=None):
        if error is not None:
            def fail(*_args, **_options):
                raise error

            monkeypatch.setattr(f"{MODULE}.load_policies", fail)
        return CliRunner().invoke(package.cli, args)

    return call


def test_version(run):
    assert run("--version").output == f"gitops-guard, version {__version__}\n"


@pytest.mark.parametrize(("error", "code"), [(UsageError("x"), 2), (NothingToCheckError("x"), 3), (ToolError("x"), 4), (RecursionError(), 4)])
def test_exit_codes(run, error, code):
    result = run("policies", "list", error=error)
    assert result.exit_code == code
    assert result.stderr.startswith("gitops-guard: ")


def test_a_mistake_of_ours_is_no_finding_and_tells_no_values(run, monkeypatch):
    monkeypatch.delenv("GITOPS_GUARD_DEBUG", raising=False)
    result = run("policies", "list", error=KeyError("hunter2"))
    assert result.exit_code == 4
    assert "hunter2" not in result.output
    assert "KeyError at test_main.py:" in result.stderr
    monkeypatch.setenv("GITOPS_GUARD_DEBUG", "1")
    assert "Traceback" in run("policies", "list", error=KeyError("x")).stderr


@pytest.mark.parametrize(("args", "hint"), [
    (["chek"], "Did you mean 'check'"), (["zzz"], "Commands: bundle"), (["check", "--formt", "json"], "--format"),
])
def test_mistyped(run, args, hint):
    result = run(*args)
    assert result.exit_code == 2
    assert hint in result.output


def test_without_paths_the_current_folder_is_judged(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path / "one")
    report = json.loads(CliRunner().invoke(package.cli, ["check", "--format", "json", "--jobs", "1"]).stdout)
    assert [target["id"] for target in report["targets"]] == ["one"]
