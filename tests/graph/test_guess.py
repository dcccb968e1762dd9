import pytest

from gitops_guard.graph.guess import named_folders
from tests.trees import sources

APP = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\nspec: {source: {path: %s}}\n"


@pytest.mark.parametrize(("text", "expected"), [
    (APP % "./overlays/prod/", {"overlays/prod"}),
    (APP % "/", {"."}),
    (APP % '"{{path}}"', set()),
    (APP % "apps/${CLUSTER}", set()),
    ("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec: {template: {spec: {sources: [{path: a}, {path: b}]}}}\n", {"a", "b"}),
    ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: ./apps}\n", {"apps"}),
    ("apiVersion: other.example/v1\nkind: Kustomization\nspec: {path: ./apps} # argoproj.io\n", set()),
    ("argoproj.io: [\n", set()),
])
def test_named_folders(text, expected):
    assert named_folders(sources({"a.yaml": text}), ["a.yaml", "gone.yaml"]) == expected
