"""What one side built serves the other only where nothing could make another thing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from remotes import committed, git
from trees import sources as sources_of

from gitops_guard.config import Config
from gitops_guard.discover import discover
from gitops_guard.errors import RenderError, ToolError
from gitops_guard.kept import Cache, Kept
from gitops_guard.model import Target
from gitops_guard.render import Renderer
from gitops_guard.revisions import IndexTree
from gitops_guard.shelf import Shelf
from gitops_guard.side import Clone, build_side
from gitops_guard.targets import build

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
FILES = {
    "base/kustomization.yaml": "resources: [map.yaml]\n",
    "base/map.yaml": MAP % "base",
    "top/kustomization.yaml": "resources: [../base]\n",
    "other/map.yaml": MAP % "other",
    "broken/kustomization.yaml": "resources: [../base, missing.yaml]\n",
    "chart/kustomization.yaml": "resources: [map.yaml]\ntransformers: [plugin.yaml]\n",
    "chart/map.yaml": MAP % "chart",
    "chart/plugin.yaml": "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: deep/patch.yaml\n",
    "chart/deep/patch.yaml": (MAP % "chart") + "data: {a: b}\n",
}
TOP, OTHER, BROKEN, CHART = (Target("top", "kustomization", "top"), Target("other", "manifests", "other", files=("other/map.yaml",)),
                             Target("broken", "kustomization", "broken"), Target("chart", "kustomization", "chart"))


@pytest.mark.parametrize(("target", "path", "text", "served"), [
    pytest.param(TOP, "README.md", "x", True, id="a file that nothing reads"),
    pytest.param(TOP, "other/map.yaml", MAP % "new", True, id="a file of another target"),
    pytest.param(TOP, "base/map.yaml", MAP % "new", False, id="a file of a base"),
    pytest.param(TOP, "base/map.yaml", None, False, id="which may go"),
    pytest.param(TOP, "base/kustomization.yaml", "resources: []\n", False, id="the kustomization of a base"),
    pytest.param(TOP, "base/Kustomization", "resources: []\n", False, id="a second kustomization is one too many"),
    pytest.param(OTHER, "other/map.yaml", MAP % "new", False, id="a plain manifest"),
    pytest.param(OTHER, "base/map.yaml", MAP % "new", True, id="plain manifests need no others"),
    pytest.param(BROKEN, "README.md", "x", False, id="what failed is built again"),
    pytest.param(CHART, "chart/deep/patch.yaml", MAP % "chart", False, id="what a plugin reads"),
    pytest.param(CHART, "README.md", "x", False, id="a plugin may look for anything"),
])
def test_built(target: Target, path: str, text: str | None, served: bool) -> None:
    sources = sources_of(FILES)
    renderer = Renderer(sources)
    kept = Kept(sources, discover(sources, renderer.uses), {target: build(target, renderer, sources)}, frozenset({path}))
    now = {**FILES, path: text} if text is not None else {name: old for name, old in FILES.items() if name != path}
    after = sources_of(now)
    found = kept.built(target, discover(after, Renderer(after).uses))
    assert (found is kept.made[target]) is served
    assert (found is not None) is served


def test_paths_that_serve() -> None:
    kept = Kept(sources_of(FILES), discover(sources_of(FILES), Renderer(sources_of(FILES)).uses), {}, frozenset({"base/map.yaml"}))
    same = kept.serves(sources_of(FILES).tree)
    assert [same("base/map.yaml"), same("base/../base/map.yaml"), same("../x"), same("other/map.yaml")] == [False, False, False, True]


CHANGES = [("README.md", "x"), ("base/map.yaml", MAP % "new"), ("broken/missing.yaml", MAP % "here"), ("broken/other.yaml", "x"),
           ("base/kustomization.yaml", "resources: []\n"), ("chart/deep/patch.yaml", MAP % "chart"), ("far/map.yaml", MAP % "far"),
           ("files/key.txt", "x"), ("hidden/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {a: b}\n")]
MORE = {**FILES,
        "far/kustomization.yaml": "resources: ['https://example.com/x?ref=v1', map.yaml]\n", "far/map.yaml": MAP % "a",
        "old/kustomization.yaml": "bases: [../base]\n", "holds/kustomization.yaml": "configMapGenerator: [{name: a, files: [../files/key.txt]}]\n",
        "files/key.txt": "some", "hidden/kustomization.yaml": "resources: [secret.yaml]\n",
        "hidden/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: b}\n"}


def side(root, shelf):
    tree = IndexTree(root)
    return build_side(tree, Config(), (), Clone(), cache=None if shelf is None else Cache(shelf))


def said(side):
    return [(item.target, item.status, [(one.id, one.body) for one in item.resources], list(item.faults), item.read, item.folders)
            for item in side.built], [(node.id, node.status, node.why) for node in side.graph.nodes]


@pytest.mark.parametrize(("path", "text"), CHANGES)
def test_what_is_known_of_targets_is_what_is_built(tmp_path, path: str, text: str) -> None:
    root, shelf = committed(tmp_path / "repo", MORE), Shelf(tmp_path / "cache")
    first = side(root, shelf)
    assert {target.id for target in first.rendered} == {item.target.id for item in first.built}
    again = side(root, shelf)
    assert {target.id for target in again.rendered} == {"chart"}, "a plugin may look for anything"
    assert said(again) == said(first) == said(side(root, None))
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text(text)
    git(root, "add", "--all")
    assert said(side(root, shelf)) == said(side(root, None))


def test_a_cache_that_is_wrong_ends_the_run(tmp_path) -> None:
    root, shelf = committed(tmp_path / "repo", MORE), Shelf(tmp_path / "cache")
    side(root, shelf)
    for name, facts in list(shelf._used.items()):
        shelf.add(name, replace(facts, count=facts.count + 1))
    with pytest.raises(ToolError, match="the cache is wrong about"):
        said(side(root, shelf))


def test_what_took_too_long_is_tried_again(tmp_path, monkeypatch) -> None:
    def late(_renderer: Renderer, folder: str) -> None:
        error = RenderError("too long", f"{folder}/kustomization.yaml")
        error.settled = False
        raise error
    root, shelf = committed(tmp_path / "repo", MORE), Shelf(tmp_path / "cache")
    with monkeypatch.context() as patch:
        patch.setattr(Renderer, "render", late)
        assert {item.status for item in side(root, shelf).built if item.target.kind == "kustomization"} == {"failed"}
    assert said(side(root, shelf)) == said(side(root, None))
