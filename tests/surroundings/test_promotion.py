"""What staging and production have in common, from renders and from git's history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from remotes import git, write
from trees import MemoryTree

from gitops_guard import git_history
from gitops_guard.cli import cli
from gitops_guard.config import Config
from gitops_guard.errors import ToolError
from gitops_guard.side import Clone, build_side
from gitops_guard.surroundings import promotion
from gitops_guard.surroundings.promotion.pairs import Words
from gitops_guard.surroundings.promotion.versions import Version

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example/web:0.1.0
    """
BASE = {"base/kustomization.yaml": "resources: [deployment.yaml]\n", "base/deployment.yaml": DEPLOYMENT}


def overlay(environment: str, tag: str) -> dict[str, str]:
    return {f"overlays/{environment}/kustomization.yaml":
            f"resources: [../../base]\nimages:\n  - name: registry.example/web\n    newTag: {tag!r}\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


def commit(root: Path, *files: dict[str, str]) -> str:
    for part in files:
        write(root, part)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "x")
    return git(root, "rev-parse", "HEAD")


def findings(root: Path, *options: str) -> list[tuple[str, str, str, str]]:
    """(rule, severity, file:line, status)"""
    done = CliRunner().invoke(cli, ["check", str(root), "--root", str(root), "--format", "json", "--jobs", "1", "--fail-on", "never",
                                    "--select", "promotion/*", *options], catch_exceptions=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return [(one["rule"], one["severity"], f"{one['location']['file']}:{one['location']['line']}", one["status"]) for one in found
            if one["rule"].partition("/")[0] in ("promotion", "engine")]


SKIPPED = ("promotion/skipped-staging", "warning", "overlays/production/kustomization.yaml:4", "new")


def test_staging_ran_it_some_commits_ago(root: Path) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "0.9.0"))
    commit(root, overlay("staging", "1.1.0"))
    commit(root, {"readme.md": "1.2.0\n"})
    commit(root, overlay("staging", "1.3.0"), overlay("production", "1.1.0"))
    assert findings(root) == []
    commit(root, overlay("production", "1.2.0"))
    assert findings(root) == [SKIPPED]


def test_what_the_first_commit_of_a_file_removed_counts(root: Path) -> None:
    """Staging ran the version before its overlay was there in this shape: the base had it."""
    commit(root, BASE, {"overlays/staging/kustomization.yaml": "resources: [../../base]\n"}, overlay("production", "0.0.9"))
    commit(root, overlay("staging", "1.0.0"), {"base/deployment.yaml": DEPLOYMENT.replace("0.1.0", "0.2.0")})
    commit(root, overlay("production", "0.1.0"))
    assert findings(root) == []


def test_a_line_that_does_not_reach_the_render_is_no_evidence(root: Path) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "1.0.0"))
    commit(root, {"overlays/staging/kustomization.yaml": overlay("staging", "1.0.0").popitem()[1] + "# soon 1.1.0\n"})
    commit(root, overlay("production", "1.1.0"))
    assert findings(root) == [SKIPPED]


def test_merges_are_seen_from_the_branch(root: Path) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "1.0.0"))
    git(root, "checkout", "--quiet", "-b", "bump")
    commit(root, overlay("staging", "1.1.0"))
    git(root, "checkout", "--quiet", "main")
    git(root, "merge", "--quiet", "--no-ff", "--message", "x", "bump")
    commit(root, overlay("staging", "1.2.0"), overlay("production", "1.1.0"))
    assert findings(root) == []


def test_a_branch_that_was_never_merged_whole_is_no_staging(root: Path) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "1.0.0"))
    git(root, "checkout", "--quiet", "-b", "bump")
    commit(root, overlay("staging", "1.1.0"))
    commit(root, overlay("staging", "1.2.0"))
    git(root, "checkout", "--quiet", "main")
    git(root, "merge", "--quiet", "--no-ff", "--message", "x", "bump")
    commit(root, overlay("production", "1.1.0"))
    assert findings(root) == [SKIPPED]


