"""Which branches of this repository are deployed."""

import pytest

from gitops_guard import config as configuration
from gitops_guard.side import Clone, build_side
from gitops_guard.surroundings.governance import surroundings
from tests.trees import MemoryTree

URL = "https://github.com/acme/fleet"
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\n"


def application(revision, url=URL):
    return ("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\nspec:\n"
            f"  project: shop\n  source: {{repoURL: {url}, path: shop, targetRevision: {revision}}}\n"
            "  destination: {server: 'https://kubernetes.default.svc', namespace: shop}\n")


@pytest.mark.parametrize(("files", "branches"), [
    pytest.param({}, ["main", "master"], id="nothing says"),
    pytest.param({"argocd/a.yaml": application("HEAD")}, ["main", "master"], id="the default one"),
    pytest.param({"argocd/a.yaml": application("main")}, ["main"], id="the one of this clone"),
    pytest.param({"argocd/a.yaml": application("env/production")}, ["env/production"], id="one that the clone lacks"),
    pytest.param({"argocd/a.yaml": application("env/production"), "argocd/b.yaml": application("main").replace("name: shop,", "name: b,")},
                 ["env/production", "main"], id="two"),
    pytest.param({"argocd/a.yaml": application("stable", "https://github.com/acme/other")}, ["main", "master"], id="that of another repository"),
])
def test_tracked_branches(files, branches):
    config = configuration.load(f'repositories: {{"{URL}": .}}\n')
    side = build_side(MemoryTree({"shop/cm.yaml": CM, **files}), config, (), Clone(branches=frozenset({"main"})))
    found = surroundings(side.sources, side.built, side.built, side.graph, [], is_home=lambda url: url == URL)
    assert found.tracked["branches"] == branches
