"""Submodules: read where their clone has the revision, else unknown, never empty."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner
from remotes import Remote, git, write

from gitops_guard import cli
from gitops_guard.revisions import IndexTree, RevisionTree
from gitops_guard.tree import WorkTree

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: shared}}\ndata: {{key: {value}}}\n"
BASE = {"base/kustomization.yaml": "resources: [config.yaml]\n", "base/config.yaml": CONFIG.format(value="one")}


def run_json(args):
    return json.loads(CliRunner().invoke(cli.cli, [*args, "--format", "json"]).stdout)


@pytest.fixture
def root(tmp_path):
    """A repository that builds on a submodule, which has a second revision that nobody names."""
    library = Remote(tmp_path / "library", BASE)
    made = Remote(tmp_path / "repo", {"app/kustomization.yaml": "resources: [../lib/module/base]\n"})
    git(made.folder, "submodule", "--quiet", "add", library.url, "lib/module")
    git(made.folder, "commit", "--quiet", "--message", "module")
    return made.folder


@pytest.fixture
def bare(root, tmp_path):
    """A clone without its submodules."""
    git(tmp_path, "clone", "--quiet", str(root), "clone")
    return tmp_path / "clone"


@pytest.mark.parametrize("make", [lambda root: RevisionTree(root, "HEAD"), IndexTree, WorkTree])
def test_a_submodule_that_is_checked_out_is_read(root, make):
    tree = make(root)
    assert tree.read("lib/module/base/config.yaml") == BASE["base/config.yaml"].encode()
    assert (tree.names("lib/module/base"), tree.lacks("lib/module/base")) == (["config.yaml", "kustomization.yaml"], False)


@pytest.mark.parametrize("make", [lambda root: RevisionTree(root, "HEAD"), IndexTree])
def test_its_files_are_not_listed(root, make):
    assert make(root).files() == (".gitmodules", "app/kustomization.yaml")


def test_a_revision_reads_the_revision_that_it_names(root):
    write(root / "lib/module", {"base/config.yaml": CONFIG.format(value="two")})
    git(root / "lib/module", "commit", "--quiet", "--all", "--message", "two")
    git(root, "commit", "--quiet", "--all", "--message", "two")
    assert b"one" in RevisionTree(root, "HEAD~1").read("lib/module/base/config.yaml")
    assert b"two" in RevisionTree(root, "HEAD").read("lib/module/base/config.yaml")


def test_submodules_of_submodules(root, tmp_path):
    inner = Remote(tmp_path / "inner", {"deep/x.yaml": "x: 1\n"})
    git(root / "lib/module", "submodule", "--quiet", "add", inner.url, "vendor")
    git(root / "lib/module", "commit", "--quiet", "--message", "inner")
    git(root, "commit", "--quiet", "--all", "--message", "inner")
    tree = RevisionTree(root, "HEAD")
    assert tree.read("lib/module/vendor/deep/x.yaml") == b"x: 1\n"
    tree.close()
    assert not tree.lacks("lib/module/vendor/deep")


@pytest.mark.parametrize("make", [lambda root: RevisionTree(root, "HEAD"), IndexTree, WorkTree])
def test_one_that_is_not_here_is_lacking(bare, make):
    tree = make(bare)
    assert [tree.lacks(path) for path in ("lib/module/base", "lib/module", "lib", "app")] == [True, True, False, False]


def test_a_link_in_the_place_of_a_submodule_leads_nowhere(bare, root):
    os.rmdir(bare / "lib/module")
    os.symlink(root / "lib/module", bare / "lib/module")
    assert RevisionTree(bare, "HEAD").lacks("lib/module/base")


def test_a_build_that_needs_it_is_unresolved(bare):
    report = run_json(["check", str(bare), "--select", "render/*"])
    found = [(one["rule"], one["location"]["file"], one["location"]["line"]) for one in report["findings"]]
    assert found == [("render/unresolved", "app/kustomization.yaml", 1)]
    assert "is not in this clone" in report["findings"][0]["message"]


def test_nothing_is_deleted_by_a_checkout_without_submodules(bare):
    write(bare, {"app/kustomization.yaml": "resources: [../lib/module/base]\nnamePrefix: x-\n"})
    report = run_json(["check", str(bare), "--base", "HEAD"])
    assert [one["rule"] for one in report["findings"] if one["rule"].startswith("prune/")] == []
    assert [change["deleted"] for change in report["changes"]] == []


@pytest.mark.parametrize("system", ["argocd", "flux"])
def test_an_object_that_deploys_it_is_unresolved(bare, system):
    remote = "https://example.com/org/repo.git"
    git(bare, "remote", "set-url", "origin", remote)
    argocd = f"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {{name: app, namespace: argocd}}
        spec:
          source: {{repoURL: '{remote}', path: lib/module/base}}
          destination: {{server: 'https://kubernetes.default.svc', namespace: x}}
        """
    flux = f"""
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {{name: repo, namespace: flux-system}}
        spec: {{url: '{remote}', interval: 1m, ref: {{branch: main}}, recurseSubmodules: true}}
        ---
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {{name: app, namespace: flux-system}}
        spec: {{path: lib/module/base, prune: true, interval: 1m, sourceRef: {{kind: GitRepository, name: repo}}}}
        """
    write(bare, {"object.yaml": argocd if system == "argocd" else flux})
    nodes = run_json(["graph", str(bare)])["nodes"]
    node = next(node for node in nodes if node["name"] == "app" and node["system"] == system)
    assert (node["status"], "submodule" in (node["reason"] or "")) == ("unresolved", True)
