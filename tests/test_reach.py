"""`check --staged` judges what the staged files reach: the same new findings as a check of everything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from remotes import committed, git, repository_of, write

from gitops_guard import cli, pipeline
from gitops_guard.config import Config
from gitops_guard.policy import PolicySet
from gitops_guard.reach import governs

SHOP = Path(__file__).parents[1] / "examples" / "shop"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: 'registry.example.com/web:%s'}]}\n"
FILES = {
    "base/kustomization.yaml": "resources: [map.yaml]\n",
    "base/map.yaml": MAP % "base",
    "one/kustomization.yaml": "resources: [../base]\n",
    "two/kustomization.yaml": "resources: [web.yaml]\n",
    "two/web.yaml": POD % "latest",
    "three/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{name: text, files: [README.md]}]\n",
    "three/web.yaml": POD % "1.2.3",
    "three/README.md": "x\n",
    "loose/map.yaml": MAP % "loose",
    "README.md": "x\n",
}


@pytest.fixture
def root(tmp_path):
    return committed(tmp_path / "repo", FILES)


def run(root, *args):
    return CliRunner().invoke(cli.cli, ["check", *args, "--root", str(root)])


def report(root, *args):
    return json.loads(run(root, *args, "--format", "json").stdout)


def new(found):
    """Whether a waiver is left over can't be told of a part."""
    return [(item["rule"], item["location"], item["message"]) for item in found["findings"]
            if item["status"] == "new" and not item["waiver"] and item["rule"] != "waiver/unused"]


def targets(root, *args):
    return [target["id"] for target in report(root, "--staged", *args)["targets"]]


@pytest.mark.parametrize(("path", "text", "reached"), [
    pytest.param("base/map.yaml", MAP % "other", ["one"], id="a file of a base reaches what is built on it"),
    pytest.param("base/map.yaml", None, ["one"], id="and so does its deletion"),
    pytest.param("one/kustomization.yaml", None, ["base"], id="a base that nothing uses any longer stands alone"),
    pytest.param("two/web.yaml", POD % "2", ["two"], id="another target"),
    pytest.param("two/kustomization.yml", "resources: []\n", ["two"], id="a second kustomization file"),
    pytest.param("three/README.md", "y\n", ["three"], id="a text that is packed into a ConfigMap"),
    pytest.param("loose/map.yaml", MAP % "other", ["loose"], id="plain manifests"),
    pytest.param("loose/more.yaml", MAP % "more", ["loose"], id="a new file beside them"),
    pytest.param(".gitops-guard.yaml", "exclude: []\n", ["loose", "one", "three", "two"], id="the configuration reaches everything"),
    pytest.param("rules/x.rego", "package x\n", ["loose", "one", "three", "two"], id="and so do policies"),
    pytest.param("crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n", [".", "loose", "one", "three", "two"],
                 id="and schemas"),
])
def test_what_a_file_reaches(root, path, text, reached):
    if text is None:
        git(root, "rm", "--quiet", path)
    else:
        write(root, {path: text})
        git(root, "add", path)
    assert sorted(targets(root)) == reached


APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: %s, namespace: argocd}
    spec:
      project: default
      source: {repoURL: 'https://git.example.com/org/repo', path: app, targetRevision: HEAD, kustomize: {namePrefix: %s-}}
      destination: {server: 'https://kubernetes.default.svc', namespace: default}
    """
SEALED = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: one, namespace: %s}\nspec: {encryptedData: {key: AgBy}}\n"


@pytest.mark.parametrize(("path", "text", "reached"), [
    pytest.param("argocd/one.yaml", APPLICATION % ("one", "other"), ["argocd", "argocd/Application/argocd/one"],
                 id="of the targets of one folder, that whose owner changes"),
    pytest.param("app/map.yaml", MAP % "other", ["argocd", "argocd/Application/argocd/one", "argocd/Application/argocd/two", "on-top"],
                 id="all that read a file"),
    pytest.param("argocd/notes.yaml", MAP % "notes", ["argocd"], id="a new file beside owners, which says nothing of what they own"),
    pytest.param("sealed/sealed.yaml", SEALED % "other", ["sealed"], id="what a SealedSecret is called where it lies"),
])
def test_of_targets_with_common_files_those_that_are_reached(tmp_path, path, text, reached):
    root = committed(tmp_path / "repo", {
        "argocd/one.yaml": APPLICATION % ("one", "one"), "argocd/two.yaml": APPLICATION % ("two", "two"), "app/kustomization.yaml": "resources: [map.yaml]\n",
        "app/map.yaml": MAP % "app", "on-top/kustomization.yaml": "resources: [../app]\n", "sealed/sealed.yaml": SEALED % "default"})
    write(root, {path: text})
    git(root, "add", "--all")
    assert sorted(targets(root)) == reached


def test_paths_narrow_further(root):
    write(root, {"two/web.yaml": POD % "2", "base/map.yaml": MAP % "other"})
    git(root, "add", "--all")
    assert targets(root) == ["one", "two"]
    assert targets(root, str(root / "one")) == ["one"]
    assert targets(root, str(root / "three")) == []


@pytest.mark.parametrize("path", ["README.md", "docs/note.txt", None])
def test_nothing_to_judge_is_nothing_to_say(root, path):
    if path is not None:
        write(root, {path: "changed\n"})
        git(root, "add", "--all")
    done = run(root, "--staged")
    assert (done.exit_code, done.output) == (0, "")
    found = report(root, "--staged")
    assert (found["targets"], found["findings"]) == ([], [])


def test_what_is_not_staged_does_not_count(root):
    write(root, {"two/web.yaml": POD % "2"})
    done = run(root, "--staged")
    assert (done.exit_code, done.output) == (0, "")


def test_a_link_reaches_everything(root):
    (root / "two/link.yaml").symlink_to("web.yaml")
    git(root, "add", "--all")
    assert targets(root) == ["loose", "one", "three", "two"]


@pytest.mark.parametrize(("path", "expected"), [
    ("schemas/x.json", True), ("more/v1/x.json", True), ("policies/data.yaml", True), ("a/.gitops-guard.yaml", True), (".sops.yaml", True), (".github/CODEOWNERS", True),
    ("other/x.json", False), ("policies2/data.yaml", False)])
def test_what_governs(path, expected):
    assert governs(path, Config(policies=("policies",), schema_locations=("schemas", "more/{{ .Group }}/x.json")), PolicySet()) is expected


@pytest.mark.parametrize(("number", "change"), [(0, "delete"), (1, "empty"), (2, "other")])
def test_no_new_finding_is_missed(tmp_path, number, change, monkeypatch):
    """Files of the example, each changed alone; compared with a check of everything that is staged."""
    root = repository_of(SHOP, tmp_path / "shop")
    paths = git(root, "ls-files").splitlines()
    assert len(paths) > 20
    for path in paths[number::5]:
        file = root / path
        text = file.read_text()
        if change == "delete":
            file.unlink()
        else:
            file.write_text("" if change == "empty" else text.replace("1.", "9.").replace("true", "false"))
        git(root, "add", "--all")
        done = run(root, "--staged", "--jobs", "1", "--format", "json")
        if done.exit_code in (0, 1):
            narrow = json.loads(done.stdout)
            with monkeypatch.context() as patched:
                patched.setattr(pipeline, "_changed", lambda *_args: None)
                whole = report(root, "--staged", "--jobs", "1")
            assert new(narrow) == new(whole), path
            assert narrow["changes"] == whole["changes"], path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        git(root, "add", "--all")
