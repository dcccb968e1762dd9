"""What is known of files by their contents: asked once for each content, and never of what is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from remotes import committed, git
from trees import sources as sources_of

from gitops_guard.discover import discover
from gitops_guard.kept import Cache
from gitops_guard.mounts import Mounts
from gitops_guard.render import Renderer
from gitops_guard.revisions import IndexTree
from gitops_guard.shelf import Shelf
from gitops_guard.source import Sources

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
FILES = {
    "base/kustomization.yaml": "resources: [map.yaml]\n# patch.yaml\n",
    "base/map.yaml": MAP,
    "base/patch.yaml": MAP,
    "top/kustomization.yaml": "resources: [../base, 'https://user:word@example.com/x?ref=v1']\ncomponents: [../part]\n",
    "part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: a-\n",
    "open/kustomization.yaml": "resources: [missing.yaml]\n",
    "broken/kustomization.yaml": "}: [\n",
    "flux/kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: top}\n",
    "plain/map.yaml": MAP,
    "plain/same.yaml": MAP,
    "plain/values.yaml": "a: b\n",
    "lost/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: }: [\n",
}


@pytest.fixture
def root(tmp_path):
    return committed(tmp_path / "repo", FILES)


def index(root, shelf):
    tree = IndexTree(root)
    return Sources(tree, notes=Cache(shelf).notes(tree))


def found(sources):
    whole = discover(sources, Renderer(sources).uses)
    return replace(whole, broken=()), [(error.rule, error.message, error.file, error.line) for error in whole.broken]


def test_discovery_is_the_same_with_notes_and_reads_only_what_they_can_not_say(root, tmp_path, monkeypatch):
    plain = Sources(IndexTree(root))
    shelf = Shelf(tmp_path / "cache")
    assert found(index(root, shelf)) == found(plain)
    shelf.save()
    read = []
    monkeypatch.setattr(IndexTree, "read", lambda tree, path, real=IndexTree.read: read.append(path) or real(tree, path))
    warm = index(root, Shelf(tmp_path / "cache"))
    assert found(warm) == found(plain)
    assert sorted({path for path in read if warm.known(path) is not None}) == [
        "broken/kustomization.yaml", "lost/map.yaml", "open/kustomization.yaml"]
    (kept,) = (tmp_path / "cache").iterdir()
    assert not any(word in kept.read_text() for word in ("user:word", "missing.yaml"))


@pytest.mark.parametrize(("path", "text"), [
    ("base/kustomization.yaml", "resources: []\n"), ("plain/values.yaml", MAP), ("plain/map.yaml", "}: ["),
    ("part/kustomization.yaml", "resources: []\n"), ("flux/kustomization.yaml", "resources: [../base]\n"), ("open/missing.yaml", MAP),
    ("base/Kustomization", "resources: []\n"), ("base/patch.yaml", None), ("base/map.yaml", None),
])
def test_a_content_that_changes_is_looked_at_anew(root, tmp_path, path, text):
    shelf = Shelf(tmp_path / "cache")
    found(index(root, shelf))
    if text is None:
        (root / path).unlink()
    else:
        (root / path).write_text(text)
    git(root, "add", "--all")
    assert found(index(root, shelf)) == found(Sources(IndexTree(root)))


def test_links_are_known_by_what_they_lead_to(root, tmp_path):
    (root / "plain/link.yaml").symlink_to("values.yaml")
    (root / "plain/out.yaml").symlink_to("/etc/passwd")
    git(root, "add", "--all")
    shelf = Shelf(tmp_path / "cache")
    first = index(root, shelf)
    assert not first.mentions("plain/link.yaml", "Secret")
    assert not first.mentions("plain/out.yaml", "Secret")
    assert not first.mentions("plain/nothing.yaml", "Secret")
    (root / "plain/values.yaml").write_text("a: Secret\n")
    git(root, "add", "--all")
    assert index(root, shelf).mentions("plain/link.yaml", "Secret")


def test_mentions():
    sources = sources_of({"a.yaml": "kind: Secret\n", "b.yaml": "kind: Map\n"})
    assert [sources.mentions(path, "Secret", "argoproj.io") for path in ("a.yaml", "b.yaml", "c.yaml")] == [True, False, False]
    joined = Mounts().over(sources)
    assert joined.mentions("a.yaml", "Secret")
    assert joined.noted("a.yaml", "question", lambda: ("word",)) == ("word",)
