"""What can't be read of a cluster is told, is never in sync, and keeps nothing else from being compared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster import Cluster
from drift_app import DEPLOYERS, body_of, write_repository

pytestmark = pytest.mark.real

ARGO = DEPLOYERS[1]
SPACES = {"unread-a": ("settings", "keys", "role", "service"), "unread-b": ("settings", "web")}
CRATE = "apiVersion: crates.example.com/v1\nkind: Crate\nmetadata: {name: one, namespace: unread-a}\nspec: {size: 1}\n"


@pytest.fixture(scope="module")
def repository(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop in two namespaces; in both somebody has changed the settings."""
    root = tmp_path_factory.mktemp("unreadable") / "repository"
    write_repository(root, ARGO, SPACES)
    for space, names in SPACES.items():
        cluster.namespace(space)
        for name in names:
            ARGO.apply(cluster, ARGO.marked(body_of(name, space), space))
        cluster.kubectl("alice", "-n", space, "patch", "cm/settings", "-p", '{"data": {"theme": "dark"}}')
    return root


def drift(root: Path, kubeconfig: Path, *more: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run([sys.executable, "-m", "gitops_guard", "drift", str(root / "apps"), "--root", str(root), "--format", "json",
                           "--kubeconfig", str(kubeconfig), *more], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def unread(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(kind, namespace, message) of each finding."""
    return sorted((one["resource"]["kind"], one["resource"]["namespace"], one["message"]) for one in report["findings"]
                  if one["rule"] == "drift/unreadable")


def changed(report: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((one["resource"]["namespace"], one["path"]) for one in report["findings"] if one["rule"] == "drift/changed")


def outcomes(report: dict[str, Any]) -> dict[str, int]:
    found = [one["outcome"] for one in report["drift"]["compared"]]
    return {word: found.count(word) for word in sorted(set(found))}


BOTH = [("unread-a", "/data/theme"), ("unread-b", "/data/theme")]


def test_everything_can_be_read(cluster: Cluster, repository: Path) -> None:
    _code, report = drift(repository, cluster.kubeconfig("alice"))
    assert (unread(report), changed(report), outcomes(report)) == ([], BOTH, {"compared": 6})


@pytest.fixture
def few_rights(cluster: Cluster) -> Iterator[Path]:
    """Everything of one namespace but its Secrets, and in the other ConfigMaps alone."""
    rules = {"unread-a": [{"apiGroups": [""], "resources": ["configmaps", "services"], "verbs": ["list"]},
                          {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["list"]}],
             "unread-b": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]}
    api = "rbac.authorization.k8s.io/v1"
    made = []
    for space, given in rules.items():
        meta = {"name": "few", "namespace": space}
        made += [{"apiVersion": api, "kind": "Role", "metadata": meta, "rules": given},
                 {"apiVersion": api, "kind": "RoleBinding", "metadata": meta,
                  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "few"},
                  "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": cluster.identity("nobody").user}]}]
    for body in made:
        assert cluster.apply("root", body, manager="tests").ok
    for space in rules:
        cluster.until(lambda space=space: cluster.request("nobody", "GET", f"/api/v1/namespaces/{space}/configmaps").ok)
    yield cluster.kubeconfig("nobody")
    for body in made:
        cluster.delete("root", body)


@pytest.mark.parametrize("options", [(), ("--server-side",)])
def test_no_permission_for_one_kind(repository: Path, few_rights: Path, options: tuple[str, ...]) -> None:
    code, report = drift(repository, few_rights, *options)
    assert code == 1
    assert changed(report) == BOTH
    told = {(kind, space): message for kind, space, message in unread(report)}
    assert "forbidden: the account may not list secrets in namespace unread-a" in told["Secret", "unread-a"]
    assert "forbidden: the account may not list deployments.apps in namespace unread-b" in told["Deployment", "unread-b"]
    if options:  # the dry runs are refused, and the objects compared all the same
        assert "the API server refuses the dry run: forbidden" in told["ConfigMap", "unread-a"]
    else:
        assert len(told) == 2


def test_a_kind_that_the_cluster_lacks(cluster: Cluster, repository: Path) -> None:
    path = repository / "apps/unread-a/crate.yaml"
    path.write_text(CRATE)
    try:
        code, report = drift(repository, cluster.kubeconfig("alice"))
    finally:
        path.unlink()
    assert code == 1
    assert [(kind, space) for kind, space, _message in unread(report)] == [("Crate", "unread-a")]
    assert "the cluster serves no such kind" in unread(report)[0][2]
    assert (changed(report), outcomes(report)) == (BOTH, {"compared": 6, "unreadable": 1})


@pytest.mark.parametrize(("server", "reason"), [
    ("https://127.0.0.1:9", "nobody answers at the address of the API server"),
    ("http://127.0.0.1:9", "nobody answers at the address of the API server")])
def test_a_cluster_that_is_down(cluster: Cluster, repository: Path, server: str, reason: str) -> None:
    code, report = drift(repository, cluster.kubeconfig("alice", server))
    assert code == 1
    assert all(reason in message for _kind, _space, message in unread(report))
    assert outcomes(report) == {"unreadable": 6}
    assert changed(report) == []


def test_two_clusters_of_which_one_is_down(cluster: Cluster, repository: Path, tmp_path: Path) -> None:
    known = json.loads(cluster.kubeconfig("alice").read_text())
    up, down = known["clusters"][0], {"name": "down", "cluster": {"server": "https://127.0.0.1:9"}}
    known["clusters"] = [up, down]
    known["contexts"] = [{"name": "admin@up", "context": {"cluster": "test", "user": "alice"}},
                         {"name": "admin@down", "context": {"cluster": "down", "user": "alice"}}]
    path = tmp_path / "config"
    path.write_text(json.dumps(known))
    config = repository / ".gitops-guard.yaml"
    before = config.read_text()
    config.write_text(before + "clusters:\n  up: {context: admin@up, targets: ['apps/unread-a']}\n"
                               "  down: {context: admin@down, targets: ['apps/unread-b']}\n  nowhere: {context: none, targets: ['x']}\n")
    try:
        code, report = drift(repository, path)
        alone, one = drift(repository, path, "--cluster", "up")
    finally:
        config.write_text(before)
    assert (code, alone) == (1, 1 if any(finding["severity"] == "error" for finding in one["findings"]) else 0)
    assert {space for _kind, space, _message in unread(report)} == {"unread-b"}
    assert changed(report) == BOTH[:1]
    assert {finding["drift"]["cluster"] for finding in report["findings"] if finding["rule"] == "drift/changed"} == {"up"}
    assert outcomes(report) == {"compared": 4, "unreadable": 2}
    assert (unread(one), changed(one), outcomes(one)) == ([], BOTH[:1], {"compared": 4})


def test_a_kubeconfig_of_the_repository_is_refused(cluster: Cluster, repository: Path) -> None:
    path = repository / "kubeconfig"
    program = repository / "login"
    program.write_text(f"#!/bin/sh\ntouch {repository}/ran\n")
    program.chmod(0o700)
    known = json.loads(cluster.kubeconfig("alice").read_text())
    known["users"][0]["user"] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program)}}
    path.write_text(json.dumps(known))
    try:
        done = subprocess.run([sys.executable, "-m", "gitops_guard", "drift", str(repository), "--root", str(repository), "--kubeconfig", str(path)],
                              capture_output=True, text=True, check=False, timeout=60)
    finally:
        path.unlink()
        program.unlink()
    assert done.returncode == 2
    assert "lies in the repository that is checked" in done.stderr
    assert not (repository / "ran").exists()
