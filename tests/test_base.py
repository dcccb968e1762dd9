"""`check --base` in real clones: whole ones, cut ones, and those that lack what is compared with."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from remotes import git, write

from gitops_guard import cli

LIST = "resources: [web.yaml, box.yaml]\n"
FILES = {
    "shop/kustomization.yaml": LIST,
    "shop/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop}\n",
    "shop/box.yaml": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: box, namespace: shop}\nspec:\n  accessModes: [ReadWriteOnce]\n"
                     "  resources: {requests: {storage: 1Gi}}\n",
}
DROPPED = {"shop/kustomization.yaml": "resources: [web.yaml]\n"}
OTHER = {"other/kustomization.yaml": "resources: [c.yaml]\n", "other/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"}


def commit(root, files):
    write(root, files)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "x")


@pytest.fixture
def origin(tmp_path):
    """main has a claim; the branch `change`, one commit ahead, drops it from its list."""
    root = tmp_path / "origin"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root, FILES)
    commit(root, OTHER)
    git(root, "checkout", "--quiet", "-b", "change")
    commit(root, DROPPED)
    return root


def check(root, *args):
    return CliRunner().invoke(cli.cli, ["check", str(root), "--root", str(root), "--format", "json", *args])


def deletions(result):
    return [(finding["rule"], finding["location"]["file"], finding["status"]) for finding in json.loads(result.stdout)["findings"]
            if finding["rule"].startswith("prune/")]


FOUND = [("prune/deletes-stateful", "shop/kustomization.yaml", "new")]


@pytest.mark.parametrize("base", ["main", "HEAD~1", "HEAD^", "main~0"])
def test_a_branch_against_another(origin, base):
    result = check(origin, "--base", base)
    assert (result.exit_code, deletions(result)) == (1, FOUND)


def test_only_what_the_branch_did_counts(origin):
    git(origin, "checkout", "--quiet", "main")
    commit(origin, {"other/d.yaml": "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d}\nspec: {}\n",
                    "other/kustomization.yaml": "resources: [c.yaml, d.yaml]\n"})
    git(origin, "checkout", "--quiet", "change")
    assert deletions(check(origin, "--base", "main")) == FOUND


def test_what_is_not_committed_counts_as_well(origin):
    git(origin, "checkout", "--quiet", "main")
    write(origin, DROPPED)
    assert deletions(check(origin, "--base", "HEAD")) == FOUND


def test_paths_narrow_the_change(origin):
    assert deletions(check(origin, "--base", "main")) == FOUND
    runner = CliRunner()
    for path, expected in (("shop", FOUND), ("other", [])):
        result = runner.invoke(cli.cli, ["check", str(origin / path), "--root", str(origin), "--format", "json", "--base", "main"])
        assert deletions(result) == expected, path


@pytest.mark.parametrize("base", ["nowhere", "origin/nowhere", "0123456789abcdef0123456789abcdef01234567"])
def test_a_revision_that_is_not_there(origin, base):
    result = check(origin, "--base", base)
    assert result.exit_code == 2
    assert "there is no revision" in result.stderr
    assert "git fetch" in result.stderr


def test_no_common_ancestor(origin):
    git(origin, "checkout", "--quiet", "--orphan", "island")
    git(origin, "commit", "--quiet", "--message", "x")
    result = check(origin, "--base", "main")
    assert result.exit_code == 2
    assert "no common ancestor" in result.stderr


def test_no_repository(tmp_path):
    write(tmp_path / "plain", FILES)
    result = check(tmp_path / "plain", "--base", "main")
    assert result.exit_code == 2
    assert "--base needs a git repository" in result.stderr


def test_a_clone_cut_before_the_base(origin, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "change", f"file://{origin}", "cut")
    result = check(tmp_path / "cut", "--base", "origin/main")
    assert result.exit_code == 2
    assert "git fetch origin main" in result.stderr


def test_a_clone_cut_behind_both(origin, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth", "2", "--branch", "change", f"file://{origin}", "cut")
    assert deletions(check(tmp_path / "cut", "--base", "HEAD~1")) == FOUND


def test_a_clone_that_has_both_commits_and_not_what_joins_them(origin, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "change", f"file://{origin}", "cut")
    git(tmp_path / "cut", "fetch", "--quiet", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    assert deletions(check(tmp_path / "cut", "--base", "origin/main")) == FOUND


def test_a_base_side_that_does_not_build_is_said_and_the_head_side_is_judged(origin):
    git(origin, "checkout", "--quiet", "main")
    commit(origin, {"shop/kustomization.yaml": "resources: [web.yaml, box.yaml, lost.yaml]\n"})
    write(origin, {**DROPPED, "other/c.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {containers: [{name: a, image: 'nginx:latest'}]}\n"})
    result = check(origin, "--base", "HEAD")
    findings = json.loads(result.stdout)["findings"]
    assert [(one["severity"], one["location"]["file"]) for one in findings if one["rule"] == "render/failed"] == [("note", "shop/kustomization.yaml")]
    assert "images/unpinned-tag" in {one["rule"] for one in findings}
    assert not [one for one in findings if one["rule"].startswith("prune/")]


def test_a_base_side_that_fails_as_the_head_side_does_is_known(origin):
    git(origin, "checkout", "--quiet", "main")
    commit(origin, {"shop/kustomization.yaml": "resources: [lost.yaml]\n"})
    found = [(one["severity"], one["status"]) for one in json.loads(check(origin, "--base", "HEAD").stdout)["findings"] if one["rule"] == "render/failed"]
    assert found == [("error", "known")]


def test_a_clone_cut_before_an_ancestor(origin, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "change", f"file://{origin}", "cut")
    result = check(tmp_path / "cut", "--base", "HEAD~1")
    assert result.exit_code == 2
    assert "git fetch --unshallow" in result.stderr


def test_a_guard_of_an_application_that_its_argo_cd_does_not_know(tmp_path):
    write(tmp_path, {".gitops-guard.yaml": 'argocd: {version: "3.3"}\n', "app.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: shop, namespace: argocd}
        spec:
          project: default
          source: {repoURL: https://example.com/a.git, path: shop}
          destination: {server: https://kubernetes.default.svc, namespace: shop}
          syncPolicy:
            syncOptions:
              - Prune=false
        """})
    findings = json.loads(check(tmp_path).stdout)["findings"]
    assert [finding["location"]["line"] for finding in findings if finding["rule"] == "prune/ineffective-guard"] == [10]


