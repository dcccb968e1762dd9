"""Tiny repositories, a command, and the whole of what it must print: see CONTRIBUTING, "A case".

tests/cases/<name>/ holds `repo/` (copied to a fresh folder, outside any git work tree), `case.toml` and `expected.txt`. Beside a
`base/`, the folder is a git repository with two commits: `base/` is the first, on the branch main, `repo/` the second.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from remotes import git, repository_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/case.toml"))
TODAY = "1795219200"
"""2026-11-21, for SOURCE_DATE_EPOCH: a waiver's last day is compared with it."""


@dataclass(frozen=True)
class Case:
    title: str
    """What the case shows, in one sentence."""
    args: list[str]
    """The command line after `gitops-guard`."""
    exit: int
    same: list[list[str]] = field(default_factory=list)
    """Each of these added to `args` must print the same bytes."""
    silent: list[str] = field(default_factory=list)
    """Words that must not be printed, with `args` alone or with any of `silent_with` added."""
    silent_with: list[list[str]] = field(default_factory=list)
    staged: bool = False
    """Whether `repo/` is in the index, and not yet committed."""


def load(name: str) -> Case:
    return Case(**tomllib.loads((CASES / name / "case.toml").read_text()))


def prepare(name: str, case: Case, repo: Path) -> None:
    """Make the repository of a case."""
    source = CASES / name
    if not (source / "base").is_dir():
        shutil.copytree(source / "repo", repo, symlinks=True)
        return
    repository_of(source / "base", repo)
    git(repo, "checkout", "--quiet", "-b", "change")
    git(repo, "rm", "--quiet", "-r", ".")
    shutil.copytree(source / "repo", repo, symlinks=True, dirs_exist_ok=True)
    git(repo, "add", "--all")
    if not case.staged:
        git(repo, "commit", "--quiet", "--allow-empty", "--message", "x")


def run(args: list[str], repo: Path) -> subprocess.CompletedProcess[bytes]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "GIT_", "FORCE_COLOR", "GITOPS_GUARD"))}
    return subprocess.run([sys.executable, "-m", "gitops_guard", *args], cwd=repo, capture_output=True, timeout=120, check=False,
                          env={**env, "SOURCE_DATE_EPOCH": TODAY, "PYTHONWARNINGS": "default"})


def transcript(done: subprocess.CompletedProcess[bytes], repo: Path) -> bytes:
    """What was printed, for a person: standard error only where the command did not do its work.

    How many rules ran is left out: a new rule is nothing that a case is about.
    """
    text = re.sub(rb"(?<=, )\d+(?= rules$)", b"<n>", done.stdout, flags=re.MULTILINE)
    if done.returncode > 1:
        text += b"--- standard error\n" + done.stderr
    return text.replace(os.path.realpath(repo).encode(), b"<repo>").replace(str(repo).encode(), b"<repo>")


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, tmp_path: Path, update_goldens: bool) -> None:
    case = load(name)
    repo = tmp_path / "repo"
    prepare(name, case, repo)
    done = run(case.args, repo)
    assert done.returncode == case.exit, done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()

    got = transcript(done, repo)
    expected = CASES / name / "expected.txt"
    if update_goldens:
        expected.write_bytes(got)
    assert expected.is_file(), "no expected.txt: run pytest tests/test_cases.py --update-goldens and read what it wrote"
    assert got.decode() == expected.read_bytes().decode(), case.title

    for more in case.same:
        again = run([*case.args, *more], repo)
        assert (again.returncode, again.stdout) == (done.returncode, done.stdout), f"{more} prints something else"
    for more in [[], *case.silent_with] if case.silent else []:
        printed = run([*case.args, *more], repo)
        assert printed.returncode == case.exit, printed.stderr.decode()
        assert printed.stdout, f"{more} prints nothing"
        for word in case.silent:
            assert word.encode() not in printed.stdout + printed.stderr, f"{more} prints {word!r}"


def test_every_folder_is_a_case() -> None:
    assert sorted(path.name for path in CASES.iterdir() if path.is_dir()) == NAMES
