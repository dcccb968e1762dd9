"""What staging ran before: its renders at the commits that brought or removed a version, from git's objects.

A commit is rendered only if it touches a file that feeds staging and its difference holds the version; nothing is checked out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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

Renders = dict[str, list[tuple[Resource, ...]]]
"""The id of a staging target -> the objects of each render."""

WHOLE, SHALLOW, LONG, MISSING, NONE = "whole", "shallow", "long", "missing", "none"


@dataclass(frozen=True, eq=False)
class Wanted:
    """A version that staging is looked at for."""

    staging: Built
    word: str
    """What a difference holds where it comes in."""
    files: frozenset[str] = frozenset()
    """What feeds staging beside what its build read: the objects that own it, and the file that says what it runs."""
    grown: bool = False
    """Whether generators in staging make a part of it."""
    folders: tuple[str, ...] = ()
    """Where staging was before: then only these are looked into."""


@dataclass
class Past:
    """The history of one repository; each render is made once."""

    root: Path
    config: Config
    clone: Callable[[], Clone]
    _built: dict[tuple[str, str, tuple[str, ...]], tuple[Resource, ...]] = field(default_factory=dict)
    _objects: git.Objects | None = None

    def renders(self, head: str | None, wanted: Sequence[Wanted]) -> tuple[str, Renders]:
        """How far the history could be read, and for each staging target its renders where a version came or went.

        `head` is the newest commit; None outside git. What the files that feed staging now never held is looked for in the
        folders that staging was moved from.
        """
        if head is None:
            return NONE, {}
        renders: Renders = {}
        try:
            held, cut = self._search(head, wanted, renders)
            moved = [replace(item, folders=folders) for item in wanted if item not in held
                     if (folders := self._former(head, item))]
            cut = (bool(moved) and self._search(head, moved, renders)[1]) or cut
        except git_history.LongError:
            return LONG, renders
        except ToolError:
            return MISSING, {}
        finally:
            self._close()
        return (SHALLOW if git.is_shallow(self.root) else LONG if cut else WHOLE), renders

    def _search(self, head: str, wanted: Sequence[Wanted], renders: Renders) -> tuple[set[Wanted], bool]:
        """Render staging where a version came or went; which were held by any file, and whether there were too many."""
        words = sorted({item.word for item in wanted})
        paths = sorted(frozenset[str]().union(*(item.folders or item.staging.read | item.files for item in wanted)))
        found = git_history.commits(self.root, head, words[:MAX_WORDS], paths[:MAX_PATHS], most=MAX_COMMITS, limit=_MAX_BYTES)
        held = set()
        for commit, item in _asked(found, wanted):
            held.add(item)
            known = renders.setdefault(item.staging.target.id, [])
            render = self._render(commit, item)
            if all(render is not other for other in known):
                known.append(render)
        return held, len(words) > MAX_WORDS or len(paths) > MAX_PATHS or len(found) == MAX_COMMITS

    def _former(self, head: str, item: Wanted) -> tuple[str, ...]:
        """The folders that a staging target was moved from, the last one first."""
        folder, names = item.staging.target.path, []
        for path in sorted(path for path in item.staging.read if posixpath.dirname(path) == folder)[:1]:
            names = git_history.former_names(self.root, head, path, limit=_MAX_BYTES)
        return tuple(dict.fromkeys(posixpath.dirname(name) or "." for name in names if posixpath.dirname(name) != folder))

    def _render(self, commit: str, item: Wanted) -> tuple[Resource, ...]:
        tree = RevisionTree(self.root, commit, self.config.excludes, objects=self._talk())
        target = item.staging.target
        key = tree.hash, target.id, item.folders
        if key not in self._built:
            self._built[key] = self._resources(tree, target, item)
        return self._built[key]

    def _resources(self, tree: RevisionTree, target: Target, item: Wanted) -> tuple[Resource, ...]:
        own = target.id != target.path
        path = next((folder for folder in (target.path, *item.folders) if tree.kind(folder) == "dir"), target.path)
        if own or item.grown:
            side = build_side(tree, self.config, (), self.clone())
            name = target.id if own else path
            return next((other.resources for other in side.with_generated(side.built) if other.target.id == name), ())
        sources = Sources(tree)
        files = target.files
        if target.kind == "manifests":
            there = frozenset(tree.files())
            files = tuple(name for name in (path + file.removeprefix(target.path) for file in files) if name in there)
        at = Target(path, target.kind, path, files=files)
        return build(at, Renderer(sources, helm=tool.find("helm")), sources).resources

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
    for commit in found:
        for item in wanted:
            for sign, at in (("+", commit.hash), ("-", commit.parent)):
                if at and any(mark == sign and item.word in text for mark, text in commit.lines):
                    yield at, item
