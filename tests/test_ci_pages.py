"""What docs/ci.md shows for CI systems, run: each script in a repository, once for a change and once for all of it.

`pip` and `python3 -m venv` are played, since they want the network; what they install is this gitops-guard. tests/real runs the
action, and asks the linters.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
import test_readme
from remotes import ENV, committed, git, write

from gitops_guard.source import Dialect, parse
from gitops_guard.starting.systems import SYSTEMS, filled

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'registry.example.com/web:%s'}]}\n"
FILES = {"production/kustomization.yaml": "resources: [web.yaml]\n", "production/web.yaml": POD % "latest",
         "other/production/kustomization.yaml": "resources: [web.yaml]\n", "other/production/web.yaml": POD % "1.2.3"}
GUARD = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gitops_guard "$@"\n'
PIP = f'#!/bin/sh\ncase "$*" in "install --quiet git+{test_readme.ADDRESS.url}@{test_readme.ADDRESS.revision}") ;; *) exit 9 ;; esac\n'
PYTHON = '#!/bin/sh\n[ "$1 $2" = "-m venv" ] || exit 9\nmkdir -p "$3" && cp -r "$(dirname "$0")/" "$3/bin"\n'


@pytest.fixture
def programs(tmp_path):
    """A PATH whose first folder has a gitops-guard, a pip and a python3."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name, text in (("gitops-guard", GUARD), ("pip", PIP), ("python3", PYTHON)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return f"{folder}:{ENV['PATH']}"


@pytest.fixture
def repository(tmp_path):
    """A clone, on a branch that adds a fault to the one that main has."""
    origin = committed(tmp_path / "origin", FILES)
    git(tmp_path, "clone", "--quiet", str(origin), "clone")
    place = tmp_path / "clone"
    write(place, {"other/production/web.yaml": POD % "stable"})
    git(place, "commit", "--quiet", "--all", "--message", "x")
    return place


def script(system: str) -> str:
    """What a file runs."""
    text = filled(SYSTEMS[system].template, test_readme.ADDRESS)
    if system == "jenkins":
        found = re.search(r"sh '''\n(.*?)'''", text, re.DOTALL)
        assert found
        return found[1]
    (document,) = parse(text.encode(), "x.yaml").load(Dialect.RESOURCE)
    if system == "gitlab":
        return "set -eo pipefail\n" + "\n".join(document["gitops-guard"]["script"])
    (step,) = [step for step in document["steps"] if "bash" in step]
    return step["bash"]


def shell() -> str:
    (block,) = [block for block in test_readme.blocks() if block.kind == "shell"]
    return "set -e\n" + block.body


CASES = [
    ("gitlab", lambda place: {"CI_MERGE_REQUEST_DIFF_BASE_SHA": git(place, "rev-parse", "main~1")}, ["gl-code-quality-report.json", "gitops-guard.xml"]),
    ("gitlab", lambda place: {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": git(place, "rev-parse", "origin/main"), "CI_MERGE_REQUEST_DIFF_BASE_SHA": "x"},
     ["gl-code-quality-report.json", "gitops-guard.xml"]),
    ("azure", lambda _place: {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}, ["gitops-guard.xml"]),
    ("azure", lambda _place: {"SYSTEM_PULLREQUEST_TARGETBRANCH": "main"}, ["gitops-guard.xml"]),
    ("jenkins", lambda _place: {"CHANGE_TARGET": "main"}, ["gitops-guard.xml"]),
    ("shell", lambda _place: {"TARGET": "main"}, ["report.sarif", "report.html"]),
]


@pytest.mark.parametrize("change", [True, False], ids=["change", "all"])
@pytest.mark.parametrize(("system", "variables", "reports"), CASES)
def test_the_script_runs(change, system, variables, reports, programs, repository, tmp_path):
    temp = tmp_path / "temp dir"
    temp.mkdir()
    env = {**ENV, "PATH": programs, "AGENT_TEMPDIRECTORY": str(repository), "WORKSPACE_TMP": str(temp), "TMPDIR": str(temp),
           "GUARD": f"{test_readme.ADDRESS.url}@{test_readme.ADDRESS.revision}", **(variables(repository) if change else {})}
    text = shell() if system == "shell" else script(system)
    shell_of = "bash" if system in ("azure", "gitlab") else "sh"
    done = subprocess.run([shell_of, "-c", text], cwd=repository, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^1 error, .*known\)" if change else r"^2 errors, ", done.stdout, re.MULTILINE), done.stdout
    assert [name for name in reports if not (repository / name).is_file()] == []


def test_no_block_of_the_page_is_left_out():
    """`init` blocks are run here or by tests/real/test_action_runs.py, `shell` here."""
    found = {(block.kind, block.value) for block in test_readme.blocks() if block.page == "docs/ci.md"}
    assert found == {("init", name) for name in SYSTEMS} | {("shell", "")}
