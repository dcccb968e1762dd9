"""What a real API server taught: who writes what it chooses, what it drops, and what its answer leaves out."""

from __future__ import annotations

import copy

import pytest

from gitops_guard.live import Prediction
from tests.drift.objects import FLUX, compared, deployment, entry, owned, paths, pod

BORN = "2026-01-01T00:00:00Z"
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
           "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
POD = "/spec/template/spec"


def live(git, change, *entries):
    found = copy.deepcopy(git)
    found["metadata"]["creationTimestamp"] = BORN
    change(found)
    return owned(found, *entries)


@pytest.mark.parametrize("operation", ["Apply", "Update"])
def test_a_default_is_one_whoever_wrote_it(operation):
    git = deployment()
    by = entry("kubectl", {"f:spec": {"f:progressDeadlineSeconds": {}, "f:template": {"f:spec": {"f:dnsPolicy": {}, "f:securityContext": {}}}}}, operation)
    assert compared(git, live(git, lambda body: (body["spec"].update(progressDeadlineSeconds=600),
                                                 pod(body).update(dnsPolicy="ClusterFirst", securityContext={})), by)) == []
    assert paths(git, live(git, lambda body: body["spec"].update(progressDeadlineSeconds=601), by)) == ["/spec/progressDeadlineSeconds"]


@pytest.mark.parametrize(("field", "value"), [
    ("tolerations", [{"operator": "Exists"}]), ("nodeName", "worker-1"), ("priority", 7), ("preemptionPolicy", "Never")])
def test_what_is_chosen_for_a_pod_is_not_chosen_for_a_template(field, value):
    git = deployment()
    by = entry("kubectl-patch", {"f:spec": {"f:template": {"f:spec": {f"f:{field}": {}}}}})
    assert paths(git, live(git, lambda body: pod(body).update({field: value}), by)) == [f"{POD}/{field}"]


@pytest.mark.parametrize(("manager", "time", "found"), [
    ("kubectl-patch", "2026-02-02T00:00:00Z", True), ("kubectl-create", "2026-02-02T00:00:00Z", False), ("Mozilla", BORN, False)])
def test_who_made_an_object_is_the_writer_of_what_was_chosen(manager, time, found):
    by = entry(manager, {"f:spec": {"f:allocateLoadBalancerNodePorts": {}}}, time=time)
    now = live(SERVICE, lambda body: body["spec"].update(allocateLoadBalancerNodePorts=False), by)
    assert paths(SERVICE, now) == (["/spec/allocateLoadBalancerNodePorts"] if found else [])


@pytest.mark.parametrize(("value", "found"), [("Cluster", []), ("Local", ["/spec/externalTrafficPolicy"])])
def test_a_policy_that_comes_with_the_type(value, found):
    by = entry("kubectl-patch", {"f:spec": {"f:externalTrafficPolicy": {}}})
    assert paths(SERVICE, live(SERVICE, lambda body: body["spec"].update(externalTrafficPolicy=value), by)) == found


@pytest.mark.parametrize(("alias", "found"), [("admin", []), ("web", [f"{POD}/serviceAccount"])])
def test_the_old_name_of_the_service_account(alias, found):
    git = deployment()
    pod(git)["serviceAccountName"] = "admin"
    by = entry("kubectl-set", {"f:spec": {"f:template": {"f:spec": {"f:serviceAccount": {}}}}})
    assert paths(git, live(git, lambda body: pod(body).update(serviceAccount=alias), by)) == found


def test_in_a_dry_run_the_old_name_goes_along():
    git = deployment()
    pod(git)["serviceAccountName"] = "web"
    now = live(git, lambda body: pod(body).update(serviceAccountName="admin", serviceAccount="admin"))
    after = copy.deepcopy(now)
    pod(after).update(serviceAccountName="web", serviceAccount="web")
    assert paths(git, now, [FLUX], prediction=Prediction(after)) == [f"{POD}/serviceAccountName"]


def test_annotations_of_others_alone_are_none():
    git = deployment()
    by = entry("argocd-controller", {"f:metadata": {"f:annotations": {".": {}, "f:argocd.argoproj.io/tracking-id": {}}}})
    assert compared(git, live(git, lambda body: body["metadata"].update(annotations={"argocd.argoproj.io/tracking-id": "x"}), by)) == []


def test_who_took_something_out_of_a_list_that_is_one_value():
    git = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web", "namespace": "shop"},
           "spec": {"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}}
    by = entry("kubectl-patch", {"f:spec": {"f:ingress": {}}})
    assert compared(git, live(git, lambda body: body["spec"].update(ingress=[{}]), by)) == [
        ("stated", "/spec/ingress/0/ports", "/spec/ingress/0/ports", "kubectl-patch")]


def test_who_took_a_field_out_is_not_known():
    git = deployment()
    by = entry("kubectl-edit", {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:image": {}}}}}}})
    assert compared(git, live(git, lambda body: pod(body)["containers"][0].pop("args"), by)) == [
        ("stated", f"{POD}/containers/0/args", f"{POD}/containers/0/args", "")]


@pytest.mark.parametrize(("source", "more", "found"), [
    ({"apiGroup": "longhorn.io", "kind": "Volume", "name": "x"}, {}, []),
    ({"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "x"}, {}, ["/spec/dataSource"]),
    ({"kind": "PersistentVolumeClaim", "name": "x"}, {}, ["/spec/dataSource"]),
    ({"apiGroup": "longhorn.io", "kind": "Volume", "name": "x"}, {"dataSourceRef": {"kind": "Volume", "name": "x"}}, ["/spec/dataSource", "/spec/dataSourceRef"]),
])
def test_a_source_that_the_api_server_drops(source, more, found):
    git = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "shop"},
           "spec": {"accessModes": ["ReadWriteOnce"], "dataSource": source, **more}}
    now = live(git, lambda body: [body["spec"].pop(key, None) for key in ("dataSource", "dataSourceRef")])
    assert paths(git, now) == found
