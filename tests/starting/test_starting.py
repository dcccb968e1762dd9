"""What a start takes: the files that `gitops-guard init` writes, by what a repository shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from remotes import ENV, committed, git, write

from gitops_guard import config
from gitops_guard.config import Config
from gitops_guard.errors import UsageError
from gitops_guard.request import GraphRequest
from gitops_guard.starting import Beginning, begin
from gitops_guard.starting.address import Address, parse

ADDRESS = Address("https://github.com/acme/gitops-guard", "0123abc", known=True)
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'registry.example.com/web:latest'}]}\n"
SHOP = {"shop/production/kustomization.yaml": "resources: [web.yaml]\n", "shop/production/web.yaml": POD,
        "shop/staging/kustomization.yaml": "resources: [web.yaml]\n", "shop/staging/web.yaml": POD}
ARGOCD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-server}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
        - {name: server, image: "quay.io/argoproj/argocd:v%s"}
"""
FLUX = """\
apiVersion: v1
kind: Namespace
metadata:
  name: flux-system
  labels: {app.kubernetes.io/part-of: flux, app.kubernetes.io/version: v2.3.0}
"""
INSTANCE = """\
apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux}
spec: {distribution: {version: "%s", registry: ghcr.io/fluxcd}}
"""
OPTIONS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {kustomize.buildOptions: '%s'}\n"
REMOTE = "resources: ['https://raw.githubusercontent.com/argoproj/argo-cd/v2.9.3/manifests/install.yaml']\n"


def beginning(root: Path, files: dict[str, str], systems: list[str] | None = None, address: Address = ADDRESS) -> Beginning:
    root.mkdir(exist_ok=True)
    write(root, files)
    return begin(GraphRequest(root=root, named=(".",), config=Config()), address, systems)


def written(root: Path, files: dict[str, str]) -> tuple[str, Config]:
    """The configuration, as text and as it is read."""
    text = beginning(root, files, []).files[".gitops-guard.yaml"]
    return text, config.load(text)


@pytest.mark.parametrize(("files", "argocd", "options", "flux"), [
    (SHOP, None, "", None),
    ({"a.yaml": ARGOCD % "2.14.2"}, "2.14.2", "", None),
    ({"a/a.yaml": ARGOCD % "2.14.2", "b/b.yaml": ARGOCD % "2.9.12"}, "2.9.12", "", None),
    ({"a/kustomization.yaml": REMOTE}, "2.9.3", "", None),
    ({"a.yaml": ARGOCD % "latest"}, None, "", None),
    ({"a.yaml": OPTIONS % "--enable-helm"}, None, "--enable-helm", None),
    ({"a.yaml": OPTIONS % "--enable-helm", "b.yaml": ARGOCD % "3.0.1"}, "3.0.1", "--enable-helm", None),
    ({"a/a.yaml": OPTIONS % "--enable-helm", "b/a.yaml": OPTIONS % "--x", "c.yaml": ARGOCD % "3.0.1"}, "3.0.1", "", None),
    ({"a/a.yaml": OPTIONS % "--enable-helm", "b/a.yaml": OPTIONS % "--x"}, None, "", None),
    ({"a.yaml": FLUX}, None, "", "2.3.0"),
    ({"a.yaml": INSTANCE % "2.4.0"}, None, "", "2.4.0"),
    ({"a.yaml": INSTANCE % "2.x"}, None, "", None),
])
def test_what_the_repository_says_itself_is_written(files, argocd, options, flux, tmp_path):
    _text, found = written(tmp_path / "repo", files)
    assert (found.argocd.version, found.argocd.kustomize_build_options, found.flux.version) == (argocd, options, flux)


@pytest.mark.parametrize("files", [
    {}, SHOP, {"a.yaml": ARGOCD % "2.14.2", ".sops.yaml": "creation_rules: []\n", "CODEOWNERS": "* @a\n", "policies/a.rego": "package a\n"},
    {"broken/kustomization.yaml": "resources: [missing.yaml\n"}, {"a\n- evil: [x]/production/kustomization.yaml": "resources: []\n"}])
