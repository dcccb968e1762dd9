"""What goes along with an object that is deleted."""

from dataclasses import replace

import pytest

from gitops_guard.change.compare import compare
from gitops_guard.change.controllers import controller_id, sets, takes_of, with_losses
from tests.change.sides import APP, RULES, application, claim, config, part, thing, view

ROOT = frozenset(["root"])
INNER = replace(APP, name="inner")
SET = "argocd/ApplicationSet/argocd/shops"


def appset(more=""):
    return thing("ApplicationSet", "shops", "argocd", version="argoproj.io/v1alpha1", more=more)


def crd(group, kind):
    return thing("CustomResourceDefinition", f"x.{group}", "", version="apiextensions.k8s.io/v1",
                 more=f"spec: {{group: {group}, names: {{kind: {kind}}}}}")


@pytest.mark.parametrize(("resource", "expected"), [
    (application(), "argocd/Application/argocd/shop"), (appset(), SET), (config(), None),
    (thing("Kustomization", "a", "", version="kustomize.toolkit.fluxcd.io/v1"), "flux/Kustomization/default/a"),
    (thing("Kustomization", "a", "", version="kustomize.config.k8s.io/v1beta1"), None)])
def test_controller_id(resource, expected):
    assert controller_id(resource.id) == expected


@pytest.mark.parametrize(("base", "cascades", "known", "names"), [
    pytest.param(view(part(claim(), config(), owners=[APP])), True, True, ["box", "web"], id="all it has"),
    pytest.param(view(part(claim(), owners=[replace(APP, cascade=False)])), False, True, [], id="it has no finalizer"),
    pytest.param(view(part(claim(meta='annotations: {argocd.argoproj.io/sync-options: "Delete=false"}'), config(), owners=[APP])), True, True, ["web"],
                 id="one is guarded"),
    pytest.param(view(part(crd("a.b", "C"), owners=[APP])), True, True, [], id="a definition stays"),
    pytest.param(view(part(claim(), status="partial", owners=[APP])), True, False, ["box"], id="partly known"),
    pytest.param(view(part(application("inner"), owners=[APP]), part(claim(), path="i", owners=[INNER])), True, True, ["box", "inner"],
                 id="children of children"),
    pytest.param(view(part(application("inner"), owners=[APP]), part(claim(), path="i", owners=[replace(INNER, cascade=False)])), True, True,
                 ["inner"], id="a child that leaves what it has"),
    pytest.param(view(part(claim(), owners=[APP], scopes=["other"]), part(config(), owners=[APP])), True, True, ["web"], id="of its own cluster"),
])
def test_takes(base, cascades, known, names):
    base = replace(base, controllers={name: {**known, "root": "resolved"} for name, known in base.controllers.items()})
    takes = takes_of(application(), ROOT, base, RULES)
    assert (takes.cascades, takes.known, sorted(one.id.name for one in takes.objects)) == (cascades, known, names)


@pytest.mark.parametrize(("lost", "others", "along"), [
    pytest.param(crd("acme.io", "Widget"), [thing("Widget", "w", version="acme.io/v1"), thing("Gadget", "g", version="acme.io/v1"), config()], ["w"],
                 id="the custom resources of a definition"),
    pytest.param(thing("Namespace", "shop", ""), [config(), config("x", "other"), thing("ClusterRole", "r", "shop", version="rbac.authorization.k8s.io/v1")],
                 ["web"], id="the objects of a Namespace"),
    pytest.param(config("x"), [config()], [], id="nothing"),
])
def test_along(lost, others, along):
    base, head = view(part(lost, *others)), view(part(*others))
    changes = [with_losses(change, base, RULES) for change in compare(base, head, RULES)]
    assert [[one.id.name for one in item.along] for change in changes for item in change.deleted] == [along]


def made(*names):
    return [(SET, application(name), "root") for name in names]


def side(*names, more="", status="resolved"):
    return view(part(appset(more)), generated=made(*names), resolved={SET: {"root": status}},
                objects={SET: [(ROOT, appset(more))]})


@pytest.mark.parametrize(("base", "head", "expected"), [
    pytest.param(side("a", "b"), side("a"), [("b", "removed", True)], id="one less"),
    pytest.param(side("a"), side(), [("a", "target-emptied", True)], id="none"),
    pytest.param(side("a"), side(status="unresolved"), [], id="nobody knows"),
    pytest.param(side("a"), view(), [], id="the set itself is gone: judged where it was"),
    pytest.param(side("a", more="spec: {syncPolicy: {applicationsSync: create-update}}"),
                 side(more="spec: {syncPolicy: {applicationsSync: create-update}}"), [("a", "target-emptied", False)], id="it deletes none"),
    pytest.param(side("a", more="spec: {syncPolicy: {applicationsSync: create-update}}"), side(), [("a", "target-emptied", True)],
                 id="from now on it deletes"),
    pytest.param(side("a"), side("a", "b"), [], id="one more"),
])
def test_sets(base, head, expected):
    found = [(item.resource.id.name, item.event, item.pruned) for change in sets(base, head, RULES) for item in change.deleted]
    assert found == expected
