"""HelmReleases in small worlds; the order of values was printed by fluxcd/pkg/chartutil v1.27.1."""

from __future__ import annotations

import pytest

from gitops_guard.graph.expand import expand
from gitops_guard.graph.flux.precedence import survivors

URL = "https://github.com/acme/fleet"
SOURCES = (
    ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: fleet, namespace: flux-system}\n"
    f"spec: {{url: {URL}, ref: {{branch: main}}}}\n"),
    ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: stable, namespace: flux-system}\n"
    "spec: {url: 'https://charts.example.com'}\n"),
    ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: podinfo, namespace: flux-system}\n"
    "spec: {url: 'oci://registry.example.com/charts/podinfo', ref: {tag: 6.7.1}}\n"),
    ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: api, namespace: flux-system}\n"
    "spec: {chart: ./charts/api, sourceRef: {kind: GitRepository, name: fleet}, valuesFiles: [prod.yaml]}\n"),
    ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values, namespace: shop}\ndata:\n  values.yaml: |\n    a: {z: 1}\n    b: 2\n"
    "  text: x,y\n  quoted: '\"12\"'\n  list: '- a'\n"),
)
GIT = "chart: {spec: {chart: charts/api, sourceRef: {kind: GitRepository, name: fleet, namespace: flux-system}}}"
FILES = dict.fromkeys(("charts/api/Chart.yaml", "charts/api/values.yaml", "prod.yaml", "charts/packed.tgz", "empty/x.yaml"), "")


def release(spec, name="api"):
    text = f"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n"
    return text + "".join(f"  {line}\n" for line in spec.splitlines())


def chart(text):
    return GIT.replace("charts/api", text)


@pytest.fixture
def grown(found, world):
    def make(spec, name="api"):
        return expand(found(release(spec, name)), world(FILES, here=URL, objects=SOURCES))

    return make


def recipe_of(expansion):
    assert [fault.message for fault in expansion.faults] == []
    return expansion.deployments[0].recipes[0]


def test_a_chart_of_this_repository(grown):
    done = grown(GIT + "\nvalues: {replicas: 3}\ndependsOn: [{name: db}]")
    node, deployment, recipe = done.node, done.deployments[0], recipe_of(done)
    assert (node.id, node.status, node.source.path, node.source.chart, node.source.revision, node.source.tool) == (
        "flux/HelmRelease/shop/api", "resolved", "charts/api", None, "main", "helm")
    assert (node.automated, node.prune, node.self_heal) == (True, True, False)
    assert (deployment.kind, deployment.path, deployment.changes, deployment.namespace) == ("chart", "charts/api", True, "shop")
    assert (recipe.folder, recipe.release, recipe.namespace, recipe.own_values) == ("charts/api", "api", "shop", True)
    assert recipe.flags == ("--include-crds", "--skip-tests")
    assert [layer.inline for layer in recipe.values] == [{"replicas": 3}]
    assert recipe.place[:2] == ("object.yaml", 5)
    assert done.edges == (("depends", "flux/HelmRelease/shop/db"), ("sources", "flux/GitRepository/flux-system/fleet"))


@pytest.mark.parametrize(("spec", "status", "source", "field"), [
    ("chart: {spec: {chart: redis, version: 20.1.4, sourceRef: {kind: HelmRepository, name: stable, namespace: flux-system}}}",
     "unresolved", ("https://charts.example.com", "redis", "20.1.4"), ("spec", "chart", "spec", "chart")),
    ("chart: {spec: {chart: redis, sourceRef: {kind: HelmRepository, name: nowhere}}}",
     "unresolved", (None, "redis", "*"), ("spec", "chart", "spec", "chart")),
    ("chartRef: {kind: OCIRepository, name: podinfo, namespace: flux-system}",
     "unresolved", ("oci://registry.example.com/charts/podinfo", "podinfo", "6.7.1"), ("spec", "chartRef")),
    ("chartRef: {kind: OCIRepository, name: nowhere}", "unresolved", (None, "nowhere", None), ("spec", "chartRef")),
    ("chartRef: {kind: GitRepository, name: fleet}", "failed", None, ("spec", "chartRef")),
    ("interval: 1m", "failed", None, ("spec",)),
    (GIT + "\nchartRef: {kind: OCIRepository, name: podinfo}", "failed", None, ("spec", "chartRef")),
    (chart("charts/nowhere"), "failed", (URL, None, "main"), ("spec", "chart", "spec", "chart")),
    (chart("empty"), "failed", (URL, None, "main"), ("spec", "chart", "spec", "chart")),
    (chart("charts/packed.tgz"), "unresolved", (URL, None, "main"), ("spec", "chart", "spec", "chart")),
    (chart('"charts/${X}"'), "unresolved", (URL, None, "main"), ("spec", "chart", "spec", "chart")),
    ("chart: []", "failed", None, ("spec", "chart", "spec", "chart")),
    (GIT + "\nvaluesFrom: [{kind: Secret, name: nowhere}]", "unresolved", (URL, None, "main"), ("spec", "valuesFrom", 0)),
    (GIT + "\nvaluesFrom: [{kind: ConfigMap, name: values, valuesKey: nope}]", "failed", (URL, None, "main"),
     ("spec", "valuesFrom", 0, "valuesKey")),
    (GIT + "\nvaluesFrom: [{kind: ConfigMap, name: values, valuesKey: list}]", "failed", (URL, None, "main"), ("spec", "valuesFrom", 0)),
    (GIT + "\nvaluesFrom: [{kind: Pod, name: values}]", "failed", (URL, None, "main"), ("spec", "valuesFrom", 0)),
])
def test_what_cannot_be_followed(grown, spec, status, source, field):
    done = grown(spec)
    found = done.node.source
    assert (done.node.status, done.deployments) == (status, ())
    assert (found and (found.repository, found.chart, found.revision)) == source
    assert [(fault.rule, fault.path) for fault in done.faults] == [(f"render/{status}", field)]


