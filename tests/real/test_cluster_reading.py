"""What ClusterReader makes of a real API server: logins over TLS, rights, discovery, paging, dry runs, and how they fail."""

from __future__ import annotations

import json

import pytest
from cluster import Cluster

from gitops_guard.cluster import Access, ClusterReader, Patience
from gitops_guard.cluster.access import log_in
from gitops_guard.cluster.connection import Connection
from gitops_guard.cluster.discovery import discover
from gitops_guard.live import Extent, Identity, LiveState, Want
from gitops_guard.rights import Job, Resources, manifests, rights
from gitops_guard.rights.plurals import plural
from gitops_guard.scalars import Dialect
from gitops_guard.source import parse

pytestmark = pytest.mark.real

ARGO = "argocd-controller"
SPACE = "reading"
WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": SPACE}, "spec": {
    "replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {
        "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "shop/web:1.0"}]}}}}
BOX = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "box", "namespace": SPACE}, "data": {"a": "1"}}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "reading-pods"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
FOLDER = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE, "labels": {"purpose": "test"}}}


def want(body: dict, manager: str = ARGO) -> Want:
    meta = body["metadata"]
    return Want(body["apiVersion"], body["kind"], meta.get("namespace", ""), meta["name"], body, manager)


WANTS = [want(body) for body in (WEB, BOX, ROLE, FOLDER)]


def key(body: dict) -> Identity:
    return Identity(body["apiVersion"].rpartition("/")[0], body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"])


@pytest.fixture(scope="module", autouse=True)
def _objects(cluster: Cluster) -> None:
    for body in (FOLDER, WEB, BOX, ROLE):
        assert cluster.apply("argocd-controller", body, manager=ARGO).ok


def read(cluster: Cluster, *wants: Want, user: str = "alice", server_side: bool = False, server: str = "",
         patience: Patience | None = None) -> LiveState:
    access = Access((str(cluster.kubeconfig(user, server)),))
    return ClusterReader(access, server_side=server_side, patience=patience or Patience(attempts=2, pause=0.05)).read(wants)


def test_objects_are_as_kubectl_shows_them(cluster: Cluster) -> None:
    state = read(cluster, *WANTS)
    assert state.unreadable == ()
    for body in (WEB, BOX, ROLE, FOLDER):
        command = ["get", f"{body['kind']}/{body['metadata']['name']}", "-o", "json", "--show-managed-fields"]
        space = body["metadata"].get("namespace")
        assert json.loads(cluster.kubectl("alice", *command, *(["-n", space] if space else [])).stdout) == state.objects[key(body)]


def test_a_list_of_several_pages(cluster: Cluster) -> None:
    cluster.namespace("reading-many")
    for number in range(501):
        body = {**BOX, "metadata": {"name": f"many-{number}", "namespace": "reading-many"}}
        assert cluster.create("root", body).ok
    state = read(cluster, want(BOX))
    assert sum(found.namespace == "reading-many" for found in state.objects) == 501
    assert state.complete == {Extent("", "ConfigMap")}


def test_every_kind_of_the_server_has_the_plural_that_is_worked_out(cluster: Cluster) -> None:
    connection = Connection(log_in(Access((str(cluster.kubeconfig("alice")),))))
    found = discover(connection, ())
    connection.close()
    assert len(found.places) > 60
    ours = {(group, kind): place for (group, kind), versions in found.places.items() for place in versions.values()
            if "." not in group or group.endswith(".k8s.io")}
    assert {kind: place.resource for (_group, kind), place in ours.items() if place.resource != plural(kind)} == {}


def test_a_dry_run_shows_what_the_controller_would_change_and_changes_nothing(cluster: Cluster) -> None:
    before = cluster.get(WEB)
    changed = json.loads(json.dumps(WEB))
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = "shop/web:2.0"
    del changed["spec"]["replicas"]
    state = read(cluster, want(changed), want(ROLE), server_side=True)
    body = state.predictions[key(WEB)].body
    assert body is not None
    assert body["spec"]["template"]["spec"]["containers"][0]["image"] == "shop/web:2.0"
    assert body["spec"]["replicas"] == 1, "a field that the controller owned and Git lacks goes back to its default"
    assert cluster.get(WEB) == before
    assert key(ROLE) not in state.predictions


@pytest.mark.parametrize(("change", "error"), [
    (lambda spec: spec["selector"]["matchLabels"].update(tier="x"), "Invalid: spec.template.metadata.labels is invalid; spec.selector can't be changed"),
    (lambda spec: spec["template"]["spec"]["containers"].append({"name": "web", "image": "x"}),
     "it does not fit its type: .spec.template.spec.containers: duplicate entries"),
    (lambda spec: spec.update(replicas="2"), "it does not fit its type: .spec.replicas: expected numeric"),
    (lambda spec: spec.update(replicas=-1), "Invalid: spec.replicas is invalid"),
])
def test_a_dry_run_that_is_refused(cluster: Cluster, change, error) -> None:
    body = json.loads(json.dumps(WEB))
    change(body["spec"])
    state = read(cluster, want(body), server_side=True)
    assert state.predictions[key(WEB)].error == error
    assert key(WEB) in state.objects


def test_a_policy_that_denies_a_dry_run(cluster: Cluster) -> None:
    name = "reading-no-boxes"
    policy = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name}, "spec": {
        "matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["configmaps"]}]},
        "validations": [{"expression": "false", "messageExpression": "'not ' + object.data.a"}]}}
    binding = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name}, "spec": {
        "policyName": name, "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchLabels": {"purpose": "test"}}}}}
    changed = {**BOX, "data": {"a": "hunter2"}}
    try:
        for body in (policy, binding):
            assert cluster.apply("root", body, manager="tests").ok
        cluster.until(lambda: not cluster.apply("root", changed, manager=ARGO, dry_run=True).ok)
        found = read(cluster, want(changed), server_side=True).predictions[key(BOX)]
    finally:
        for body in (binding, policy):
            cluster.delete("root", body)
    assert found.error == f"ValidatingAdmissionPolicy '{name}' denied it"
    cluster.until(lambda: cluster.apply("root", changed, manager=ARGO, dry_run=True).ok)


