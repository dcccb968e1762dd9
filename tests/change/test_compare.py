"""What becomes of each object of a target, by both sides and by who deploys it."""

from dataclasses import replace

import pytest

from gitops_guard.change.compare import Rules, compare
from gitops_guard.render import is_cluster_scoped
from tests.change.sides import APP, FLUX, RULES, claim, config, part, thing, view

OTHER = replace(APP, name="other")
ROOT = {APP.id: {"root": "resolved"}}


def deletions(base, head, rules=RULES):
    """Of each object that goes: kind/namespace/name, the event, and whether it is pruned."""
    return sorted((str(item.resource.id), item.event, item.pruned) for change in compare(base, head, rules) for item in change.deleted)


LOST = "PersistentVolumeClaim/shop/box"
BARE = "PersistentVolumeClaim/box"


@pytest.mark.parametrize(("base", "head", "expected"), [
    pytest.param(view(part(config(), claim())), view(part(config())), [(LOST, "removed", True)], id="nobody owns it"),
    pytest.param(view(part(config(), claim(), owners=[APP])), view(part(config(), owners=[APP])), [(LOST, "removed", True)], id="it has an owner"),
    pytest.param(view(part(config(), claim(), owners=[replace(APP, prune=False)])), view(part(config(), owners=[replace(APP, prune=False)])),
                 [(LOST, "removed", False)], id="its owner does not prune"),
    pytest.param(view(part(claim(), owners=[APP])), view(part(owners=[APP])), [(LOST, "target-emptied", True)], id="nothing is left"),
    pytest.param(view(part(config(), claim())), view(part(config(), claim("boxes"))), [(LOST, "renamed", True)], id="another name in its place"),
    pytest.param(view(part(config(), claim())), view(part(config(), claim(namespace="store"))), [(LOST, "renamed", True)], id="another namespace"),
    pytest.param(view(part(config(), claim(namespace=""))), view(part(config(), claim())), [(BARE, "renamed", True)],
                 id="a namespace comes, and nobody implied one"),
    pytest.param(view(part(config(), claim(namespace=""), owners=[APP])), view(part(config(), claim(), owners=[APP])), [],
                 id="a namespace comes, and its owner may have implied it"),
    pytest.param(view(part(config(), claim(namespace=""), owners=[APP], namespace="shop")), view(part(config(), claim(), owners=[APP])), [],
                 id="a namespace comes that its owner implied"),
    pytest.param(view(part(config(), claim(namespace=""), owners=[APP], namespace="store")),
                 view(part(config(), claim(), owners=[APP], namespace="store")), [(BARE, "renamed", True)], id="a namespace comes that is not its owner's"),
    pytest.param(view(part(config(), claim(namespace=""))), view(part(config(), claim(namespace=""), owners=[APP], namespace="shop")), [],
                 id="an owner comes, and with it a namespace"),
    pytest.param(view(part(thing("Namespace", "shop", ""))), view(part(thing("Namespace", "shop", "x"))), [],
                 id="what belongs to the cluster has no namespace"),
    pytest.param(view(part(config("c-6h2mhg7b2t"))), view(part(config("c-9hf2gtm5bh"))), [], id="another hash of a generated name"),
    pytest.param(view(part(claim("c-6h2mhg7b2t"))), view(part(claim("c-9hf2gtm5bh"))),
                 [("PersistentVolumeClaim/shop/c-6h2mhg7b2t", "renamed", True)], id="a hash, but nothing generates claims"),
    pytest.param(view(part(thing("Cluster", "db", version="postgresql.cnpg.io/v1"))), view(part(thing("Cluster", "db", version="postgresql.cnpg.io/v2"))),
                 [], id="another version of its API"),
    pytest.param(view(part(config(), claim())), view(part(config(), status="failed")), [], id="the head side failed"),
    pytest.param(view(part(config(), claim())), view(part(config(), status="partial")), [], id="the head side is partly unknown"),
    pytest.param(view(part(config(), claim(), status="failed")), view(part(config())), [], id="the base side failed"),
    pytest.param(view(part(config(), claim(), status="partial")), view(part(config())), [(LOST, "removed", True)], id="known part of the base side"),
    pytest.param(view(part(config(), claim(), elsewhere=True)), view(part(config(), elsewhere=True)), [], id="another revision is deployed"),
    pytest.param(view(part(claim(), owners=[APP])), view(resolved={APP.id: {"root": "unresolved"}}), [], id="nobody knows what its owner deploys now"),
    pytest.param(view(part(claim(), owners=[APP])), view(resolved=ROOT), [(LOST, "target-emptied", True)], id="its owner deploys nothing now"),
    pytest.param(view(part(claim(), owners=[APP])), view(), [(LOST, "owner-removed", False)], id="its owner is gone"),
    pytest.param(view(part(claim(), owners=[APP])), view(part(claim(), path="elsewhere", owners=[APP])), [], id="its owner reads another folder"),
    pytest.param(view(part(claim())), view(part(claim(), path="elsewhere")), [], id="its folder is another one now"),
    pytest.param(view(part(config(), claim()), part(config("x"), path="y")), view(part(config()), part(config("x"), claim(), path="y")),
                 [(LOST, "removed", True)], id="a target without owner takes nothing over"),
    pytest.param(view(part(config(), claim(), owners=[APP]), part(config("x"), path="y", owners=[OTHER])),
                 view(part(config(), owners=[APP]), part(config("x"), claim(), path="y", owners=[OTHER])), [(LOST, "moved", True)], id="to another owner"),
    pytest.param(view(part(claim(), config(), owners=[APP], cluster="a")), view(part(claim(), config(), owners=[APP], cluster="b"), resolved=ROOT),
                 [], id="another destination: what the old cluster has is left behind"),
])
def test_events(base, head, expected):
    assert deletions(base, head) == expected


