"""The cache of what is known of targets: the same findings with and without it, and nothing of any file in it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from remotes import committed, git, repository_of

from gitops_guard import cli, pipeline
from gitops_guard.shelf import Facts, Shelf, digest

SHOP = Path(__file__).parents[1] / "examples" / "shop"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {size: %s}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: %s}\nstringData: {password: %s}\n"
FILES = {
    "base/kustomization.yaml": "resources: [map.yaml]\n",
    "base/map.yaml": MAP % ("base", "small"),
    "one/kustomization.yaml": "resources: [../base]\n",
    "two/kustomization.yaml": "resources: [../base, web.yaml]\n",
    "two/web.yaml": MAP % ("two", "small"),
    "hidden/kustomization.yaml": "resources: [secret.yaml]\n",
    "hidden/secret.yaml": SECRET % ("hidden", "correct-horse-battery"),
    "made/kustomization.yaml": "secretGenerator: [{name: made, literals: [key=another-long-word]}]\n",
    "far/kustomization.yaml": "resources: ['https://user:word@example.com/x?ref=v1']\n",
    "wrong/kustomization.yaml": "configMapGenerator: [{name: a, files: [key=misplaced]}]\n",
    "plain/map.yaml": MAP % ("plain", "small"),
    "loose.yaml": MAP % ("loose", "small"),
}
FACTS = Facts("rendered", frozenset({"a/kustomization.yaml"}), frozenset({"a"}), frozenset({("apps", "Deployment")}), 1, 0)


def sealed(data):
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "gitops-guard" / "targets"


def run(root, *args):
    done = CliRunner().invoke(cli.cli, ["check", "--staged", "--root", str(root), "--format", "json", "--jobs", "1", *args])
    assert done.exit_code in (0, 1), done.output
    return done.stdout


def stage(root, path, text):
    if text is None:
        (root / path).unlink()
    else:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "add", "--all")


@pytest.mark.parametrize(("path", "text"), [
    ("base/map.yaml", MAP % ("base", "large")),
    ("base/map.yaml", SECRET % ("base", "correct-horse-battery")),
    ("base/map.yaml", None),
    ("base/map.yaml", "}: ["),
    ("base/Kustomization", "resources: []\n"),
    ("two/kustomization.yaml", "resources: [../base]\n"),
    ("two/kustomization.yaml", "resources: [../base, ../two]\n"),
    ("two/web.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n"),
    ("hidden/secret.yaml", SECRET % ("hidden", "correct-horse-battery-staple")),
    ("plain/map.yaml", None),
    ("three/kustomization.yaml", "resources: [../base]\n"),
    ("argo.yaml", ("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: one, namespace: argocd}\nspec:\n"
                  "  source: {repoURL: 'https://example.com/x', path: one, targetRevision: HEAD}\n  destination: {namespace: one}\n")),
])
def test_findings_are_the_same_cold_warm_and_without(tmp_path, home, path, text):
    root = committed(tmp_path / "repo", FILES)
    stage(root, path, text)
    without = run(root, "--no-cache")
    assert not home.exists()
    cold = run(root)
    assert any(home.iterdir())
    assert [without] * 3 == [cold, run(root), run(root)]


@pytest.mark.parametrize("path", ["overlays/staging/size.yaml", "base/web.yaml", "argocd/staging.yaml", "flux/cache.yaml",
                                  "infrastructure/kustomization.yaml"])
def test_findings_are_the_same_where_controllers_deploy(tmp_path, home, path):
    root = repository_of(SHOP, tmp_path / "repo")
    stage(root, path, (SHOP / path).read_text() + "# a note\n")
    without = run(root, "--no-cache")
    assert [without] * 3 == [run(root), run(root), run(root)]
    stage(root, path, None)
    assert run(root, "--no-cache") == run(root)


def test_what_no_staged_file_reaches_is_not_built(tmp_path, home, monkeypatch):
    root = committed(tmp_path / "repo", FILES)
    stage(root, "two/web.yaml", MAP % ("two", "large"))
    first = run(root)
    built = []
    real = pipeline.build_side.__globals__["build"]
    monkeypatch.setitem(pipeline.build_side.__globals__, "build",
                        lambda target, *rest: built.append(target.id) or real(target, *rest))
    assert run(root) == first
    assert set(built) == {"two"}, "what was built before is known"


def test_it_holds_nothing_that_stands_in_a_file(tmp_path, home):
    root = committed(tmp_path / "repo", FILES)
    stage(root, "base/map.yaml", MAP % ("base", "large"))
    run(root)
    (file,) = home.iterdir()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "two/web.yaml" in text
    assert not any(word in text for word in ("large", "small", "correct-horse", "another-long-word", "user:word", "misplaced"))


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, json.dumps({"targets": {digest(["x"]): ["rendered", [], [], [], 1, 0]}}).encode(),
    *(sealed(content) for content in (b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"targets": [], "files": 1}')),
    *(sealed(json.dumps({"targets": {digest(["x"]): entry}, "files": {"x": entry}}).encode()) for entry in (
        None, [], [1, 2, 3, 4, 5, 6], ["", ["a"], ["b"], [["c"]], 1, 0], ["", [], [], [], "1", 0], ["", [], [], [[1, "x"]], 1, 0],
        {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}, {"marks": "word"}, {"marks": [1]})),
])
def test_what_is_no_cache_is_ignored_and_written_anew(tmp_path, content):
    shelf = Shelf(tmp_path / "cache")
    shelf.add(digest(["y"]), FACTS)
    shelf.save()
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(content)
    shelf = Shelf(tmp_path / "cache")
    assert shelf.find(digest(["x"])) is shelf.note("x", "marks") is None
    shelf.add(digest(["x"]), FACTS)
    shelf.add_note("x", "marks", ("word",))
    shelf.save()
    assert Shelf(tmp_path / "cache").find(digest(["x"])) == FACTS
    assert Shelf(tmp_path / "cache").note("x", "marks") == ("word",)


def test_folders_that_are_not_ours_alone_are_not_used(tmp_path):
    shelf = Shelf(tmp_path / "cache")
    shelf.add("x", FACTS)
    shelf.save()
    os.chmod(tmp_path / "cache", 0o777)  # noqa: S103 (what is tested)
    assert Shelf(tmp_path / "cache").find("x") is None
    (tmp_path / "link").symlink_to(tmp_path / "cache")
    assert Shelf(tmp_path / "link").find("x") is None


def test_where_nothing_can_be_written_there_is_no_cache(tmp_path):
    (tmp_path / "file").write_text("")
    shelf = Shelf(tmp_path / "file" / "cache")
    shelf.add("x", FACTS)
    shelf.save()
    assert (tmp_path / "file").read_text() == ""


def test_it_is_bounded_and_keeps_what_was_used_last(tmp_path, monkeypatch):
    monkeypatch.setattr("gitops_guard.shelf.MAX_TARGETS", 3)
    for name in "abcd":
        shelf = Shelf(tmp_path / "cache")
        shelf.find("a")
        shelf.add(name, FACTS)
        shelf.save()
    shelf = Shelf(tmp_path / "cache")
    assert [name for name in "abcd" if shelf.find(name)] == ["a", "c", "d"]
    (tmp_path / "cache" / "targets-old.json").write_text("{}")
    shelf.add("e", FACTS)
    shelf.save()
    assert len(list((tmp_path / "cache").iterdir())) == 1
