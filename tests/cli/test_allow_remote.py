"""--allow-remote, from the command line to the report."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from remotes import Remote, write

BASE = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web # gitops-guard: ignore[images/unpinned-tag] theirs\n"
                     "      image: example.com/web:latest\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: key}\nstringData: {password: hunter2-is-here}\n",
}


@pytest.fixture
def repo(tmp_path):
    remote = Remote(tmp_path / "origin", BASE)
    write(tmp_path / "repo", {"kustomization.yaml": f"resources:\n  - {remote.url}//base?ref=main\n"})
    return tmp_path / "repo"


def run(repo, *args):
    env = {**os.environ, "XDG_CACHE_HOME": str(repo.parent / "cache")}
    return subprocess.run([sys.executable, "-m", "gitops_guard", *args], cwd=repo, env=env, capture_output=True, text=True, check=False)


def test_check(repo):
    report = json.loads(run(repo, "check", "--format", "json").stdout)
    assert [found["rule"] for found in report["findings"]] == ["images/unpinned-source", "render/unresolved"]
    assert not (repo.parent / "cache").exists()

    done = run(repo, "check", "--allow-remote", "--format", "json")
    report = json.loads(done.stdout)
    places = {(found["rule"], found["location"]["file"], found["location"]["line"], found["location"]["quality"]) for found in report["findings"]}
    assert ("images/unpinned-tag", "kustomization.yaml", 2, "nearest") in places
    assert ("secrets/plaintext-secret", "kustomization.yaml", 2, "nearest") in places
    assert {place[1] for place in places} == {"kustomization.yaml"}
    assert not any(found["rule"].startswith("waiver/") or found["waiver"] for found in report["findings"])
    assert report["summary"]["unresolved"] == 0
    for format_ in ("text", "json", "sarif", "html"):
        done = run(repo, "check", "--allow-remote", "--format", format_)
        assert "hunter2" not in done.stdout + done.stderr
        assert run(repo, "check", "--allow-remote", "--format", format_).stdout == done.stdout


def test_render(repo, tmp_path):
    assert run(repo, "render", ".").returncode == 1
    done = run(repo, "render", ".", "--allow-remote")
    assert done.returncode == 0, done.stderr
    assert "image: example.com/web:latest" in done.stdout
    assert run(repo, "render", ".", "--allow-remote", "--output-dir", str(tmp_path / "out")).returncode == 0
    assert (tmp_path / "out" / "manifests.yaml").read_text() == done.stdout


def test_a_base_that_is_not_there(repo):
    write(repo, {"kustomization.yaml": f"resources:\n  - file://{repo.parent}/gone\n"})
    done = run(repo, "check", "--allow-remote", "--format", "json")
    assert [(found["rule"], found["location"]["line"]) for found in json.loads(done.stdout)["findings"]] == [
        ("images/unpinned-source", 2), ("render/unresolved", 2)]
