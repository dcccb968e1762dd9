import os
import subprocess

import pytest

from gitops_guard import git

ENV = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repo"
    (root / "sub").mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=root, env=ENV, check=True)
    for name in ("tracked.yaml", "gone.yaml", "sub/new.yaml", "ignored.yaml", "sub/tracked ü.yaml"):
        (root / name).write_text("x: 1\n")
    (root / ".gitignore").write_text("ignored.yaml\n")
    os.symlink("tracked.yaml", root / "link.yaml")
    subprocess.run(["git", "add", "tracked.yaml", "gone.yaml", "sub/tracked ü.yaml", "link.yaml"], cwd=root, env=ENV, check=True)
    (root / "gone.yaml").unlink()
    return root


def test_listing_is_what_is_tracked_or_not_ignored(repository):
    assert git.listing(repository) == [".gitignore", "link.yaml", "sub/new.yaml", "sub/tracked ü.yaml", "tracked.yaml"]
    assert git.listing(repository / "sub") == ["new.yaml", "tracked ü.yaml"]


def test_top_level(repository):
    assert os.path.samefile(git.top_level(repository / "sub"), repository)


def test_outside_a_work_tree(tmp_path):
    assert git.top_level(tmp_path) is None
    assert git.listing(tmp_path) is None


def test_a_repository_runs_nothing_of_its_own(repository, tmp_path):
    proof = tmp_path / "ran"
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {proof}\n")
    hook.chmod(0o755)
    subprocess.run(["git", "config", "core.fsmonitor", str(hook)], cwd=repository, env=ENV, check=True)
    git.listing(repository)
    assert not proof.exists()
