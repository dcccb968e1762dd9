"""Trees out of git's object store: the same answers as those of a checkout."""

from __future__ import annotations

import os
import subprocess

import pytest
from remotes import ENV, git, write

from gitops_guard import git as our_git
from gitops_guard.errors import SourceError, ToolError
from gitops_guard.git_program import Objects
from gitops_guard.parallel import each
from gitops_guard.revisions import IndexTree, ObjectTree, RevisionTree
from gitops_guard.tree import MAX_FILE_BYTES, OutsideError, WorkTree

FILES = {"a/x.yaml": "x: 1\n", "a/b/y.yaml": "y: 1\n", "top ü.yaml": "t: 1\n", "empty.yaml": "", ".hidden/z.yaml": "z: 1\n"}
LINKS = {"a/link": "b", "a/file.yaml": "b/y.yaml", "up.yaml": "a/../a/x.yaml", "out.yaml": "../outside.yaml", "absolute.yaml": "/etc/hostname",
         "dangling": "nowhere", "one": "two", "two": "one", "a/root": "..", "through": "a/link/y.yaml", "strange": "a/x.yaml/z"}
PATHS = (".", "", "a", "a/", "./a", "a/x.yaml", "a//x.yaml", "a/./x.yaml", "a/b/../x.yaml", "a/link", "a/link/y.yaml", "a/link/../x.yaml",
         "a/file.yaml", "up.yaml", "out.yaml", "absolute.yaml", "dangling", "one", "a/root", "a/root/a/x.yaml", "through", "nope", "nope/..",
         "a/x.yaml/z", "strange", "top ü.yaml", "empty.yaml", ".hidden/z.yaml", "..", "../outside.yaml", "nope/x/y", "a/nope", "../../x")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet")
    write(folder, FILES)
    for path, target in LINKS.items():
        os.symlink(target, folder / path)
    (tmp_path / "outside.yaml").write_text("secret: 1\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")
    return folder


def answers(tree):
    found = {"files": tree.files()}
    for path in PATHS:
        for ask in (tree.kind, tree.read, tree.names):
            try:
                answer = ask(path)
                answer = [name for name in answer if name != ".git"] if isinstance(answer, list) else answer
            except (OutsideError, OSError) as error:
                answer = type(error)
            found[ask.__name__, path] = answer
        try:
            real = tree.real(path)
        except OutsideError:
            real = OutsideError
        # Where nothing is, a path may stay as it is.
        found["real", path] = real if found["kind", path] is not None else None
    return found


@pytest.fixture(params=[RevisionTree, IndexTree])
def tree(request, root):
    made = RevisionTree(root, "HEAD") if request.param is RevisionTree else IndexTree(root)
    yield made
    made.close()


def test_as_a_checkout(tree, root):
    checkout = WorkTree(root)
    assert {"absolute.yaml", "out.yaml", "a/x.yaml"} < set(checkout.files())
    assert answers(tree) == answers(checkout)


def test_what_is_excluded_does_not_belong(root):
    assert "a/x.yaml" not in RevisionTree(root, "HEAD", lambda path: path.startswith("a/")).files()
    assert "a/x.yaml" not in IndexTree(root, lambda path: path.startswith("a/")).files()


def test_a_revision_is_not_the_work_tree(root):
    first = git(root, "rev-parse", "HEAD")
    write(root, {"a/x.yaml": "x: 2\n", "new.yaml": "n: 1\n"})
    git(root, "add", "--all")
    (root / "a/x.yaml").write_text("x: 3\n")
    revision, index = RevisionTree(root, first), IndexTree(root)
    assert (revision.read("a/x.yaml"), index.read("a/x.yaml")) == (b"x: 1\n", b"x: 2\n")
    assert (revision.kind("new.yaml"), index.kind("new.yaml")) == (None, "file")
    revision.close()
    index.close()


def test_the_root_may_be_a_folder_of_the_repository(root):
    revision, index = RevisionTree(root / "a", "HEAD"), IndexTree(root / "a")
    for tree in (revision, index):
        assert tree.files() == ("b/y.yaml", "file.yaml", "link", "root", "x.yaml")
        assert tree.read("link/y.yaml") == b"y: 1\n"
        with pytest.raises(OutsideError):
            tree.kind("root")
        tree.close()


def test_a_commit_without_the_folder_is_empty(root):
    first = git(root, "rev-parse", "HEAD")
    write(root, {"late/z.yaml": "z: 1\n"})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "y")
    assert RevisionTree(root / "late", "HEAD").files() == ("z.yaml",)
    empty = RevisionTree(root / "late", first)
    assert (empty.files(), empty.kind("."), empty.names(".")) == ((), "dir", [])


