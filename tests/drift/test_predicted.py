"""What a dry run predicts is the verdict: the API server itself says what an apply would change."""

from __future__ import annotations

import copy

import pytest

from gitops_guard.live import Prediction
from tests.drift.objects import ARGOCD, FLUX, container, deployment, entry, owned, paths, pod

APPLIED = {"f:spec": {"f:replicas": {}}}


def predicted(body, **options):
    return {"prediction": Prediction(body), **options}


def test_what_is_predicted_as_it_lives_is_in_sync():
    live = owned(deployment(strategy={"type": "Recreate"}), entry("kube-controller-manager", {"f:spec": {"f:strategy": {"f:type": {}}}}))
    assert paths(deployment(), live, **predicted(copy.deepcopy(live))) == []


def test_what_the_apply_would_write():
    live = owned(deployment(replicas=7), entry("argocd-controller", APPLIED, "Apply"))
    after = owned(deployment(), entry("argocd-controller", APPLIED, "Apply"))
    assert paths(deployment(), live, **predicted(after)) == ["/spec/replicas"]


def test_what_the_apply_would_remove():
    """A field that Git stated once: the apply gives it up, and nobody else owns it."""
    live = owned(deployment(minReadySeconds=5), entry("argocd-controller", {"f:spec": {"f:minReadySeconds": {}, "f:replicas": {}}}, "Apply"))
    after = owned(deployment(), entry("argocd-controller", APPLIED, "Apply"))
    assert paths(deployment(), live, **predicted(after)) == ["/spec/minReadySeconds"]


def test_a_spelling_that_the_api_server_reads_as_the_same_is_no_difference():
    """Without a prediction these would be compared as they are written."""
    stated = deployment()
    container(stated)["image"] = "web:1 "
    live = deployment()
    assert paths(stated, live) == ["/spec/template/spec/containers/0/image"]
    assert paths(stated, live, **predicted(copy.deepcopy(live))) == []


@pytest.mark.parametrize(("counts", "expected"), [(True, ["/spec/template/spec/containers"]), (False, [])])
def test_what_a_webhook_would_add_counts_where_it_is_asked_for(counts, expected):
    after = deployment()
    pod(after)["containers"].append({"name": "proxy", "image": "proxy:1"})
    assert paths(deployment(), deployment(), (ARGOCD,), **predicted(after, with_webhooks=counts)) == expected


def test_what_a_webhook_would_change_of_a_stated_field_counts_always():
    after = deployment()
    container(after)["image"] = "mirror.example.com/web:1"
    assert paths(deployment(), deployment(), (FLUX,), **predicted(after, with_webhooks=False)) == ["/spec/template/spec/containers/0/image"]


def test_what_a_person_added_is_seen_though_the_apply_leaves_it():
    fields = {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:command": {}}}}}}}
    live = deployment()
    container(live)["command"] = ["sleep"]
    live = owned(live, entry("kubectl-edit", fields))
    assert paths(deployment(), live, **predicted(copy.deepcopy(live))) == ["/spec/template/spec/containers/0/command"]