def test_values_of_secrets_that_the_change_removes_are_masked(origin):
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {token: hunter2-of-old}\n"
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: hunter2-of-old, namespace: shop}\n"
    commit(origin, {"shop/kustomization.yaml": "resources: [web.yaml, s.yaml, claim.yaml]\n", "shop/s.yaml": secret, "shop/claim.yaml": claim})
    commit(origin, {"shop/kustomization.yaml": "resources: [web.yaml]\n", "shop/s.yaml": "", "shop/claim.yaml": ""})
    result = check(origin, "--base", "HEAD~1")
    [message] = [one["message"] for one in json.loads(result.stdout)["findings"] if one["rule"] == "prune/deletes-stateful"]
    assert "hunter2" not in message


def test_a_hook_of_git_judges_what_that_commit_has(origin):
    """`git commit FILE` has an index of its own: what else is staged is not in the commit."""
    hook = origin / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m gitops_guard check --staged --select 'prune/*' --jobs 1 >&2\n")
    hook.chmod(0o755)
    git(origin, "checkout", "--quiet", "main")
    write(origin, {**DROPPED, "other/c.yaml": OTHER["other/c.yaml"] + "data: {a: b}\n"})
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "one file", "other/c.yaml")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        git(origin, "commit", "--quiet", "--message", "the rest")
    assert "prune/deletes-stateful" in failed.value.stderr