def test_a_helmchart_describes_the_chart(grown):
    done = grown("chartRef: {kind: HelmChart, name: api, namespace: flux-system}")
    recipe = recipe_of(done)
    assert (recipe.folder, recipe.own_values, [layer.file for layer in recipe.values]) == ("charts/api", False, ["prod.yaml"])
    assert ("sources", "flux/HelmChart/flux-system/api") in done.edges


@pytest.mark.parametrize(("extra", "name", "namespace"), [
    ("", "api", "shop"), ("targetNamespace: prod", "prod-api", "prod"), ("releaseName: x\ntargetNamespace: prod", "x", "prod"),
    ("releaseName: " + "a" * 53, "a" * 53, "shop"), ("releaseName: " + "a" * 54, "a" * 40 + "-a3f01b693925", "shop"),
])
def test_the_name_and_the_namespace(grown, extra, name, namespace):
    recipe = recipe_of(grown(f"{GIT}\n{extra}".strip()))
    assert (recipe.release, recipe.namespace) == (name, namespace)


@pytest.mark.parametrize(("extra", "flags"), [
    ("install: {crds: Skip}", ("--skip-tests",)), ("install: {skipCRDs: true}", ("--skip-tests",)),
    ("install: {crds: CreateReplace}", ("--include-crds", "--skip-tests")), ("test: {enable: true}", ("--include-crds",)),
    ("install: {disableHooks: true}", ("--include-crds", "--no-hooks", "--skip-tests")),
])
def test_flags(grown, extra, flags):
    assert recipe_of(grown(f"{GIT}\n{extra}")).flags == flags


def test_values_files_stand_in_for_the_charts_own(grown):
    spec = GIT.replace("chart: charts/api", "chart: charts/api, valuesFiles: [charts/api/values.yaml, prod.yaml, nope.yaml], "
                       "ignoreMissingValuesFiles: true")
    recipe = recipe_of(grown(spec))
    assert (recipe.own_values, [layer.file for layer in recipe.values]) == (False, ["charts/api/values.yaml", "prod.yaml"])
    done = grown(spec.replace("ignoreMissingValuesFiles: true", "version: 1"))
    assert [(fault.rule, fault.path) for fault in done.faults] == [("render/failed", ("spec", "chart", "spec", "valuesFiles", 2))]
    assert done.uses == ("charts/api",)


def test_values_from_objects(grown):
    recipe = recipe_of(grown(GIT + """
values: {b: {c: 3}}
valuesFrom:
- {kind: ConfigMap, name: values}
- {kind: ConfigMap, name: values, valuesKey: text, targetPath: a.x}
- {kind: ConfigMap, name: values, valuesKey: text, targetPath: b.c, literal: true}
- {kind: ConfigMap, name: values, valuesKey: quoted, targetPath: d}
- {kind: Secret, name: nowhere, optional: true}
"""))
    first, at_b, own, at_a, at_d = recipe.values
    assert (first.inline, first.inline.at["b"].line) == ({"a": {"z": 1}, "b": 2}, 7)
    assert own.inline == {"b": {"c": 3}}
    assert {layer.target_path: (layer.text, layer.literal, layer.as_string) for layer in (at_a, at_b, at_d)} == {
        "a.x": ("x,y", False, False), "b.c": ("x,y", True, False), "d": ("12", False, True)}


@pytest.mark.parametrize(("inline", "entries", "late"), [
    ({"foo": 1}, [("foo", {})], set()),
    ({"a": {"b": 1}}, [("a.b", {})], {0}),
    ({"a": {"b": 1}}, [("", {"a": {"z": 1}}), ("a.b", {})], set()),
    ({"a": {"b": 1}}, [("a.b", {}), ("", {"a": {"b": 2}})], {0}),
    ({}, [("a.b", {}), ("", {"a": {"b": 2}})], set()),
    ({"a": {"c": 1}}, [("", {"a": {"z": 1}}), ("a.b", {})], {1}),
    ({"a": ["i"]}, [("a[0]", {})], {0}),
    ({"a": ["i"]}, [("a[4]", {})], set()),
    ({"a": 1}, [("a.b.c", {})], set()),
])
def test_which_values_at_a_path_survive_the_inline_ones(inline, entries, late):
    assert survivors(inline, entries) == late


def test_post_renderers(grown):
    recipe = recipe_of(grown(GIT + "\npostRenderers: [{kustomize: {images: [{name: a, newTag: b}]}}, {other: 1}]"))
    assert recipe.post_renderers == ({"images": [{"name": "a", "newTag": "b"}]},)


def test_drift_detection_heals_and_suspension_stops(grown):
    assert grown(GIT + "\ndriftDetection: {mode: enabled}").node.self_heal is True
    done = grown(GIT + "\nsuspend: true\ndriftDetection: {mode: enabled}\nupgrade: {force: true}")
    owner = done.deployments[0].owner
    assert (done.node.automated, done.node.prune, done.node.self_heal, owner.cascade, owner.force) == (False, False, False, False, True)
