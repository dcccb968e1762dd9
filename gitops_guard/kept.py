"""One side of a change, built -> what of it serves the other side, which differs from it in some files alone."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import manifests
from .discover import Discovery
from .errors import ToolError
from .later import Later, kinds_of
from .model import Resource, Target
from .revisions import ObjectTree
from .shelf import Facts, Shelf, digest
from .source import Sources
from .targets import Built
from .tree import OutsideError, Tree


def shelved(target: Target, found: Discovery, tree: Tree, shelf: Shelf | None, make: Callable[[], Built]) -> Built:
    """A target as another run built it, what is in it left for later; else built now, and kept for another run."""
    name = _digest(target, found, tree) if shelf is not None else None
    if shelf is None or name is None:
        return make()
    facts = shelf.find(name)
    if facts is not None:
        resources = Later(facts.kinds, facts.count, lambda: _checked(make(), facts))
        return Built(target, "rendered", resources, (), facts.read, facts.folders)
    built = make()
    covered = frozenset[str]().union(*(found.direct[folder][1] for folder in built.folders if folder in found.direct))
    kinds = kinds_of(built.resources)
    known = built.read <= covered | frozenset(target.files) and built.read <= frozenset(found.manifests)
    plain = built.status == "rendered" and not built.faults and not built.dropped
    if plain and known and not any(kind == "Secret" for _group, kind in kinds):
        shelf.add(name, Facts(built.read, built.folders, kinds, len(built.resources)))
    return built


def _checked(built: Built, facts: Facts) -> Sequence[Resource]:
    if (built.status, built.faults, built.read, built.folders) != ("rendered", (), facts.read, facts.folders) \
            or (kinds_of(built.resources), len(built.resources)) != (facts.kinds, facts.count):
        raise ToolError(f"the cache is wrong about {built.target.id}: remove it, or run with --no-cache")
    return built.resources


def _digest(target: Target, found: Discovery, tree: Tree) -> str | None:
    """A word for all that could make another thing of a target: its files, and all that lies in its folders."""
    if not isinstance(tree, ObjectTree):
        return None
    folders, waiting = set[str](), [target.path] if target.kind == "kustomization" else []
    files = set(target.files)
    while waiting:
        folder = waiting.pop()
        if folder in folders:
            continue
        if folder not in found.direct:
            return None
        folders.add(folder)
        files |= found.direct[folder][1] | tree.files_in(folder)
        waiting += found.direct[folder][0]
    return digest([target.kind, target.id, target.path, *(f"{path} {tree.content(path)}" for path in sorted(files))])


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
