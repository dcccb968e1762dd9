import os

import pytest

from gitops_guard.errors import SourceError
from gitops_guard.tree import MAX_FILE_BYTES, OutsideError, WorkTree, is_below, join


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "repo"
    (root / "a" / "b").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x")
    (root / "a" / "x.yaml").write_text("x: 1\n")
    (root / "a" / "b" / "y.yaml").write_text("y: 1\n")
    (tmp_path / "outside.yaml").write_text("secret")
    os.symlink("../../outside.yaml", root / "a" / "out.yaml")
    os.symlink("b", root / "a" / "link")
    os.symlink("nowhere", root / "dangling")
    os.mkfifo(root / "pipe")
    return WorkTree(root)


def test_files_are_sorted_without_git_and_links_are_listed(tree):
    assert tree.files() == ("a/b/y.yaml", "a/link", "a/out.yaml", "a/x.yaml", "dangling", "pipe")


@pytest.mark.parametrize(("path", "kind"), [
    (".", "dir"), ("a", "dir"), ("a/link", "dir"), ("a/link/y.yaml", "file"), ("a/x.yaml", "file"), ("nope", None), ("dangling", None),
    ("a/x.yaml/z", None), ("pipe", None),
])
def test_kind(tree, path, kind):
    assert tree.kind(path) == kind


def test_links_are_resolved_inside_only(tree):
    assert tree.real("a/link/y.yaml") == "a/b/y.yaml"
    assert tree.read("a/link/y.yaml") == b"y: 1\n"
    for path in ("a/out.yaml", "../outside.yaml", ".."):
        with pytest.raises(OutsideError):
            tree.read(path)


def test_what_is_no_file(tree):
    with pytest.raises(FileNotFoundError):
        tree.read("nope")
    with pytest.raises(FileNotFoundError):
        tree.read("pipe")
    with pytest.raises(IsADirectoryError):
        tree.read("a")
    assert tree.names("nope") == []
    assert tree.names("a/link") == ["y.yaml"]


def test_a_file_beyond_the_bound(tree):
    with open(tree.root / "big.yaml", "wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(SourceError, match="larger than 20 MB"):
        tree.read("big.yaml")


def test_excluded_and_unlisted_files_do_not_belong(tree):
    narrowed = WorkTree(tree.root, ["a/x.yaml", "a/b/y.yaml"], lambda path: path.startswith("a/b/"))
    assert narrowed.files() == ("a/x.yaml",)


@pytest.mark.parametrize(("folder", "path", "expected"), [
    ("a/b", "../x.yaml", "a/x.yaml"), (".", "./a//b", "a/b"), ("a", "../../x", "../x"), ("a", "sub/", "a/sub"),
])
def test_join(folder, path, expected):
    assert join(folder, path) == expected


@pytest.mark.parametrize(("path", "folder", "expected"), [
    ("a/b", "a", True), ("a", "a", True), ("ab", "a", False), ("a", ".", True), ("a", "a/b", False),
])
def test_is_below(path, folder, expected):
    assert is_below(path, folder) is expected


def test_links_in_a_circle_and_names_too_long_are_nothing(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert [WorkTree(tmp_path).kind(path) for path in ("a", "x" * 300)] == [None, None]
    assert [WorkTree(tmp_path).names(path) for path in ("a", "x" * 300)] == [[], []]


def test_the_walk_leaves_out_gits_own_folder_only(tree):
    (tree.root / "sub").mkdir()
    (tree.root / "sub" / ".git").write_text("gitdir: elsewhere")
    (tree.root / "linked").mkdir()
    os.symlink("../a", tree.root / "linked" / ".git")
    assert [path for path in tree.files() if ".git" in path] == ["sub/.git"]


def test_a_path_below_a_link_a_file_or_nothing(tree):
    os.symlink("a/link", tree.root / "twice")
    os.symlink("loop", tree.root / "loop")
    assert [tree.real(path) for path in ("twice/y.yaml", "twice", "nope/x", "a/x.yaml/z", "a/link/../x.yaml")] == [
        "a/b/y.yaml", "a/b", "nope/x", "a/x.yaml/z", "a/x.yaml"]
    assert [tree.kind(path) for path in ("loop", "loop/x", "x" * 300, "a/" * 1500 + "z")] == [None] * 4
