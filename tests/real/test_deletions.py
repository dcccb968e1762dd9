"""Forty changes of a made-up history: the deletions that we report are the difference of two real kustomize builds."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from remotes import git

from gitops_guard.config import Config
from gitops_guard.merge import merged
from gitops_guard.revisions import RevisionTree
from gitops_guard.side import Clone, build_side

pytestmark = pytest.mark.real

CHANGES = 40
KINDS = {"ConfigMap": "v1", "Service": "v1", "PersistentVolumeClaim": "v1", "Deployment": "apps/v1", "StatefulSet": "apps/v1"}
Key = tuple[str, str, str, str]


@dataclass
class History:
    """A repository that changes: apps, each a base with overlays for two environments."""

    root: Path
    dice: random.Random
    count: int = 0
    files: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """File of a base -> its objects: (kind, name)."""
    lists: dict[str, list[str]] = field(default_factory=dict)
    """Base -> its files."""
    overlays: dict[str, dict[str, str]] = field(default_factory=dict)
    """Overlay -> its base, namespace, prefix and the literal of its generator."""

    def begin(self) -> None:
        for app in ("cart", "mail", "search"):
            base = f"apps/{app}/base"
            self.lists[base] = []
            for _ in range(3):
                self.add(base)
            for environment in ("staging", "production"):
                self.overlays[f"apps/{app}/{environment}"] = {"base": base, "namespace": f"{app}-{environment}", "prefix": "", "literal": "1"}

    def add(self, base: str) -> None:
        self.count += 1
        file = f"{base}/o{self.count}.yaml"
        kind = self.dice.choice(sorted(KINDS))
        self.files[file] = [(kind, f"o{self.count}")]
        self.lists[base].append(file)

    def change(self) -> str:
        """Make one change; what it was."""
        step = self.dice.choice([self.drop, self.drop, self.grow, self.move, self.rename, self.edit, self.merge, self.split, self.namespace,
                                 self.prefix, self.overlay_goes, self.overlay_moves, self.overlay_comes, self.unlist])
        step()
        return step.__name__

    def grow(self) -> None:
        self.add(self.dice.choice(sorted(self.lists)))

    def some(self) -> tuple[str, str]:
        base = self.dice.choice([base for base in sorted(self.lists) if len(self.lists[base]) > 1])
        return base, self.dice.choice(self.lists[base])

    def drop(self) -> None:
        base, file = self.some()
        self.lists[base].remove(file)
        del self.files[file]
        if len(self.lists[base]) < 2:
            self.add(base)

    def unlist(self) -> None:
        base, file = self.some()
        self.lists[base].remove(file)
        if len(self.lists[base]) < 2:
            self.add(base)

    def move(self) -> None:
        base, file = self.some()
        self.count += 1
        now = f"{base}/moved{self.count}/{Path(file).name}"
        self.files[now] = self.files.pop(file)
        self.lists[base][self.lists[base].index(file)] = now

    def rename(self) -> None:
        _base, file = self.some()
        self.count += 1
        self.files[file][0] = (self.files[file][0][0], f"o{self.count}")

    def merge(self) -> None:
        base, file = self.some()
        other = self.dice.choice([one for one in self.lists[base] if one != file])
        self.files[file] += self.files.pop(other)
        self.lists[base].remove(other)
        if len(self.lists[base]) < 2:
            self.add(base)

    def split(self) -> None:
        base, file = self.some()
        if len(self.files[file]) > 1:
            self.count += 1
            now = f"{base}/split{self.count}.yaml"
            self.files[now] = [self.files[file].pop()]
            self.lists[base].append(now)

    def overlay(self) -> str:
        return self.dice.choice(sorted(self.overlays))

    def edit(self) -> None:
        self.overlays[self.overlay()]["literal"] = str(self.dice.random())

    def namespace(self) -> None:
        self.count += 1
        self.overlays[self.overlay()]["namespace"] = self.dice.choice(["", f"n{self.count}"])

    def prefix(self) -> None:
        self.overlays[self.overlay()]["prefix"] = self.dice.choice(["", "a-", "b-"])

    def overlay_goes(self) -> None:
        if len(self.overlays) > 4:
            del self.overlays[self.overlay()]

    def overlay_comes(self) -> None:
        self.count += 1
        base = self.dice.choice(sorted(self.lists))
        self.overlays[f"{Path(base).parent}/e{self.count}"] = {"base": base, "namespace": f"e{self.count}", "prefix": "", "literal": "1"}

    def overlay_moves(self) -> None:
        self.count += 1
        old = self.overlay()
        self.overlays[f"{Path(old).parent}/m{self.count}"] = self.overlays.pop(old)

    def write(self) -> str:
        """Commit it; the commit."""
        shutil.rmtree(self.root / "apps", ignore_errors=True)
        for file, objects in self.files.items():
            self.text(file, "---\n".join(f"apiVersion: {KINDS[kind]}\nkind: {kind}\nmetadata: {{name: {name}}}\n" for kind, name in objects))
        for base, files in self.lists.items():
            self.text(f"{base}/kustomization.yaml", f"resources: [{', '.join(str(Path(file).relative_to(base)) for file in files)}]\n")
        for folder, known in self.overlays.items():
            namespace = f"namespace: {known['namespace']}\n" if known["namespace"] else ""
            prefix = f"namePrefix: {known['prefix']}\n" if known["prefix"] else ""
            self.text(f"{folder}/kustomization.yaml", f"resources: [../base]\n{namespace}{prefix}"
                      f"configMapGenerator:\n  - name: settings\n    literals: [\"a={known['literal']}\"]\n")
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "--message", "x")
        return git(self.root, "rev-parse", "HEAD")

    def text(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def targets(self) -> list[str]:
        """What nothing else uses: the overlays, and a base that has none."""
        used = {known["base"] for known in self.overlays.values()}
        return sorted([*self.overlays, *(base for base in self.lists if base not in used)])


def theirs(kustomize: Path, history: History) -> dict[str, set[Key]]:
    """What kustomize builds, target by target; a hash at the end of a name is none of the name."""
    found = {}
    for target in history.targets():
        text = subprocess.run([kustomize, "build", history.root / target], capture_output=True, text=True, check=True).stdout
        found[target] = {(body["apiVersion"].rpartition("/")[0], body["kind"], body["metadata"].get("namespace", ""),
                          re.sub(r"^(.*settings)-.{10}$", r"\1", body["metadata"]["name"])) for body in yaml.safe_load_all(text)}
    return found


def lost(before: dict[str, set[Key]], now: dict[str, set[Key]]) -> set[tuple[str, Key]]:
    """What a target has no longer; a folder that is another one now takes along what it still builds to."""
    fresh = set[Key]().union(*(keys for target, keys in now.items() if target not in before))
    return {(target, key) for target, keys in before.items() for key in keys if key not in now.get(target, fresh)}


def ours(root: Path, before: str, now: str) -> set[tuple[str, Key]]:
    sides = [build_side(RevisionTree(root, commit, Config().excludes), Config(), (), Clone()) for commit in (before, now)]
    found = set()
    for change in merged(sides[0], sides[1], Config()):
        for item in change.document["deleted"]:
            name = item["resource"]
            assert item["pruned"]
            found.add((change.target, (name["apiVersion"].rpartition("/")[0], name["kind"], name["namespace"],
                                       re.sub(r"^(.*settings)-.{10}$", r"\1", name["name"]))))
    return found


@pytest.mark.parametrize("seed", range(2))
def test_deletions_are_the_difference_of_two_builds(seed: int, tmp_path: Path, tool: Callable[[str], Path]) -> None:
    git(tmp_path, "init", "--quiet")
    history = History(tmp_path, random.Random(seed))  # noqa: S311
    history.begin()
    commit, built = history.write(), theirs(tool("kustomize"), history)
    deletions = 0
    for number in range(CHANGES):
        what = history.change()
        after, now = history.write(), theirs(tool("kustomize"), history)
        expected = lost(built, now)
        assert ours(tmp_path, commit, after) == expected, f"change {number}: {what}"
        deletions += len(expected)
        commit, built = after, now
    assert deletions > CHANGES
