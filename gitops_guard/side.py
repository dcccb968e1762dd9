"""One side of a repository, read and built: its targets, and what lies beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import git, manifests, tool
from .config import Config
from .discover import Discovery, discover, environment_of, narrow
from .errors import SourceError
from .fetch import Fetcher
from .globs import matches
from .model import Fault, Resource
from .origin import Map
from .parents import defaults, filled
from .render import Renderer
from .source import Sources
from .targets import Built, build, fault_of
from .tree import OutsideError, Tree, WorkTree, is_below


@dataclass(frozen=True)
class Side:
    """A tree with all its targets built."""

    sources: Sources
    found: Discovery
    built: tuple[Built, ...]

    def wanted(self, named: Sequence[str]) -> list[Built]:
        """The targets that PATHS stand for."""
        read = {item.target.id: item.read for item in self.built}
        ids = {target.id for target in narrow((item.target for item in self.built), read, named)}
        return [item for item in self.built if item.target.id in ids]

    def loose(self, named: Sequence[str]) -> list[Resource]:
        """The objects in files that no target takes in: a Secret there is as public as any."""
        read = self._read()
        return [resource for path in self.found.manifests if path not in read and is_named(path, named)
                for resource in self._objects(path)]

    def crds(self) -> Iterator[Map]:
        """Every CustomResourceDefinition of this side: as rendered, and as it lies in files."""
        for item in self.built:
            yield from (resource.body for resource in item.resources if resource.body.get("kind") == "CustomResourceDefinition")
        for path in self.found.manifests:
            if self._mentions(path, "CustomResourceDefinition"):
                yield from (resource.body for resource in self._objects(path)
                            if resource.body.get("kind") == "CustomResourceDefinition")

    def broken(self, named: Sequence[str]) -> Iterator[Fault]:
        """What was meant to be read and could not be, outside the targets."""
        read = self._read()
        for error in self.found.broken:
            if error.file not in read and is_named(error.file, named):
                yield fault_of(error)

    def _read(self) -> frozenset[str]:
        """Every file that some target takes in."""
        return frozenset[str]().union(*(item.read for item in self.built))

    def _mentions(self, path: str, word: str) -> bool:
        """Whether a file is worth parsing for a kind."""
        try:
            return word in self.sources.text(path)
        except (SourceError, OutsideError, OSError):
            return False

    def _objects(self, path: str) -> list[Resource]:
        try:
            return manifests.read(self.sources, path, None)
        except (SourceError, OutsideError, OSError):
            return []  # `broken` tells of what was meant to be read


def work_tree(root: Path, config: Config, named: Sequence[str]) -> WorkTree:
    """What git tracks or does not ignore, and what the command line names; without git, the whole folder."""
    listing = git.listing(root)
    meant = [path for path in named if path != "."]
    if listing is not None and meant:
        named_files = (path for path in WorkTree(root).files() if any(is_below(path, name) for name in meant))
        listing = sorted({*listing, *named_files})
    return WorkTree(root, listing, config.excludes)


def build_side(tree: Tree, config: Config, named: Sequence[str], *, fetcher: Fetcher | None = None) -> Side:
    """Read a tree and build every target in it; without `fetcher` nothing is fetched."""
    sources = Sources(tree)
    renderer = Renderer(sources, helm=tool.find("helm"), fetcher=fetcher)
    found = discover(sources, renderer.uses, named)
    placed = (replace(target, environment=environment_of([target.path], config.environments, matches))
              for target in found.targets)
    built = [build(target, renderer, sources) for target in placed]
    return Side(sources, found, tuple(_with_parents(built)))


def _with_parents(built: list[Built]) -> Iterator[Built]:
    """The targets with what Flux parents patch into the Flux objects they render."""
    known = defaults(resource.body for item in built for resource in item.resources)
    for item in built:
        resources = tuple(replace(resource, body=filled(resource.body, known)) for resource in item.resources) if known \
            else item.resources
        yield replace(item, resources=resources)


def is_named(path: str, named: Sequence[str]) -> bool:
    """Whether PATHS take in a file."""
    return not named or "." in named or any(is_below(path, name) for name in named)
