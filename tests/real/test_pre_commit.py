"""The hooks of `.pre-commit-hooks.yaml`, as pre-commit installs and runs them from this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from remotes import ENV, committed, git, write

pytestmark = pytest.mark.real

CHECKOUT = Path(__file__).resolve().parents[2]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'registry.example.com/web:%s'}]}\n"
CLAIM = ("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: box}\nspec:\n  accessModes: [ReadWriteOnce]\n"
         "  resources: {requests: {storage: 1Gi}}\n")
FILES = {
    "production/kustomization.yaml": "resources: [web.yaml, box.yaml]\n",
    "production/web.yaml": POD % "1.2.3",
    "production/box.yaml": CLAIM,
    "old/kustomization.yaml": "resources: [web.yaml]\n",
    "old/web.yaml": POD % "latest",
    "README.md": "x\n",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Where pre-commit keeps the environment that it makes once."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory):
    """The commit of this checkout, as a repository of its own: what pre-commit clones."""
    place = tmp_path_factory.mktemp("hooks") / "gitops-guard"
    git(CHECKOUT, "clone", "--quiet", "--no-hardlinks", str(CHECKOUT), str(place))
    return place


@pytest.fixture
def root(tmp_path):
    return committed(tmp_path / "repo", FILES)


def pre_commit(home: Path, root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in ENV.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run([sys.executable, "-m", "pre_commit", *args, "--verbose"], cwd=root, capture_output=True, text=True, check=False, timeout=600,
                          env={**env, "PRE_COMMIT_HOME": str(home), "HOME": os.environ.get("HOME", str(home)), "PRE_COMMIT_COLOR": "never"})


@pytest.fixture
def hook(home, hooks, root, tmp_path):
    """Runs a hook as a repository's configuration has it; its environment is made by the first run and serves them all."""
    def run(name: str) -> subprocess.CompletedProcess[str]:
        config = tmp_path / "config.yaml"
        config.write_text(f"repos: [{{repo: '{hooks}', rev: {git(hooks, 'rev-parse', 'HEAD')}, hooks: [{{id: {name}}}]}}]\n")
        return pre_commit(home, root, "run", "--config", str(config))
    return run


def test_it_can_be_tried(home, hooks, root):
    """`try-repo` makes an environment of its own and looks at what is staged, deletions and renames among it."""
    write(root, {"production/web.yaml": POD % "latest", "production/kustomization.yaml": "resources: [web.yaml, claim.yaml]\n"})
    git(root, "rm", "--quiet", "-r", "old")
    git(root, "mv", "production/box.yaml", "production/claim.yaml")
    git(root, "add", "--all")
    done = pre_commit(home, root, "try-repo", str(hooks), "gitops-guard", "--ref", git(hooks, "rev-parse", "HEAD"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "error[images/unpinned-tag]" in done.stdout
    assert "1 error," in done.stdout


def test_what_runs_is_the_wheel(hook, home):
    """pip builds one of what pre-commit has cloned: the policies come from it."""
    hook("gitops-guard")
    (package,) = home.glob("repo*/py_env*/lib/python*/site-packages/gitops_guard")
    assert (package / "_data" / "policies" / "images" / "unpinned_tag.rego").is_file()


def test_what_is_staged_is_judged(hook, root):
    write(root, {"production/web.yaml": POD % "latest"})
    git(root, "add", "--all")
    done = hook("gitops-guard")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "error[images/unpinned-tag]" in done.stdout
    assert "production/web.yaml:4" in done.stdout
    assert "old/web.yaml" not in done.stdout


def test_what_is_not_staged_is_not(hook, root):
    write(root, {"production/web.yaml": POD % "latest"})
    assert hook("gitops-guard").returncode == 0


def test_a_deletion_is_judged(hook, root):
    """pre-commit names no deleted file, and no file at all where nothing else is staged."""
    git(root, "rm", "--quiet", "production/box.yaml")
    write(root, {"production/kustomization.yaml": "resources: [web.yaml]\n"})
    git(root, "add", "--all")
    done = hook("gitops-guard")
    assert done.returncode == 1, done.stdout
    assert "error[prune/deletes-stateful]" in done.stdout
    git(root, "reset", "--quiet", "--hard")
    git(root, "rm", "--quiet", "production/web.yaml")
    done = hook("gitops-guard")
    assert done.returncode == 1, done.stdout
    assert "error[render/" in done.stdout


def test_a_rename_deletes_nothing(hook, root):
    git(root, "mv", "production/box.yaml", "production/claim.yaml")
    write(root, {"production/kustomization.yaml": "resources: [web.yaml, claim.yaml]\n"})
    git(root, "add", "--all")
    done = hook("gitops-guard")
    assert done.returncode == 0, done.stdout


def test_nothing_to_judge_is_nothing_to_say(hook, root):
    write(root, {"README.md": "y\n"})
    git(root, "add", "--all")
    done = hook("gitops-guard")
    assert done.returncode == 0, done.stdout
    assert "0 errors" not in done.stdout


def test_everything_is_judged(hook, root):
    write(root, {"README.md": "y\n"})
    git(root, "add", "--all")
    done = hook("gitops-guard-all")
    assert done.returncode == 0, done.stdout
    assert "warning[images/unpinned-tag]" in done.stdout
    assert "old/web.yaml" in done.stdout
