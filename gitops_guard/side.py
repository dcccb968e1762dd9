"""One side of a repository, read and built: its targets, and what lies beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from . import git, manifests, tool
from .config import Config
from .discover import Discovery, Taken, discover, environment_of, narrow
from .elsewhere import Elsewhere
from .errors import SourceError
from .fetch import Fetcher
from .globs import matches
from .graph.guess import named_folders
from .graph.repositories import KnownRepositories
from .graph.world import Objects, World
from .grow import Grower
from .kept import Cache, Kept
from .later import holding
from .model import Fault, Resource, Target
from .mounts import Mounts
from .nodes import Graph
from .observer import UNOBSERVED, Observer
from .origin import Map
from .recipes import Recipe
from .render import Renderer
from .revisions import ObjectTree
from .source import UNKNOWN, Sources, Stream, Words
from .sparse import checkout
from .targets import Built, build, build_owned, fault_of
from .tree import OutsideError, Tree, WorkTree, is_below

_DEFINITION = "CustomResourceDefinition"


@dataclass(frozen=True)
class Clone:
    """What git knows of the repository that a tree is a side of."""

    remotes: tuple[str, ...] = ()
    """URLs."""
    branches: frozenset[str] = frozenset()
    """The names that stand for this tree: the branch that is checked out, the remote's default branch, the base."""
    elsewhere: Elsewhere | None = None
    """What is read beside the tree: other revisions, and other repositories."""


@dataclass(frozen=True)
class Side:
    """A tree with all its targets built."""

    sources: Sources
    found: Discovery
    built: tuple[Built, ...]
    graph: Graph
    faults: tuple[Fault, ...]
    """What is wrong with, or unknown about, the controller objects."""
    generated: tuple[tuple[str, Resource, str], ...] = ()
    """The objects that generators make, each with the id of its generator and the root that it grew from."""
    is_home: Callable[[str], bool] = lambda _url: False
    """Whether a URL names this repository."""
    own: Sources | None = None
    """The repository's own files, without those of other trees beside them."""
    made: Mapping[Target, Built] = field(default_factory=dict)
    """The targets that nobody owns, as they were built before it was known who is which."""
    reached: frozenset[str] | None = None
    """The ids of the targets that a change reaches, where that alone is judged."""
    rendered: Sequence[Target] = ()
    """Those that had to be built so far; of others enough is known."""

    def kept(self, changed: frozenset[str]) -> Kept:
        """What serves a side that differs in some plain files alone."""
        return Kept(self.own or self.sources, self.found, self.made, changed)

    def wanted(self, named: Sequence[str]) -> list[Built]:
        """The targets that PATHS stand for, or those that a change reaches of them."""
        if self.reached is not None:
            return [item for item in self.built if item.target.id in self.reached]
        read = {item.target.id: item.read for item in self.built}
        ids = {target.id for target in narrow((item.target for item in self.built), read, named)}
        return [item for item in self.built if item.target.id in ids]

    def loose(self, named: Sequence[str]) -> list[Resource]:
        """The objects in files that no target takes in: a Secret there is as public as any."""
        read = self._read
        return [resource for path in self.found.manifests if path not in read and is_named(path, named)
                for resource in self._objects(path)]

    def with_generated(self, built: Iterable[Built]) -> list[Built]:
        """Targets whose objects are also those that generators in them make."""
        made: dict[str | None, dict[int, Resource]] = {}
        for _maker, resource, _scope in self.generated:
            made.setdefault(resource.target, {})[id(resource)] = resource
        return [replace(item, resources=(*item.resources, *made[item.target.id].values())) if item.target.id in made else item
                for item in built]

    def texts(self, *marks: str, question: str = "",
              test: Callable[[Stream], bool] | None = None) -> Iterator[tuple[str, Stream]]:
        """Every file that could hold objects, or is a part of some, and has one of `source.notes.MARKS`, sorted.

        Those alone that pass a test, where there is one; `question` is its name, under which the answer is kept.
        """
        parsed = {path for path, _stream in self.sources.parsed()}
        for path in sorted(path for path in parsed | self._plausible if self.sources.mentions(path, *marks)):
            with suppress(SourceError, OutsideError, OSError):  # whoever needs it tells of it
                if test is None or self.sources.noted(path, question, partial(self._passes, path, test)):
                    yield path, self.sources.stream(path)

    def _passes(self, path: str, test: Callable[[Stream], bool]) -> Words:
        return ("yes",) if test(self.sources.stream(path)) else ()

    def crds(self) -> Iterator[Map]:
        """Every CustomResourceDefinition of this side: as rendered, and as it lies in files."""
        for item in self.built:
            yield from (resource.body for resource in holding(item.resources, {_DEFINITION})
                       if resource.body.get("kind") == _DEFINITION)
        for path in self.found.manifests:
            if self.sources.mentions(path, _DEFINITION) and self.sources.noted(path, "definitions", partial(self._defines, path)):
                yield from self._definitions(path)

    def _definitions(self, path: str) -> list[Map]:
        return [resource.body for resource in self._objects(path) if resource.body.get("kind") == _DEFINITION]

    def _defines(self, path: str) -> Words:
        return ("some",) if self._definitions(path) else ()

    def broken(self, named: Sequence[str]) -> Iterator[Fault]:
        """What was meant to be read and could not be, outside the targets."""
        read = self._read
        for error in self.found.broken:
            if error.file not in read and is_named(error.file, named):
                yield fault_of(error)

    def unclear(self, named: Sequence[str]) -> Iterator[Fault]:
        """What is wrong with controller objects, or unknown about them, where PATHS take the object or its target in."""
        wanted = {item.target.id for item in self.wanted(named)}
        for fault in self.faults:
            file = fault.resource.declared.file if fault.resource is not None else ""
            if fault.target in wanted or is_named(file, named):
                yield fault

    @cached_property
    def _plausible(self) -> frozenset[str]:
        """The files that are, or could be, parsed."""
        return self._read.union(self.found.manifests, *(files for _folders, files in self.found.direct.values()))

    @cached_property
    def _read(self) -> frozenset[str]:
        """Every file that some target takes in."""
        return frozenset[str]().union(*(item.read for item in self.built))

    def _objects(self, path: str) -> list[Resource]:
        try:
            return manifests.read(self.sources, path, None)
        except (SourceError, OutsideError, OSError):
            return []  # `broken` tells of what was meant to be read


