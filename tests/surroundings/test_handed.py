"""What patches of Kustomizations with an unknown source write in objects of this repository."""

import textwrap

import pytest
from trees import sources

from gitops_guard import manifests
from gitops_guard.model import Target
from gitops_guard.nodes import Graph, Node
from gitops_guard.surroundings.handed import handed
from gitops_guard.targets import Built

RELEASE = "kind: HelmRelease\nmetadata: {name: _}\nspec: {driftDetection: {mode: enabled}, install: {}}\n"
CHILD = "kind: Kustomization\nmetadata: {name: _}\nspec:\n  prune: true\n  patches:\n  - patch: |\n" + textwrap.indent(RELEASE, "      ")
OPERATION = "- {op: add, path: /spec/driftDetection, value: {mode: enabled}}\n- {op: remove, path: /spec/test}\n"


def built(patch, target=""):
    text = ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps, namespace: flux-system}\n"
            "spec:\n  patches:\n  - patch: |\n" + textwrap.indent(patch, "      ") + target)
    tree = sources({"apps.yaml": text})
    return Built(Target(".", "manifests", "."), "rendered", tuple(manifests.read(tree, "apps.yaml", ".")), (), frozenset())


def graph(status):
    return Graph((Node("flux/Kustomization/flux-system/apps", "flux", "Kustomization", "flux-system", "apps", None, status),), ())


@pytest.mark.parametrize(("patch", "target", "expected"), [
    (RELEASE, "", {"HelmRelease": ["driftDetection", "install"]}),
    (CHILD, "", {"HelmRelease": ["driftDetection", "install"], "Kustomization": ["patches", "prune"]}),
    (OPERATION, "    target: {kind: HelmRelease}\n", {"HelmRelease": ["driftDetection"]}),
    (OPERATION, "", {}), ("kind: Deployment\nspec: {replicas: 2}\n", "", {}), ("a: [\n", "", {}), ("{{ x }}", "", {})])
def test_fields_that_an_unknown_parent_patches(patch, target, expected):
    assert handed(graph("unresolved"), [built(patch, target)]) == expected


def test_a_parent_that_is_followed_is_rendered():
    assert handed(graph("resolved"), [built(RELEASE)]) == {}
