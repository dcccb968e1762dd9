"""What a GitRepository's artifact holds of the repository."""

from __future__ import annotations

import pytest
from trees import sources

from gitops_guard.errors import InputError
from gitops_guard.recipes import Kustomize
from gitops_guard.render import Renderer
from gitops_guard.render.artifact import Artifact


def config(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def hidden(files, root=".", ignore=None):
    return sorted(Artifact(sources(dict.fromkeys(files, "") | (files if isinstance(files, dict) else {})), root, ignore).hidden)


def test_the_defaults_count_where_nobody_says_anything():
    files = ["a.yaml", ".gitignore", "x/logo.png", ".github/workflows/ci.yaml", "x/.sops.yaml", ".sops.yaml", "x/cloudbuild.yaml"]
    assert hidden(files) == [".github/workflows/ci.yaml", ".gitignore", ".sops.yaml", "x/.sops.yaml", "x/cloudbuild.yaml",
                             "x/logo.png"]


def test_a_list_of_the_source_replaces_the_defaults_but_those_of_version_control():
    files = ["a.yaml", ".gitignore", "x/logo.png", ".sops.yaml", "deploy/a.yaml"]
    assert hidden(files, ignore="# all but one\n/*\n!/deploy\n") == [".gitignore", ".sops.yaml", "a.yaml", "x/logo.png"]
    assert hidden(files, ignore="") == [".gitignore", ".sops.yaml", "x/logo.png"]


def test_lists_in_folders_count_there():
    files = {"x/.sourceignore": "*.yaml\n!keep.yaml\n", "x/a.yaml": "", "x/y/b.yaml": "", "x/keep.yaml": "", "a.yaml": "",
             ".sops.yaml": ""}
    assert hidden(files) == ["x/a.yaml", "x/y/b.yaml"]


@pytest.mark.parametrize(("pattern", "path", "left_out"), [
    ("secrets/", "a/secrets/x.yaml", True), ("secrets/", "a/secrets", False), ("/secrets/", "a/secrets/x.yaml", False),
    ("a/b", "a/b/c.yaml", True), ("a/b", "z/a/b/c.yaml", False), ("**/b", "z/a/b/c.yaml", True), ("a/**", "a/b/c.yaml", True),
    ("a/**/c.yaml", "a/x/y/c.yaml", True), ("a/*/c.yaml", "a/x/y/c.yaml", False), ("*.y?ml", "x.yaml", True), ("*.ya?ml", "x.yaml", False),
    ("[ab].yaml", "b.yaml", True), ("b.yaml  ", "b.yaml", True), ("a**/b", "a/b", False), ("**/a/", "x/a", False),
])
def test_patterns(pattern, path, left_out):
    assert hidden(["other.txt", path], ignore=pattern) == ([path] if left_out else [])


def test_the_root_is_that_of_the_source():
    assert hidden(["m/deploy/a.yaml", "m/b.yaml", "b.yaml"], root="m", ignore="/*\n!/deploy") == ["m/b.yaml"]


def test_what_is_left_out_is_not_there_for_a_build():
    files = {"d/a.yaml": config("a"), "d/b.yaml": config("b"), "d/only/c.yaml": config("c"), ".sourceignore": "b.yaml\nonly/\n"}
    renderer = Renderer(sources(files))
    done = renderer.build(Kustomize("d", "flux", restrictor="none", generate=True))
    assert [resource.id.name for resource in done.resources] == ["a"]
    files["d/kustomization.yaml"] = "resources: [a.yaml, b.yaml]\n"
    with pytest.raises(InputError) as caught:
        Renderer(sources(files)).build(Kustomize("d", "flux", restrictor="none", generate=True))
    assert (caught.value.file, caught.value.line) == ("d/kustomization.yaml", 1)
