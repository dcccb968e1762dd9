"""What one side built serves the other only where nothing could make another thing of it."""

from __future__ import annotations

import pytest
from trees import sources as sources_of

from gitops_guard.discover import discover
from gitops_guard.kept import Kept
from gitops_guard.model import Target
from gitops_guard.render import Renderer
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
