"""`check --staged` against the real kustomize: what a staged file changes is what is judged, and all that is judged reads it.

Forty changes, always the same ones, of a repository made here. GITOPS_GUARD_REPOSITORY=FOLDER takes a copy of another one,
CHANGES=200 SEED=7 other changes.
"""

from __future__ import annotations

import json
import os
import posixpath
import random
import re
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from remotes import committed, git, repository_of

from gitops_guard import cli

pytestmark = pytest.mark.real

CHANGES = int(os.environ.get("CHANGES", "40"))
SEED = os.environ.get("SEED", "1")
REPOSITORY = os.environ.get("GITOPS_GUARD_REPOSITORY")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
SAMPLE = 12
"""Folders that no file can reach, built anew all the same."""

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  size: small\n  note: first\n"
PATCH = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n  size: large\n"
JSON_PATCH = "- op: replace\n  path: /data/note\n  value: second\n"


def made() -> dict[str, str]:
    """Applications with a base, a component, an environment's settings that all share, and overlays of each."""
    files = {"shared/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\npatches: [{path: all.yaml, target: {kind: ConfigMap}}]\n",
             "shared/all.yaml": "- op: add\n  path: /metadata/labels\n  value: {shared: 'yes'}\n", "README.md": "text\n"}
    for number in range(12):
        app = f"apps/app{number}"
        files |= {f"{app}/base/kustomization.yaml": "resources: [map.yaml]\nconfigMapGenerator:\n- name: made\n  files: [notes.txt]\n  envs: [made.env]\n",
                  f"{app}/base/map.yaml": MAP % f"app{number}", f"{app}/base/notes.txt": "some\n", f"{app}/base/made.env": "KEY=value\n",
                  f"{app}/base/README.md": "nobody reads this\n"}
        for overlay in ("alpha", "beta", "gamma"):
            lines = ["resources: [../../base]", "patches:", "- path: patch.yaml", f"- {{path: json.yaml, target: {{kind: ConfigMap, name: app{number}}}}}"]
            lines += ["components: [../../../../shared]"] if overlay == "beta" else []
            files |= {f"{app}/overlays/{overlay}/kustomization.yaml": "\n".join(lines) + "\n", f"{app}/overlays/{overlay}/patch.yaml": PATCH % f"app{number}",
                      f"{app}/overlays/{overlay}/json.yaml": JSON_PATCH}
        files[f"plain/app{number}/map.yaml"] = MAP % f"plain{number}"
    return files


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reach") / "repository"
    return repository_of(Path(REPOSITORY), place) if REPOSITORY else committed(place, made())


def folders_of(root: Path) -> list[str]:
    listed = git(root, "ls-files").splitlines()
    return sorted({posixpath.dirname(path) or "." for path in listed if posixpath.basename(path) in KUSTOMIZATIONS and (root / path).exists()})


def references(root: Path, folder: str) -> set[str]:
    """All that a word of a folder's kustomization could name, and the files beside it that could be one."""
    found = {posixpath.normpath(f"{folder}/{name}") for name in KUSTOMIZATIONS}
    for name in KUSTOMIZATIONS:
        file = root / folder / name
        if file.is_file():
            words = re.findall(r"[^\s'\",\[\]{}=]+", file.read_text(errors="replace"))
            found |= {posixpath.normpath(posixpath.join(folder, word)) for word in words}
    return found


def dependents(graph: dict[str, set[str]], path: str) -> set[str]:
    """The folders that could read a file, whatever way."""
    names = {path, *({posixpath.dirname(path) or "."} if posixpath.basename(path) in KUSTOMIZATIONS else ())}
    above = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    found = {folder for folder, named in graph.items() if names & named or (folder in names)}
    # A folder that is named as a whole, and is no kustomization, may be a chart.
    found |= {folder for folder, named in graph.items() if any(top in named and top not in graph for top in above)}
    waiting = list(found)
    while waiting:
        inner = waiting.pop()
        fresh = {folder for folder, named in graph.items() if inner in named} - found
        found |= fresh
        waiting += fresh
    return found


def build_all(kustomize: Path, root: Path, folders: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    def one(folder: str) -> tuple[int, bytes]:
        done = subprocess.run([kustomize, "build", folder], cwd=root, capture_output=True, check=False)
        return done.returncode, done.stdout if done.returncode == 0 else done.stderr
    listed = list(folders)
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(listed, pool.map(one, listed), strict=True))


def judged(root: Path, *args: str) -> dict[str, str]:
    """The targets of a check, each with its path."""
    done = CliRunner().invoke(cli.cli, ["check", *args, "--root", str(root), "--format", "json", "--fail-on", "never", "--jobs", "1",
                                        "--select", "images/missing-digest"])
    assert done.exit_code == 0, done.output
    return {target["id"]: target["path"] for target in json.loads(done.stdout)["targets"]}


def change(hand: random.Random, text: bytes) -> bytes | None:
    """Another text: a value, a comment, a line, or nothing of it; None: the file goes."""
    what = hand.choice(("value", "value", "value", "value", "comment", "line", "broken", "gone"))
    lines = text.split(b"\n")
    values = [at for at, line in enumerate(lines) if re.fullmatch(rb"[\s-]*[\w-]+: [\w.:-]+", line)]
    if what == "gone":
        return None
    if what == "value" and values:
        at = hand.choice(values)
        lines[at] += b"x"
    elif what == "line" and len(lines) > 2:
        del lines[hand.randrange(len(lines))]
    elif what == "broken":
        lines.append(b"}: [")
    else:
        lines.append(b"# a note")
    return b"\n".join(lines)


def test_what_is_judged_is_what_a_staged_file_changes(root: Path, tool: Callable[[str], Path]) -> None:
    kustomize, hand = tool("kustomize"), random.Random(SEED)  # noqa: S311 (the same changes each time)
    folders = folders_of(root)
    before = build_all(kustomize, root, folders)
    known, graph = judged(root), {folder: references(root, folder) for folder in folders}
    files = git(root, "ls-files").splitlines()
    reached = 0
    for path in hand.sample(files, min(CHANGES, len(files))):
        text = (root / path).read_bytes()
        now = change(hand, text)
        if now is None:
            (root / path).unlink()
        else:
            (root / path).write_bytes(now)
        git(root, "add", "--all")
        listed = judged(root, "--staged")
        could = dependents(graph, path) | dependents({folder: references(root, folder) for folder in folders_of(root)}, path)
        built = build_all(kustomize, root, sorted({folder for folder in could if (root / folder).is_dir()} | set(hand.sample(folders, min(SAMPLE, len(folders))))))
        differing = {folder for folder, output in built.items() if before.get(folder) != output}
        targets = judged(root) if posixpath.basename(path) in KUSTOMIZATIONS else known
        missing = {name for name, place in targets.items() if place in differing} - listed.keys()
        assert not missing, f"{path}: {now!r} changes what is not judged: {sorted(missing)}"
        # What is a target only now, as nothing uses it any longer, is judged as a whole.
        beyond = {name for name, place in listed.items() if name in known and place not in could and posixpath.dirname(path) != place}
        assert not beyond, f"{path}: what can't read it is judged: {sorted(beyond)}"
        reached += len(listed)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text)
        git(root, "add", "--all")
    assert reached, "no change reached anything"
