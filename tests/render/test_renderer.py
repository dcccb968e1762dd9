"""The Renderer: what is read, what is kept for the next build, and where values are from."""

from __future__ import annotations

import pytest
from trees import Link, MemoryTree, sources

from gitops_guard.errors import RenderError, SourceError
from gitops_guard.render import Renderer, build, emit, origins
from gitops_guard.source import Sources

TREE = {
    "base/kustomization.yaml": """
        resources: [web.yaml]
        configMapGenerator:
        - name: settings
          literals: [mode=plain]
          envs: [a.env]
          files: [note.txt]
        """,
    "base/a.env": """
        # first
        LEVEL=info
        """,
    "base/note.txt": "hello\n",
    "base/web.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          labels: {}
        spec:
          replicas: 1
          template:
            spec:
              containers:
              - name: web
                image: nginx:1.0
        """,
    "dev/kustomization.yaml": """
        resources: [../base]
        namePrefix: dev-
        namespace: dev
        images:
        - name: nginx
          newTag: "2"
        replicas:
        - name: web
          count: 3
        commonAnnotations: {team: a}
        """,
    "prod/kustomization.yaml": """
        resources: [../base]
        patches:
        - patch: |
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 5
        - target: {kind: Deployment}
          path: rename.yaml
        """,
    "prod/rename.yaml": """
        - op: replace
          path: /spec/template/spec/containers/0/name
          value: main
        """,
}


def field(done, kind, *path):
    resource = next(item for item in done.resources if item.body["kind"] == kind)
    listed = origins([resource])["resources"][0]["fields"]
    return next((row["file"], row["line"], row["column"], row["quality"]) for row in listed if row["pointer"] == "/" + "/".join(path))


@pytest.mark.parametrize(("folder", "kind", "path", "place"), [
    ("dev", "Deployment", "metadata/name", ("base/web.yaml", 4, 9, "exact")),
    ("dev", "Deployment", "metadata/namespace", ("dev/kustomization.yaml", 3, 12, "exact")),
    ("dev", "Deployment", "metadata/annotations/team", ("dev/kustomization.yaml", 10, 27, "exact")),
    ("dev", "Deployment", "metadata/labels", ("base/web.yaml", 5, 11, "exact")),
    ("dev", "Deployment", "spec/replicas", ("dev/kustomization.yaml", 9, 10, "exact")),
    ("dev", "Deployment", "spec/template/spec/containers/0/image", ("dev/kustomization.yaml", 6, 11, "exact")),
    ("prod", "Deployment", "spec/replicas", ("prod/kustomization.yaml", 8, 17, "nearest")),
    ("prod", "Deployment", "spec/template/spec/containers/0/name", ("prod/rename.yaml", 3, 10, "exact")),
    ("prod", "ConfigMap", "data/mode", ("base/kustomization.yaml", 4, 14, "exact")),
    ("prod", "ConfigMap", "data/LEVEL", ("base/a.env", 2, 1, "exact")),
    ("prod", "ConfigMap", "data/note.txt", ("base/kustomization.yaml", 6, 11, "nearest")),
    ("prod", "ConfigMap", "kind", ("base/kustomization.yaml", 3, 9, "nearest")),
])
def test_values_keep_the_place_that_wrote_them(folder, kind, path, place):
    assert field(Renderer(sources(TREE)).render(folder), kind, *path.split("/")) == place


def test_a_packed_file_is_named():
    done = Renderer(sources(TREE)).render("prod")
    settings = next(item for item in done.resources if item.body["kind"] == "ConfigMap")
    assert settings.body["data"].at["note.txt"].packed == "base/note.txt"


def test_every_file_is_read_once_and_users_share_nothing():
    tree = MemoryTree(TREE)
    renderer = Renderer(Sources(tree))
    dev, prod = renderer.render("dev"), renderer.render("prod")
    assert emit(dev.resources) == emit(Renderer(sources(TREE)).render("dev").resources)
    assert emit(prod.resources) == emit(Renderer(sources(TREE)).render("prod").resources)
    assert renderer.render("dev") is dev
    assert [path for path in set(tree.reads) if path.endswith(".yaml") and tree.reads.count(path) > 1] == []


def test_what_was_read_and_used():
    done = Renderer(sources(TREE)).render("prod")
    assert done.read == {"base/kustomization.yaml", "base/a.env", "base/note.txt", "base/web.yaml", "prod/kustomization.yaml",
                         "prod/rename.yaml"}
    assert done.folders == {"base", "prod"}
    assert [item.target for item in done.resources] == ["prod", "prod"]


def test_uses_names_direct_entries_only():
    renderer = Renderer(sources(TREE))
    assert renderer.uses("prod") == ({"base"}, {"prod/kustomization.yaml", "prod/rename.yaml"})
    assert renderer.uses("base") == (frozenset(), {"base/kustomization.yaml", "base/a.env", "base/note.txt", "base/web.yaml"})
    assert renderer.uses("nowhere") == (frozenset(), frozenset())


@pytest.mark.parametrize(("text", "more"), [
    ("resources: [gone, 'https://example.com/a.yaml', away]\npatches: [{path: gone.yaml}]", {"away"}),  # a link out is told of
    ("a: [", set()),
    ("nonsense: 1", set()),
])
def test_uses_never_raises(text, more):
    renderer = Renderer(sources({"kustomization.yaml": text, "away": Link("/etc")}))
    assert renderer.uses(".") == (frozenset(), {"kustomization.yaml", *more})


def test_deprecated_fields_are_noted_with_their_place():
    tree = {"kustomization.yaml": "resources: [b]\n", "b/kustomization.yaml": "commonLabels: {a: b}\nbases: []\nvars: []\n"}
    done = Renderer(sources(tree)).render(".")
    assert [(fault.rule, fault.location.file, fault.location.line) for fault in done.faults] == [
        ("render/deprecated-field", "b/kustomization.yaml", line) for line in (1, 2, 3)]


def test_a_failure_is_the_same_at_each_call():
    renderer = Renderer(sources({"kustomization.yaml": "resources: [gone.yaml]\n"}))
    for _ in range(2):
        with pytest.raises(RenderError) as raised:
            renderer.render(".")
        assert (raised.value.file, raised.value.line, raised.value.column) == ("kustomization.yaml", 1, 13)
        assert raised.value.remedy


def test_an_unknown_field_names_the_nearest():
    with pytest.raises(RenderError) as raised:
        Renderer(sources({"kustomization.yaml": "resource: []\n"})).render(".")
    assert "resources" in raised.value.remedy


def test_a_broken_source_file_is_its_own_error():
    with pytest.raises(SourceError) as raised:
        Renderer(sources({"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": "a: 1\na: 2\n"})).render(".")
    assert (raised.value.rule, raised.value.file, raised.value.line) == ("source/duplicate-key", "a.yaml", 2)


def test_a_link_that_leaves_the_repository_is_hostile():
    with pytest.raises(SourceError) as raised:
        Renderer(sources({"kustomization.yaml": "resources:\n- a.yaml\n", "a.yaml": Link("../secret.yaml")})).render(".")
    assert (raised.value.rule, raised.value.file, raised.value.line) == ("source/hostile-input", "kustomization.yaml", 2)


def test_builds_are_bounded(monkeypatch):
    tree: dict[str, str | bytes | Link] = {}
    for level in range(20):
        for side in "ab":
            tree[f"{level}{side}/kustomization.yaml"] = (
                "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
                f"components: [../{level + 1}a, ../{level + 1}b]\n")
    for side in "ab":
        tree[f"20{side}/kustomization.yaml"] = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: x\n"
    tree["kustomization.yaml"] = "components: [0a]\n"
    monkeypatch.setattr(build, "MAX_STEPS", 500)
    with pytest.raises(RenderError, match="more than 500 kustomizations"):
        Renderer(sources(tree)).render(".")


def test_objects_are_bounded(monkeypatch):
    tree = {"0/kustomization.yaml": "resources: [a.yaml]\n", "0/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}
    for level in range(1, 8):
        for side in "ab":
            tree[f"{level}{side}/kustomization.yaml"] = f"resources: [../{level - 1}]\nnamePrefix: {side}\n"
        tree[f"{level}/kustomization.yaml"] = f"resources: [../{level}a, ../{level}b]\n"
    monkeypatch.setattr(build, "MAX_RESOURCES", 100)
    with pytest.raises(RenderError, match="more than 100 objects"):
        Renderer(sources(tree)).render("7")


def test_a_chain_of_bases_is_bounded():
    tree = {f"{level}/kustomization.yaml": f"resources: [../{level + 1}]\n" for level in range(150)}
    tree["150/kustomization.yaml"] = "resources: []\n"
    with pytest.raises(RenderError, match="deep"):
        Renderer(sources(tree)).render("0")


def test_what_a_build_takes_out_is_told_with_what_does_it():
    tree = {
        "base/kustomization.yaml": "resources: [all.yaml]\n",
        "base/all.yaml": "".join(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n---\n" for name in "abc"),
        "mid/kustomization.yaml": "resources: [../base]\npatches: [{path: a.yaml}]\n",
        "mid/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n$patch: delete\n",
        "kustomization.yaml": "resources: [mid]\nnamePrefix: x-\ncommonAnnotations: {}\npatches:\n- target: {name: b}\n  patch: |-\n"
                              "    - op: add\n      path: /metadata/annotations\n      value: {config.kubernetes.io/local-config: 'true'}\n",
    }
    rendered = Renderer(sources(tree)).render(".")
    assert [resource.id.name for resource in rendered.resources] == ["x-c"]
    assert {(declared.file, declared.line): (place.file, place.line) for declared, place in rendered.dropped.items()} == {
        ("base/all.yaml", 2): ("mid/a.yaml", 5), ("base/all.yaml", 6): ("kustomization.yaml", 9)}
