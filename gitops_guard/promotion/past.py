"""What staging ran before: its renders at the commits that brought or removed a version, from git's objects.

A commit is rendered only if it touches a file that feeds staging and its difference holds the version; nothing is checked out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .. import git, git_history, tool
from ..config import Config
from ..errors import ToolError
from ..model import Resource, Target
from ..render import Renderer
from ..revisions import RevisionTree
from ..side import Clone, build_side
from ..source import Sources
from ..targets import Built, build

MAX_COMMITS = 200
MAX_WORDS = 200
MAX_PATHS = 4_000
_MAX_BYTES = 100_000_000

WHOLE, SHALLOW, LONG, MISSING, NONE = "whole", "shallow", "long", "missing", "none"


@dataclass(frozen=True)
class Wanted:
    """A version that staging is looked at for."""

    staging: Built
    word: str
    """What a difference holds where it comes in."""
    files: frozenset[str] = frozenset()
    """What feeds staging beside what its build read: the objects that own it."""


@dataclass
class Past:
    """The history of one repository; each render is made once."""

    root: Path
    config: Config
    clone: Callable[[], Clone]
    _built: dict[tuple[str, str], tuple[Resource, ...]] = field(default_factory=dict)
    _objects: git.Objects | None = None

    def renders(self, head: str | None, wanted: Sequence[Wanted]) -> tuple[str, dict[str, list[tuple[Resource, ...]]]]:
        """How far the history could be read, and for each staging target its renders where a version came or went.

        `head` is the newest commit; None outside git.
        """
        if head is None:
            return NONE, {}
        words = sorted({item.word for item in wanted})
        paths = sorted(frozenset[str]().union(*(item.staging.read | item.files for item in wanted)))
        try:
            found = git_history.commits(self.root, head, words[:MAX_WORDS], paths[:MAX_PATHS], most=MAX_COMMITS, limit=_MAX_BYTES)
            renders: dict[str, list[tuple[Resource, ...]]] = {}
            for commit, item in _asked(found, wanted):
                renders.setdefault(item.staging.target.id, []).append(self._render(commit, item.staging.target))
        except ToolError:
            return MISSING, {}
        finally:
            self._close()
        cut = len(words) > MAX_WORDS or len(paths) > MAX_PATHS or len(found) == MAX_COMMITS
        return (SHALLOW if git.is_shallow(self.root) else LONG if cut else WHOLE), renders

    def _render(self, commit: str, target: Target) -> tuple[Resource, ...]:
        tree = RevisionTree(self.root, commit, self.config.excludes, objects=self._talk())
        key = tree.hash, target.id
        if key not in self._built:
            self._built[key] = self._resources(tree, target)
        return self._built[key]

    def _resources(self, tree: RevisionTree, target: Target) -> tuple[Resource, ...]:
        if target.id != target.path:
            side = build_side(tree, self.config, (), self.clone())
            return next((item.resources for item in side.built if item.target.id == target.id), ())
        sources = Sources(tree)
        if target.kind == "manifests":
            there = frozenset(tree.files())
            target = Target(target.id, target.kind, target.path, files=tuple(path for path in target.files if path in there))
        return build(target, Renderer(sources, helm=tool.find("helm")), sources).resources

    def _talk(self) -> git.Objects:
        if self._objects is None:
            self._objects = git.Objects(self.root)
        return self._objects

    def _close(self) -> None:
        if self._objects is not None:
            self._objects.close()
            self._objects = None


def _asked(found: Iterable[git_history.Commit], wanted: Sequence[Wanted]) -> Iterator[tuple[str, Wanted]]:
    """The commits to render, newest first: the one that brought a version, and the parent of the one that removed it."""
    asked = set()
    for commit in found:
        for item in wanted:
            for sign, at in (("+", commit.hash), ("-", commit.parent)):
                key = at, item.staging.target.id
                if at and key not in asked and any(mark == sign and item.word in text for mark, text in commit.lines):
                    asked.add(key)
                    yield at, item
