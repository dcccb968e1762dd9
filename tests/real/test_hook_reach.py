"""`check --staged` against the real kustomize: what is judged is what a staged file changes, and what reads it; nothing else.

Always the same changes: one of each kind of a repository made here, ten of a copy of GITOPS_GUARD_REPOSITORY, where that is set.
CHANGES=200 SEED=7 makes other changes. EVERYTHING=1 builds all targets after each change, not only those that could read it.
"""

from __future__ import annotations

import json
import os
import posixpath
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from corpus import tell
from reach_changes import KINDS, change, undo
from reach_guess import dependents, graph_of
from reach_repository import copied, made
from reach_truth import Output, Target, Told, World

from gitops_guard import cli, model, side
from gitops_guard.targets import Built

pytestmark = pytest.mark.real

SEED = os.environ.get("SEED", "1")
EVERYTHING = "EVERYTHING" in os.environ
GIVEN = os.environ.get("GITOPS_GUARD_REPOSITORY")
CHANGES = int(os.environ.get("CHANGES", "0"))
SAMPLE = 12
"""Targets that no file can reach, built anew all the same."""
GOVERNING = (".gitops-guard.yaml", ".sops.yaml", ".gitattributes", "CODEOWNERS")
"""What says how others are judged; so may a link that leads elsewhere."""
SCHEMA = "CustomResourceDefinition"


class Hook:
    """A repository before a change and with it, and what a check says of it."""

    def __init__(self, place: Path, make: Callable[[Path], Path], kustomize: list[str]) -> None:
        place.mkdir()
        self.now = World(make(place / "now"), kustomize)
        shutil.copytree(self.now.root, place / "was", symlinks=True)
        self.was = World(place / "was", kustomize)
        self.known = self.judged()
        self.before = self.was.outputs(target["path"] for target in self.known.values())
        self.named = graph_of(self.was.root)

    def judged(self, *args: str) -> dict[str, Target]:
        """The targets of a check."""
        done = CliRunner().invoke(cli.cli, ["check", *args, "--root", str(self.now.root), "--format", "json", "--fail-on", "never", "--jobs", "1",
                                            "--select", "images/missing-digest"])
        assert done.exit_code == 0, done.output
        return {target["id"]: target for target in json.loads(done.stdout)["targets"]}

    def change(self, changed: frozenset[str], listed: dict[str, Target], wanted: Callable[[list[str]], Iterable[str]]) -> Change:
        """What a change does; `wanted` says which folders to build beside those that are judged and those that could read a file."""
        targets = self.judged()
        folders = {target["path"] for target in targets.values()}
        named = graph_of(self.now.root)
        could = {folder for graph in (self.named, named) for path in changed for folder in dependents(graph, path)}
        build = folders & (could | {target["path"] for target in listed.values()} | set(wanted(sorted(folders)))
                           | {folder for folder in folders if folder not in named} | (folders - self.before.keys()))
        self.before |= self.was.outputs(build - self.before.keys())
        return Change(self, changed, targets, {folder: self.before[folder] for folder in folders if folder in self.before} | self.now.outputs(build))


