"""A tree in memory is like one on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitops_guard.memory_tree import Link, MemoryTree
from gitops_guard.tree import OutsideError, Tree, WorkTree

FILES: dict[str, bytes | Link] = {
    "a.yaml": b"a", "apps/web/k.yaml": b"k", "apps/link": Link("web"), "loop": Link("loop"), "out": Link("../x"), "abs": Link("/etc"),
    "apps/up.yaml": Link("../a.yaml"), "gone": Link("nowhere"),
}


@pytest.fixture(params=["memory", "disk"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    if request.param == "memory":
        return MemoryTree(FILES)
    for path, value in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(value, Link):
            os.symlink(value.target, tmp_path / path)
        else:
            (tmp_path / path).write_bytes(value)
    return WorkTree(tmp_path)


def test_files(tree: Tree) -> None:
    assert tree.files() == tuple(sorted(FILES))


@pytest.mark.parametrize(("path", "kind"), [
    ("a.yaml", "file"), ("apps", "dir"), (".", "dir"), ("apps/web/../../a.yaml", "file"), ("apps/link/k.yaml", "file"), ("apps/link", "dir"),
    ("apps/up.yaml", "file"), ("none", None), ("a.yaml/b", None), ("gone", None), ("./apps//web", "dir"),
])
def test_kind(tree: Tree, path: str, kind: str | None) -> None:
    assert tree.kind(path) == kind


@pytest.mark.parametrize("path", ["..", "out", "abs", "abs/passwd", "apps/../../x"])
def test_nothing_outside_is_known(tree: Tree, path: str) -> None:
    with pytest.raises(OutsideError):
        tree.kind(path)


def test_a_circle_of_links_is_outside_or_nothing(tree: Tree) -> None:
    try:
        assert tree.kind("loop") is None
    except OutsideError:
        assert isinstance(tree, MemoryTree)


@pytest.mark.parametrize(("path", "value"), [("a.yaml", b"a"), ("apps/link/k.yaml", b"k"), ("apps/up.yaml", b"a")])
def test_read(tree: Tree, path: str, value: bytes) -> None:
    assert tree.read(path) == value


@pytest.mark.parametrize(("path", "error"), [("none", FileNotFoundError), ("apps", IsADirectoryError), ("gone", FileNotFoundError)])
def test_what_can_not_be_read(tree: Tree, path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        tree.read(path)


def test_names(tree: Tree) -> None:
    assert tree.names("apps") == ["link", "up.yaml", "web"]
    assert tree.names("apps/link") == ["k.yaml"]
    assert tree.names("a.yaml") == tree.names("none") == []
