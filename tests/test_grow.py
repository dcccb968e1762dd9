"""Whole repositories, small ones: which targets there are, who owns them, and what is said of what goes wrong."""

import pytest

from gitops_guard import config as configuration
from gitops_guard.side import Clone, build_side
from tests.trees import MemoryTree

URL = "https://github.com/acme/fleet"
HERE = f'repositories: {{"{URL}": .}}\n'
CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: shop}\ndata: {a: b}\n"


def app(name, path, more="", source="", destination="{server: https://kubernetes.default.svc, namespace: shop}", revision="HEAD"):
    return (f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  project: default\n"
            f"  source: {{repoURL: {URL}, path: {path}, targetRevision: {revision}{source}}}\n  destination: {destination}\n{more}")


def flux(name, path, more=""):
    return ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
            f"metadata: {{name: {name}, namespace: flux-system}}\nspec:\n  interval: 1h\n  prune: true\n  path: {path}\n"
            f"  sourceRef: {{kind: GitRepository, name: flux-system}}\n{more}")


SOURCE = ("apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system, namespace: flux-system}\n"
          f"spec: {{interval: 1m, url: {URL}, ref: {{branch: main}}}}\n")


def grown(files, named=(), config=HERE):
    return build_side(MemoryTree(files), configuration.load(config), named, Clone(branches=frozenset({"main"})))


def targets(side):
    return {item.target.id: [owner.id for owner in item.target.owners] for item in side.built}


def kustomization(*resources):
    return "resources: [" + ", ".join(resources) + "]\n"


FOLDER = {"good/kustomization.yaml": kustomization("cm.yaml"), "good/cm.yaml": CM % "good"}


@pytest.mark.parametrize(("files", "expected"), [
    pytest.param(FOLDER | {"argocd/app.yaml": app("shop", "good")},
                 {"argocd": [], "good": ["argocd/Application/argocd/shop"]}, id="a folder that an Application deploys"),
    pytest.param(FOLDER | {"argocd/a.yaml": app("one", "good"), "argocd/b.yaml": app("two", "good")},
                 {"argocd": [], "good": ["argocd/Application/argocd/one", "argocd/Application/argocd/two"]},
                 id="one that two deploy is built once"),
    pytest.param(FOLDER | {"argocd/a.yaml": app("shop", "good", source=", kustomize: {namePrefix: x-}")},
                 {"argocd": [], "argocd/Application/argocd/shop": ["argocd/Application/argocd/shop"]},
                 id="what its owner changes is the owner's"),
    pytest.param(FOLDER | {"argocd/root.yaml": app("root", "argocd"), "argocd/app.yaml": app("shop", "good")},
                 {"argocd": ["argocd/Application/argocd/root"], "good": ["argocd/Application/argocd/shop"]},
                 id="an app of apps that deploys itself"),
    pytest.param(FOLDER | {"argocd/root.yaml": app("root", "apps"), "apps/app.yaml": app("shop", "good"), "apps/sub/left.yaml": CM % "left"},
                 {"argocd": [], "apps": ["argocd/Application/argocd/root"], "good": ["argocd/Application/argocd/shop"]},
                 id="what a directory Application leaves out is not there"),
    pytest.param(FOLDER | {"clusters/prod/flux-system/sync.yaml": SOURCE + "---\n" + flux("flux-system", "./clusters/prod"),
                           "clusters/prod/flux-system/kustomization.yaml": kustomization("sync.yaml"),
                           "clusters/prod/apps.yaml": flux("apps", "./good")},
                 {"clusters/prod": ["flux/Kustomization/flux-system/flux-system"], "good": ["flux/Kustomization/flux-system/apps"]},
                 id="flux bootstrap renders itself"),
    pytest.param({"a/k.yaml": flux("apps", "./apps/a") + "---\n" + SOURCE, "b/k.yaml": flux("apps", "./apps/b") + "---\n" + SOURCE,
                  "apps/a/cm.yaml": CM % "a", "apps/b/cm.yaml": CM % "b"},
                 {"a": [], "b": [], "apps/a": ["flux/Kustomization/flux-system/apps"], "apps/b": ["flux/Kustomization/flux-system/apps"]},
                 id="objects of one name in two clusters"),
    pytest.param({"a/k.yaml": flux("apps", "./apps", "  targetNamespace: a\n") + "---\n" + SOURCE, "apps/cm.yaml": CM % "a",
                  "b/k.yaml": flux("apps", "./apps", "  targetNamespace: b\n") + "---\n" + SOURCE},
                 {"a": [], "b": [], "flux/Kustomization/flux-system/apps": ["flux/Kustomization/flux-system/apps"],
                  "flux/Kustomization/flux-system/apps@b": ["flux/Kustomization/flux-system/apps"]},
                 id="and what both change is told apart"),
    pytest.param(FOLDER | {"argocd/a.yaml": app("shop", "good", revision="v1")},
                 {"argocd": [], "good": [], "argocd/Application/argocd/shop": ["argocd/Application/argocd/shop"]},
                 id="a folder that is read at another revision alone has no owner"),
    pytest.param(FOLDER | {"argocd/a.yaml": app("shop", "good", source=", plugin: {name: x}")},
                 {"argocd": [], "argocd/Application/argocd/shop": ["argocd/Application/argocd/shop"]},
                 id="what a plugin builds is no target of its own"),
    pytest.param({"a/app.yaml": app("one", "b"), "b/app.yaml": app("two", "a")},
                 {"a": ["argocd/Application/argocd/two"], "b": ["argocd/Application/argocd/one"]}, id="a cycle keeps both"),
    pytest.param({"k/kustomization.yaml": kustomization("cm.yaml"), "k/cm.yaml": CM % "k", "k/app.yaml": app("hidden", "good")} | FOLDER,
                 {"k": [], "good": []}, id="an object that its kustomization does not list is not there"),
])
def test_targets(files, expected):
    assert targets(grown(files)) == expected


