"""The command, from its arguments to what it prints; the graph itself is built by hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from remotes import repository_of

from gitops_guard import cli as package
from gitops_guard.errors import NothingToCheckError, ToolError
from gitops_guard.model import Location
from gitops_guard.narrowed import narrowed
from gitops_guard.nodes import Edge, Graph, Node, Source

MODULE = "gitops_guard.cli.graph"


def node(id_: str, file: str, *, path: str | None = None, status: str = "resolved") -> Node:
    """An Application, or a folder, by its id."""
    system, _, rest = id_.partition("/")
    kind, namespace, name = rest.split("/") if system == "argocd" else ("Kustomization", None, rest)
    sources = (Source(None, path),) if path else ()
    return Node(id_, system, kind, namespace, name, Location(file, 1, 1), status, sources=sources,
                source=sources[0] if sources else None)


ROOT = node("manifests/argocd", "argocd/root.yaml")
APP = node("argocd/Application/argocd/web", "argocd/web.yaml", path="overlays/web")
FOLDER = node("kustomize/overlays/web", "overlays/web/kustomization.yaml")
MINE = node("argocd/Application/argocd/patched", "argocd/patched.yaml", path="overlays/patched")
THEIRS = node("argocd/Application/argocd/theirs", "apps/theirs.yaml", path="overlays/web", status="unresolved")
ALONE = node("kustomize/playground", "playground/kustomization.yaml")
GRAPH = Graph(tuple(sorted([ROOT, APP, FOLDER, MINE, THEIRS, ALONE], key=lambda item: item.key)), (
    Edge(ROOT.key, APP.key, "deploys"), Edge(ROOT.key, MINE.key, "deploys"), Edge(APP.key, FOLDER.key, "deploys"), Edge(MINE.key, APP.key, "depends")))


@pytest.mark.parametrize(("named", "kept"), [
    ((".",), {ROOT, APP, FOLDER, MINE, THEIRS, ALONE}),
    (("overlays/web",), {ROOT, APP, FOLDER}),
    (("overlays/web/kustomization.yaml",), {ROOT, APP, FOLDER}),
    (("overlays",), {ROOT, APP, FOLDER, MINE}),
    (("overlays/patched/web.yaml",), {ROOT, MINE}),
    (("argocd/web.yaml",), {ROOT, APP}),
    (("argocd",), {ROOT, APP, MINE}),
    (("apps",), {THEIRS}),
    (("playground", "apps"), {ALONE, THEIRS}),
    (("overlays/we",), set()),
    (("docs",), set()),
])
def test_paths_narrow(named, kept):
    found = narrowed(GRAPH, named)
    assert set(found.nodes) == kept
    keys = {item.key for item in kept}
    assert set(found.edges) == {edge for edge in GRAPH.edges if edge.start in keys and edge.end in keys}
    assert list(found.nodes) == [item for item in GRAPH.nodes if item in kept]


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "overlays" / "web").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    requests = []

    def call(*args, graph=GRAPH, error=None):
        def graph_of(request):
            requests.append(request)
            if error is not None:
                raise error
            return graph

        monkeypatch.setattr(f"{MODULE}.graph_of", graph_of)
        result = CliRunner().invoke(package.cli, ["graph", *args])
        return result, requests

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return call


def test_a_tree_is_the_default(run):
    result, requests = run("--root", ".")
    assert result.exit_code == 0
    assert result.stdout.startswith("manifest folder argocd\n├─ Application argocd/patched  ")
    assert result.stdout.endswith("6 nodes: 5 resolved, 1 unresolved, 0 failed\n3 Applications, 2 kustomization folders, 1 manifest folder\n")
    assert result.stderr == ""
    assert (requests[0].named, requests[0].allow_remote, str(requests[0].root)) == ((".",), False, os.path.realpath("."))


@pytest.mark.parametrize(("args", "code"), [
    (["--format", "png"], 2), (["--rot", "x"], 2), (["nowhere"], 2), (["--config", "nowhere"], 2), (["--root", "nowhere"], 2), (["docs", "--root", "."], 3),
])
def test_exit_codes(run, args, code):
    result, _ = run(*args)
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr


@pytest.mark.parametrize(("error", "code"), [(NothingToCheckError("there is nothing"), 3), (ToolError("git died"), 4)])
def test_what_the_pipeline_raises(run, error, code):
    result, _ = run(error=error)
    assert (result.exit_code, result.stderr) == (code, f"gitops-guard: {error}\n")


def test_paths_are_named_relative_to_the_root(run):
    result, requests = run("overlays/web", "--root", ".", "--allow-remote", "--format", "json")
    assert requests[0].named == ("overlays/web",)
    assert requests[0].allow_remote is True
    assert [item["id"] for item in json.loads(result.stdout)["nodes"]] == ["argocd/Application/argocd/web", "kustomize/overlays/web", "manifests/argocd"]


def test_colors_are_the_trees_alone(run):
    assert "\x1b[" in run("--color", "always")[0].stdout
    assert "\x1b[" not in run("--color", "never")[0].stdout
    for format_ in ("json", "mermaid", "dot", "svg"):
        assert "\x1b[" not in run("--color", "always", "--format", format_)[0].stdout


def test_what_a_picture_leaves_out_is_told(run):
    many = Graph(tuple(node(f"kustomize/f{index:04}", "x.yaml") for index in range(1000)))
    result, _ = run("--format", "mermaid", graph=many)
    assert result.exit_code == 0
    assert result.stderr.startswith("gitops-guard: the graph is too large for Mermaid on GitHub")
    assert result.stderr.count("\n") == 1
    assert run("--format", "dot", graph=many)[0].stderr == ""


def test_in_a_job_names_are_no_commands(run, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    bad = Graph((node("kustomize/a\n::error::b", "x.yaml"),))
    result, _ = run("--color", "never", graph=bad)
    assert result.stdout.startswith("::stop-commands::")
    assert "\n::error::" not in result.stdout


@pytest.mark.parametrize("format_", ["json", "mermaid"])
def test_the_same_bytes_each_time(format_):
    shop = Path(__file__).resolve().parents[2] / "examples" / "shop"
    runs = [subprocess.run([sys.executable, "-m", "gitops_guard", "graph", "--root", ".", "--format", format_], cwd=shop, check=True,
                           capture_output=True, env={**os.environ, "PYTHONHASHSEED": str(seed)}) for seed in (1, 2)]
    assert runs[0].stdout == runs[1].stdout
    assert b"shop-production" in runs[0].stdout
    assert runs[0].stderr == b""


CHECKOUT = Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"<!-- run: (?P<folder>\S+): gitops-guard (?P<args>.*?) -->\n```\w*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_shows_what_the_command_prints(update_goldens, tmp_path):
    page = CHECKOUT / "docs" / "graph.md"
    text = page.read_text()

    def printed(match: re.Match[str]) -> str:
        folder = repository_of(CHECKOUT / match["folder"], tmp_path / str(match.start()))
        done = subprocess.run([sys.executable, "-m", "gitops_guard", *match["args"].split()], cwd=folder, check=True,
                              capture_output=True, text=True)
        assert done.stderr == ""
        return text[match.start():match.start("body")] + done.stdout + "```"

    shown, count = SHOWN.subn(printed, text)
    assert count == 2
    if update_goldens:
        page.write_text(shown)
        text = shown
    assert text == shown, "docs/graph.md is out of date: run pytest --update-goldens"