def work_tree(root: Path, config: Config, named: Sequence[str]) -> Tree:
    """What git tracks or does not ignore, checked out or not, and what the command line names; without git, the whole folder."""
    listing = git.listing(root)
    meant = [path for path in named if path != "."]
    if listing is not None and meant:
        named_files = (path for path in WorkTree(root).files() if any(is_below(path, name) for name in meant))
        listing = sorted({*listing, *named_files})
    return checkout(root, listing, config.excludes)


def clone_of(root: Path, config: Config, *, base: str | None = None, allowed: Sequence[Path] = ()) -> Clone:
    """What git knows of a folder; nothing outside a work tree.

    `base` is the branch that a change is compared with, `allowed` are folders outside the repository that may be read.
    """
    branches = (git.branch(root), git.default_branch(root), base, base and base.removeprefix("origin/"))
    elsewhere = Elsewhere(root, Mounts(), allowed=allowed, exclude=config.excludes)
    return Clone(tuple(git.remotes(root)), frozenset(name for name in branches if name), elsewhere)


def build_side(tree: Tree, config: Config, named: Sequence[str], clone: Clone, *, fetcher: Fetcher | None = None,
               observer: Observer = UNOBSERVED, kept: Kept | None = None, cache: Cache | None = None) -> Side:
    """Read a tree and build every target in it; without `fetcher` nothing is fetched.

    `kept` is what was made of a tree that this one is like: what no difference reaches is not made again. `cache` knows of
    files that other runs read, and of targets that they built; such a one is built when somebody looks at what is in it.
    """
    observer.step("reading files")
    notes = cache.notes(tree) if cache is not None and isinstance(tree, ObjectTree) else UNKNOWN
    own = Sources(tree, notes=notes) if kept is None else Sources(tree, like=kept.sources, same=kept.serves(tree), notes=notes)
    sources = own if clone.elsewhere is None else clone.elsewhere.mounts.over(own)
    renderer = Renderer(sources, helm=tool.find("helm"), fetcher=fetcher)
    found = None if kept is None else kept.discovery(tree)
    if found is None:
        found = discover(sources, renderer.uses)

    made: dict[Target, Built] = {}
    rendered: list[Target] = []

    def anew(target: Target) -> Built:
        rendered.append(target)
        return build(target, renderer, sources)

    def make(target: Target, recipes: tuple[Recipe, ...]) -> Built:
        observer.done(len(rendered))
        if recipes:
            rendered.append(target)
            return build_owned(target, recipes, renderer, sources)
        if fetcher is not None:
            return anew(target)
        known = None if kept is None else kept.built(target, found)
        if known is None:
            known = anew(target) if cache is None else cache.built(target, found, tree, lambda: anew(target), renderer.follows)
        made[target] = known
        return known

    known = KnownRepositories(config=config, tree=tree, remotes=clone.remotes)

    def world(objects: Objects, evidence: frozenset[str]) -> World:
        nonlocal known
        known = KnownRepositories(config=config, tree=tree, remotes=clone.remotes, branches=clone.branches, evidence=evidence,
                                  mounts=clone.elsewhere)
        return World(sources, config, known, objects)

    def environment(names: Iterable[str]) -> str | None:
        return environment_of(names, config.environments, matches)

    folders = named_folders(sources, found.manifests)
    guess = Taken(folders, covered=frozenset(folder for folder in folders if folder not in found.direct))
    observer.step("building targets")
    grown = Grower(found, make, world, environment, sources.mount_of).grow(tuple(named), guess)
    observer.done(len(rendered))
    return Side(sources, found, grown.built, grown.graph, grown.faults, grown.generated, known.is_home, own, made,
                rendered=rendered)


def is_named(path: str, named: Sequence[str]) -> bool:
    """Whether PATHS take in a file."""
    return not named or "." in named or any(is_below(path, name) for name in named)
