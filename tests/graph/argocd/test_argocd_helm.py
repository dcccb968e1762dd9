"""Charts of Applications: values files, parameters, flags."""

from __future__ import annotations

import textwrap

import pytest

from gitops_guard.graph.argocd import expand_application
from gitops_guard.recipes import Values

HERE = "https://github.com/acme/fleet"
FILES = {"charts/web/Chart.yaml": "", "charts/web/values-prod.yaml": "", "charts/web/values-qa.yaml": "", "envs/prod.yaml": "", "envs/qa.yaml": "",
         "envs/deep/x.yaml": "", "notes.txt": ""}


@pytest.fixture
def expand(found, world):
    def act(helm, others="", config="", path="charts/web"):
        text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  destination: {name: prod, namespace: shop}\n"
        text += (f"  sources:\n{textwrap.indent(textwrap.dedent(others), '  ')}" if others else "  source:\n").replace("@", HERE)
        text += "  - repoURL: " + HERE + "\n" if others else "    repoURL: " + HERE + "\n"
        text += f"    path: {path}\n    helm:\n" + textwrap.indent(textwrap.dedent(helm), "      ")
        return expand_application(found(text, "app.yaml"), world(FILES, config=config))

    return act


def files(done):
    assert done.faults == ()
    return [layer.file for layer in done.deployments[0].recipes[-1].values]


@pytest.mark.parametrize(("entries", "expected"), [
    ("values-prod.yaml", ["charts/web/values-prod.yaml"]),
    ("../../envs/prod.yaml", ["envs/prod.yaml"]),
    ("/envs/prod.yaml", ["envs/prod.yaml"]),
    # a variable nobody knows is empty, so this is a path from the root
    ("$values/envs/prod.yaml", ["envs/prod.yaml"]),
    ("'../../${ARGOCD_APP_NAMESPACE}/../envs/prod.yaml', '/envs/q${UNKNOWN}a.yaml'", ["envs/prod.yaml", "envs/qa.yaml"]),
    ("/envs/*.yaml", ["envs/prod.yaml", "envs/qa.yaml"]),
    ("/envs/**/*.yaml", ["envs/prod.yaml", "envs/qa.yaml", "envs/deep/x.yaml"]),
    # a file that is named itself has its own place, of two equal ones the first counts
    ("/envs/*.yaml, /envs/prod.yaml", ["envs/qa.yaml", "envs/prod.yaml"]),
    ("/envs/qa.yaml, /envs/prod.yaml, ../../envs/qa.yaml", ["envs/qa.yaml", "envs/prod.yaml"]),
])
def test_values_files(expand, entries, expected):
    assert files(expand(f"valueFiles: [{entries}]")) == expected


@pytest.mark.parametrize(("entry", "status", "message"), [
    ("gone.yaml", "failed", "no values file"), ("../../../x.yaml", "failed", "leaves"), ("/../x.yaml", "failed", "leaves"), ("/", "failed", "leaves"),
    ("https://example.com/x.yaml", "unresolved", "fetched"), ("secrets://x.yaml", "unresolved", "fetched"), ("a:b.yaml", "failed", "scheme"),
    ("/none/*.yaml", "failed", "no file fits"), ("/envs/[", "failed", "can't be read"), ("/envs/*", "failed", "folder"), ("/envs", "failed", "no values file"),
    ("$ARGOCD_APP_REVISION.yaml", "unresolved", "commit"), ("5", "failed", "no text"),
])
def test_values_files_that_are_wrong(expand, entry, status, message):
    done = expand(f"valueFiles: [values-qa.yaml, {entry!r}]".replace("'5'", "5"))
    assert (done.node.status, done.node.source.tool, done.deployments) == (status, "helm", ())
    assert [(fault.rule, fault.path) for fault in done.faults] == [(f"render/{status}", ("spec", "source", "helm", "valueFiles", 1))]
    assert message in done.node.reason
    assert done.uses == (("charts/web",) if status == "unresolved" else ())


def test_missing_files_may_be_ignored(expand):
    assert files(expand("valueFiles: [gone.yaml, /none/*.yaml, values-qa.yaml]\nignoreMissingValueFiles: true")) == ["charts/web/values-qa.yaml"]


REF = "- {repoURL: '@', ref: values, path: envs}\n"


def test_refs_are_read_from_the_root_of_their_repository(expand):
    done = expand("valueFiles: [$values/envs/prod.yaml, $values/charts/web/values-qa.yaml]", REF)
    assert files(expand("valueFiles: [$values/envs/prod.yaml]", "- {repoURL: '@', ref: values}\n")) == ["envs/prod.yaml"]
    assert [layer.file for layer in done.deployments[0].recipes[1].values] == ["envs/prod.yaml", "charts/web/values-qa.yaml"]
    assert done.deployments[0].recipes[1].values[0].origin[:2] == ("app.yaml", 11)


