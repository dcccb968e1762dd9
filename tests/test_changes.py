from __future__ import annotations

import pytest

from gitops_guard.changes import summed_up
from gitops_guard.evaluate import Change
from gitops_guard.mask import Mask
from gitops_guard.model import Location, Resource, ResourceId
from gitops_guard.origin import Map, Origin

APP = "argocd/Application/argocd/shop"


def identity(kind, name, api="v1"):
    return {"apiVersion": api, "kind": kind, "namespace": "argocd" if kind == "Application" else "shop", "name": name}


def application(name="shop"):
    return identity("Application", name, "argoproj.io/v1alpha1")


def deletion(resource, event="removed", pruned=True, **more):
    return {"resource": resource, "event": event, "pruned": pruned, "guarded_by": None, "owner": None, "successor": None,
            "new_owner": None, "takes": None, **more}


def takes(*objects, cascades=True, known=True):
    return {"cascades": cascades, "known": known, "objects": list(objects)}


def change(target, *deleted, before=3, after=2, added=(), changed=()):
    document = {"target": {"id": target, "path": target}, "before": before, "after": after, "deleted": list(deleted),
                "added": list(added), "changed": list(changed)}
    return Change(target, document, {}, {}, Location("f.yaml", 1, 1))


WEB, DB = identity("Service", "web"), identity("Service", "db")
WITH_SHOP = {"event": "owner-removed", "pruned": False, "owner": APP}


def outcomes(*changes):
    return {loss.resource.name: loss.outcome for entry in summed_up(changes, Mask()) for loss in entry.lost}


@pytest.mark.parametrize(("lost", "outcome"), [
    (deletion(WEB), "deleted"),
    (deletion(WEB, pruned=False), "kept"),
    (deletion(WEB, guarded_by="Prune=false"), "kept"),
    (deletion(WEB, "renamed", successor=DB), "deleted"),
    (deletion(WEB, "target-emptied"), "deleted"),
    (deletion(WEB, "moved", successor=WEB, new_owner=APP), "moved"),
    (deletion(WEB, **WITH_SHOP), "unknown"),
])
def test_what_becomes_of_it(lost, outcome):
    assert outcomes(change("one", lost)) == {"web": outcome}


@pytest.mark.parametrize(("owner", "outcome"), [
    (deletion(application(), takes=takes(WEB)), "deleted"),
    (deletion(application(), takes=takes(DB)), "kept"),
    (deletion(application(), takes=takes(DB, known=False)), "unknown"),
    (deletion(application(), takes=takes(cascades=False, known=False)), "kept"),
    (deletion(application(), takes=takes(WEB), pruned=False), "kept"),
    (deletion(application(), takes=takes(WEB), guarded_by="Prune=false"), "kept"),
])
def test_what_its_owners_deletion_does_to_it(owner, outcome):
    assert outcomes(change("apps", owner), change("one", deletion(WEB, **WITH_SHOP)))["web"] == outcome


def test_an_owner_goes_with_its_own_owner():
    root = deletion(application("root"), takes=takes(application(), WEB))
    child = deletion(application(), "owner-removed", False, owner="argocd/Application/argocd/root")
    found = outcomes(change("root", root), change("apps", child), change("one", deletion(WEB, **WITH_SHOP), deletion(DB, **WITH_SHOP)))
    assert found == {"root": "deleted", "shop": "deleted", "web": "deleted", "db": "kept"}


def test_owners_in_a_circle_end():
    one = deletion(application("one"), "owner-removed", False, owner="argocd/Application/argocd/two")
    two = deletion(application("two"), "owner-removed", False, owner="argocd/Application/argocd/one")
    assert outcomes(change("apps", one, two)) == {"one": "unknown", "two": "unknown"}


def test_a_release_that_is_installed_anew_takes_its_objects_along():
    release = identity("HelmRelease", "web", "helm.toolkit.fluxcd.io/v2")
    lost = deletion(WEB, "owner-removed", False, owner="flux/HelmRelease/shop/web")
    assert outcomes(change("one", lost), change("apps", changed=[{"resource": release, "reinstalls": ["spec", "releaseName"]}])) == {
        "web": "deleted"}


def test_what_goes_along():
    found = summed_up([change("apps", deletion(application(), takes=takes(WEB, DB, known=False), along=[identity("Pod", "x")]),
                              deletion(application("kept"), takes=takes(WEB), guarded_by="Prune=false", along=[WEB]))], Mask())
    assert [([name.name for name in loss.along], loss.complete) for loss in found[0].lost] == [(["x", "db", "web"], False), ([], True)]


def test_deletions_come_first_and_targets_are_sorted():
    found = summed_up([change("two", deletion(identity("A", "a"), pruned=False), deletion(WEB), deletion(DB)), change("one")], Mask())
    assert [entry.target for entry in found] == ["one", "two"]
    assert [loss.resource.name for loss in found[1].lost] == ["db", "web", "a"]


def test_a_target_whose_owner_went_is_one_target():
    found = summed_up([change("one", deletion(WEB, **WITH_SHOP), before=1, after=0), change("one", before=0, after=2, added=[WEB, DB]),
                       change("apps", deletion(application(), takes=takes(cascades=False)))], Mask())
    entry = next(entry for entry in found if entry.target == "one")
    assert (entry.before, entry.after) == (1, 2)
    assert ([name.name for name in entry.created], [loss.outcome for loss in entry.lost]) == (["db"], ["kept"])


def test_what_guards_is_masked():
    mask = Mask()
    body = Map({"kind": "Secret", "stringData": Map({"key": "hunter2-hunter2"})})
    mask.secret(Resource(body, "one", Origin("f.yaml", 1, 1)))
    found = summed_up([change("one", deletion(WEB, guarded_by="note: hunter2-hunter2"))], mask)
    assert found[0].lost[0].guarded_by == "note: ***"


def test_names():
    found = summed_up([change("one", added=[WEB], changed=[{"resource": DB}])], Mask())
    assert found[0].created == (ResourceId("v1", "Service", "shop", "web"),)
    assert found[0].changed == (ResourceId("v1", "Service", "shop", "db"),)
