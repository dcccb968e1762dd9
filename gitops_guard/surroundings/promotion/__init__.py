"""One side, built, and the other side and history where there are -> what staging and production have in common.

These are facts for the policies of category promotion: the pairs, what each runs and ran before, and what only one of them has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ... import git
from ...model import Resource
from ...nodes import Graph
from ...request import Request
from ...side import Side, clone_of
from ...targets import Built
from .entry import Before, Entry
from .pairs import Pair, Words, pairs
from .past import WHOLE, Past, Renders, Wanted
from .versions import is_chart

__all__ = ["WHOLE", "Past", "Promotion", "Words", "facts", "is_chart", "pairs", "past_of", "promotion"]

_SEARCHES = "promotion/skipped-staging"
Look = Callable[[Sequence[Wanted]], tuple[str, Renders]]


@dataclass(frozen=True)
class Promotion:
    """`input.history` of scope repository."""

    document: Mapping[str, Any]
    named: tuple[Resource, ...]
    """The objects that it names."""


def past_of(request: Request) -> Past:
    """The history of the repository that is checked; nothing is read yet."""
    return Past(request.root, request.config,
                lambda: clone_of(request.root, request.config, base=request.base, allowed=request.allowed))


def promotion(request: Request, side: Side, before: Side | None, past: Past, head: str = "HEAD") -> Promotion | None:
    """What the policies judge; None where none of them runs.

    `before` is the base side of a change, `head` the newest commit of this side.
    """
    if not any(rule.startswith("promotion/") for rule in request.selection.enabled):
        return None

    def look(wanted: Sequence[Wanted]) -> tuple[str, Renders]:
        searches = wanted and _SEARCHES in request.selection.enabled
        return past.renders(git.resolve(request.root, head), wanted) if searches else (WHOLE, {})

    judged = {item.target.id for item in side.wanted(request.named)}
    found = pairs(side.with_generated(side.built), Words(request.config.environments), is_chart)
    return facts([pair for pair in found if pair.production.target.id in judged], Words(request.config.environments),
                 before.with_generated(before.built) if before is not None else None, look,
                 Feeds(_owning(side.graph), frozenset(made.target for _maker, made, _scope in side.generated)))


def _owning(graph: Graph) -> dict[str, frozenset[str]]:
    """The files of each controller object, with those of what generates it."""
    files = {node.id: node.location.file for node in graph.nodes if node.location is not None}
    return {node.id: frozenset(files[name] for name in (node.id, node.generated_by) if name in files) for node in graph.nodes}


@dataclass(frozen=True)
class Feeds:
    """What targets hang on beside the files that they are built from."""

    owners: Mapping[str, frozenset[str]]
    """The files of each owner, by its id."""
    grown: frozenset[str | None]
    """The targets that hold generators."""


_NOTHING = Feeds({}, frozenset())


def facts(found: Iterable[Pair], words: Words, before: Iterable[Built] | None, look: Look,
          feeds: Feeds = _NOTHING) -> Promotion:
    """What is known of pairs. `look` tells how far the history of staging could be read, and its renders."""
    old = Before(before) if before is not None else None
    entries = [Entry(pair, words, old) for pair in found]
    wanted = []
    for entry in entries:
        staging = entry.pair.staging
        files = frozenset[str]().union(*(feeds.owners.get(owner.id, frozenset()) for owner in staging.target.owners))
        wanted += [Wanted(staging, version.token, seen, files | {file}, staging.target.id in feeds.grown)
                   for version, file, seen in entry.unlike()]
    state, renders = look(wanted)
    for entry in entries:
        entry.look(renders.get(entry.pair.staging.target.id, []))
    document = {"state": state, "pairs": [entry.document() for entry in entries]}
    named = {id(resource): resource for entry in entries for resource in entry.named}
    return Promotion(document, tuple(named.values()))
