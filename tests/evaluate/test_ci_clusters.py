"""Which job, script or recipe makes a throw-away cluster."""

from __future__ import annotations

import pytest
from trees import sources

from gitops_guard.evaluate.files import read_files


def clusters(files: dict[str, str], path: str) -> dict[str, str | None]:
    """line of each kubectl command -> the cluster of its job"""
    read = sources(files)
    found = next(one for one in read_files(read, read.tree.files()) if one.path == path)
    return {" ".join(one["argv"][1:]): one["cluster"] for one in found.document["commands"] if one["program"] == "kubectl"}


def workflow(*steps: str) -> str:
    mine = "".join(f"      - {step}\n" for step in steps)
    return f"jobs:\n  a:\n    steps:\n{mine}  b:\n    steps:\n      - run: kubectl other\n"


PATH = ".github/workflows/a.yaml"


@pytest.mark.parametrize(("step", "more", "expected"), [
    ("run: kind create cluster", {}, "kind"),
    ("run: kind get clusters", {}, None),
    ("run: k3d cluster create x", {}, "k3d"),
    ("run: minikube start", {}, "minikube"),
    ("run: setup-envtest use 1.34", {}, "envtest"),
    ("uses: helm/kind-action@v1", {}, "kind"),
    ("uses: medyagh/setup-minikube@v1", {}, "minikube"),
    ("uses: azure/setup-kubectl@v4", {}, None),
    ("uses: ./.github/actions/cluster",
     {".github/actions/cluster/action.yml": "runs: {using: composite, steps: [{run: kind create cluster}]}\n"}, "kind"),
    ("run: ./hack/up.sh", {"hack/up.sh": "kind create cluster\n"}, "kind"),
    ("run: bash hack/up.sh", {"hack/up.sh": "echo\n"}, None),
    ("run: make up", {"Makefile": "up: cluster\n\ncluster:\n\tkind create cluster\n"}, "kind"),
    ("run: make up", {"Makefile": "up:\n\techo\n"}, None),
    ("run: ./hack/create_kind_cluster.sh", {}, "kind"),
    ("run: ./hack/kind_words.sh", {}, None),
    ("run: task up", {"Taskfile.yml": "tasks: {up: {cmds: [{task: c}]}, c: [kind create cluster]}\n"}, "kind"),
    ("run: just up", {"justfile": "up: c\n\nc:\n  k3d cluster create\n"}, "k3d"),
])
def test_job(step: str, more: dict[str, str], expected: str | None) -> None:
    found = clusters({PATH: workflow(step, "run: kubectl mine"), **more}, PATH)
    assert found == {"mine": expected, "other": None}


def test_a_script_is_one_job() -> None:
    assert clusters({"a.sh": "f() {\n  kubectl x\n}\nkind create cluster\nf\n"}, "a.sh") == {"x": "kind"}


def test_recipes_apart() -> None:
    text = "a:\n\tkind create cluster\n\tkubectl x\nb:\n\tkubectl y\nc: a\n\tkubectl z\n"
    assert clusters({"Makefile": text}, "Makefile") == {"x": "kind", "y": None, "z": "kind"}


def test_a_circle_of_calls_ends() -> None:
    assert clusters({"a.sh": "./b.sh\nkubectl x\n", "b.sh": "./a.sh\n", "Makefile": "a: b\nb: a\n"}, "a.sh") == {"x": None}


def test_gitlab_default_and_extends() -> None:
    text = """
    .kind:
      before_script: [kind create cluster]
    a: {extends: .kind, script: [kubectl x]}
    b: {script: [kubectl y]}
    """
    assert clusters({".gitlab-ci.yml": text}, ".gitlab-ci.yml") == {"x": "kind", "y": None}
