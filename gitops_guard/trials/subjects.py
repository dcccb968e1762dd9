"""An example -> what policies judge: a repository with one target, both sides of one, or one with staging and production."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .. import manifests
from ..config import FILE_NAME, Config, load
from ..evaluate import Subjects
from ..evaluate.files import read_files
from ..examples import Example
from ..memory_tree import MemoryTree
from ..merge import merged
from ..model import Resource, Rule, Target
from ..nodes import Graph
from ..render import Renderer
from ..side import Clone, build_side
from ..source import Sources
from ..surroundings import promotion
from ..surroundings.governance import surroundings
from ..surroundings.guard import compared
from ..surroundings.sealing import declared_names, encrypted, plugins
from ..targets import Built


def subjects_of(example: Example, rules: Mapping[str, Rule]) -> Subjects:
    """What an example shows; `rules` are all there are.

    Raises InputError where it can't be built, and UsageError for its configuration.
    """
    if example.promotion:
        return _environments(example)
    if example.base:
        return _change(example, rules)
    sources = Sources(_tree(example.files))
    target = Target("example", "manifests", ".", example.environment, owners=example.owners)
    name = None if example.outside else target.id
    resources, read = _rendered(sources, example.files, name)
    resources += [resource for path in example.files if _is_manifest(path) and path not in read
                  for resource in manifests.read(sources, path, name)]
    requests = [review for path in example.files if _is_manifest(path)
                for review in manifests.reviews(sources.stream(path), name)]
    files = read_files(sources, example.files)
    built = Built(target, "rendered", tuple(resources), (), frozenset(example.files))
    return Subjects(resources, {} if example.outside else {target.id: target}, files, requests=requests,
                    repository=surroundings(sources, [built], [built], Graph(), files),
                    encrypted=encrypted([built]), declared=declared_names(sources, [built]), plugins=plugins(sources.parsed()))


def _change(example: Example, rules: Mapping[str, Rule]) -> Subjects:
    """Both sides, built and compared; a configuration in the example is that of the head side."""
    before, now = (build_side(_tree(files), Config(), (), Clone()) for files in (example.before, example.files))
    config = load(example.files[FILE_NAME]) if FILE_NAME in example.files else Config()
    files = read_files(now.sources, example.files)
    guard = compared(config, before, now, rules)
    return Subjects(targets={item.target.id: item.target for item in now.built}, files=files,
                    changes=merged(before, now, Config()),
                    repository=surroundings(now.sources, now.built, now.built, now.graph, files, guard.document))


def _environments(example: Example) -> Subjects:
    """The targets of a whole repository, paired; all of the history of staging is what it is now."""
    before, now = (build_side(_tree(files), Config(), (), Clone()) for files in (example.before, example.files))
    words = promotion.Words(None)
    pairs = promotion.pairs(now.built, words, promotion.is_chart)
    history = promotion.facts(pairs, words, before.built if example.base else None, lambda _wanted: (promotion.WHOLE, {}))
    return Subjects([resource for item in now.built for resource in item.resources],
                    {item.target.id: item.target for item in now.built},
                    changes=merged(before, now, Config()) if example.base else (),
                    repository=surroundings(now.sources, now.built, now.built, now.graph, [], history=history))


def _tree(files: Mapping[str, str]) -> MemoryTree:
    return MemoryTree({path: text.encode() for path, text in files.items()})


def _rendered(sources: Sources, files: Iterable[str], target: str | None) -> tuple[list[Resource], frozenset[str]]:
    """What the kustomizations of an example that no other one uses build, and the files that they read."""
    renderer = Renderer(sources)
    folders = {posixpath.dirname(path) or "." for path in files if posixpath.basename(path) in manifests.KUSTOMIZATION_FILES}
    used = {other for folder in folders for other in renderer.uses(folder)[0]}
    built = [renderer.render(folder) for folder in sorted(folders - used)]
    return ([replace(resource, target=target) for one in built for resource in one.resources],
            frozenset[str]().union(*(one.read for one in built)))


def _is_manifest(path: str) -> bool:
    return path.endswith(manifests.SUFFIXES) and not path.endswith(manifests.KUSTOMIZATION_FILES)
