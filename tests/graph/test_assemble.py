import pytest

from gitops_guard.graph.assemble import Placed, assemble, folder_key
from gitops_guard.graph.expansion import Expansion
from gitops_guard.model import Location, Owner, Target
from gitops_guard.nodes import Edge, Node
from gitops_guard.recipes import Chart, Kustomize

APP = "argocd/Application/argocd/shop"


def node(name, kind="Application", system="argocd", scope="root", **more):
    return Node(f"{system}/{kind}/argocd/{name}", system, kind, "argocd", name, Location("a.yaml", 1, 1), scope=scope, **more)


def expansions(*found):
    return {item.node.key: item for item in found}


def test_a_folder_that_two_objects_deploy_is_one_node():
    target = Target("overlays/prod", "kustomization", "overlays/prod", environment="production",
                    owners=(Owner("argocd", "Application", "argocd", "one"), Owner("argocd", "Application", "argocd", "two")))
    graph = assemble(expansions(Expansion(node("one")), Expansion(node("two", scope="other"))), (),
                     [Placed(target, (Kustomize("overlays/prod"),), frozenset({"root", "other"}))])
    assert [item.id for item in graph.nodes] == ["argocd/Application/argocd/one", "argocd/Application/argocd/two",
                                                 "kustomize/overlays/prod"]
    assert {item.environment for item in graph.nodes} == {"production"}
    assert {(edge.start[0], edge.end[0], edge.type) for edge in graph.edges} == {
        ("argocd/Application/argocd/one", "kustomize/overlays/prod", "deploys"),
        ("argocd/Application/argocd/two", "kustomize/overlays/prod", "deploys"),
    }


def test_a_target_that_its_owner_changes_has_no_folder_node():
    target = Target(APP, "kustomization", "overlays/prod", owners=(Owner("argocd", "Application", "argocd", "shop"),))
    graph = assemble(expansions(Expansion(node("shop"))), (), [Placed(target, (Kustomize("overlays/prod"),), frozenset({"root"}))])
    assert [item.id for item in graph.nodes] == [APP]


def test_a_chart_is_a_node():
    target = Target(APP, "chart", "charts/web", owners=(Owner("argocd", "Application", "argocd", "shop"),))
    graph = assemble(expansions(Expansion(node("shop"))), (), [Placed(target, (Chart("charts/web", "web", "shop"),), frozenset({"root"}))])
    assert graph.nodes[1].id == "helm/charts/web"
    assert graph.edges == (Edge((APP, "root"), ("helm/charts/web", ""), "deploys"),)


@pytest.mark.parametrize(("generated_by", "expected"), [(None, "deploys"), ("argocd/ApplicationSet/argocd/all", "generates")])
def test_what_an_object_makes(generated_by, expected):
    parent = Expansion(node("all", "ApplicationSet"))
    child = Expansion(node("one", generated_by=generated_by))
    graph = assemble(expansions(parent, child), [(parent.node.key, child.node.key)], ())
    assert [edge.type for edge in graph.edges] == [expected]


def test_names_are_looked_for_at_the_same_root_first():
    source = "flux/GitRepository/argocd/here"
    one, two = (Expansion(node("here", "GitRepository", "flux", scope=scope)) for scope in ("a", "b"))
    user = Expansion(node("app", "Kustomization", "flux", scope="b"), edges=(("sources", source), ("depends", "flux/Kustomization/argocd/gone")))
    assert assemble(expansions(one, two, user), (), ()).edges == (Edge(user.node.key, (source, "b"), "sources"),)


def test_the_node_of_a_folder():
    assert folder_key(Target("a", "manifests", "a")) == ("manifests/a", "")
