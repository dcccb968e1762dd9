"""The values of a rendered difference: what `diff` hands to its formats; frozen, and secrets are masked already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .model import Location, ResourceId


class Absent:
    """Stands for no value, which is not the same as null."""


ABSENT = Absent()

BASE, HEAD = "base", "head"


def joined(steps: Iterable[str]) -> str:
    """Steps of a path in one text."""
    return "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")


class Place(NamedTuple):
    """A place in one side of the repository."""

    location: Location
    side: str
    """base or head"""


@dataclass(frozen=True)
class FieldDelta:
    """One field that is not the same on both sides."""

    path: str
    """An RFC 6901 JSON pointer into the object of the side that `place` names."""
    steps: tuple[str, ...]
    """The path as a person reads it: items of lists by their names, where they have some (`[web]`), else by their index."""
    before: Any
    """ABSENT where the base side does not have the field."""
    after: Any
    """ABSENT where the head side does not have it."""
    place: Place
    """Where the new value is written; of a field that is gone, where the old one was."""
    hidden: bool = False
    """Whether a value is secret: `***` stands for it, on both sides, though it changed."""

    @property
    def label(self) -> str:
        """The path in one text: `spec.containers[web].image`."""
        return joined(self.steps)


@dataclass(frozen=True)
class ObjectDelta:
    """What becomes of one object."""

    action: str
    """created, changed, renamed, moved or deleted"""
    resource: ResourceId
    """As the head side has it; of a deleted one, the base side."""
    place: Place
    """Where it is declared."""
    previous: ResourceId | None = None
    """What it was called, where it is renamed or moved."""
    fields: tuple[FieldDelta, ...] = ()
    """What differs; of an object that is created or deleted, all but its name."""
    omitted: int = 0
    """How many more fields there are."""


@dataclass(frozen=True)
class TargetDelta:
    """What is not the same in one target."""

    target: str
    """Its id."""
    objects: tuple[ObjectDelta, ...]


@dataclass(frozen=True)
class Unsure:
    """A target of which a part is not known, so that what is said of it is not all."""

    target: str
    side: str
    status: str
    """partial, unresolved or failed"""


@dataclass(frozen=True)
class Delta:
    """The rendered difference of two sides."""

    version: str
    """Of the tool."""
    targets: tuple[TargetDelta, ...]
    unsure: tuple[Unsure, ...] = ()

    def count(self, action: str) -> int:
        """How many objects that happens to."""
        return sum(1 for target in self.targets for item in target.objects if item.action == action)