def test_known_where_the_base_side_has_it(root: Path) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "1.1.0"))
    commit(root, {"base/deployment.yaml": DEPLOYMENT + "\n    # nothing\n"})
    assert findings(root, "--base", "HEAD~1") == [(*SKIPPED[:3], "known")]


def test_shallow_clone_says_so_once(root: Path, tmp_path: Path) -> None:
    two = {"base/kustomization.yaml": "resources: [deployment.yaml, other.yaml]\n",
           "base/other.yaml": DEPLOYMENT.replace("name: web}", "name: api}")}
    commit(root, BASE, two, overlay("staging", "1.0.0"), overlay("production", "0.9.0"))
    commit(root, overlay("staging", "1.1.0"))
    commit(root, overlay("production", "1.0.0"))
    assert findings(root) == []
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{root}", "clone")
    assert findings(tmp_path / "clone") == [(SKIPPED[0], "note", *SKIPPED[2:])]


def test_without_git(tmp_path: Path) -> None:
    for part in (BASE, overlay("staging", "1.0.0"), overlay("production", "1.1.0")):
        write(tmp_path, part)
    assert findings(tmp_path) == [(SKIPPED[0], "note", *SKIPPED[2:])]


def test_owner_that_changes_the_build(root: Path) -> None:
    def application(environment: str, tag: str) -> dict[str, str]:
        return {f"argocd/{environment}.yaml": f"""
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {{name: shop-{environment}, namespace: argocd}}
            spec:
              project: shop
              source:
                repoURL: https://git.example/acme/fleet
                path: overlays/{environment}
                targetRevision: main
                kustomize:
                  images: ["registry.example/web:{tag}"]
              destination: {{server: "https://kubernetes.default.svc", namespace: shop}}
            """}

    commit(root, BASE, overlay("staging", "0.1.0"), overlay("production", "0.1.0"),
           application("staging", "1.0.0"), application("production", "0.9.0"))
    commit(root, application("staging", "1.1.0"))
    commit(root, application("staging", "1.2.0"), application("production", "1.1.0"))
    assert findings(root) == []
    commit(root, application("production", "1.1.5"))
    assert [(rule, place) for rule, _severity, place, _status in findings(root)] == [(SKIPPED[0], "argocd/production.yaml:11")]


def test_one_change_moves_both(root: Path) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "1.0.0"))
    commit(root, overlay("staging", "1.1.0"), overlay("production", "1.1.0"))
    assert findings(root) == []
    assert findings(root, "--base", "HEAD~1") == [("promotion/all-at-once", "note", *SKIPPED[2:])]


def test_paths_narrow_what_is_judged(root: Path) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "1.1.0"))
    done = CliRunner().invoke(cli, ["check", str(root / "overlays/staging"), "--root", str(root), "--format", "json", "--jobs", "1",
                                    "--select", "promotion/*", "--fail-on", "never"], catch_exceptions=False)
    assert [one["rule"] for one in json.loads(done.stdout)["findings"]] == []


@pytest.mark.parametrize(("production", "staging", "same"), [
    ("overlays/production", "overlays/staging", True), ("clusters/prod-eu/apps", "clusters/stg-eu/apps", True),
    ("clusters/prod-eu/apps", "clusters/stg-us/apps", False), ("prod", "stage", True), ("apps/product", "apps/staging", False),
])
def test_paths_of_a_pair(production: str, staging: str, same: bool) -> None:
    words = Words(None)
    assert (words.path(production, "production") == words.path(staging, "staging")) is same


def test_configured_words() -> None:
    words = Words({"production": ["clusters/live-*/**"], "staging": ["clusters/canary/**"]})
    assert words.path("clusters/live", "production") == words.path("clusters/canary", "staging") == "clusters/*"
    assert words.name("web-live", "production") == words.name("canary-web", "staging") == "web"