def test_a_file_beyond_the_bound(root):
    with open(root / "big.yaml", "wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    git(root, "add", "--all")
    tree = IndexTree(root)
    with pytest.raises(SourceError, match="larger than 20 MB"):
        tree.read("big.yaml")
    assert tree.read("a/x.yaml") == b"x: 1\n"
    tree.close()


def test_a_submodule_that_is_not_here_is_a_folder_of_which_nothing_is_known(root):
    commit = git(root, "rev-parse", "HEAD")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{commit},lib/module")
    tree = IndexTree(root)
    assert "lib/module" not in tree.files()
    assert (tree.kind("lib/module"), tree.names("lib"), tree.names("lib/module")) == ("dir", ["module"], [])
    assert [tree.lacks(path) for path in ("lib/module", "lib/module/x/y.yaml", "lib", "a", "lib/modules")] == [True, True, False, False, False]


def test_neither_filters_nor_replacements_count(root, tmp_path):
    proof = tmp_path / "ran"
    git(root, "config", "filter.evil.smudge", f"touch {proof}")
    git(root, "config", "filter.evil.clean", f"touch {proof}")
    write(root, {".gitattributes": "* eol=crlf filter=evil ident\n"})
    old = git(root, "rev-parse", "HEAD:a/x.yaml")
    git(root, "replace", old, git(root, "rev-parse", "HEAD:a/b/y.yaml"))
    tree = RevisionTree(root, "HEAD")
    assert tree.read("a/x.yaml") == b"x: 1\n"
    tree.close()
    assert not proof.exists()


def test_names_that_git_would_not_check_out(root):
    names = [our_git.Entry(path, "100644", "0" * 40) for path in ("../x", "a/../../x", ".git/config", "a/.git/hooks/x", "/x", "ok")]
    assert ObjectTree(names, Objects(root)).files() == ("ok",)


def test_a_fork_asks_a_git_of_its_own(root):
    tree = RevisionTree(root, "HEAD")
    paths = [path for path in tree.files() if path not in LINKS] * 20
    expected = [FILES[path].encode() for path in paths]
    assert tree.read("a/x.yaml") == b"x: 1\n"
    assert list(each(paths, tree.read, 3)) == expected
    assert [tree.read(path) for path in paths] == expected
    tree.close()
    assert tree.read("a/x.yaml") == b"x: 1\n"
    tree.close()
    tree.close()


def test_a_missing_commit(root):
    with pytest.raises(ToolError, match="not in this clone"):
        RevisionTree(root, "0" * 40)


def test_an_index_with_conflicts(root):
    git(root, "checkout", "--quiet", "-b", "other")
    write(root, {"a/x.yaml": "x: theirs\n"})
    git(root, "commit", "--quiet", "--all", "--message", "y")
    git(root, "checkout", "--quiet", "main")
    write(root, {"a/x.yaml": "x: ours\n"})
    git(root, "commit", "--quiet", "--all", "--message", "z")
    subprocess.run(["git", "merge", "--quiet", "other"], cwd=root, env=ENV, check=False, capture_output=True)
    with pytest.raises(ToolError, match=r"a/x\.yaml has a merge conflict"):
        IndexTree(root)


def test_announced_files_are_not_in_the_next_commit(root):
    write(root, {"soon.yaml": "s: 1\n", "blank.yaml": ""})
    git(root, "add", "--intent-to-add", "soon.yaml")
    git(root, "add", "blank.yaml")
    assert {"blank.yaml", "empty.yaml"} < set(IndexTree(root).files())
    assert IndexTree(root).kind("soon.yaml") is None


@pytest.mark.parametrize("relative", [True, False])
def test_the_index_of_a_hook(root, monkeypatch, relative):
    """`git commit FILE` tells its hooks of an index of its own."""
    git(root, "read-tree", f"--index-output={root}/.git/next-index-1.lock", "HEAD^{tree}")
    write(root, {"staged.yaml": "s: 1\n"})
    git(root, "add", "staged.yaml")
    monkeypatch.setenv("GIT_DIR", str(root / "nowhere"))
    assert "staged.yaml" in IndexTree(root).files()
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock" if relative else f"{root}/.git/next-index-1.lock")
    assert "staged.yaml" not in IndexTree(root).files()
    assert IndexTree(root / "a").kind("x.yaml") == "file"


def test_the_index_of_another_repository_does_not_count(root, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert "a/x.yaml" in IndexTree(root).files()


def test_a_sparse_index_has_all_files(root):
    git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "a/b")
    assert "000000" not in git(root, "ls-files", "--stage")
    assert IndexTree(root).read(".hidden/z.yaml") == b"z: 1\n"
    assert IndexTree(root).files() == RevisionTree(root, "HEAD").files()


@pytest.mark.parametrize("filtered", ["blob:none", "tree:0"])
def test_a_partial_clone_is_not_completed(root, tmp_path, filtered):
    first = git(root, "rev-parse", "HEAD")
    write(root, {"a/x.yaml": "x: 2\n"})
    git(root, "commit", "--quiet", "--all", "--message", "y")
    git(root, "config", "uploadpack.allowFilter", "true")
    git(root, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "--quiet", f"--filter={filtered}", f"file://{root}", "partial")
    partial = tmp_path / "partial"
    git(partial, "config", "protocol.file.allow", "always")
    before = sorted(path.name for path in partial.glob(".git/objects/*/*"))
    head = RevisionTree(partial, "HEAD")
    assert head.read("a/x.yaml") == b"x: 2\n"
    head.close()
    with pytest.raises(ToolError, match=r"does not have all files|not in this clone"):
        RevisionTree(partial, first)
    objects = Objects(partial)
    with pytest.raises(ToolError):
        objects.read(git(root, "rev-parse", f"{first}:a/x.yaml"), 100)
    assert objects.read(git(root, "rev-parse", "HEAD:a/x.yaml"), 100) == b"x: 2\n"
    objects.close()
    assert sorted(path.name for path in partial.glob(".git/objects/*/*")) == before
