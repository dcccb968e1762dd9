"""What lives and is not stated -> the part of it that somebody wrote who is not the API server: a person, or Git in the past.

A field that nobody owns is a default or an injection. One that another controller owns is its own business. One that a person
owns was added by hand, and one that the deployer owns, or noted in the last-applied annotation, was stated once and is no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..model import FieldPath
from ..schema import Type
from .filled import is_chosen, is_default, is_own_finalizer
from .lists import pair
from .managers import Role, is_client_side_apply, role_of
from .written import Entry, Share

_MAKERS = frozenset({"kubectl-create", "kubectl-client-side-apply", "kubectl-run", "kubectl-expose", "kubectl-autoscale", "helm",
                     "before-first-apply"})
"""Who makes objects, and may have written to them since."""


class Unstated(NamedTuple):
    """A value of the live object that Git does not state."""

    path: FieldPath
    """In what Git states, as far as that goes; of an item of a list, the list's."""
    live: Any
    live_path: FieldPath
    entry: Entry | None
    """Who wrote it, where that is known."""
    removed: bool
    """Whether Git stated it once: the deployer wrote it, or noted it as applied."""


def unstated(git: Mapping[str, Any], live: Mapping[str, Any], kind: Type | None, shares: Sequence[Share],
             applied: Mapping[str, Any] | None, deployers: frozenset[str], born: str = "") -> list[Unstated]:
    """What lives, is not stated and was written by a person or the deployer, in the order of the path.

    `applied` is what the last-applied annotation says, None where there is none; `deployers` are the managers of what
    deploys the object, `born` is when it was made.
    """
    walk = _Walk(applied is not None, deployers, born)
    walk.fields(git, live, applied or {}, _Spot(kind, tuple(shares), (), ()))
    return sorted(walk.found, key=lambda one: tuple(map(str, one.live_path)))


class _Spot(NamedTuple):
    """Where the walk is."""

    kind: Type | None
    shares: tuple[Share, ...]
    path: FieldPath
    at: FieldPath

    def field(self, key: str) -> _Spot:
        atomic = self.kind is not None and self.kind.atomic
        inner = (found for share in self.shares if (found := (share.as_whole() if atomic else share).field(key)) is not None)
        return _Spot(self.kind.field(key) if self.kind is not None else None, tuple(inner), (*self.path, key), (*self.at, key))

    def item(self, value: Any, index: int, stated: int | None) -> _Spot:
        atomic = self.kind is None or self.kind.shape == "atomic"
        inner = (found for share in self.shares
                 if (found := (share.as_whole() if atomic else share).item(value, index)) is not None)
        path = self.path if stated is None else (*self.path, stated)
        return _Spot(self.kind.items() if self.kind is not None else None, tuple(inner), path, (*self.at, index))


@dataclass
class _Walk:
    noted: bool
    """Whether there is a last-applied annotation."""
    deployers: frozenset[str]
    born: str
    found: list[Unstated] = field(default_factory=list)

    def fields(self, git: Mapping[str, Any], live: Mapping[str, Any], applied: Any, spot: _Spot) -> None:
        """A structure: `git` is empty where nothing of it is stated."""
        if not spot.shares and not applied:
            return  # nobody wrote it: nothing below was written by anybody either
        for key, value in live.items():
            if value is None:
                continue
            before = applied.get(key) if isinstance(applied, dict) else None
            inner = spot.field(key)
            if inner.shares or before is not None:
                self.value(git.get(key), value, before, inner, live, spot.kind)

    def value(self, git: Any, live: Any, applied: Any, spot: _Spot, beside: Mapping[str, Any], holder: Type | None) -> None:
        """One field's value."""
        if isinstance(live, dict) and live and (git is None or isinstance(git, dict)):
            self.fields(git or {}, live, applied, spot)
        elif isinstance(live, list) and live and (git is None or isinstance(git, list)) and not self._is_one(git, live, spot):
            self.items(git or [], live, applied if isinstance(applied, list) else [], spot, holder)
        elif git is None:
            self.leaf(live, applied, spot, beside, holder)

    @staticmethod
    def _is_one(git: Any, live: Any, spot: _Spot) -> bool:
        """Whether a list counts as one value: it is owned as a whole, and Git has none or another length of it."""
        return (spot.kind is None or spot.kind.shape == "atomic") and (git is None or len(git) != len(live))

    def items(self, git: list[Any], live: list[Any], applied: list[Any], spot: _Spot, holder: Type | None) -> None:
        """A list of which each item is owned by itself, or one as long as what Git states."""
        name = str(spot.path[-1]) if spot.path else ""
        paired = pair(git, live, spot.kind, holder, name)
        before = {other: one for one, other in pair(applied, live, spot.kind, holder, name).pairs}
        stated = {other: one for one, other in paired.pairs}
        for index, value in enumerate(live):
            inner = spot.item(value, index, stated.get(index))
            was = applied[before[index]] if index in before else None
            if index in stated:
                if isinstance(value, dict) and isinstance(git[stated[index]], dict):
                    self.fields(git[stated[index]], value, was, inner)
            elif not self._whole(value, was, inner) and isinstance(value, dict):
                self.fields({}, value, was, inner)

    def _whole(self, value: Any, applied: Any, spot: _Spot) -> bool:
        """An item that somebody added is one thing; whether that is so."""
        if spot.at[:2] == ("metadata", "finalizers") and is_own_finalizer(value):
            return True
        persons, ours = self._owners(spot)
        if applied is not None or ours or persons:
            noted = applied is not None or any(entry.operation == "Apply" or not self.noted for entry in ours)
            if noted or any(not (self.noted and is_client_side_apply(entry)) for entry in persons):
                self.found.append(Unstated(spot.path, value, spot.at, _latest(persons) or _latest(ours), noted))
            return True
        return False

    def _owners(self, spot: _Spot) -> tuple[list[Entry], list[Entry]]:
        """The persons who wrote a value, or the programs that nothing is known of, and the deployer's entries.

        Where the deployer wrote a whole list, what it states and what was filled in there can't be told apart.
        """
        owners = [(share, role_of(share.entry, self.deployers)) for share in spot.shares if share.owns]
        return ([share.entry for share, role in owners if role in (Role.PERSON, Role.CLIENT)],
                [share.entry for share, role in owners if role is Role.DEPLOYER and not share.whole])

    def leaf(self, value: Any, applied: Any, spot: _Spot, beside: Mapping[str, Any], holder: Type | None) -> None:
        """A value without parts."""
        if is_default(str(spot.at[-1]), value, holder, beside):
            return  # whoever wrote it: without them it would be the same
        persons, ours = self._owners(spot)
        if applied is not None or any(entry.operation == "Apply" for entry in ours):
            self.found.append(Unstated(spot.path, value, spot.at, _latest(persons) or _latest(ours), removed=True))
            return
        chosen = is_chosen(spot.at, holder)
        added = [entry for entry in persons if entry.operation == "Apply" or not (
            (chosen and self._made(entry)) or (self.noted and is_client_side_apply(entry)))]
        if added:
            self.found.append(Unstated(spot.path, value, spot.at, _latest(added), removed=False))
        elif ours and not self.noted and not chosen:
            self.found.append(Unstated(spot.path, value, spot.at, _latest(ours), removed=True))

    def _made(self, entry: Entry) -> bool:
        """Whether a manager may have made the object: whoever makes one is the writer of all that the API server chose for it."""
        return entry.manager in _MAKERS or (entry.time != "" and entry.time == self.born)


def _latest(entries: Sequence[Entry]) -> Entry | None:
    return max(entries, key=lambda entry: (entry.time, entry.manager), default=None)