def test_which_targets_are_pairs() -> None:
    """Two charts of one path are told apart by their owners' names."""
    text = """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: {name}, namespace: argocd}}
        spec:
          source: {{repoURL: "https://git.example/acme/fleet", path: chart, targetRevision: main, kustomize: {{namePrefix: {name}-}}}}
          destination: {{server: "https://kubernetes.default.svc", namespace: shop}}
        """
    names = ("api-production", "api-staging", "web-production", "web-staging")
    files = {f"argocd/{name}.yaml": text.format(name=name) for name in names}
    tree = MemoryTree({**files, "chart/kustomization.yaml": "resources: [deployment.yaml]\n", "chart/deployment.yaml": DEPLOYMENT})
    side = build_side(tree, Config(), (), Clone())
    found = promotion.pairs(side.built, Words(None), promotion.is_chart)
    assert [(pair.production.target.id.rpartition("/")[2], pair.staging.target.id.rpartition("/")[2]) for pair in found] == [
        ("api-production", "api-staging"), ("web-production", "web-staging")]
    assert [(ours.id.name, theirs.id.name) for pair in found for ours, theirs in pair.objects] == [
        ("api-production-web", "api-staging-web"), ("web-production-web", "web-staging-web")]


@pytest.mark.parametrize(("image", "word"), [
    ("registry.example:5000/web:1.2.3", "1.2.3"), ("web:1.2.3@sha256:abc", "abc"), ("registry.example:5000/web", "registry.example:5000/web"),
])
def test_what_a_difference_must_hold(image: str, word: str) -> None:
    assert Version("web", "image", "", image, ()).token == word


def test_commits_hold_the_lines(root: Path) -> None:
    commit(root, {"a.yaml": "tag: 1.0.0\n", "b.yaml": "tag: 1.0.0\n", "ü.yaml": "tag: 1+0\n", 'a "b".yaml': "tag: 1+0\n"})
    second = commit(root, {"a.yaml": "tag: 1.1.0\n--- x\n"})
    commit(root, {"a.yaml": "tag: 1.1.0\n--- y\n"})
    found = git_history.commits(root, "HEAD", ["1.1.0"], ["a.yaml", "b.yaml"], most=10, limit=10_000)
    assert [(one.hash, one.lines) for one in found] == [(second, (("a.yaml", "-", "tag: 1.0.0"), ("a.yaml", "+", "tag: 1.1.0"), ("a.yaml", "+", "--- x")))]
    assert [one.parent for one in git_history.commits(root, "HEAD", ["1.0.0"], ["."], most=10, limit=10_000)][-1] == ""
    assert [line.file for one in git_history.commits(root, "HEAD", ["1+0"], ["."], most=10, limit=10_000)
            for line in one.lines] == ['a "b".yaml', "ü.yaml"]
    with pytest.raises(git_history.LongError, match="bytes"):
        git_history.commits(root, "HEAD", ["1.1.0"], ["."], most=10, limit=10)
    with pytest.raises(ToolError, match="history"):
        git_history.commits(root, "0" * 40, ["1.1.0"], ["."], most=10, limit=10_000)


def test_former_names_of_a_file(root: Path) -> None:
    commit(root, {"k8s/stage/ü.yaml": "a: 1\nb: 2\n"})
    git(root, "mv", "k8s", "env")
    commit(root, {})
    git(root, "mv", "env/stage", "env/staging")
    commit(root, {"env/staging/ü.yaml": "a: 1\nb: 2\nc: 3\n"})
    assert git_history.former_names(root, "HEAD", "env/staging/ü.yaml", limit=10_000) == ["env/stage/ü.yaml", "k8s/stage/ü.yaml"]


def test_history_that_is_too_long_is_a_note(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, BASE, overlay("staging", "1.0.0"), overlay("production", "1.1.0"))
    monkeypatch.setattr("gitops_guard.surroundings.promotion.past._MAX_BYTES", 10)
    commit(root, overlay("staging", "1.1.0"))
    commit(root, overlay("staging", "1.2.0"))
    assert findings(root) == [(SKIPPED[0], "note", *SKIPPED[2:])]