@pytest.mark.parametrize(("others", "entry", "status", "path"), [
    (REF, "$other/x.yaml", "failed", ("spec", "sources", 1, "helm", "valueFiles", 0)),
    (REF, "${values}/x.yaml", "failed", ("spec", "sources", 1, "helm", "valueFiles", 0)),
    (REF, "$values/../x.yaml", "failed", ("spec", "sources", 1, "helm", "valueFiles", 0)),
    ("- {repoURL: https://example.com/x, ref: values}\n", "$values/x.yaml", "unresolved", ("spec", "sources", 0, "repoURL")),
    ("- {repoURL: '@', ref: values, targetRevision: v9}\n", "$values/x.yaml", "unresolved", ("spec", "sources", 0, "targetRevision")),
    ("- {repoURL: 'https://example.com/c', chart: c, targetRevision: '1', ref: values}\n", "$values/x.yaml", "failed",
     ("spec", "sources", 1, "helm", "valueFiles", 0)),
])
def test_refs_that_lead_nowhere(expand, others, entry, status, path):
    done = expand(f"valueFiles: [{entry!r}]", others)
    assert (f"render/{status}", path) in [(fault.rule, fault.path) for fault in done.faults]
    assert all(recipe.folder != "charts/web" for deployment in done.deployments for recipe in deployment.recipes)


def layers(done):
    assert done.faults == ()
    return done.deployments[0].recipes[0].values


@pytest.mark.parametrize(("helm", "expected"), [
    ("values: 'a: 1'", {"a": 1}), ("valuesObject: {a: 1}", {"a": 1}), ("valuesObject: {a: 1}\nvalues: 'b: 2'", {"a": 1}),
    ("valuesObject: {}\nvalues: 'b: 2'", {}), ("valuesObject: null\nvalues: 'b: 2'", {"b": 2}), ("values: '# none'", None), ("values: ''", None),
])
def test_inline_values(expand, helm, expected):
    found = [layer.inline for layer in layers(expand(helm))]
    assert found == ([] if expected is None else [expected])


def test_the_lines_of_inline_values(expand):
    layer = layers(expand("values: |\n  image:\n    tag: x\n"))[0]
    assert layer.inline["image"].at["tag"][:4] == ("app.yaml", 12, 16, False)


@pytest.mark.parametrize(("parameters", "expected"), [
    ("{name: a, value: '1'}", [("a", "1", False)]),
    ("{name: a, value: 'x,y'}", [("a", r"x\,y", False)]), ("{name: a, value: 'x\\,y'}", [("a", r"x\,y", False)]),
    ("{name: a, value: '{x,y}'}", [("a", "{x,y}", False)]),
    ("{name: a, value: 'true', forceString: true}, {name: b, value: '2'}", [("b", "2", False), ("a", "true", True)]),
    ("{name: a, value: '1'}, {name: a, value: '2'}", [("a", "2", False)]),
    ("{name: a, value: $ARGOCD_APP_NAME}", [("a", "web", False)]), ("{name: a}", [("a", "", False)]),
])
def test_parameters(expand, parameters, expected):
    assert [(layer.target_path, layer.text, layer.as_string) for layer in layers(expand(f"parameters: [{parameters}]"))] == expected


def test_file_parameters(expand):
    layer = layers(expand("fileParameters:\n- {name: a.b, path: /notes.txt}\n"))[0]
    assert (layer, layer.origin[:2]) == (Values(file="notes.txt", origin=layer.origin, target_path="a.b"), ("app.yaml", 11))
    for text in ("{name: 'a=/etc/passwd,b', path: /notes.txt}", "{name: a, path: /gone.txt}", "{name: a}"):
        assert expand(f"fileParameters: [{text}]").node.status == "failed"


@pytest.mark.parametrize(("helm", "release", "namespace", "flags"), [
    ("{}", "web", "shop", ("--include-crds",)),
    ("releaseName: r\nnamespace: other\nskipCrds: true", "r", "other", ()),
    ("kubeVersion: v1.30.2+k3s1\napiVersions: [a/v1]", "web", "shop", ("--kube-version=1.30.2", "--api-versions=a/v1", "--include-crds")),
    ("skipTests: true\nskipSchemaValidation: true", "web", "shop", ("--include-crds", "--skip-schema-validation", "--skip-tests")),
])
def test_flags(expand, helm, release, namespace, flags):
    done = expand(helm)
    recipe = done.deployments[0].recipes[0]
    assert (recipe.folder, recipe.release, recipe.namespace, recipe.flags) == ("charts/web", release, namespace, flags)
    assert (done.deployments[0].kind, done.deployments[0].changes, recipe.place[:2]) == ("chart", True, ("app.yaml", 8))


def test_the_configured_version_of_kubernetes(expand):
    assert expand("{}", config="kubernetes-version: '1.33'\n").deployments[0].recipes[0].flags[0] == "--kube-version=1.33"


@pytest.mark.parametrize("helm", ["kubeVersion: new", "releaseName: -x", "values: 'a: ['", "values: text", "valuesObject: [1]"])
def test_options_that_are_wrong(expand, helm):
    done = expand(helm)
    assert (done.node.status, done.deployments, len(done.faults)) == ("failed", (), 1)
