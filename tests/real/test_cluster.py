"""The cluster that other tests stand on: who is who, what RBAC lets through, that it sees bad input, and that it goes away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3
from cluster import APPLY, STRATEGIC_PATCH, Cluster, running
from identities import IDENTITIES, POWERLESS

pytestmark = pytest.mark.real

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "box", "namespace": "cluster-test"}, "data": {"a": "1"}}
REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview", "metadata": {"name": ""}}
SCRIPT = """
import sys, time
from pathlib import Path
from cluster import running
with running(Path(sys.argv[1]), Path(sys.argv[2])) as cluster:
    print(cluster.url, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module", autouse=True)
def _namespace(cluster):
    cluster.namespace("cluster-test", {"purpose": "test"})


@pytest.mark.parametrize("name", sorted(IDENTITIES))
def test_everybody_is_who_the_table_says(cluster: Cluster, name: str) -> None:
    who = cluster.done(name, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", REVIEW)["status"]["userInfo"]
    assert who["username"] == IDENTITIES[name].user
    assert set(who["groups"]) == {*IDENTITIES[name].groups, "system:authenticated"}
    answer = cluster.create(name, CONFIG, dry_run=True)
    assert answer.ok != (name in POWERLESS), answer.message


def test_objects_are_made_changed_and_read(cluster: Cluster) -> None:
    assert cluster.create("root", CONFIG).status == 201
    assert cluster.create("root", CONFIG).status == 409
    assert cluster.apply("argocd-controller", {**CONFIG, "data": {"b": "2"}}, manager="argocd-controller").ok
    assert cluster.patch("alice", CONFIG, {"data": {"a": "3"}}, content_type=STRATEGIC_PATCH, manager="kubectl-edit").ok
    live = cluster.get(CONFIG)
    assert live["data"] == {"a": "3", "b": "2"}
    assert {(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]} == {
        ("argocd-controller", "Apply"), ("kubectl-edit", "Update"), ("tests", "Update")}
    assert cluster.request("root", "PATCH", cluster.path(CONFIG), "data: {c: 3}", APPLY, query={"fieldManager": "x"}).status == 400
    assert cluster.delete("root", CONFIG).ok
    assert cluster.request("root", "GET", cluster.path(CONFIG)).status == 404


def test_kubectl_reads_what_is_there(cluster: Cluster) -> None:
    done = cluster.kubectl("alice", "get", "namespace", "cluster-test", "-o", "json")
    assert json.loads(done.stdout)["metadata"]["labels"]["purpose"] == "test"
    refused = cluster.kubectl("nobody", "get", "namespaces", check=False)
    assert refused.returncode == 1
    assert 'User "nobody" cannot list resource "namespaces"' in refused.stderr


def test_a_kind_of_ones_own(cluster: Cluster) -> None:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    cluster.establish({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "boxes.test.example.com"},
        "spec": {"group": "test.example.com", "scope": "Namespaced", "names": {"kind": "Box", "plural": "boxes"},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}})
    box = {"apiVersion": "test.example.com/v1", "kind": "Box", "metadata": {"name": "a", "namespace": "cluster-test"}, "spec": {"size": 3}}
    assert cluster.create("root", box).status == 201
    with pytest.raises(KeyError):
        cluster.path({**box, "kind": "Crate"})


def test_two_at_once_and_nothing_is_left(cluster: Cluster, tool, tmp_path: Path) -> None:
    with running(tool("kube-apiserver").parent, tmp_path) as other:
        assert other.url != cluster.url
        assert other.request("root", "GET", "/api/v1/namespaces/cluster-test").status == 404
        url = other.url
    with pytest.raises(urllib3.exceptions.HTTPError), urllib3.PoolManager(retries=False, cert_reqs="CERT_NONE") as pool:
        pool.request("GET", f"{url}/readyz")
    assert not (tmp_path / "etcd").exists()
    assert (tmp_path / "kube-apiserver.log").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed parent can't be noticed")
def test_a_killed_run_leaves_no_server(tool, tmp_path: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", SCRIPT, str(tool("kube-apiserver").parent), str(tmp_path)], text=True,
                           stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)})
    assert run.stdout is not None
    url = run.stdout.readline().strip()
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    assert url.startswith("https://")
    assert len(children) == 2
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    for _ in range(100):
        if not any(Path(f"/proc/{child}").exists() and alive(child) for child in children):
            return
        time.sleep(0.05)
    pytest.fail("a server is still there")


def alive(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
