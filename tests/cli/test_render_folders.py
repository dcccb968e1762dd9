"""`render --output-dir`: many folders, in any number of processes."""

from __future__ import annotations

import subprocess
import sys

import pytest


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def run(repo, *args):
    return subprocess.run([sys.executable, "-m", "gitops_guard", "render", str(repo), "--root", str(repo), *args],
                          capture_output=True, text=True, check=False)


@pytest.fixture
def repo(tmp_path):
    files = {"base/kustomization.yaml": "resources: [web.yaml]\n",
             "base/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n"}
    for number in range(30):
        resource = "missing.yaml" if number % 7 == 3 else "../../base"
        files[f"apps/{number:02d}/kustomization.yaml"] = f"namePrefix: p{number}-\nresources: [{resource}]\n"
    write(tmp_path / "repo", files)
    return tmp_path / "repo"


def test_the_number_of_processes_changes_nothing(repo, tmp_path):
    seen = []
    for jobs in ("1", "2", "5"):
        out = tmp_path / jobs
        done = run(repo, "--output-dir", str(out), "--jobs", jobs)
        written = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
        seen.append((done.returncode, done.stdout, done.stderr, written))
    assert seen[0] == seen[1] == seen[2]
    code, stdout, stderr, written = seen[0]
    assert code == 1
    assert stdout == ""
    assert stderr.splitlines()[-1] == "27 of 31 folders rendered"
    assert [line.split(":")[0] for line in stderr.splitlines()[:-1]] == [f"apps/{number:02d}/kustomization.yaml" for number in (3, 10, 17, 24)]
    assert len(written) == 27
    assert b"name: p29-web\n" in written["apps/29/manifests.yaml"]


def test_an_output_that_can_not_be_written(repo, tmp_path):
    (tmp_path / "out").write_text("a file")
    done = run(repo, "--output-dir", str(tmp_path / "out"), "--jobs", "2")
    assert done.returncode == 4
    assert "can't write" in done.stderr
