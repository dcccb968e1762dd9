"""A work tree that is partly checked out: what git left out of it is no deletion."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from click.testing import CliRunner
from remotes import git, write

from gitops_guard import cli
from gitops_guard import git as our_git
from gitops_guard.sparse import checkout
from gitops_guard.tree import WorkTree

FILES = {
    "app/kustomization.yaml": "resources: [app.yaml, ../base]\n",
    "app/app.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n",
    "base/kustomization.yaml": "resources: [base.yaml]\n",
    "base/base.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\n",
    "z/kustomization.yaml": "resources: [z.yaml]\n",
    "z/z.yaml": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: z}\nspec:\n  accessModes: [ReadWriteOnce]\n"
                "  resources: {requests: {storage: 1Gi}}\n",
    ".gitignore": "made.yaml\n",
}
LINKS = {"app/link.yaml": "../z/z.yaml", "z/back.yaml": "../app/app.yaml", "app/z": "../z"}


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet")
    write(folder, FILES)
    for path, target in LINKS.items():
        os.symlink(target, folder / path)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")
    return folder


def run(root, *args):
    done = CliRunner().invoke(cli.cli, [args[0], str(root), "--root", str(root), "--format", "json", *args[1:]])
    assert done.exit_code == 0, done.output
    return done.stdout


def narrowed(root, how):
    git(root, "sparse-checkout", "set", *how, "app")
    assert not (root / "z").exists()
    return root


WAYS = pytest.mark.parametrize("how", [["--cone"], ["--cone", "--sparse-index"], ["--no-cone"]])


@WAYS
def test_as_a_whole_checkout(root, how):
    plain, whole = WorkTree(root, our_git.listing(root)), checkout(root, our_git.listing(root))
    assert isinstance(whole, WorkTree)
    paths = [*plain.files(), ".", "app", "z", "app/z", "app/z/z.yaml", "nope", "z/nope"]
    expected = [(plain.kind(path), plain.real(path), [name for name in plain.names(path) if name != ".git"], plain.lacks(path)) for path in paths]
    files = {path: plain.read(path) for path in plain.files() if plain.kind(path) == "file"}
    listed = plain.files()

    sparse = checkout(narrowed(root, how), our_git.listing(root))
    assert sparse.files() == listed
    assert [(sparse.kind(path), sparse.real(path), sparse.names(path), sparse.lacks(path)) for path in paths] == expected
    assert {path: sparse.read(path) for path in files} == files


@WAYS
def test_what_is_left_out_is_not_deleted(root, how):
    before = {command: run(root, command) for command in ("check", "graph")}
    narrowed(root, how)
    assert {command: run(root, command) for command in ("check", "graph")} == before
    report = json.loads(run(root, "check", "--base", "HEAD"))
    assert (report["findings"], report["changes"]) == ([], [])
    assert json.loads(run(root, "diff", "--base", "HEAD"))["targets"] == []


def test_what_lies_on_disk_counts(root):
    """A file that is marked and yet there is somebody's own version; an ignored one can be named; a deleted one is deleted."""
    write(root, {"app/made.yaml": "m: 1\n"})
    git(root, "update-index", "--skip-worktree", "app/app.yaml", "z/z.yaml")
    (root / "app/app.yaml").write_text("mine: 1\n")
    (root / "z/z.yaml").unlink()
    (root / "z/kustomization.yaml").unlink()
    tree = checkout(root, our_git.listing(root), lambda path: path == "base/base.yaml")
    assert (tree.read("app/app.yaml"), tree.read("app/made.yaml")) == (b"mine: 1\n", b"m: 1\n")
    assert tree.kind("z/kustomization.yaml") is None
    assert "z/z.yaml" in tree.files()
    assert not {"z/kustomization.yaml", "app/made.yaml", "base/base.yaml"} & set(tree.files())


def test_a_link_out_of_the_repository_is_none(root):
    git(root, "update-index", "--skip-worktree", "z/z.yaml")
    (root / "z/z.yaml").unlink()
    os.symlink(root / "app/app.yaml", root / "inside.yaml")
    tree = checkout(root, our_git.listing(root))
    assert tree.read("inside.yaml") == FILES["app/app.yaml"].encode()


def test_what_a_partial_clone_lacks_is_unknown(root, tmp_path):
    """It is never fetched unasked, and no base is taken for absent."""
    git(root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{root}", "clone")
    clone = tmp_path / "clone"
    git(clone, "sparse-checkout", "set", "--cone", "app")
    git(clone, "checkout", "--quiet")
    if (clone / "base").exists():
        pytest.skip("this git checks out more")
    tree = checkout(clone, our_git.listing(clone))
    assert [tree.lacks(path) for path in ("base", "base/base.yaml", "app", "app/app.yaml", "nope", ".")] == [True, True, False, False, False, False]
    done = CliRunner().invoke(cli.cli, ["check", str(clone), "--root", str(clone), "--format", "json"])
    assert [(finding["rule"], finding["location"]["file"]) for finding in json.loads(done.stdout)["findings"]] == [
        ("render/unresolved", "app/kustomization.yaml")]
    left = subprocess.run(["git", "rev-list", "--objects", "--missing=print", "HEAD"], cwd=clone, capture_output=True, text=True, check=True,
                          env={**os.environ, "GIT_NO_LAZY_FETCH": "1"}).stdout
    assert "?" in left