@pytest.mark.parametrize("server_side", [False, True])
def test_the_printed_rights_suffice_and_none_of_them_is_too_many(cluster: Cluster, server_side: bool) -> None:
    found = rights(WANTS, Resources.of([]), server_side=server_side)
    given = parse(manifests(found, Job("0", "https://git.example.com/shop.git")).encode(), "x").load(Dialect.MANIFEST)
    assert {body["kind"] for body in given} > {"CronJob", "ClusterRole", "RoleBinding"}
    ours = [body for body in given if body["kind"].endswith(("Role", "Binding"))]
    try:
        for body in given:
            answer = cluster.apply("root", body, manager="tests")
            assert answer.ok, answer.message
        cluster.until(lambda: read(cluster, *WANTS, user="drift").unreadable == ())
        state = read(cluster, *WANTS, user="drift", server_side=server_side)
        assert set(state.objects) >= {key(body) for body in (WEB, BOX, ROLE, FOLDER)}
        assert {where for where, made in state.predictions.items() if made.body} == (
            {key(WEB), key(BOX), key(FOLDER)} if server_side else set())
        others = cluster.kubectl("drift", "auth", "can-i", "--list", "--no-headers").stdout
        assert "secrets" not in others
        for role in ours:
            if not role["kind"].endswith("Role"):
                continue
            for number, rule in enumerate(role["rules"]):
                for resource in rule["resources"]:
                    less = json.loads(json.dumps(role))
                    less["rules"][number]["resources"].remove(resource)
                    if not less["rules"][number]["resources"]:
                        del less["rules"][number]
                    assert cluster.apply("root", less, manager="tests").ok
                    cluster.until(lambda: read(cluster, *WANTS, user="drift").unreadable != ())
                    assert cluster.apply("root", role, manager="tests").ok
                    cluster.until(lambda: read(cluster, *WANTS, user="drift").unreadable == ())
    finally:
        for body in ours:
            cluster.delete("root", body)


def test_no_rights_at_all(cluster: Cluster) -> None:
    state = read(cluster, *WANTS, user="nobody")
    assert sorted(item.reason for item in state.unreadable) == [
        "forbidden: the account may not list clusterroles.rbac.authorization.k8s.io",
        f"forbidden: the account may not list configmaps in namespace {SPACE}",
        f"forbidden: the account may not list deployments.apps in namespace {SPACE}",
        "forbidden: the account may not list namespaces"]
    assert (state.objects, state.complete) == ({}, frozenset())
    assert state.served is not None


def test_a_kind_that_is_not_there_and_a_version_that_is_not(cluster: Cluster) -> None:
    state = read(cluster, *WANTS, want({**BOX, "apiVersion": "example.com/v1", "kind": "Box"}), want({**WEB, "apiVersion": "apps/v1beta1"}))
    assert [(item.kind, item.name, item.reason) for item in state.unreadable] == [
        ("Deployment", "web", "the cluster serves Deployment as v1, not as v1beta1"),
        ("Box", None, "the cluster serves no such kind: its CustomResourceDefinition is missing, or this Kubernetes lacks it")]
    assert key(BOX) in state.objects


def test_an_api_whose_server_is_away(cluster: Cluster) -> None:
    service = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1beta1.metrics.example.com"}, "spec": {
        "group": "metrics.example.com", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
        "insecureSkipTLSVerify": True, "service": {"name": "metrics", "namespace": SPACE, "port": 443}}}
    assert cluster.apply("root", service, manager="tests").ok
    try:
        measure = want({"apiVersion": "metrics.example.com/v1beta1", "kind": "Measure", "metadata": {"name": "x", "namespace": SPACE}})
        cluster.until(lambda: [item.reason for item in read(cluster, measure).unreadable] == [
            "the server behind this API group is away"])
        state = read(cluster, measure, *WANTS)
        assert [item.kind for item in state.unreadable] == ["Measure"]
        assert key(WEB) in state.objects
    finally:
        cluster.delete("root", service)


def test_nobody_listens_and_nobody_is_trusted(cluster: Cluster) -> None:
    assert [item.reason for item in read(cluster, *WANTS, server="https://127.0.0.1:9").unreadable] == [
        "nobody answers at the address of the API server"]
    stranger = json.loads(cluster.kubeconfig("alice").read_text())
    del stranger["clusters"][0]["cluster"]["certificate-authority"]
    path = cluster.folder / "kubeconfigs" / "stranger.yaml"
    path.write_text(json.dumps(stranger))
    state = ClusterReader(Access((str(path),)), patience=Patience(attempts=1)).read(WANTS)
    assert [item.reason for item in state.unreadable] == ["the API server's certificate is not trusted, or it wants another one of ours"]
    stranger["users"][0]["user"]["token"] = "nobody-knows"
    stranger["clusters"][0]["cluster"]["certificate-authority"] = str(cluster.ca)
    path.write_text(json.dumps(stranger))
    state = ClusterReader(Access((str(path),)), patience=Patience(attempts=1)).read(WANTS)
    assert [(item.reason, item.remedy) for item in state.unreadable] == [
        ("unauthorized: the login has expired or is not known", "log in again")]
