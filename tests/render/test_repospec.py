"""Git URLs are taken apart as kustomize's `git.NewRepoSpecFromURL` takes them apart."""

from __future__ import annotations

import pytest

from gitops_guard.render.repospec import SECONDS, parse


@pytest.mark.parametrize(("entry", "url", "folder", "ref"), [
    ("https://github.com/acme/base", "https://github.com/acme/base", "", ""),
    ("http://github.com/acme/base/deploy?ref=v1", "https://github.com/acme/base", "deploy", "v1"),
    ("github.com/acme/base//deploy/prod/?ref=main", "https://github.com/acme/base", "deploy/prod/", "main"),
    ("GitHub.com/acme/base", "https://github.com/acme/base", "", ""),
    ("git@github.com/acme/base", "git@github.com:acme/base", "", ""),
    ("ssh://git@github.com/acme/base.git", "git@github.com:acme/base.git", "", ""),
    ("ssh://github.com/acme/base", "github.com:acme/base", "", ""),
    ("org-1@github.com:acme/base", "org-1@github.com:acme/base", "", ""),
    ("git::https://example.com/acme/base.git/deploy", "https://example.com/acme/base.git", "deploy", ""),
    ("git@bitbucket.org:acme/base.git//deploy?ref=x", "git@bitbucket.org:acme/base.git", "deploy", "x"),
    ("git@bitbucket.org/acme/base.git//deploy", "git@bitbucket.org/acme/base.git", "deploy", ""),
    ("ssh://git@example.com:2222/acme/base//deploy", "ssh://git@example.com:2222/acme/base", "deploy", ""),
    ("https://dev.example.com/org/project/_git/repo/deploy?version=v1", "https://dev.example.com/org/project/_git/repo", "deploy", "v1"),
    ("https://example.com/a/b/c/d", "https://example.com/a/b", "c/d", ""),
    ("https://user:word@example.com/a/b", "https://user:word@example.com/a/b", "", ""),
    ("file:///srv/repo", "file:///srv/repo", "", ""),
    ("file:///srv/repo//deploy?ref=v1", "file:///srv/repo", "deploy", "v1"),
    ("file://a/b/repo.git/deploy", "file://a/b/repo.git", "deploy", ""),
    ("https://github.com/acme/base?ref=a%2Fb", "https://github.com/acme/base", "", "a/b"),
    ("https://github.com/acme/base?ref=a+b&version=c", "https://github.com/acme/base", "", "a b"),
    ("https://github.com/acme/base?ref=a;b", "https://github.com/acme/base", "", ""),
    ("https://github.com/acme/base?ref=%zz", "https://github.com/acme/base", "", ""),
])
def test_the_parts(entry, url, folder, ref):
    spec = parse(entry)
    assert spec is not None
    assert (spec.url, spec.folder, spec.ref) == (url, folder, ref)


@pytest.mark.parametrize("entry", [
    "/srv/repo", "../base", "src/github.com/a/b", "htxxxtp://github.com/a/b", "ssh://git.example.com", "git::___", "gh:a/b",
    "https://host?ref=a/b/c", "https://github.com/a/b.git//x/../../out", "github.com!a/b.git//x", "https://github.com/only.yaml",
    "file:////srv//x", "git@scp://github.com/a/b.git//x", "git@ssh://github.com/a/b.git//x", "",
])
def test_what_is_none(entry):
    assert parse(entry) is None


@pytest.mark.parametrize(("query", "seconds", "submodules"), [
    ("", SECONDS, True), ("timeout=61", 61, True), ("timeout=1m1s", 61, True), ("timeout=0", SECONDS, True), ("timeout=-5s", SECONDS, True),
    ("timeout=1.5m", 90, True), ("timeout=soon", SECONDS, True), ("submodules=false", SECONDS, False), ("submodules=0", SECONDS, False),
    ("submodules=no", SECONDS, True), ("submodules=T", SECONDS, True),
])
def test_the_options(query, seconds, submodules):
    spec = parse(f"https://github.com/acme/base?{query}")
    assert spec is not None
    assert (spec.seconds, spec.submodules) == (seconds, submodules)
