"""`gitops-guard drift --rbac`: whose rights, and with which arguments."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitops_guard.cli import cli
from gitops_guard.scalars import Dialect
from gitops_guard.source import parse

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: geese.example.com}
spec: {group: example.com, scope: Cluster, names: {kind: Goose, plural: geese}, versions: []}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME, namespace: argocd}
spec:
  source: {repoURL: https://git.example.com/a.git, path: PATH}
  destination: {name: CLUSTER, namespace: shop}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {"apps/crd.yaml": CRD, "apps/goose.yaml": "apiVersion: example.com/v1\nkind: Goose\nmetadata: {name: a}\n",
             "prod/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
             "stage/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
             ".gitops-guard.yaml": 'repositories: {"https://git.example.com/a.git": .}\nclusters: {prod: a, stage: b}\n'}
    for name in ("prod", "stage"):
        files[f"argocd/{name}.yaml"] = APPLICATION.replace("NAME", name).replace("PATH", name).replace("CLUSTER", name)
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def printed(root: Path, *args: str) -> dict[tuple[str, str], dict]:
    done = CliRunner().invoke(cli, ["drift", "--rbac", *args])
    assert done.exit_code == 0, done.output
    return {(body["kind"], body["metadata"].get("namespace", "")): body for body in parse(done.output.encode(), "x").load(Dialect.MANIFEST)}


def test_the_targets_of_one_cluster(repository):
    found = printed(repository, str(repository), "--root", str(repository), "--cluster", "stage", "--server-side")
    assert {key for key in found if "Role" in key[0]} == {("Role", "shop"), ("RoleBinding", "shop")}
    assert found["Role", "shop"]["rules"] == [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "patch"]}]
    job = found["CronJob", "gitops-guard"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert job["containers"][0]["args"] == ["drift", "--root=/work/repository", "--in-cluster", "--report=openmetrics=/metrics/gitops-guard-drift.prom",
                                            "--cluster=stage", "--server-side", "/work/repository"]


def test_plurals_of_the_repository(repository):
    (repository / ".gitops-guard.yaml").unlink()
    found = printed(repository, str(repository / "apps"), "--root", str(repository))
    assert found["ClusterRole", ""]["rules"][1] == {"apiGroups": ["example.com"], "resources": ["geese"], "verbs": ["get", "list"]}
    assert found["CronJob", "gitops-guard"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"][-1] == "/work/repository/apps"


def test_a_password_in_the_address_is_not_printed(repository):
    for command in (["init", "-q"], ["remote", "add", "origin", "https://bot:hunter2@git.example.com/a.git"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    found = printed(repository, str(repository), "--root", str(repository), "--cluster", "prod")
    text = str(found["CronJob", "gitops-guard"])
    assert "https://git.example.com/a.git" in text
    assert "hunter2" not in text


@pytest.mark.parametrize(("args", "code", "message"), [
    (("--cluster", "prod", "--cluster", "stage"), 2, "say which with --cluster (prod, stage)"),
    ((), 2, "say which with --cluster (prod, stage)"),
    (("--cluster", "other"), 3, "no target states anything for this cluster"),
])
def test_for_one_cluster_alone(repository, args, code, message):
    done = CliRunner().invoke(cli, ["drift", "--rbac", str(repository), "--root", str(repository), *args])
    assert (done.exit_code, message in done.output) == (code, True), done.output