class Change:
    """What a change does to the targets."""

    def __init__(self, hook: Hook, changed: frozenset[str], targets: dict[str, Target], after: dict[str, Output]) -> None:
        self._hook, self._changed, self._targets, self._worlds = hook, changed, targets, (hook.was, hook.now)
        self._told = Told.of({folder: hook.before[folder] for folder in {target["path"] for target in hook.known.values()}}), Told.of(after)
        self._after = after
        self.differing = {name for name in targets if self._differs(name)}
        """The targets that come out otherwise, or are judged otherwise."""

    @property
    def governs(self) -> bool:
        """Whether a file says how all targets are judged."""
        return any(posixpath.basename(path) in GOVERNING or (world.root / path).is_symlink() for path in self._changed for world in self._worlds)

    def _differs(self, name: str) -> bool:
        before, target = self._hook.known.get(name), self._targets[name]
        if self.governs or before is None or before["owners"] != target["owners"]:
            return True
        return _is_built(target) and self._hook.before[target["path"]] != self._after[target["path"]]

    def reason(self, name: str, listed: Iterable[str]) -> str | None:
        """Why a target that comes out the same is judged; None where there is no reason."""
        was, now = self._told
        if _sorted(was.of_kind(SCHEMA)) != _sorted(now.of_kind(SCHEMA)):
            return "schema"
        target = self._targets[name]
        if self._reads(name) or _sorted(was.about(target)) != _sorted(now.about(target)):
            return "read"
        others = [self._targets[other] for other in listed if other in self.differing or (other != name and self._reads(other))]
        if any(_place(other) == _place(target) and {other["environment"], target["environment"]} == {"production", "staging"} for other in others):
            return "compared"
        if any(target["path"] in told.holders(other) for told in self._told for other in others):
            return "deploys"
        return None

    def _reads(self, name: str) -> bool:
        """Whether what a target is built from, or what an object that says how is, is one of the files."""
        target = self._targets[name]
        if any((self._worlds[0].root / folder).is_dir() != (self._worlds[1].root / folder).is_dir()
               for told in self._told for folder in told.paths(target)):
            return True
        folders = {target["path"]} if _is_built(target) else set[str]()
        folders |= {folder for told in self._told for folder, _object in told.about(target)}
        return any(world.reads(folder, path) for world in self._worlds for path in self._changed for folder in folders)


def _is_built(target: Target) -> bool:
    """Whether it is a folder of this repository; of what is not known the path is that of its owner."""
    return not target["owners"] or target["status"] != "unresolved"


def _sorted(found: Iterable[Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True, default=str) for item in found)


def _place(target: Target) -> str:
    return target["path"].replace(target["environment"] or "", "*")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The targets that runs build."""
    found: set[str] = set()
    for name in ("build", "build_owned"):
        monkeypatch.setattr(side, name, noting(getattr(side, name), found))
    return found


def noting(real: Callable[..., Built], found: set[str]) -> Callable[..., Built]:
    def build(target: model.Target, *args: Any) -> Built:
        found.add(target.id)
        return real(target, *args)
    return build


@pytest.mark.parametrize("repository", ["made", *(["given"] if GIVEN else [])])
def test_what_is_judged_is_what_staged_files_change(repository: str, tmp_path: Path, tool: Callable[[str], Path], built: set[str],
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    command = [str(tool("kustomize")), "build"]
    if repository == "made":
        monkeypatch.setenv("PATH", str(tool("helm").parent), prepend=os.pathsep)
        hook = Hook(tmp_path / "made", made, [*command, "--enable-helm", "--helm-command", str(tool("helm"))])
    else:
        hook = Hook(tmp_path / "given", lambda place: copied(Path(GIVEN or ""), place), command)
    hand, count = random.Random(SEED), Counter[str]()  # noqa: S311 (the same changes each time)
    wrong: list[str] = []
    for number in range(CHANGES or (len(KINDS) if repository == "made" else 10)):
        what, changed = change(hook.now.root, number, hand)
        built.clear()
        listed = hook.judged("--staged")
        count["built"] += len(built)
        made_of_it = hook.change(changed, listed, lambda folders: folders if EVERYTHING or repository == "made" else hand.sample(folders, SAMPLE))
        missing = made_of_it.differing - listed.keys()
        if missing:
            wrong.append(f"{what} changes what is not judged: {sorted(missing)}")
        reasons = {name: made_of_it.reason(name, listed) for name in listed.keys() - made_of_it.differing}
        false = sorted(name for name, reason in reasons.items() if reason is None)
        if false:
            wrong.append(f"{what}: what does not hang on it is judged: {false}")
        count.update(["changes", *(reason for reason in reasons.values() if reason)])
        count["exact"] += len(listed.keys() & made_of_it.differing)
        undo(hook.now.root)
    tell(f"hook reach, {repository}: {dict(count)}")
    assert not wrong, "\n".join(wrong)
    assert count["exact"], "no change reached anything"