def test_what_a_root_takes_is_no_root_of_its_own_where_only_paths_tell_which_repository_it_is():
    files = FOLDER | {"clusters/prod/flux-system/sync.yaml": SOURCE + "---\n" + flux("flux-system", "./clusters/prod"),
                      "clusters/prod/flux-system/kustomization.yaml": kustomization("sync.yaml"),
                      "clusters/prod/shop.yaml": flux("shop", "./good"), "clusters/prod/old.yaml": flux("old", "./good"),
                      ".sourceignore": "old.yaml\n"}
    side = grown(files, config="")
    assert targets(side) == {"clusters/prod": ["flux/Kustomization/flux-system/flux-system"], "good": ["flux/Kustomization/flux-system/shop"]}
    assert [node.name for node in side.graph.nodes if node.kind == "Kustomization" and node.system == "flux"] == ["flux-system", "shop"]


def test_a_named_folder_is_a_target_beside_its_owner_s():
    files = FOLDER | {"argocd/a.yaml": app("shop", "top"), "top/kustomization.yaml": kustomization("../good")}
    assert targets(grown(files, ["good"])) == {"argocd": [], "good": [], "top": ["argocd/Application/argocd/shop"]}


def test_variables_that_are_rendered_later():
    files = {"a/k.yaml": flux("apps", "./apps", "  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n") + "---\n" + SOURCE
             + "---\n" + flux("settings", "./settings"),
             "settings/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata: {TIER: gold}\n",
             "apps/k.yaml": flux("inner", "./tiers/${TIER}"), "tiers/gold/cm.yaml": CM % "gold"}
    side = grown(files)
    assert targets(side)["tiers/gold"] == ["flux/Kustomization/flux-system/inner"]
    assert not side.faults


@pytest.mark.parametrize(("text", "message", "line"), [
    pytest.param(app("x", "nowhere"), "the path nowhere does not exist", 6, id="a path that is not there"),
    pytest.param(app("x", "good", destination="{server: https://a, name: b}"),
                 "the destination has a server and a name; Argo CD takes one", 7, id="server and name"),
])
def test_what_is_wrong_is_told_and_the_rest_goes_on(text, message, line):
    side = grown(FOLDER | {"argocd/bad.yaml": text, "argocd/good.yaml": app("fine", "good")})
    assert [fault.message for fault in side.faults] == [message]
    assert targets(side)["good"] == ["argocd/Application/argocd/fine"]
    assert {node.id: node.status for node in side.graph.nodes}["argocd/Application/argocd/x"] == "failed"


def test_a_path_with_an_undefined_variable_is_told_once():
    side = grown(FOLDER | {"clusters/source.yaml": SOURCE, "clusters/shops.yaml": flux("shops", "./shops", "  postBuild: {substitute: {A: b}}\n"),
                           "shops/shop.yaml": flux("shop", "./${TIER}")})
    faults = [*side.faults, *(fault for item in side.built for fault in item.faults)]
    assert [(fault.rule, fault.location.file, fault.location.line) for fault in faults] == [("render/failed", "shops/shop.yaml", 7)]


def test_a_cycle_is_told_once():
    side = grown({"a/app.yaml": app("one", "b"), "b/app.yaml": app("two", "a")})
    assert [(fault.rule, fault.severity.word) for fault in side.faults] == [("render/failed", "warning")]


def test_the_environment_is_that_of_path_cluster_and_owner():
    files = FOLDER | {"clusters/production/app.yaml": app("shop", "good")}
    assert {item.target.id: item.target.environment for item in grown(files).built} == {"clusters/production": "production",
                                                                                         "good": "production"}


def test_growing_twice_is_the_same():
    files = FOLDER | {"argocd/root.yaml": app("root", "argocd"), "argocd/app.yaml": app("shop", "good")}
    assert grown(files).graph == grown(files).graph


@pytest.mark.parametrize(("kustomization_file", "status", "reason"), [
    pytest.param("resources: [cm.yaml]\n", "resolved", None, id="one that builds"),
    pytest.param("resources:\n  - lost.yaml\n", "failed", "broken/Kustomization:2: no such file or folder: lost.yaml",
                 id="one that does not"),
    pytest.param("resources: ['https://github.com/acme/base?ref=v1']\n", "unresolved",
                 "broken/Kustomization:1: the base is remote and is not fetched: https://github.com/acme/base?ref=v1",
                 id="one of which nothing is known"),
    pytest.param("resources: [cm.yaml, 'https://github.com/acme/base?ref=v1']\n", "resolved", None,
                 id="one of which a part is known"),
])
def test_the_node_of_a_folder_tells_of_its_build(kustomization_file, status, reason):
    side = grown({"broken/Kustomization": kustomization_file, "broken/cm.yaml": CM % "here"})
    node = next(node for node in side.graph.nodes if node.id == "kustomize/broken")
    assert (node.status, node.why, node.location.file) == (status, reason, "broken/Kustomization")
