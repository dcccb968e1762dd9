"""What controller objects deploy and make: objects of one name in two clusters are told apart, what is unknown is left out."""

import pytest

from gitops_guard import config as configuration
from gitops_guard.side import Clone, build_side
from gitops_guard.surroundings.deploys import deployed, generated
from tests.trees import MemoryTree

URL = "https://github.com/acme/fleet"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: shop}\n"
SOURCE = ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: fleet, namespace: flux-system}\n"
          f"spec: {{interval: 1m, url: {URL}, ref: {{branch: main}}}}\n")


def flux(path, more=""):
    return ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop, namespace: flux-system}\nspec:\n"
            f"  interval: 1h\n  path: {path}\n  prune: true\n  sourceRef: {{kind: GitRepository, name: fleet}}\n{more}")


def appset(elements, more=""):
    return ("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: shops, namespace: argocd}\nspec:\n  generators:\n"
            f"    - list: {{elements: {elements}}}\n{more}  template:\n    metadata: {{name: '{{{{name}}}}'}}\n    spec:\n      project: default\n"
            f"      source: {{repoURL: {URL}, path: 'shops/{{{{name}}}}', targetRevision: HEAD}}\n"
            "      destination: {server: 'https://kubernetes.default.svc', namespace: shop}\n")


def side(files):
    config = configuration.load(f'repositories: {{"{URL}": .}}\n')
    return build_side(MemoryTree(files), config, (), Clone(branches=frozenset({"main"})))


def told(found):
    """holding target -> the names of what its controller object of the tests' name deploys or makes."""
    return {target: sorted(resource.id.name for resource in resources) for (name, target), resources in found.items()
            if name.name in ("shop", "shops")}


TWO = {f"clusters/{name}/{file}": text for name in ("a", "b")
       for file, text in (("shop.yaml", flux(f"./apps/{name}")), ("source.yaml", SOURCE))} | {
    "apps/a/cm.yaml": CM % "of-a", "apps/b/cm.yaml": CM % "of-b"}


@pytest.mark.parametrize(("files", "expected"), [
    pytest.param(TWO, {"clusters/a": ["of-a"], "clusters/b": ["of-b"]}, id="one name in two clusters"),
    pytest.param({**TWO, "clusters/b/shop.yaml": flux("./nowhere")}, {"clusters/a": ["of-a"]}, id="known in one of two clusters"),
    pytest.param({"argocd/set.yaml": appset("[{name: x}, {name: w}]"), "shops/x/cm.yaml": CM % "in-x", "shops/w/cm.yaml": CM % "in-w"},
                 {"argocd": ["in-w", "in-x"]}, id="a generator deploys what all that it makes does"),
    pytest.param({"argocd/set.yaml": appset("[{name: x}, {name: z}]"), "shops/x/cm.yaml": CM % "in-x"}, {}, id="one of them is not known"),
])
def test_deployed(files, expected):
    assert told(deployed(side(files))) == expected


@pytest.mark.parametrize(("files", "expected"), [
    pytest.param({f"clusters/{name}/set.yaml": appset(f"[{{name: {name}}}]") for name in ("x", "w")},
                 {"clusters/x": ["x"], "clusters/w": ["w"]}, id="one name in two clusters"),
    pytest.param({"argocd/set.yaml": appset("[]")}, {"argocd": []}, id="none"),
    pytest.param({"argocd/set.yaml": appset("[{name: x}]", "    - plugin: {configMapRef: {name: p}}\n")}, {}, id="not known"),
])
def test_generated(files, expected):
    assert told(generated(side(files))) == expected
