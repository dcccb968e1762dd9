"""The values of a change: what goes, what comes, what is edited, target by target."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Owner, Resource, Target

OWNER_REMOVED = "owner-removed"
EMPTIED = "target-emptied"
MOVED = "moved"
RENAMED = "renamed"
REMOVED = "removed"


@dataclass(frozen=True)
class Takes:
    """What goes with a controller object that is deleted."""

    cascades: bool
    """Whether its deletion deletes what it deployed."""
    known: bool
    """Whether what it deployed is known from here."""
    objects: tuple[Resource, ...]
    """Those that its deletion would really delete."""


@dataclass(frozen=True)
class Deletion:
    """One object of the base side that is not there any more, or that another owner has."""

    resource: Resource
    """As the base side rendered it."""
    event: str
    pruned: bool
    """Whether its owner really deletes it."""
    guarded_by: str | None = None
    """What keeps the owner from deleting it, on the base side."""
    owner: Owner | None = None
    successor: Resource | None = None
    """The object that has its place on the head side: under another name, or with another owner."""
    new_owner: Owner | None = None
    takes: Takes | None = None
    """Of a controller object."""
    along: tuple[Resource, ...] = ()
    """What goes with it, as far as it is rendered here: the objects of a Namespace, those of a definition's kind."""
    deferred: bool = False
    """Whether its owner is suspended: the deletion waits for it to be resumed."""


@dataclass(frozen=True)
class Edit:
    """One object that is on both sides, and not the same."""

    before: Resource
    after: Resource
    reinstalls: tuple[str, ...] | None = None
    """Of a HelmRelease: the field that makes it another release."""
    replaced: str | None = None
    """The option that makes the owner delete and recreate the object where it can't be changed."""


@dataclass(frozen=True)
class TargetChange:
    """What a change does to one target."""

    target: Target
    """Of the head side where it is there still."""
    before: int
    """How many resources it had."""
    after: int
    deleted: tuple[Deletion, ...] = ()
    added: tuple[Resource, ...] = ()
    changed: tuple[Edit, ...] = ()
    scopes: frozenset[str] = frozenset()
    """The roots that it grew from."""
    folders: frozenset[str] = frozenset()
    """The kustomization folders that it was made of."""
