"""Which files are file inputs, of which type, and what a file that can't be read becomes."""

from __future__ import annotations

import json

import pytest
from trees import Link, sources

from gitops_guard.evaluate.files import FileInput, read_files


def inputs(files: dict[str, str | bytes | Link]) -> dict[str, FileInput]:
    read = sources(files)
    return {found.path: found for found in read_files(read, read.tree.files())}


@pytest.mark.parametrize(("path", "kind"), [
    (".github/workflows/a.yaml", "github-workflow"), (".github/workflows/deep/a.yaml", None), ("x/.gitea/workflows/a.yml",
     "github-workflow"),
    ("action.yml", "github-action"), (".github/actions/x/action.yaml", "github-action"), (".gitlab-ci.yml", "gitlab-ci"),
    ("deploy.gitlab-ci.yml", "gitlab-ci"), ("Jenkinsfile", "jenkinsfile"), ("ci/Jenkinsfile.deploy", "jenkinsfile"),
    ("azure-pipelines.yml", "azure-pipeline"), (".azure-pipelines/deploy.yaml", "azure-pipeline"), (".circleci/config.yml",
     "circleci"),
    ("Makefile", "makefile"), ("hack/deploy.mk", "makefile"), ("GNUmakefile", "makefile"), (".justfile", "justfile"),
    ("kube/mod.just", "justfile"),
    ("Taskfile.yml", "taskfile"), ("a/taskfile.dist.yaml", "taskfile"), ("a.sh", "script"), ("a.bash", "script"),
    ("base/kustomization.yaml", "kustomization"), ("base/Kustomization", "kustomization"), (".github/CODEOWNERS", "codeowners"),
    ("README.md", None), ("a.py", None), ("NOTES.txt", None), ("deployment.yaml", None), ("x/CODEOWNERS", None),
])
def test_types_by_name(path: str, kind: str | None) -> None:
    found = inputs({path: "a: 1\n"})
    assert {one.kind for one in found.values()} == ({kind} if kind else set())


@pytest.mark.parametrize(("text", "kind"), [
    ("#!/bin/sh\nkubectl a\n", "script"), ("#!/usr/bin/env -S bash -e\nkubectl a\n", "script"), ("#!/usr/bin/env python3\nx\n",
     None),
    ("kubectl a\n", None),
])
def test_scripts_by_their_first_line(text: str, kind: str | None) -> None:
    assert {one.kind for one in inputs({"bin/deploy": text}).values()} == ({kind} if kind else set())


def test_tekton_by_its_version() -> None:
    task = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: a}\nspec:\n  steps: [{name: b, script: kubectl apply -f x}]\n"
    found = inputs({"a.yaml": task, "b.yaml": "apiVersion: v1\n"})
    assert [(one.path, one.kind) for one in found.values()] == [("a.yaml", "tekton")]
    assert found["a.yaml"].document["commands"][0]["argv"] == ["kubectl", "apply", "-f", "x"]


def test_includes_are_of_the_same_type() -> None:
    found = inputs({
        ".gitlab-ci.yml": "include:\n  - local: /ci/deploy.yml\n  - ci/more/*.yml\n  - remote: https://x.example/y.yml\n",
        "ci/deploy.yml": "a: {script: [b]}\n", "ci/more/c.yml": "c: {script: [d]}\n", "ci/other.yml": "e: {script: [f]}\n",
    })
    assert list(found) == [".gitlab-ci.yml", "ci/deploy.yml", "ci/more/c.yml"]
    assert {one.kind for one in found.values()} == {"gitlab-ci"}
    assert found["ci/deploy.yml"].document["commands"][0]["program"] == "b"


def test_a_broken_file_is_an_input_with_an_error() -> None:
    found = inputs({".github/workflows/a.yaml": "jobs: [kubectl\n", "b.sh": b"\xff\xfekubectl\x00", "c.sh": b"kubectl \xff\n"})
    assert all(one.document["errors"] for one in found.values() if one.path != "b.sh")
    assert found[".github/workflows/a.yaml"].document["errors"][0]["text"] == "jobs: [kubectl\n"


def test_links_out_of_the_repository_are_not_read() -> None:
    assert inputs({"a.sh": Link("/etc/profile"), "Makefile": Link("../x")}) == {}


def test_documents_are_json() -> None:
    found = inputs({".github/workflows/a.yaml": "on: push\njobs: {a: {steps: [{run: kubectl get x}]}}\n",
                    "kustomization.yaml": "resources: [a]\n"})
    assert json.loads(json.dumps(found[".github/workflows/a.yaml"].document))["documents"][0]["on"] == "push"
    assert found["kustomization.yaml"].document["generators"] == []


def test_comments_and_owners() -> None:
    found = inputs({"kustomization.yaml": "# one\nresources: [a] # two\n", "CODEOWNERS": "* @a\n"})
    assert found["kustomization.yaml"].document["comments"] == [{"line": 1, "text": "# one"}, {"line": 2, "text": "# two"}]
    assert found["CODEOWNERS"].document["lines"] == ["* @a", ""]


@pytest.mark.parametrize("kind", [".github/workflows/a.yaml", ".gitlab-ci.yml", "azure-pipelines.yml", ".circleci/config.yml",
    "Taskfile.yml",
                                  "action.yml", "kustomization.yaml"])
@pytest.mark.parametrize("text", ["", "null\n", "[]\n", "a\n", "jobs: 1\n", "jobs: {a: [b], c: {steps: {d: e}}}\n",
    "tasks: {a: [1, {b: c}]}\n",
                                  "steps: [1, {run: 2}, {script: [a]}, {uses: {}}]\n",
                                  "a: {script: {b: [c]}, extends: [1, {}]}\n",
                                  "runs: {using: composite, steps: [{run: [1], shell: {}}]}\n",
                                  "variables: [1]\nstages: [[[{job: a}]]]\n",
                                  "include: {local: [1, {a: b}]}\nincludes: {a: [1]}\n", "---\na: 1\n---\n- b\n"])
def test_odd_content_is_no_crash(kind: str, text: str) -> None:
    assert len(inputs({kind: text})) == 1


def test_terraform_reaches_a_cluster_by_its_providers() -> None:
    files = {"deploy.sh": "terraform apply\npulumi up\nansible-playbook a.yaml\n"}
    assert all(command["providers"] == [] for command in inputs(files)["deploy.sh"].document["commands"])
    files |= {"main.tf": 'provider "helm" {}\nprovider "aws" {}\n',
     "package.json": '{"dependencies": {"@pulumi/kubernetes": "4"}}',
              "a.yaml": "- hosts: x\n  tasks:\n    - kubernetes.core.k8s: {state: present}\n"}
    commands = inputs(files)["deploy.sh"].document["commands"]
    assert [command["providers"] for command in commands] == [["helm"], ["kubernetes"], ["kubernetes"]]
