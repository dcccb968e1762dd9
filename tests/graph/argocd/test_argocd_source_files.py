"""`.argocd-source*.yaml` over a source."""

from __future__ import annotations

import pytest

from gitops_guard.graph.argocd import expand_application

HERE = "https://github.com/acme/fleet"
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: {namespace}}}
spec:
  destination: {{name: prod}}
  source:
    repoURL: {here}
    path: web
    {source}
"""
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argo}\n"


@pytest.fixture
def expand(found, world):
    def act(files, source="", namespace="argocd", objects=()):
        text = APPLICATION.format(here=HERE, source=source, namespace=namespace)
        whole = {"web/kustomization.yaml": "", **{f"web/{name}": text for name, text in files.items()}}
        return expand_application(found(text, "app.yaml"), world(whole, objects=objects))

    return act


def changes(done):
    return done.deployments[0].recipes[0].changes


def test_the_general_file_first(expand):
    done = expand({".argocd-source.yaml": "kustomize: {images: [a:1, b:1], namespace: x}\n", ".argocd-source-web.yaml": "kustomize:\n  images:\n  - a:2\n"},
                  "kustomize: {namePrefix: p-, namespace: y}")
    assert changes(done) == {"namePrefix": "p-", "namespace": "x", "images": ["a:2"]}
    assert changes(done).at["namespace"].file == "web/.argocd-source.yaml"
    assert changes(done)["images"].at[0][:3] == ("web/.argocd-source-web.yaml", 3, 5)
    assert changes(done).at["namePrefix"].file == "app.yaml"
    assert done.deployments[0].changes


@pytest.mark.parametrize(("file", "expected"), [
    # Argo CD decodes the result over the source as it was: what a patch deletes stays
    ("kustomize: null\n", {"namePrefix": "p-", "commonLabels": {"a": "1"}}),
    ("kustomize: {namePrefix: null}\n", {"namePrefix": "p-", "commonLabels": {"a": "1"}}),
    ("kustomize: {commonLabels: {b: '2', a: null}}\n", {"namePrefix": "p-", "commonLabels": {"a": "1", "b": "2"}}),
    ("repoURL: https://example.com/x\npath: other\ntargetRevision: v1\nchart: c\n", {"namePrefix": "p-", "commonLabels": {"a": "1"}}),
    ("# nothing\n", {"namePrefix": "p-", "commonLabels": {"a": "1"}}),
])
def test_what_stays(expand, file, expected):
    done = expand({".argocd-source.yaml": file}, "kustomize: {namePrefix: p-, commonLabels: {a: '1'}}")
    assert (changes(done), done.node.source.repository, done.node.source.path, done.node.source.revision) == (expected, HERE, "web", "HEAD")


def test_items_are_decoded_over_those_before(expand):
    done = expand({".argocd-source.yaml": "helm: {parameters: [{name: b, value: '2'}], valuesObject: {two: {}, one: null}}\n", "Chart.yaml": ""},
                  "helm: {parameters: [{name: a, value: '1', forceString: true}, {name: c, value: '3'}], valuesObject: {one: 1, two: {z: 2}}}")
    inline, parameter = done.deployments[0].recipes[0].values
    assert inline.inline == {"two": {"z": 2}}
    assert (parameter.target_path, parameter.text, parameter.as_string) == ("b", "2", True)


@pytest.mark.parametrize(("namespace", "objects", "name", "counts"), [
    ("argocd", (), "web", True), ("argocd", (), "argocd_web", False),
    ("team", (), "team_web", True), ("team", (), "web", True),
    ("team", (CM,), "web", False), ("team", (CM,), "team_web", True),
    ("argo", (CM,), "web", True), ("argo", (CM,), "argo_web", False),
])
def test_names(expand, namespace, objects, name, counts):
    done = expand({f".argocd-source-{name}.yaml": "kustomize: {namePrefix: p-}\n"}, namespace=namespace, objects=objects)
    assert done.deployments[0].changes is counts


def test_the_tool_is_looked_for_afterwards(expand):
    done = expand({".argocd-source.yaml": "helm: {}\n"}, "kustomize: {}")
    assert (done.node.status, [fault.rule for fault in done.faults]) == ("failed", ["render/failed"])
    assert expand({".argocd-source.yaml": "plugin: {name: x}\n"}).uses == ("web",)


@pytest.mark.parametrize(("text", "rule", "line"), [("a: [\n", "source/invalid-yaml", 2), ("- kustomize\n", "render/failed", 1)])
def test_files_that_are_wrong(expand, text, rule, line):
    done = expand({".argocd-source.yaml": text})
    assert (done.node.status, done.deployments) == ("failed", ())
    assert [(fault.rule, fault.location[:2]) for fault in done.faults] == [(rule, ("web/.argocd-source.yaml", line))]


def test_a_fault_of_a_file_is_located_there(expand):
    done = expand({"Chart.yaml": "", "kustomization.yaml": "", ".argocd-source.yaml": "helm:\n  valueFiles:\n  - gone.yaml\n"})
    assert [fault.location[:2] for fault in done.faults] == [("web/.argocd-source.yaml", 3)]
