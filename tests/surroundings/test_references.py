"""What a side reads from elsewhere, as policies of scope repository see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from remotes import write
from trees import sources

from gitops_guard import manifests
from gitops_guard.cli import cli
from gitops_guard.model import Target
from gitops_guard.surroundings.references import references
from gitops_guard.targets import Built


def facts(files: dict[str, Any], own: str = "acme/fleet") -> dict[str, Any]:
    tree = sources(files)
    target = Target("t", "manifests", ".")
    resources = [resource for path in files if path.endswith(".yaml") and not path.endswith(manifests.KUSTOMIZATION_FILES)
                 for resource in manifests.read(tree, path, target.id)]
    built = Built(target, "rendered", tuple(resources), (), frozenset(files))
    return references(tree, [built], lambda url: own in url)


def test_own_addresses_are_those_of_controller_objects() -> None:
    found = facts({"all.yaml": """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: a}
        spec: {sources: [{repoURL: "https://git.example/acme/fleet"}, {repoURL: "https://git.example/acme/values"}]}
        ---
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: b}
        spec: {url: "ssh://git@git.example/acme/fleet"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: c}
        spec: {url: "https://other.example/acme/fleet"}
        """})
    assert found["own"] == ["https://git.example/acme/fleet", "ssh://git@git.example/acme/fleet"]


def test_remote_entries_of_kustomizations() -> None:
    found = facts({"kustomization.yaml": """
        resources:
          - https://github.com/acme/bases//web?ref=v1.2.3
          - github.com/acme/fleet/apps
          - https://raw.githubusercontent.com/acme/crds/main/crds.yaml
          - ../base
          - local.yaml
        components: ["https://github.com/acme/bases//parts"]
        helmCharts:
          - {name: redis, repo: "https://charts.example.com", version: 1.2.3}
          - {name: local}
          - name: mysql
            repo: https://charts.example.com
        """})
    assert [{key: value for key, value in entry.items() if key not in ("target", "file", "column")} for entry in found["remotes"]] == [
        {"kind": "base", "url": "https://github.com/acme/bases", "revision": "v1.2.3", "own": False, "line": 2},
        {"kind": "base", "url": "https://github.com/acme/fleet", "revision": "", "own": True, "line": 3},
        {"kind": "file", "url": "https://raw.githubusercontent.com/acme/crds/main/crds.yaml", "own": False, "line": 4},
        {"kind": "base", "url": "https://github.com/acme/bases", "revision": "", "own": False, "line": 7},
        {"kind": "chart", "url": "https://charts.example.com", "chart": "redis", "version": "1.2.3", "line": 9},
        {"kind": "chart", "url": "https://charts.example.com", "chart": "mysql", "version": "", "line": 11},
    ]


@pytest.mark.parametrize(("line", "policies"), [
    ('image: web:1.0.0 # {"$imagepolicy": "flux-system:web"}', ["flux-system:web"]),
    ('image: web:1.0.0 #{"$imagepolicy":"flux-system:web:tag"}', ["flux-system:web:tag"]),
    ('image: web:1.0.0 # {"$imagepolicy": 5}', [""]),
    ('image: web:1.0.0 # {"$imagepolicy": "flux-system:web"', [""]),
    ('# image: web:1.0.0 # {"$imagepolicy": "flux-system:web"}', []),
    ('image: web:1.0.0 # see {"$imagepolicy": "flux-system:web"}', []),
    ('image: "web # {\\"$imagepolicy\\": \\"flux-system:web\\"}"', []),
    ("image: web:1.0.0", []),
])
def test_image_policy_marks(line: str, policies: list[str]) -> None:
    marks = facts({"values/any.yaml": f"spec:\n  {line}\n"})["marks"]
    assert [mark["policy"] for mark in marks] == policies
    assert all((mark["file"], mark["line"]) == ("values/any.yaml", 2) for mark in marks)


def test_what_cannot_be_read_is_left_to_others() -> None:
    files = {"kustomization.yaml": "resources: [\n", "broken.yml": '{ # {"$imagepolicy": "a:b"}\n', "list.yml": "- # {}\n"}
    tree = sources(files)
    built = Built(Target("t", "kustomization", "."), "failed", (), (), frozenset(files))
    assert references(tree, [built], lambda _url: True) == {"own": [], "remotes": [], "marks": []}


ELEMENTS = """
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: addons, namespace: argocd}
    spec:
      generators:
        - list:
            elements:
              - {name: velero, version: 8.1.0}
              - {name: dns, version: 1.*}
              - {name: ingress, version: "*"}
      template:
        metadata: {name: "{{name}}"}
        spec:
          project: platform
          source: {repoURL: "https://charts.example.com", chart: "{{name}}", targetRevision: "{{version}}"}
          destination: {server: "https://kubernetes.default.svc", namespace: addons}
    """


@pytest.mark.parametrize(("text", "lines"), [
    (ELEMENTS, [9, 10]),
    (ELEMENTS.replace("{{version}}", "2.*"), [15]),
    (ELEMENTS.replace(', targetRevision: "{{version}}"', ""), [2]),
    (ELEMENTS.replace("- list:", "- plugin: {configMapRef: {name: x}}\n        - list:").replace("{{version}}", "2.*"), [16]),
    (ELEMENTS.replace("{name: velero, version: 8.1.0}", "{name: velero}").replace("{{version}}", "1.2.3"), []),
], ids=["elements", "template", "nothing", "unknown generator", "pinned"])
def test_what_an_applicationset_generates_is_judged(text: str, lines: list[int], tmp_path: Path) -> None:
    write(tmp_path, {"argocd/addons.yaml": text})
    done = CliRunner().invoke(cli, ["check", str(tmp_path), "--root", str(tmp_path), "--format", "json", "--jobs", "1",
                                    "--fail-on", "never", "--select", "images/unpinned-source"], catch_exceptions=False)
    assert [one["location"]["line"] for one in json.loads(done.stdout)["findings"]
            if one["rule"] == "images/unpinned-source"] == lines
