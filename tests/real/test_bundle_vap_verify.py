"""`bundle --target vap --verify` with a real kube-apiserver: it agrees, it notices what is spoilt, and nothing of it stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from spoiling import spoil

from gitops_guard.cli import cli

pytestmark = pytest.mark.real

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CONFIG = """\
admission: {mode: MODE, exempt-namespaces: [nowhere]}
rules:
  "*/*": {severity: error}
  admission/manual-deploy:
    parameters:
      identities: ["system:serviceaccount:argocd:argocd-application-controller"]
      break_glass_groups: [oncall]
"""
# A kind of nobody's, one that is served otherwise, names that the API server makes up, a fault of which more is said than fits.
OBJECTS = """\
apiVersion: example.com/v1
kind: Gadget
metadata: {name: paused, namespace: shop, annotations: {kustomize.toolkit.fluxcd.io/reconcile: disabled}}
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: old}
---
apiVersion: v1
kind: Pod
metadata: {generateName: many-}
spec:
  containers: [CONTAINERS]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: broken}
spec: {replicas: many}
---
apiVersion: v1
kind: Secret
metadata: {name: wrong, namespace: shop}
data: {password: hunter2 is no base64}
"""


@pytest.fixture
def verified(tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, dict[str, int]]]:
    """`bundle --verify`: its exit code, what it prints, and its table."""
    monkeypatch.setenv("PATH", str(tool("kube-apiserver").parent), prepend=os.pathsep)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()

    def verify(mode: str, *args: str) -> tuple[int, str, dict[str, int]]:
        (tmp_path / "config.yaml").write_text(CONFIG.replace("MODE", mode))
        done = CliRunner().invoke(cli, ["bundle", "--target", "vap", "-o", str(tmp_path / "out"), "--config", str(tmp_path / "config.yaml"), "--verify", *args])
        assert done.exit_code in (0, 1), done.output
        assert list((tmp_path / "tmp").iterdir()) == []
        rows = [line.rsplit(maxsplit=1) for line in done.stdout.splitlines()]
        return done.exit_code, done.stdout, {row[0]: int(row[1]) for row in rows if row and row[-1].isdigit()}

    return verify


@pytest.mark.parametrize("mode", ["deny", "warn", "dryrun"])
def test_it_agrees(verified, tmp_path: Path, mode: str) -> None:
    repository = shutil.copytree(EXAMPLES / "shop", tmp_path / "shop")
    containers = (f"{{name: c{number}, image: registry.example/{'x' * 200}/{number}:main}}" for number in range(21))
    (repository / "overlays" / "more").mkdir(parents=True)
    (repository / "overlays" / "more" / "all.yaml").write_text(OBJECTS.replace("CONTAINERS", ", ".join(containers)))
    code, text, rows = verified(mode, "--root", str(repository), str(repository))
    assert (code, rows["disagreements"]) == (0, 0), text
    assert rows["denied" if mode == "deny" else "recorded" if mode == "dryrun" else "warned"] > 20
    assert rows["examples"] > 20
    assert rows["objects of the repository"] > 10
    named = {line.split(": ", 1)[1] for line in text.splitlines() if line.startswith("not judged: ")}
    assert {line for line in named if line.startswith("overlays/more: ")} == {
        "overlays/more: Ingress/old: the API server serves no such kind",
        "overlays/more: Deployment/broken: refused before any policy is asked: it does not fit its type: spec.replicas is a string",
        "overlays/more: Secret/shop/wrong: refused before any policy is asked: BadRequest",
    }
    assert "hunter2" not in text
    assert len(named) == rows["not judged (refused before)"] + rows["not judged (no twin)"] + rows["not judged (no JSON)"]


@pytest.mark.parametrize(("rule", "was", "now", "least"), [
    ("images-unpinned-tag", "has no tag", "has another tag", 1),
    ("bypass-reconcile-suspended", "faults.size() == 0", "faults.size() >= 0", 3),
    ("admission-manual-deploy", "variables.user + ' may not '", "'nobody may '", 3),
    ("admission-manual-deploy", "variables.glass.size() == 0", "variables.glass.size() / 0 == 1", 3),
])
def test_it_finds_a_spoilt_policy(verified, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rule: str, was: str, now: str, least: int) -> None:
    """One that words it otherwise, one that lets everything through, and what a user makes of one, which only requests can tell."""
    spoil(monkeypatch, f"{rule}.yaml", was, now)
    (tmp_path / "empty").mkdir()
    code, text, rows = verified("deny", "--root", str(tmp_path / "empty"))
    assert code == 1
    assert rows["disagreements"] >= least, text


@pytest.mark.skipif(sys.platform != "linux", reason="its children are looked up in /proc")
def test_a_signal_leaves_nothing(tool, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    run = subprocess.Popen([sys.executable, "-m", "gitops_guard", "bundle", "--target", "vap", "-o", str(tmp_path / "out"), "--root", str(tmp_path), "--verify"],
                           cwd=tmp_path, env={**os.environ, "PATH": f"{tool('etcd').parent}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(temporary)},
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 120
    children: list[str] = []
    while len(children) < 2 and time.monotonic() < until:  # etcd, then kube-apiserver
        time.sleep(0.05)
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    run.terminate()
    run.communicate(timeout=60)
    assert len(children) == 2
    assert run.returncode == 128 + signal.SIGTERM
    assert list(temporary.iterdir()) == []
    assert not any(Path(f"/proc/{child}").exists() for child in children)
