"""`gitops-guard drift` with clusters: which targets are compared with which, and what becomes of those that are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from api_server import Fail, Resource, Script, kubeconfig, serving
from click.testing import CliRunner, Result

from gitops_guard.cli import cli

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME, namespace: argocd}
spec:
  source: {repoURL: https://git.example.com/a.git, path: apps/NAME}
  destination: {DESTINATION, namespace: NAME}
  syncPolicy: {automated: {selfHeal: true}}
"""
HOME = 'repositories: {"https://git.example.com/a.git": .}\n'
CLUSTERS = "clusters: {prod: prod-eu, stage: {context: stage-eu, targets: ['apps/lab']}}\n"
SERVER = "argocd: {clusters: [{name: prod, server: 'https://prod.example.com'}]}\n"
Run = Callable[..., Result]


def stated(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: {name}}}\ndata: {{from: {name}}}\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`drift` in a repository of four targets: of prod by name, of prod by address, of stage, of a cluster that is not said."""
    root = tmp_path / "repository"
    destinations = {"prod": "name: prod", "server": "server: 'https://prod.example.com/'", "stage": "name: stage",
                    "lab": "server: 'https://kubernetes.default.svc'"}
    for name, destination in destinations.items():
        for path, text in ((f"owners/{name}.yaml", APPLICATION.replace("NAME", name).replace("DESTINATION", destination)),
                           (f"apps/{name}/settings.yaml", stated(name))):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)

    def invoke(script: Script, settings: str, *args: str) -> Result:
        (root / ".gitops-guard.yaml").write_text(HOME + settings)
        with serving(script) as url:
            config = kubeconfig(tmp_path / "config", url, contexts=("prod-eu", "stage-eu"))
            return CliRunner().invoke(cli, ["drift", str(root / "apps"), "--root", str(root), "--kubeconfig", str(config), "--jobs", "1", *args])

    return invoke


def script(**fails: Any) -> Script:
    objects = [{"metadata": {"name": "settings", "namespace": name}, "data": {"from": name}} for name in ("prod", "server", "stage", "lab")]
    return Script([Resource("", "v1", "ConfigMap", "configmaps", objects)], **fails)


def told(done: Result) -> tuple[list[tuple[str, str | None]], list[tuple[str, str, list[str]]]]:
    """(namespace, cluster) of what was compared; (rule, severity, targets) of the findings."""
    assert done.exit_code in (0, 1), done.output
    report = json.loads(done.stdout)
    return (sorted((one["resource"]["namespace"], one["cluster"]) for one in report["drift"]["compared"] if one["outcome"] == "compared"),
            [(one["rule"], one["severity"], one["targets"]) for one in report["findings"]])


def test_each_target_is_compared_with_its_cluster(run: Run) -> None:
    assert told(run(script(), CLUSTERS + SERVER, "--format", "json")) == (
        [("lab", "stage"), ("prod", "prod"), ("server", "prod"), ("stage", "stage")], [])


def test_one_cluster_alone(run: Run) -> None:
    for args in (("--cluster", "stage"), ("--context", "stage-eu"), ("--context", "prod-eu", "--cluster", "stage")):
        assert told(run(script(), CLUSTERS + SERVER, "--format", "json", *args)) == ([("lab", "stage"), ("stage", "stage")], [])


def test_a_target_of_no_cluster_is_told(run: Run) -> None:
    done = run(script(), "clusters: {stage: stage-eu}\n", "--format", "json")
    found, findings = told(done)
    assert found == [("stage", "stage")]
    assert sorted(findings) == [("drift/unreadable", "warning", [name]) for name in ("apps/lab", "apps/prod", "apps/server")]
    assert "apps/lab does not say its cluster, and is none of clusters: in the configuration; it was not compared" in done.stdout
    assert "apps/prod is deployed to prod, which is none of clusters: in the configuration; it was not compared" in done.stdout


def test_one_context_is_not_several_clusters(run: Run) -> None:
    done = run(script(), SERVER, "--context", "prod-eu")
    assert done.exit_code == 2
    assert "the targets are deployed to 3 clusters (https://prod.example.com, prod, stage): say with --cluster which it is" in " ".join(done.output.split())
    assert told(run(script(), SERVER, "--context", "prod-eu", "--cluster", "prod", "--format", "json")) == ([("prod", "prod"), ("server", "prod")], [])


def test_a_context_that_is_not_there_fails_alone(run: Run) -> None:
    done = run(script(), "clusters: {prod: prod-eu, stage: elsewhere}\n" + SERVER, "--format", "json")
    found, findings = told(done)
    assert found == [("prod", "prod"), ("server", "prod")]
    assert ("drift/unreadable", "error", ["apps/stage"]) in findings
    assert "the kubeconfig gives no access: it has no context 'elsewhere'" in done.stdout
    assert done.exit_code == 1


@pytest.mark.parametrize("fault", [
    {"always": {"/api/v1/configmaps": Fail(0)}},
    {"always": {"/api/v1/configmaps?continue": Fail(0)}},
    {"always": {"/api/v1/configmaps": Fail(403), "/api/v1/namespaces/stage/configmaps": Fail(403), "/api/v1/namespaces/lab/configmaps": Fail(403)}},
    {"always": {"/api": Fail(401)}},
], ids=["silent", "half-way", "forbidden", "logged-out"])
def test_what_is_not_read_is_never_in_sync(run: Run, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitops_guard.cluster.connection.time.sleep", lambda _seconds: None)
    done = run(script(**fault), CLUSTERS, "--cluster", "stage", "--format", "json")
    assert done.exit_code == 1
    outcomes = {one["outcome"] for one in json.loads(done.stdout)["drift"]["compared"]}
    assert outcomes == {"unreadable"}


@pytest.mark.parametrize("args", [("--live", "x", "--context", "y"), ("--live", "x", "--server-side"), ("--live", "x", "--in-cluster")])
def test_a_dump_is_reached_by_nothing(run: Run, args: tuple[str, ...]) -> None:
    done = run(script(), "", *args)
    assert (done.exit_code, "--live stands for a cluster" in done.output) == (2, True)


def test_a_dump_of_one_cluster(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dump.yaml").write_text(stated("stage"))
    done = CliRunner().invoke(cli, ["drift", str(tmp_path / "repository"), "--root", str(tmp_path / "repository"), "--live", str(tmp_path / "dump.yaml"),
                                    "--cluster", "stage", "--format", "json", "--jobs", "1"])
    assert told(done)[0] == [("stage", "stage")]
