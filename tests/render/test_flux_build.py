"""Kustomizations as Flux builds them; the outputs were printed by fluxcd/pkg/kustomize v1.35.4."""

from __future__ import annotations

import textwrap

import pytest
from trees import Link, sources

from gitops_guard.errors import InputError
from gitops_guard.origin import Map, Origin
from gitops_guard.recipes import Kustomize
from gitops_guard.render import Renderer, emit
from gitops_guard.source import Dialect, parse

KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      template:
        spec:
          containers:
          - name: web
            image: nginx:1.0
    """


def config(name):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def spec_of(text):
    body = parse(("spec:\n" + textwrap.indent(textwrap.dedent(text).strip(), "  ")).encode(), "flux.yaml").load(Dialect.MANIFEST)[0]
    return body["spec"] or Map()


def build(files, spec="{}", renderer=None, **more):
    renderer = renderer or Renderer(sources(files))
    options = {"system": "flux", "place": Origin("flux.yaml", 9, 9), "restrictor": "none", "generate": True, **more}
    return renderer.build(Kustomize("d", changes=spec_of(spec), **options))


def names(rendered):
    return [resource.id.name for resource in rendered.resources]


def test_a_generated_kustomization_takes_all_manifests_in_the_order_of_the_walk():
    done = build({
        "d/a.yaml": config("a"), "d/b/c.yaml": config("c"), "d/b/z.yml": config("z"), "d/a/e.yaml": config("e"),
        "d/k/kustomization.yaml": KUSTOMIZATION + "resources: [x.yaml]\n", "d/k/x.yaml": config("kx"), "d/k/y.yaml": config("no"),
        "d/k/deep/y.yaml": config("no"), "d/j.json": "{}", "d/README.md": "x", "d/link.yaml": Link("../other.yaml"),
        "other.yaml": config("other"),
    }, "targetNamespace: ns\nnamePrefix: p-")
    assert names(done) == ["p-e", "p-a", "p-c", "p-z", "p-kx"]
    assert {resource.id.namespace for resource in done.resources} == {"ns"}
    assert done.resources[0].body["metadata"].at["namespace"][:3] == ("flux.yaml", 2, 20)


def test_a_folder_without_manifests_builds_to_nothing():
    assert names(build({"d/x.txt": ""})) == []


def test_a_manifest_that_is_none_fails_the_generated_kustomization_at_its_line():
    with pytest.raises(InputError) as caught:
        build({"d/a.yaml": "foo: bar\n"})
    assert (caught.value.file, caught.value.line) == ("d/a.yaml", 1)


def test_a_folder_that_is_not_there_fails_at_the_owner():
    with pytest.raises(InputError) as caught:
        build({"e/a.yaml": config("a")})
    assert (caught.value.file, caught.value.line) == ("flux.yaml", 9)


@pytest.mark.parametrize(("own", "flux", "image"), [
    ("newName: reg/nginx, newTag: '1.1'", "digest: sha256:aaaa", "reg/nginx@sha256:aaaa"),
    ("newName: reg/nginx, digest: 'sha256:aa'", "newName: q/nginx, newTag: '9'", "q/nginx:9"),
    ("newTag: '1.1'", "newName: q/nginx", "q/nginx:1.1"),
])
def test_images_are_merged_by_name(own, flux, image):
    files = {"d/kustomization.yaml": KUSTOMIZATION + "resources: [dep.yaml]\nimages:\n- {name: nginx, " + own + "}\n",
             "d/dep.yaml": DEPLOYMENT}
    container = build(files, "images:\n- {name: nginx, " + flux + "}").resources[0].body["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == image


def test_patches_go_behind_the_files_own_and_keep_their_lines():
    files = {"d/kustomization.yaml": KUSTOMIZATION + "resources: [dep.yaml]\n"
             "patches:\n- {target: {kind: Deployment}, patch: '[{\"op\": \"add\", \"path\": \"/spec/replicas\", \"value\": 3}]'}\n",
             "d/dep.yaml": DEPLOYMENT}
    done = build(files, """
        patches:
        - patch: |
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 5
        - target: {kind: Deployment, name: w.*}
          patch: |
            - op: add
              path: /metadata/labels
              value: {x: "y"}
        """)
    body = done.resources[0].body
    assert (body["spec"]["replicas"], body["metadata"]["labels"]) == (5, {"x": "y"})
    assert body["spec"].at["replicas"][:2] == ("flux.yaml", 8)


@pytest.mark.parametrize(("spec", "line"), [
    ("patches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: nope}\n    data: {a: b}", 3),
    ("components: [../c]", 2),
    ("components: ['https://example.com/c']", 2),
    ("images: text", 2),
    ("patches:\n- target: {kind: ConfigMap}", 3),
])
def test_what_the_owner_gets_wrong_fails_at_its_line(spec, line):
    with pytest.raises(InputError) as caught:
        build({"d/a.yaml": config("a")}, spec)
    assert (caught.value.file, caught.value.line) == ("flux.yaml", line)


def test_components_that_are_missing_may_be_ignored():
    files = {"d/a.yaml": config("a"), "c/kustomization.yaml":
             "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -c\n"}
    done = build(files, "components: [../c, ../e]\nignoreMissingComponents: true\nnameSuffix: -s")
    assert names(done) == ["a-c-s"]


def test_the_file_is_read_without_the_fields_that_flux_does_not_know():
    files = {"d/kustomization.yaml": KUSTOMIZATION + "resources: [a.yaml]\nfoo: 1\ngeneratorOptions: {bar: 1}\n",
             "d/a.yaml": config("a")}
    assert names(build(files)) == ["a"]
    with pytest.raises(InputError):
        Renderer(sources(files)).render("d")


def test_a_file_without_resources_is_annotated_with_origins():
    files = {"d/kustomization.yaml": KUSTOMIZATION + "configMapGenerator:\n- {name: g, literals: [a=b]}\n"}
    annotations = build(files).resources[0].body["metadata"]["annotations"]
    assert "config.kubernetes.io/origin" in annotations
    assert names(build({"d/kustomization.yaml": "\n"})) == []


def test_the_changed_kustomization_leaves_the_plain_one_alone():
    files = {"d/kustomization.yaml": KUSTOMIZATION + "resources: [../base]\n",
             "base/kustomization.yaml": KUSTOMIZATION + "resources: [dep.yaml]\n", "base/dep.yaml": DEPLOYMENT}
    renderer = Renderer(sources(files))
    before = emit(renderer.render("d").resources)
    renderer.forget("d")
    build(files, "namePrefix: x-\nimages: [{name: nginx, newTag: '2'}]", renderer)
    assert emit(renderer.render("d").resources) == before


def test_each_restrictor_has_bases_of_its_own():
    files = {"d/kustomization.yaml": KUSTOMIZATION + "resources: [../base]\n",
             "base/kustomization.yaml": KUSTOMIZATION + "resources: [../dep.yaml]\n", "dep.yaml": DEPLOYMENT}
    renderer = Renderer(sources(files))
    assert names(build(files, renderer=renderer)) == ["web"]
    with pytest.raises(InputError):
        renderer.render("d")
    with pytest.raises(InputError):
        build(files, renderer=renderer, system="", restrictor="root")


def test_common_metadata_is_written_last():
    done = build({"d/a.yaml": config("a")}, "commonMetadata:\n  labels: {team: shop}\n  annotations: {a: b}")
    meta = done.resources[0].body["metadata"]
    assert (meta["labels"], meta["annotations"]) == ({"team": "shop"}, {"a": "b"})
    assert meta["labels"].at["team"][:2] == ("flux.yaml", 3)
