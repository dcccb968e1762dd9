import os
import subprocess
from pathlib import Path

import pytest

from gitops_guard.cli.place import relative, root_of
from gitops_guard.errors import UsageError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "repo" / "apps").mkdir(parents=True)
    (tmp_path / "repo" / "apps" / "a.yaml").write_text("x")
    monkeypatch.chdir(tmp_path)
    return Path(os.path.realpath(tmp_path))


def test_the_root_is_gits_else_the_current_folder_else_the_path(folder, monkeypatch):
    assert root_of(None, ("repo/apps",)) == folder
    monkeypatch.chdir(folder / "repo" / "apps")
    assert root_of(None, (str(folder / "repo"),)) == folder / "repo"
    assert root_of(str(folder), ("a.yaml",)) == folder
    subprocess.run(["git", "init", "-q"], cwd=folder / "repo", check=True)
    assert root_of(None, ("a.yaml",)) == folder / "repo"


@pytest.mark.parametrize(("root", "paths", "message"), [
    (None, ("nope",), "no file or folder 'nope'"), ("nope", ("repo",), "--root 'nope' is no folder"),
])
def test_what_is_not_there(folder, root, paths, message):
    with pytest.raises(UsageError, match=message):
        root_of(root, paths)


def test_relative(folder):
    os.symlink("apps", folder / "repo" / "link")
    assert relative(folder / "repo", "repo") == "."
    assert relative(folder / "repo", "repo/apps/a.yaml") == "apps/a.yaml"
    assert relative(folder / "repo", "repo/link") == "link"
    with pytest.raises(UsageError, match="outside the repository"):
        relative(folder / "repo", ".")
