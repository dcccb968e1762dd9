"""What staging ran before: its renders at the commits that brought or removed a version, from git's objects.

A commit is rendered only if it touches a file that feeds staging and its difference holds the version; nothing is checked out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ... import git, git_history, tool
from ...config import Config
from ...errors import ToolError
from ...git_program import Objects
from ...model import Resource, Target
from ...render import Renderer
from ...revisions import RevisionTree
from ...side import Clone, build_side
from ...source import Sources
from ...targets import Built, build
from ...tree import is_below

MAX_RENDERS = 200
MAX_COMMITS = 20_000
MAX_WORDS = 200
MAX_PATHS = 4_000
MAX_FOLLOWED = 50
_MAX_BYTES = 100_000_000

Renders = dict[str, list[Sequence[Resource]]]
"""The id of a staging target -> the objects of each render."""

WHOLE, SHALLOW, LONG, MISSING, NONE = "whole", "shallow", "long", "missing", "none"


@dataclass(frozen=True, eq=False)
class Wanted:
    """A version that staging is looked at for."""

    staging: Built
    word: str
    """What a difference holds where it comes in."""
    seen: Callable[[Sequence[Resource]], bool]
    """Whether a render has it, so that no other need be made."""
    files: frozenset[str] = frozenset()
    """What feeds staging beside what its build read: the objects that own it, and the file that says what it runs."""
    grown: bool = False
    """Whether generators in staging make a part of it."""
    former: tuple[str, ...] = ()
    """Folders and files where staging was before: then only these are looked into."""

    def holds(self, path: str) -> bool:
        """Whether a file feeds staging."""
        if self.former:
            return any(is_below(path, name) for name in self.former)
        return path in self.staging.read or path in self.files


@dataclass
class Past:
    """The history of one repository; each render is made once."""

    root: Path
    config: Config
    clone: Callable[[], Clone]
    _built: dict[tuple[str, str, tuple[str, ...]], Sequence[Resource]] = field(default_factory=dict)
    _objects: Objects | None = None
    _last: tuple[str, RevisionTree] | None = None

    def renders(self, head: str | None, wanted: Sequence[Wanted]) -> tuple[str, Renders]:
        """How far the history could be read, and for each staging target its renders where a version came or went.

        `head` is the newest commit; None outside git. What the files that feed staging now never brought is looked for where they
        were moved from.
        """
        if head is None:
            return NONE, {}
        renders: Renders = {}
        try:
            missing, cut = self._search(head, wanted, renders)
            moved = [replace(item, former=former) for item in missing[:MAX_FOLLOWED] if (former := self._former(head, item))]
            cut = (bool(moved) and self._search(head, moved, renders)[1]) or cut
        except git_history.LongError:
            return LONG, renders
        except ToolError:
            return MISSING, {}
        finally:
            self._close()
        return (SHALLOW if git.is_shallow(self.root) else LONG if cut else WHOLE), renders

    def _search(self, head: str, wanted: Sequence[Wanted], renders: Renders) -> tuple[list[Wanted], bool]:
        """Render staging where a version came or went. What was not seen, and whether that may be for there being too much."""
        words = sorted({item.word for item in wanted})
        paths = sorted(frozenset[str]().union(*(item.former or item.staging.read | item.files for item in wanted)))
        found = git_history.commits(self.root, head, words[:MAX_WORDS], paths[:MAX_PATHS], most=MAX_COMMITS, limit=_MAX_BYTES)
        seen: set[Wanted] = set()
        cut = len(words) > MAX_WORDS or len(paths) > MAX_PATHS or len(found) == MAX_COMMITS
        for commit, item in _asked(found, wanted):
            if item in seen:
                continue
            if sum(map(len, renders.values())) >= MAX_RENDERS:
                cut = True
                break
            render = self._render(commit, item)
            known = renders.setdefault(item.staging.target.id, [])
            if all(render is not other for other in known):
                known.append(render)
            if item.seen(render):
                seen.add(item)
        return [item for item in wanted if item not in seen], cut

    def _former(self, head: str, item: Wanted) -> tuple[str, ...]:
        """The folders and files that a staging target was moved from."""
        folder = item.staging.target.path
        own = sorted(path for path in item.staging.read if posixpath.dirname(path) == folder)[:1]
        names, files = ([name for path in paths for name in git_history.former_names(self.root, head, path, limit=_MAX_BYTES)]
                        for paths in (own, sorted(item.files)))
        folders = [posixpath.dirname(name) or "." for name in names]
        return tuple(dict.fromkeys([name for name in folders if name not in (folder, ".")] + files))

    def _render(self, commit: str, item: Wanted) -> Sequence[Resource]:
        tree = self._tree(commit)
        target = item.staging.target
        key = tree.hash, target.id, item.former
        if key not in self._built:
            self._built[key] = self._resources(tree, target, item)
        return self._built[key]

    def _resources(self, tree: RevisionTree, target: Target, item: Wanted) -> Sequence[Resource]:
        own = target.id != target.path
        path = next((folder for folder in (target.path, *item.former) if tree.kind(folder) == "dir"), target.path)
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

    def _tree(self, commit: str) -> RevisionTree:
        if self._last is None or self._last[0] != commit:
            self._last = commit, RevisionTree(self.root, commit, self.config.excludes, objects=self._talk())
        return self._last[1]

    def _talk(self) -> Objects:
        if self._objects is None:
            self._objects = Objects(self.root)
        return self._objects

    def _close(self) -> None:
        if self._objects is not None:
            self._objects.close()
            self._objects = self._last = None


def _asked(found: Iterable[git_history.Commit], wanted: Sequence[Wanted]) -> Iterator[tuple[str, Wanted]]:
    """The commits to render, newest first: the one that brought a version, and the parent of the one that removed it."""
    for commit in found:
        for item in wanted:
            marks = {line.mark for line in commit.lines if item.word in line.text and item.holds(line.file)}
            if "+" in marks:
                yield commit.hash, item
            if "-" in marks and commit.parent:
                yield commit.parent, item
