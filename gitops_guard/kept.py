"""One side of a change, built -> what of it serves the other side, and what of both serves the next run."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from . import manifests
from .discover import Discovery
from .errors import ToolError
from .later import Later, LaterResources, kinds_of
from .model import Target
from .revisions import ObjectTree
from .shelf import Facts, Shelf, digest
from .source import Notes, Sources, Words
from .targets import Built
from .tree import OutsideError, Tree


@dataclass(frozen=True)
class Cache:
    """What is known of files and targets by the names that git has for contents, those of this run among them."""

    shelf: Shelf
    _built: dict[str, Built] = field(default_factory=dict)

    def notes(self, tree: ObjectTree) -> Notes:
        """What is known of the files of a tree."""
        return _Notes(self.shelf, tree)

    def built(self, target: Target, found: Discovery, tree: Tree, make: Callable[[], Built],
              follows: Callable[[str], bool]) -> Built:
        """A target as it was built from the same files, what is in it left for later; else built now, and kept.

        `follows` says of a kustomization folder that its build may read what it does not name: with a plugin, or a chart.
        """
        name = _digest(target, found, tree)
        if name is None:
            return make()
        if name not in self._built:
            facts = self.shelf.find(name)
            self._built[name] = self._made(name, found, make(), follows) if facts is None else _later(target, facts, make)
        return self._built[name]

    def _made(self, name: str, found: Discovery, built: Built, follows: Callable[[str], bool]) -> Built:
        folders = _closure(built.target.path, found) or () if built.target.kind == "kustomization" else ()
        named = frozenset(built.target.files).union(*(found.direct[folder][1] for folder in folders))
        if built.settled and not built.dropped and built.read <= named and not any(follows(folder) for folder in folders):
            self.shelf.add(name, _facts(built))
        return built


class _Notes:
    """See `source.Notes`."""

    def __init__(self, shelf: Shelf, tree: ObjectTree) -> None:
        self._shelf = shelf
        self._tree = tree

    def find(self, path: str, question: str) -> Words | None:
        """See `Notes.find`."""
        content = self._content(path)
        return self._shelf.note(content, question) if content else None

    def add(self, path: str, question: str, words: Words) -> None:
        """See `Notes.add`."""
        content = self._content(path)
        if content:
            self._shelf.add_note(content, question, words)

    def _content(self, path: str) -> str:
        try:
            return self._tree.content(self._tree.real(path))
        except OutsideError:
            return ""


def _later(target: Target, facts: Facts, make: Callable[[], Built]) -> Built:
    """A target of which only the facts are known; what is built of it must agree with them."""
    @cache
    def once() -> Built:
        built = make()
        if _facts(built) != facts:
            raise ToolError(f"the cache is wrong about {target.id}: remove it, or run with --no-cache")
        return built
    return Built(target, facts.status, LaterResources(facts.kinds, facts.count, lambda: once().resources) if facts.count else (),
                 Later(facts.faults, lambda: once().faults) if facts.faults else (), facts.read, facts.folders)


def _facts(built: Built) -> Facts:
    return Facts(built.status, built.read, built.folders, kinds_of(built.resources), len(built.resources), len(built.faults))


def _closure(folder: str, found: Discovery) -> set[str] | None:
    """A kustomization folder with all that it uses; None where one of them is no such folder."""
    folders, waiting = set[str](), [folder]
    while waiting:
        folder = waiting.pop()
        if folder not in folders:
            if folder not in found.direct:
                return None
            folders.add(folder)
            waiting += found.direct[folder][0]
    return folders


def _digest(target: Target, found: Discovery, tree: Tree) -> str | None:
    """A word for all that could make another thing of a target: its files, all that lies in its folders, and what is not here."""
    if not isinstance(tree, ObjectTree):
        return None
    folders = _closure(target.path, found) if target.kind == "kustomization" else set[str]()
    if folders is None:
        return None
    files = {*target.files}.union(*(found.direct[folder][1] | tree.files_in(folder) for folder in folders))
    contents = (f"{path} {tree.content(path)}" for path in sorted(files))
    return digest([target.kind, target.id, target.path, *contents, *tree.gaps()])


@dataclass(frozen=True)
class Kept:
    """What was read and built of one side."""

    sources: Sources
    """Its own files."""
    found: Discovery
    made: Mapping[Target, Built]
    """The targets that nobody owns, as their folders say."""
    changed: frozenset[str]
    """The files that are not the same on the other side, none of them a link."""

    def serves(self, tree: Tree) -> Callable[[str], bool]:
        """Whether a path of the other side leads to what it leads to here."""
        def same(path: str) -> bool:
            try:
                return tree.real(path) not in self.changed
            except OutsideError:
                return False
        return same

    def discovery(self, tree: Tree) -> Discovery | None:
        """What the other side holds, where its files are the same and only such differ as some kustomization names.

        Names and kustomizations decide what is found; of the other files those that no kustomization names are looked into.
        """
        named = frozenset[str]().union(*(files for _folders, files in self.found.direct.values()))
        looked_into = frozenset(self.found.manifests) - named
        quiet = not any(path in looked_into or posixpath.basename(path) in manifests.KUSTOMIZATION_FILES for path in self.changed)
        return self.found if quiet and tree.files() == self.sources.tree.files() else None

    def built(self, target: Target, now: Discovery) -> Built | None:
        """A target as it was built, where nothing that the other side has could make another one of it."""
        known = self.made.get(target)
        if known is None or known.status != "rendered":
            return None  # what could not be read says too little about what was looked for
        if target.kind == "manifests":
            return None if known.read & self.changed else known
        covered: set[str] = set()
        for folder in known.folders:
            uses = now.direct.get(folder)
            if uses is None or uses != self.found.direct.get(folder):
                return None
            covered |= uses[1]
        # A plugin or a chart may look for more than its kustomization names, and a file may come that it did without.
        beside = any((posixpath.dirname(path) or ".") in known.folders for path in self.changed)
        return None if beside or not known.read <= covered or covered & self.changed else known