def test_two_owners_and_one_lets_go():
    base = view(part(claim(), config(), owners=[APP, FLUX]))
    head = view(part(config(), owners=[APP]), part(claim(), config(), path="two", owners=[FLUX]))
    assert deletions(base, head) == [(LOST, "moved", True)]


def test_the_owner_that_deletes_for_certain_is_told():
    lazy = replace(FLUX, prune=False)
    found = compare(view(part(claim(), config(), owners=[lazy, APP])), view(part(config(), owners=[lazy, APP])), RULES)
    assert [item.owner.name for change in found for item in change.deleted] == ["shop"]
    assert [item.pruned for change in found for item in change.deleted] == [True]


@pytest.mark.parametrize("assume", [True, False])
def test_without_an_owner_pruning_is_assumed_or_not(assume):
    rules = Rules(is_cluster_scoped, assume_prune=assume)
    assert deletions(view(part(config(), claim())), view(part(config())), rules) == [(LOST, "removed", assume)]


def test_objects_of_one_id_in_two_clusters():
    base = view(part(claim(), config(), path="a", owners=[APP], scopes=["a"]), part(claim(), config(), path="b", owners=[APP], scopes=["b"]),
                resolved={APP.id: {"a": "resolved", "b": "resolved"}})
    head = view(part(config(), path="a", owners=[APP], scopes=["a"]), part(claim(), config(), path="b", owners=[APP], scopes=["b"]),
                resolved={APP.id: {"a": "resolved", "b": "resolved"}})
    found = compare(base, head, RULES)
    assert [(change.target.id, [str(item.resource.id) for item in change.deleted]) for change in found] == [("a", [LOST])]


def test_edits_and_what_comes():
    found = compare(view(part(config(more="data: {a: b}"))), view(part(config(more="data: {a: c}"), claim()), part(claim("x"), path="new")), RULES)
    assert [(change.target.id, [edit.after.id.name for edit in change.changed], [one.id.name for one in change.added]) for change in found] == [
        ("new", [], ["x"]), ("shop", ["web"], ["box"])]


def test_of_one_object_in_two_files_the_last_counts_on_both_sides():
    old, other, now = (config(more=f"data: {{a: {value}}}", file=f"shop/{value}.yaml") for value in ("x", "y", "z"))
    assert compare(view(part(old, other)), view(part(old, other)), RULES) == []
    assert compare(view(part(old, other)), view(part(other)), RULES) == []
    found = compare(view(part(old, other)), view(part(old, now)), RULES)
    assert [(edit.before, edit.after) for change in found for edit in change.changed] == [(other, now)]
    assert [change.added for change in compare(view(part(claim())), view(part(claim(), old, now)), RULES)] == [(now,)]
    assert [change.added for change in compare(view(), view(part(old, now)), RULES)] == [(now,)]
    assert deletions(view(part(claim(), old, other)), view(part(claim()))) == [("ConfigMap/shop/web", "removed", True)]


def test_nothing_changes():
    assert compare(view(part(claim(), owners=[APP])), view(part(claim(), owners=[APP])), RULES) == []
