"""Which clusters a command line means, and which targets belong to each."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_guard import config
from gitops_guard.cli.clusters import Asked, cluster_readers
from gitops_guard.errors import UsageError

SEVERAL = """\
clusters:
  prod: prod-eu
  stage: {context: stage-eu, targets: ["overlays/stage/**"]}
argocd: {clusters: [{name: prod, server: "https://prod.example.com/"}]}
"""
PROD = ("prod", "prod-eu", {"prod", "https://prod.example.com"}, ())
STAGE = ("stage", "stage-eu", {"stage"}, ("overlays/stage/**",))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube/config").write_text("{}")
    (tmp_path / "other").write_text("{}")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def readers(home: Path, text: str, asked: Asked) -> list[tuple[str | None, str | None, set[str] | None, tuple[str, ...]]]:
    return [(one.cluster, one.access.context, None if one.meant.names is None else set(one.meant.names), one.meant.patterns)
            for one in cluster_readers(home / "repository", config.load(text), asked)]


@pytest.mark.parametrize(("text", "asked", "expected"), [
    ("", Asked(), [(None, None, None, ())]),
    ("", Asked(context="x"), [(None, "x", None, ())]),
    ("", Asked(context="x", names=("prod",)), [("prod", "x", {"prod"}, ())]),
    ("", Asked(names=("prod",)), [("prod", None, {"prod"}, ())]),
    ("", Asked(in_cluster=True), [(None, None, None, ())]),
    (SEVERAL, Asked(), [PROD, STAGE]),
    (SEVERAL, Asked(names=("stage",)), [STAGE]),
    (SEVERAL, Asked(context="prod-eu"), [PROD]),
    (SEVERAL, Asked(context="admin", names=("stage",)), [("stage", "admin", {"stage"}, ("overlays/stage/**",))]),
    (SEVERAL, Asked(in_cluster=True, names=("prod",)), [("prod", None, {"prod", "https://prod.example.com"}, ())]),
    (SEVERAL, Asked(context="elsewhere"), [(None, "elsewhere", None, ())]),
])
def test_the_clusters_of_a_command_line(home, text, asked, expected):
    assert readers(home, text, asked) == expected


def test_kubeconfigs_are_found_as_kubectl_finds_them(home, monkeypatch):
    def files(asked: Asked) -> tuple[str, ...]:
        return cluster_readers(home / "repository", config.Config(), asked)[0].access.kubeconfig

    assert files(Asked()) == (f"{home}/.kube/config",)
    monkeypatch.setenv("KUBECONFIG", f"{home}/a::{home}/other")
    assert files(Asked()) == (f"{home}/a", f"{home}/other")
    assert files(Asked(kubeconfig=f"{home}/.kube/config")) == (f"{home}/.kube/config",)
    (home / "other").unlink()
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert files(Asked()) == ()


@pytest.mark.parametrize(("text", "asked", "message"), [
    ("", Asked(in_cluster=True, context="x"), "leave --context and --kubeconfig out"),
    ("", Asked(kubeconfig="/nowhere"), "'/nowhere' is no file"),
    ("", Asked(context="x", names=("a", "b")), "give --cluster once"),
    (SEVERAL, Asked(names=("prd",)), "did you mean 'prod'?"),
    (SEVERAL, Asked(names=("zzz",)), "known: prod, stage"),
])
def test_what_can_not_be_meant(home, text, asked, message):
    with pytest.raises(UsageError) as caught:
        readers(home, text, asked)
    assert message in str(caught.value)


def test_no_cluster_at_all(home):
    (home / ".kube/config").unlink()
    with pytest.raises(UsageError, match="there is no cluster to compare with"):
        readers(home, "", Asked())


def test_a_kubeconfig_of_the_repository_is_refused_however_it_is_named(home, monkeypatch):
    (home / "repository").mkdir()
    inside = home / "repository/kubeconfig"
    inside.write_text("{}")
    with pytest.raises(UsageError, match="lies in the repository"):
        readers(home, "", Asked(kubeconfig=str(inside)))
    monkeypatch.setenv("KUBECONFIG", str(inside))
    for text in ("", SEVERAL):
        with pytest.raises(UsageError, match="lies in the repository"):
            readers(home, text, Asked())