def test_nothing_is_turned_off_or_down(files, tmp_path):
    _text, found = written(tmp_path / "repo", files)
    assert (found.rules, found.waivers, found.exclude, found.environments, found.policies, found.assume_prune) == ((), (), (), None, (), True)


def test_what_is_seen_is_explained(tmp_path):
    text, _found = written(tmp_path / "repo", {**SHOP, "other/kustomization.yaml": "resources: []\n", ".sops.yaml": "creation_rules: []\n",
                                               "CODEOWNERS": "* @a\n", "house/a.rego": "package a\n"})
    lines = text.splitlines()
    for line in ("#   production: shop/production", "#   staging: shop/staging", '#     - "shop/production"', '#   - "house"'):
        assert line in lines
    assert "by .sops.yaml" in text
    assert "CODEOWNERS says who reviews what" in text
    assert max(map(len, lines)) <= 120


def run(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gitops_guard", *args], cwd=root, env={**ENV, "SOURCE_DATE_EPOCH": "1795219200"},
                          capture_output=True, text=True, timeout=120, check=False)


def test_check_finds_the_same_before_and_after(tmp_path):
    root = committed(tmp_path / "repo", {**SHOP, ".github/workflows/a.yml": "on: push\njobs: {}\n", ".gitlab-ci.yml": "a: {script: [make]}\n",
                                         "Jenkinsfile": "pipeline {}\n", "azure-pipelines.yml": "steps: []\n"})
    before = json.loads(run(root, "check", "--format", "json").stdout)
    assert before["findings"]
    done = run(root, "init", "--write", "--from", "https://github.com/acme/gitops-guard@0123abc")
    assert done.returncode == 0, done.stderr
    new = [".github/workflows/gitops-guard.yml", ".gitlab/ci/gitops-guard.yml", ".gitops-guard.yaml", ".pre-commit-config.yaml",
           "azure-pipelines/gitops-guard.yml"]
    assert git(root, "ls-files", "--others").splitlines() == new
    after = json.loads(run(root, "check", "--format", "json").stdout)
    assert (after["findings"], after["summary"]) == (before["findings"], before["summary"])
    assert [(rule["id"], rule["severity"]) for rule in after["rules"]] == [(rule["id"], rule["severity"]) for rule in before["rules"]]
    again = run(root, "init", "--write")
    assert (again.returncode, "wrote" in again.stdout) == (0, False)
    assert ".pre-commit-config.yaml runs gitops-guard already" in again.stdout


@pytest.mark.parametrize("system", ["github", "gitlab", "azure", "jenkins"])
def test_what_it_wrote_is_seen_to_run_gitops_guard(system, tmp_path):
    first = beginning(tmp_path / "repo", SHOP, [system])
    assert len(first.files) == 3
    again = beginning(tmp_path / "repo", first.files, [system])
    assert again.files == {}
    assert sum("runs gitops-guard already" in text for text in again.advice) == 2


def test_what_is_shown_is_a_patch(tmp_path):
    root = committed(tmp_path / "repo", SHOP)
    shown = run(root, "init", "--ci", "gitlab", "--from", "https://github.com/acme/gitops-guard@0123abc")
    assert git(root, "status", "--short") == ""
    (tmp_path / "init.patch").write_text(shown.stdout)
    git(root, "apply", str(tmp_path / "init.patch"))
    applied = {path: (root / path).read_text() for path in git(root, "ls-files", "--others").splitlines()}
    for path in applied:
        (root / path).unlink()
    run(root, "init", "--write", "--ci", "gitlab", "--from", "https://github.com/acme/gitops-guard@0123abc")
    assert {path: (root / path).read_text() for path in applied} == applied
    assert set(applied) == {".gitlab-ci.yml", ".gitops-guard.yaml", ".pre-commit-config.yaml"}


