"""What a kustomization entry names: URLs are told as kustomize's `git.NewRepoSpecFromURL` tells them."""

from __future__ import annotations

import pytest
from trees import Link, sources

from gitops_guard.errors import RenderError, SourceError
from gitops_guard.origin import Origin
from gitops_guard.render.load import Loader, UnresolvedError, is_git_url, is_url

HERE = Origin("kustomization.yaml", 3, 3)


@pytest.mark.parametrize("entry", [
    "https://github.com/acme/base", "https://github.com/acme/base?ref=v1", "github.com/acme/base//deploy/prod?ref=main",
    "git@github.com:acme/base.git", "git@gitlab.example.com:acme/base", "ssh://git@example.com/acme/base.git",
    "git::https://example.com/acme/base", "https://dev.azure.com/org/project/_git/repo/path", "file:///srv/repo",
    "HTTPS://example.com/acme/base", "user@host:path/to/repo", "http://example.com/a/b/c", "github.com:acme/base",
    "https://raw.githubusercontent.com/acme/base/main/crd.yaml",
])
def test_a_git_url(entry):
    assert is_git_url(entry)


@pytest.mark.parametrize("entry", [
    "base", "../base", "/srv/base", "./github.com/acme", "https://example.com", "https://example.com/only", "example.com/acme/base",
    "a.yaml", "", ".", "github.com", "github.com/acme", "https://github.com/acme/base/../../../x", "host:path/to/repo", "..//x",
])
def test_no_git_url(entry):
    assert not is_git_url(entry)


def test_a_url_over_http():
    assert is_url("https://example.com/a.yaml")
    assert is_url("HTTP://example.com/a.yaml")
    assert not is_url("git@example.com:a/b")


def loader(restrictor="root"):
    files = {"a/x.yaml": "", "b.yaml": "", "a/out.yaml": Link("../b.yaml"), "a/away.yaml": Link("/etc/passwd"),
             "a/above": Link("../../.."), "c/kustomization.yaml": "", "a/c": Link("../c")}
    return Loader(sources(files), restrictor)


def test_files_in_and_below_the_folder():
    assert loader().file("a", "x.yaml", HERE) == "a/x.yaml"
    assert loader().file("a", "./../a/x.yaml", HERE) == "a/x.yaml"
    assert loader("none").file("a", "../b.yaml", HERE) == "b.yaml"
    assert loader("none").file("a", "out.yaml", HERE) == "b.yaml"
    assert loader().folder("a", "c", HERE) == "c"


@pytest.mark.parametrize(("restrictor", "entry"), [
    ("root", "../b.yaml"), ("root", "out.yaml"), ("none", "../../x"), ("none", "/b.yaml"), ("none", "gone.yaml"), ("none", "../c"),
    ("none", ""),
])
def test_files_that_may_not_be_read(restrictor, entry):
    with pytest.raises(RenderError) as raised:
        loader(restrictor).file("a", entry, HERE)
    assert (raised.value.file, raised.value.line) == ("kustomization.yaml", 3)


@pytest.mark.parametrize("entry", ["gone", "x.yaml", "../../x", "/c", ""])
def test_folders_that_are_none(entry):
    with pytest.raises(RenderError):
        loader("none").folder("a", entry, HERE)


@pytest.mark.parametrize("entry", ["away.yaml", "above/x"])
def test_links_that_leave_the_repository(entry):
    with pytest.raises(SourceError) as raised:
        loader("none").file("a", entry, HERE)
    assert (raised.value.rule, raised.value.file, raised.value.line) == ("source/hostile-input", "kustomization.yaml", 3)


def test_what_is_remote_is_unresolved():
    for act, entry in ((loader().file, "https://example.com/a.env"), (loader().folder, "github.com/acme/base")):
        with pytest.raises(UnresolvedError) as raised:
            act("a", entry, HERE)
        assert raised.value.fault.rule == "render/unresolved"
        assert raised.value.fault.location == ("kustomization.yaml", 3, 3, "exact")


def test_looking_never_raises():
    assert loader().exists("a", "x.yaml") == "file"
    assert loader().exists("a", "c") == "dir"
    assert loader().exists("a", "away.yaml") is None
    assert loader().exists("a", "../../x") is None
    assert loader().file_in("a", "out.yaml") is None
    assert loader("none").file_in("a", "out.yaml") == "b.yaml"
