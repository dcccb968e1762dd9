"""Targets and objects -> which of them are the same thing in staging and in production."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ...discover import ENVIRONMENT_WORDS
from ...later import holding
from ...model import Resource
from ...targets import Built
from .versions import CHARTS

PRODUCTION, STAGING = "production", "staging"

_PARTS = re.compile(r"([/._-])")
_WORD = re.compile(r"[a-z0-9]+")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Pair:
    """The same thing in two environments."""

    production: Built
    staging: Built
    """The same one, where a folder holds the objects of both."""
    objects: tuple[tuple[Resource, Resource], ...]
    """Production's and staging's."""
    production_only: tuple[Resource, ...]
    staging_only: tuple[Resource, ...]


class Words:
    """The words that stand for an environment in paths and names."""

    def __init__(self, patterns: Mapping[str, Sequence[str]] | None) -> None:
        """`patterns` are the configured environments: of their words those count that only one environment has."""
        self._words = {name: frozenset(words) for name, words in ENVIRONMENT_WORDS.items()}
        if patterns is not None:
            found = {name: {word for pattern in globs for word in _WORD.findall(pattern.lower())} | {name}
                     for name, globs in patterns.items()}
            count = Counter(word for words in found.values() for word in words)
            self._words = {name: frozenset(word for word in words if count[word] == 1) for name, words in found.items()}

    def path(self, path: str, environment: str) -> str:
        """A path with the environment's words replaced."""
        words = self._words.get(environment, frozenset())
        return "".join("*" if part.lower() in words else part for part in _PARTS.split(path))

    def name(self, name: str, environment: str) -> str:
        """A name without the environment's words."""
        words = self._words.get(environment, frozenset())
        return "-".join(part for part in _PARTS.split(name)[::2] if part.lower() not in words)

    def of(self, name: str) -> str | None:
        """The environment that a name speaks of."""
        parts = [part.lower() for part in _PARTS.split(name)[::2]]
        return next((environment for part in parts for environment in (PRODUCTION, STAGING)
                     if part in self._words.get(environment, ())), None)


def pairs(built: Sequence[Built], words: Words, single: Callable[[Resource], bool]) -> list[Pair]:
    """The pairs, sorted by production's target.

    Targets are one pair where their paths are equal but for the environment; where that leaves a choice, their ids are, too.
    Objects that `single` takes are also paired within a target that belongs to no environment.
    """
    found = []
    for production, staging in _targets(built, words):
        found.append(_pair(production, staging, production.resources, staging.resources, words))
    for item in built:
        if item.target.environment not in (PRODUCTION, STAGING):
            objects = [resource for resource in holding(item.resources, CHARTS) if single(resource)]
            sides = {name: [resource for resource in objects if words.of(resource.id.name) == name]
                     for name in (PRODUCTION, STAGING)}
            pair = _pair(item, item, sides[PRODUCTION], sides[STAGING], words)
            if pair.objects:
                found.append(pair)
    return sorted(found, key=lambda pair: (pair.production.target.id, pair.staging.target.id))


def _targets(built: Sequence[Built], words: Words) -> Iterator[tuple[Built, Built]]:
    groups: dict[str, dict[str, list[Built]]] = {}
    for item in built:
        environment = item.target.environment
        if environment in (PRODUCTION, STAGING):
            key = words.path(item.target.path, environment)
            groups.setdefault(key, {}).setdefault(environment, []).append(item)
    for sides in groups.values():
        yield from _match(sides.get(PRODUCTION, []), sides.get(STAGING, []), lambda item: item.target.id, words)


def _match(ours: Sequence[_T], theirs: Sequence[_T], name: Callable[[_T], str], words: Words) -> Iterator[tuple[_T, _T]]:
    """The only two, or those whose names are equal but for the environment; of several equal ones the first."""
    if len(ours) == len(theirs) == 1:
        yield ours[0], theirs[0]
        return
    known: dict[str, _T] = {}
    for other in theirs:
        known.setdefault(words.name(name(other), STAGING), other)
    for one in ours:
        other_one = known.get(words.name(name(one), PRODUCTION))
        if other_one is not None:
            yield one, other_one


def _pair(production: Built, staging: Built, ours: Iterable[Resource], theirs: Iterable[Resource], words: Words) -> Pair:
    groups: dict[tuple[str, str, str], tuple[list[Resource], list[Resource]]] = {}
    for at, (objects, environment) in enumerate(((ours, PRODUCTION), (theirs, STAGING))):
        for resource in objects:
            name = resource.id
            groups.setdefault((name.group, name.kind, words.name(name.name, environment)), ([], []))[at].append(resource)
    matched: list[tuple[Resource, Resource]] = []
    lonely: tuple[list[Resource], list[Resource]] = ([], [])
    for ones, others in groups.values():
        here = list(_match(ones, others, lambda item: item.id.namespace, words))
        matched += here
        seen = {id(item) for pair in here for item in pair}
        lonely[0].extend(item for item in ones if id(item) not in seen)
        lonely[1].extend(item for item in others if id(item) not in seen)
    return Pair(production, staging, tuple(matched), tuple(lonely[0]), tuple(lonely[1]))
