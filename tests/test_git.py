import os
import subprocess

import pytest
from remotes import ENV, git, write

from gitops_guard import git as our
from gitops_guard import git_program


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


@pytest.fixture
def clone(tmp_path):
    return cloned(tmp_path)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """A clone that tests only read."""
    return cloned(tmp_path_factory.mktemp("untouched"))


def cloned(tmp_path):
    """A clone of a repository with branches main, release/1 and v1 (of three commits), and the annotated tags v1 and v1.0.0."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "--quiet")
    for number in (1, 2, 3):
        write(origin, {"app/x.yaml": f"x: {number}\n"})
        git(origin, "add", "--all")
        git(origin, "commit", "--quiet", "--message", "x")
        git(origin, "tag", f"at-{number}")
    git(origin, "branch", "release/1", "at-1")
    git(origin, "branch", "v1", "at-2")
    git(origin, "tag", "--annotate", "--message", "x", "v1.0.0", "at-2")
    git(origin, "tag", "--annotate", "--message", "x", "v1", "at-1")
    git(tmp_path, "clone", "--quiet", f"file://{origin}", "clone")
    return tmp_path / "clone"


def test_listing_is_what_is_tracked_or_not_ignored(repository):
    assert our.listing(repository) == [".gitignore", "link.yaml", "sub/new.yaml", "sub/tracked ü.yaml", "tracked.yaml"]
    assert our.listing(repository / "sub") == ["new.yaml", "tracked ü.yaml"]


def test_top_level(repository):
    assert os.path.samefile(our.top_level(repository / "sub"), repository)
    assert [our.prefix(repository), our.prefix(repository / "sub")] == ["", "sub"]


def test_a_hook_of_another_repository_does_not_count(repository, clone, monkeypatch):
    """`git commit` sets these for what its hooks start."""
    monkeypatch.setenv("GIT_DIR", str(clone / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(clone))
    monkeypatch.setenv("GIT_INDEX_FILE", str(clone / ".git" / "index"))
    assert os.path.samefile(our.top_level(repository / "sub"), repository)
    assert "tracked.yaml" in our.listing(repository)


def test_outside_a_work_tree(tmp_path):
    assert our.top_level(tmp_path) is None
    assert our.listing(tmp_path) is None
    assert our.prefix(tmp_path) == ""
    assert our.remotes(tmp_path) == []
    for ask in (our.branch, our.default_branch):
        assert ask(tmp_path) is None
    for ask in (our.resolve, our.named):
        assert ask(tmp_path, "main") is None
    assert our.is_shallow(tmp_path) is False


def test_a_repository_runs_nothing_of_its_own(repository, tmp_path):
    proof = tmp_path / "ran"
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {proof}\n")
    hook.chmod(0o755)
    for setting in ("core.fsmonitor", "core.pager", "core.sshCommand", "core.askPass", "core.editor", "credential.helper"):
        git(repository, "config", setting, str(hook))
    git(repository, "config", "alias.ls-files", f"!{hook}")
    git(repository, "config", "remote.origin.url", f"ext::{hook}")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "protocol.ext.allow", "always")
    our.listing(repository)
    our.remotes(repository)
    our.resolve(repository, "0" * 40)
    our.named(repository, "1" * 40)
    our.staged(repository)
    assert our.entries(repository, "2" * 40) is None
    assert not proof.exists()


def test_remotes_are_as_written_and_as_rewritten(clone):
    git(clone, "remote", "set-url", "origin", "gh:acme/fleet")
    git(clone, "remote", "add", "upstream", "https://example.com/up/fleet")
    git(clone, "remote", "set-url", "--push", "upstream", "git@example.com:push/fleet.git")
    git(clone, "config", "url.https://github.com/.insteadOf", "gh:")
    assert our.remotes(clone) == ["gh:acme/fleet", "git@example.com:push/fleet.git", "https://example.com/up/fleet",
                                  "https://github.com/acme/fleet"]
    assert our.remotes(clone / "app") == our.remotes(clone)


def test_branches(clone, repository):
    assert (our.branch(clone), our.default_branch(clone)) == ("main", "main")
    git(clone, "checkout", "--quiet", "-b", "feature/x")
    assert (our.branch(clone), our.default_branch(clone)) == ("feature/x", "main")
    git(clone, "checkout", "--quiet", "--detach")
    assert (our.branch(clone), our.default_branch(clone)) == (None, "main")
    # As a CI job clones: nobody says which branch is the default one.
    git(clone, "remote", "set-head", "origin", "--delete")
    assert our.default_branch(clone) == "main"
    git(clone, "update-ref", "refs/remotes/origin/master", "HEAD")
    assert our.default_branch(clone) == "main"
    git(clone, "update-ref", "-d", "refs/remotes/origin/main")
    assert our.default_branch(clone) == "master"
    git(clone, "update-ref", "-d", "refs/remotes/origin/master")
    assert our.default_branch(clone) is None
    git(clone, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/1")
    assert our.default_branch(clone) == "release/1"
    assert our.branch(repository) is not None  # before the first commit
    assert our.default_branch(repository) is None


@pytest.mark.parametrize(("ref", "commit"), [
    ("HEAD", "at-3"), ("main", "at-3"), ("HEAD~1", "at-2"), ("origin/release/1", "at-1"), ("release/1", "at-1"), ("v1.0.0", "at-2"),
    ("refs/tags/v1", "at-1"), ("gone", None), ("", None), ("--all", None), ("-h", None), ("a\0b", None), ("HEAD:app", None),
])
def test_resolve(untouched, ref, commit):
    assert our.resolve(untouched, ref) == (commit and git(untouched, "rev-parse", commit))


@pytest.mark.parametrize(("name", "commit"), [
    ("main", "at-3"), ("release/1", "at-1"), ("refs/heads/release/1", "at-1"), ("v1.0.0", "at-2"), ("refs/tags/v1.0.0", "at-2"),
    ("v1", "at-2"), ("refs/heads/v1", "at-2"), ("refs/tags/v1", "at-1"), ("at-2", "at-2"), ("release", None), ("gone", None),
    ("HEAD~1", None), ("main^", None), ("@{-1}", None), ("@", None), ("v1.*", None), ("~1.0", None), ("^1", None), (">=1.0.0 <2.0.0", None),
    ("1.x", None), ("*", None), (":/x", None), ("main..v1", None), ("-h", None), ("", None), ("refs/tags/gone", None), ("deadbeef", None),
    ("v1\n", None), ("HEAD:app", None),
])
def test_named(untouched, name, commit):
    assert our.named(untouched, name) == (commit and git(untouched, "rev-parse", f"{commit}^{{commit}}"))


def test_named_by_hash(untouched):
    commit = git(untouched, "rev-parse", "at-2")
    assert our.named(untouched, commit) == our.named(untouched, commit[:9]) == commit
    assert our.named(untouched, git(untouched, "rev-parse", "at-2:app/x.yaml")) is None


def test_what_the_remote_has_counts_before_a_local_branch(clone):
    remote = git(clone, "rev-parse", "HEAD")
    write(clone, {"app/x.yaml": "x: local\n"})
    git(clone, "commit", "--quiet", "--all", "--message", "y")
    assert our.resolve(clone, "main") != remote
    assert our.named(clone, "main") == remote
    git(clone, "update-ref", "refs/remotes/a-fork/main", "HEAD")
    assert our.named(clone, "main") == remote


def test_merge_base_and_trees(clone):
    assert our.merge_base(clone, "at-3", "origin/release/1") == git(clone, "rev-parse", "at-1")
    git(clone, "checkout", "--quiet", "--orphan", "alone")
    git(clone, "commit", "--quiet", "--message", "y")
    assert our.merge_base(clone, "HEAD", "at-1") is None
    assert our.tree_of(clone, "at-1") == git(clone, "rev-parse", "at-1^{tree}")
    assert our.tree_of(clone / "app", "at-1") == git(clone, "rev-parse", "at-1:app")
    (clone / "new").mkdir()
    assert our.tree_of(clone / "new", "at-1") == ""
    assert our.tree_of(clone, "0" * 40) is None
    assert our.tree_of(clone / "app", "0" * 40) is None


def test_a_shallow_clone(clone, tmp_path):
    assert our.is_shallow(clone) is False
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-tags", f"file://{tmp_path / 'origin'}", "shallow")
    shallow = tmp_path / "shallow"
    assert our.is_shallow(shallow) is True
    assert our.named(shallow, git(clone, "rev-parse", "at-1")) is None
    assert our.merge_base(shallow, "HEAD", git(clone, "rev-parse", "at-1")) is None


def test_entries(clone):
    os.symlink("x.yaml", clone / "app" / "link ü")
    git(clone, "add", "--all")
    tree = git(clone, "write-tree")
    found = our.entries(clone / "app", tree)
    assert [(entry.path, entry.mode) for entry in found] == [("app/link ü", "120000"), ("app/x.yaml", "100644")]
    assert our.staged(clone) == found
    assert [entry.path for entry in our.staged(clone / "app")] == ["link ü", "x.yaml"]


def test_within_one_look_nothing_is_asked_twice(clone, monkeypatch):
    asked = []
    real = git_program.tool.run
    monkeypatch.setattr(git_program.tool, "run", lambda argv, **more: asked.append(argv) or real(argv, **more))
    with git_program.one_look():
        assert our.branch(clone) == our.branch(clone) == "main"
        assert len(asked) == len({tuple(argv) for argv in asked})
        git(clone, "checkout", "--quiet", "-b", "other")
        assert our.branch(clone) == "main", "a run is about one state"
    assert our.branch(clone) == "other"
