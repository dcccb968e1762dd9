"""Where it is said that nobody owns a production folder, whatever lies in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from remotes import write

from gitops_guard.cli import cli

URL = "https://github.com/acme/fleet"
APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: shop, namespace: argocd}
    spec:
      project: shop
      source: {repoURL: "%s", path: production%s, targetRevision: HEAD}
      destination: {server: "https://kubernetes.default.svc", namespace: shop}
"""
MANIFEST = """
    # our shop
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: shop}
"""


@pytest.mark.parametrize(("files", "more", "place"), [
    ({"production/main.jsonnet": "{}\n"}, "", ("production/main.jsonnet", 1)),
    ({"production/deep/notes.txt": "for later\n"}, "", ("production/deep/notes.txt", 1)),
    ({"production/shop.yaml": MANIFEST}, ', directory: {include: "none*"}', ("production/shop.yaml", 3)),
    ({"production/a.txt": "a\n", "production/shop.yaml": MANIFEST}, "", ("production/shop.yaml", 3)),
    ({}, "", None),
], ids=["Jsonnet", "no manifest, deep", "all left out", "a manifest", "an empty folder"])
def test_a_folder_without_owner_is_named_by_one_of_its_files(
        files: dict[str, str], more: str, place: tuple[str, int] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {".gitops-guard.yaml": f'repositories: {{"{URL}": .}}\n', "apps/shop.yaml": APPLICATION % (URL, more), **files})
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["check", "--format", "json"])
    found = {finding["rule"]: finding["location"] for finding in json.loads(done.stdout)["findings"]}
    assert "engine/policy-error" not in found
    where = found.get("bypass/unowned-path")
    assert (None if where is None else (where["file"], where["line"])) == place
