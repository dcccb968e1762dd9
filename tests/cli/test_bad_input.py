"""What can't be done as it was asked for ends with 2, says where, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from remotes import git, write

from gitops_guard.cli import cli

FILES = {"app/object.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "empty/readme.md": "none\n"}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits on main; another branch shares nothing with it."""
    place = tmp_path / "repo"
    write(place, FILES)
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "x")
    git(place, "checkout", "--quiet", "--orphan", "strange")
    git(place, "commit", "--quiet", "--message", "another beginning")
    git(place, "checkout", "--quiet", "main")
    git(place, "commit", "--quiet", "--allow-empty", "--message", "y")
    monkeypatch.chdir(place)
    return place


def refused(*args: str) -> str:
    """What a command that ends with 2 says first."""
    done = CliRunner().invoke(cli, args)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    return done.stderr.split("\n")[0].removeprefix("gitops-guard: ")


NEW = "`gitops-guard policies new RULE --dir DIR`"


@pytest.mark.parametrize(("args", "message"), [
    (["check", "--policy", "empty"], f"--policy 'empty': no policy (*.rego) in the folder 'empty'; {NEW} writes one"),
    (["check", "--policy", "nowhere"], f"--policy 'nowhere': there is no folder 'nowhere'; {NEW} begins one"),
    (["policies", "list", "--policy", "empty"], f"--policy 'empty': no policy (*.rego) in the folder 'empty'; {NEW} writes one"),
    (["policies", "test", "empty"], f"DIR 'empty': no policy (*.rego) in the folder 'empty'; {NEW} writes one"),
    (["check", "--select", "admission/manual-deploy"], "--select admission/manual-deploy: admission/manual-deploy judges requests to a cluster, of which check sees none; `gitops-guard bundle` has the cluster enforce it"),
    (["check", "--select", "images/*", "--select", "admission/*"], "--select admission/*: admission/manual-deploy judges requests to a cluster, of which check sees none; `gitops-guard bundle` has the cluster enforce it"),
    (["check", "--select", "images/unpined-tag"], "--select: there is no rule 'images/unpined-tag'; did you mean 'images/unpinned-tag'?"),
    (["check", "--ignore", "zzz/*"], "--ignore: there is no rule 'zzz/*'; `gitops-guard policies list` prints the rules"),
    (["policies", "explain", "images/unpined-tag"], "there is no rule 'images/unpined-tag'; did you mean 'images/unpinned-tag'?"),
    (["check", "--base", ""], "--base is empty: name a revision, such as origin/main"),
    (["check", "--base", "origin/main"],
     "--base: there is no revision origin/main in this clone; fetch it: git fetch origin main:refs/remotes/origin/main"),
    (["check", "--base", "0123456789abcdef"],
     "--base: there is no revision 0123456789abcdef in this clone; fetch it: git fetch origin 0123456789abcdef"),
    (["check", "--base", "HEAD~9"], "--base: there is no revision HEAD~9: the history is not that long; name another one"),
    (["check", "--base", "strange"],
     "--base: strange and HEAD have no common ancestor; name a revision that HEAD comes from, or is merged into"),
])
def test_of_the_command_line(repo: Path, args: list[str], message: str) -> None:
    assert refused(*args) == message


@pytest.mark.parametrize(("config", "message"), [
    ("policies: [empty]", f"1: policies: no policy (*.rego) in the folder 'empty'; {NEW} writes one"),
    ("policies:\n  - nowhere", f"2: policies: there is no folder 'nowhere'; {NEW} begins one"),
    ("policies: [../out]", "1: '../out' lies outside the repository; allow it with --allow-path"),
    ("rules:\n  image/unpinned-tag: {enabled: false}", "2: rules: there is no rule 'image/unpinned-tag'; did you mean 'images/unpinned-tag'?"),
    ("rules:\n  house/x: {enabled: true}", "2: rules: there is no rule 'house/x'; `gitops-guard policies list` prints the rules"),
    ("rules:\n  images/unpinned-tag:\n    enabled: false\n    parameters: {alow: []}",
     "4:18: images/unpinned-tag has no parameter alow; did you mean allow?"),
    ("rules:\n  images/unpinned-tag:\n    parameters:\n      allow: x",
     "4:7: the parameter allow of images/unpinned-tag is a text; it must be a list; put it in brackets: [...]"),
    ("rules:\n  schema/invalid: {parameters: {strict: true}}", "2:33: schema/invalid has no parameters, so no strict; remove it"),
    ("rules:\n  images/*: {parameters: {alow: []}}", "2:27: images/* has no parameter alow; did you mean allow?"),
    ("rules: {images/unpinned-tag: {parameters: [a]}}", "1:43: parameters must be a mapping of names and values, not a list"),
])
def test_of_the_configuration(repo: Path, config: str, message: str) -> None:
    write(repo, {".gitops-guard.yaml": config})
    assert refused("check") == f".gitops-guard.yaml:{message}"


@pytest.mark.parametrize(("base", "message"), [
    ("HEAD~1", "git fetch --unshallow origin"), ("origin/strange", "git fetch origin strange:refs/remotes/origin/strange"),
])
def test_of_a_history_that_is_cut_short(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str, message: str) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", repo.as_uri(), "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    assert refused("check", "--base", base) == f"--base: there is no revision {base} in this clone; fetch it: {message}"


def test_outside_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    assert refused("check", "--base", "main") == "--base needs a git repository with a commit"
    assert refused("check", "--staged") == "--staged needs a git repository"


@pytest.mark.parametrize("option", ["--report=json=app/object.yaml/report.json", "--write-baseline=app"])
def test_what_cannot_be_kept_is_not_found_out(repo: Path, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitops_guard.cli.check.check", lambda _request: pytest.fail("it ran"))
    assert "is no folder" in refused("check", option) or "is a folder" in refused("check", option)
    assert "goes to the same file" in refused("check", "--report", "json=x.json", "--write-baseline", "x.json")