def test_files_that_git_ignores_are_there_all_the_same(tmp_path):
    root = committed(tmp_path / "repo", {**SHOP, ".gitignore": ".pre-commit-config.yaml\n"})
    write(root, {".pre-commit-config.yaml": "repos: []\n"})
    found = begin(GraphRequest(root=root, named=(".",), config=Config()), ADDRESS, [])
    assert ".pre-commit-config.yaml" not in found.files
    assert any("Add to `repos:`" in text for text in found.advice)


def test_nothing_is_written_through_a_link_out_of_the_repository(tmp_path):
    root = committed(tmp_path / "repo", SHOP)
    (tmp_path / "outside").mkdir()
    os.symlink(tmp_path / "outside", root / ".github")
    done = run(root, "init", "--write", "--ci", "github")
    assert (done.returncode, list((tmp_path / "outside").rglob("*"))) == (2, [])
    assert git(root, "ls-files", "--others").splitlines() == [".github"]


@pytest.mark.parametrize(("remote", "expected"), [
    ("git@github.com:acme/shop.git", ".github/workflows/gitops-guard.yml"), ("https://gitlab.example.com/acme/shop.git", ".gitlab-ci.yml"),
    ("git@ssh.dev.azure.com:v3/acme/shop/shop", "azure-pipelines.yml"), ("https://git.example.com/github.com/shop", None)])
def test_the_remote_tells_where_no_file_does(remote, expected, tmp_path):
    root = committed(tmp_path / "repo", SHOP)
    git(root, "remote", "add", "origin", remote)
    found = begin(GraphRequest(root=root, named=(".",), config=Config()), ADDRESS)
    assert [path for path in found.files if path not in (".gitops-guard.yaml", ".pre-commit-config.yaml")] == ([expected] if expected else [])
    assert any("No CI system" in text for text in found.advice) is (expected is None)


def test_the_branch_that_changes_go_to(tmp_path):
    root = committed(tmp_path / "repo", SHOP)
    git(root, "branch", "-m", 'odd"branch')
    found = begin(GraphRequest(root=root, named=(".",), config=Config()), ADDRESS, ["github", "azure"])
    assert '    branches: ["odd\\"branch"]\n' in found.files[".github/workflows/gitops-guard.yml"]
    assert '    include: ["odd\\"branch"]\n' in found.files["azure-pipelines.yml"]


@pytest.mark.parametrize(("text", "url", "action"), [
    ("https://github.com/acme/gitops-guard.git@0123abc", "https://github.com/acme/gitops-guard.git", "acme/gitops-guard"),
    ("git+https://github.com/acme/gitops-guard@v1.2", "https://github.com/acme/gitops-guard", "acme/gitops-guard"),
    ("ssh://git@git.example.com/tools/guard@main", "ssh://git@git.example.com/tools/guard", "OWNER/gitops-guard")])
def test_addresses(text, url, action):
    found = parse(text)
    assert (found.url, found.action, found.known) == (url, action, True)


@pytest.mark.parametrize("text", ["gitops-guard", "https://git.example.com/x", "https://a b@c", "https://git.example.com/$(x)@y", "@x",
                                  "https://git.example.com/x@-x", "https://git.example.com/x@a b", 'https://git.example.com/"@x'])
def test_what_is_no_address_with_a_revision(text):
    with pytest.raises(UsageError, match="URL@COMMIT"):
        parse(text)


def test_an_address_that_is_not_known_has_to_be_put_in(tmp_path):
    assert any("--from" in text for text in beginning(tmp_path / "a", SHOP, ["github"], Address()).advice)
    other = Address("https://git.example.com/x.git", "0123abc", known=True)
    assert any("GitHub runs actions of GitHub alone" in text for text in beginning(tmp_path / "b", SHOP, ["github"], other).advice)
