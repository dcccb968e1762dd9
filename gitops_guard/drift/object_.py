"""One object that Git states and that lives -> all that differs, each with who wrote it; pure comparison, no judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..delta import ABSENT
from ..live import Prediction
from ..model import FieldPath
from ..schema import Type
from .compare import Difference, differences
from .lists import pair
from .managers import Role, role_of
from .normal import Both, both
from .revert import ADDED, REMOVED, STATED
from .unstated import unstated
from .written import Entry, Share, at, shares


@dataclass(frozen=True)
class Divergence:
    """One field that is not as Git has it."""

    what: str
    """STATED, REMOVED or ADDED"""
    path: FieldPath
    """In the object as Git has it, as far as that goes."""
    live_path: FieldPath
    git: Any
    live: Any
    """ABSENT where there is none."""
    entry: Entry | None
    """Who wrote the live value, where that is known."""
    role: Role | None
    reordered: bool = False
    managers: frozenset[str] = frozenset()
    """All who own it."""


def diverging(git: Mapping[str, Any], live: Mapping[str, Any], kind: Type | None, deployers: frozenset[str], *,
              own_label: str = "", prediction: Prediction | None = None, with_webhooks: bool = True) -> list[Divergence]:
    """What differs, in the order of the path.

    With a `prediction` the API server itself has said what the controller's apply would change; `with_webhooks` says whether what
    admission webhooks would change counts.
    """
    forms = both(git, live, own_label)
    owned = shares(live)
    if prediction is not None and prediction.body is not None:
        stated = _predicted(forms, prediction.body, kind, deployers, own_label, with_webhooks=with_webhooks)
    else:
        stated = differences(forms.git, forms.live, kind)
    found = [_stated(one, forms, owned, deployers) for one in stated]
    known = {one.live_path for one in found}
    metadata = live.get("metadata")
    born = str(metadata.get("creationTimestamp") or "") if isinstance(metadata, dict) else ""
    for extra in unstated(forms.git, forms.live, kind, owned, forms.applied, deployers, born):
        if extra.live_path not in known:
            role = role_of(extra.entry, deployers) if extra.entry is not None else None
            what = REMOVED if extra.removed else ADDED
            found.append(Divergence(what, forms.moved.get(extra.path, extra.path), extra.live_path, ABSENT, extra.live,
                                    extra.entry, role, managers=_names(at(owned, forms.live, extra.live_path))))
    return sorted(found, key=lambda one: (tuple(map(str, one.path)), tuple(map(str, one.live_path))))


def _stated(one: Difference, forms: Both, owned: Sequence[Share], deployers: frozenset[str]) -> Divergence:
    # Of what is not there only somebody can be known who wrote the list or map around it as a whole.
    writers = at(owned, forms.live, one.live_path)
    entry = _chosen([share.entry for share in writers], deployers)
    what = REMOVED if one.git is ABSENT else STATED
    return Divergence(what, forms.moved.get(one.path, one.path), one.live_path, one.git, one.live, entry,
                      role_of(entry, deployers) if entry is not None else None, one.reordered, _names(writers))


def _chosen(entries: Sequence[Entry], deployers: frozenset[str]) -> Entry | None:
    """Of several who own a value: a person before other programs, the last one before others; the deployer is no news."""
    ranks = {Role.PERSON: 3, Role.CLIENT: 2, Role.OTHER: 1}
    told = [entry for entry in entries if role_of(entry, deployers) in ranks]
    return max(told, key=lambda entry: (ranks[role_of(entry, deployers)], entry.time, entry.manager), default=None)


def _names(found: Sequence[Share]) -> frozenset[str]:
    return frozenset(share.entry.manager for share in found)


def _predicted(forms: Both, body: Mapping[str, Any], kind: Type | None, deployers: frozenset[str], own_label: str, *,
               with_webhooks: bool) -> list[Difference]:
    """What the apply would change: what it would write, and what it would remove."""
    after = both(body, body, own_label).git
    owned = shares(body)
    found = []
    would = differences(after, forms.live, kind)
    paths = {one.path for one in would}
    for one in would:
        # The old name of a field goes along with the new one.
        old = one.path[-1:] == ("serviceAccount",) and (*one.path[:-1], "serviceAccountName") in paths
        if old or one.git == after.get("status"):
            continue
        place, whole = _in_git(forms.git, after, one.path, kind)
        ours = any(share.entry.manager in deployers for share in at(owned, after, one.path))
        if whole or ours or with_webhooks:
            found.append(one._replace(path=place))
    for one in differences(forms.live, after, kind):
        if one.live is ABSENT:
            place, _whole = _in_git(forms.git, forms.live, one.path, kind)
            found.append(Difference(place, ABSENT, one.git, one.path))
    return found


def _in_git(git: Any, other: Any, path: FieldPath, kind: Type | None) -> tuple[FieldPath, bool]:
    """The path in what Git states for a path in another form of the object, and whether it is there as a whole."""
    found: list[str | int] = []
    holder: Type | None = None
    for step in path:
        if isinstance(step, int):
            name = str(found[-1]) if found else ""
            mine = git if isinstance(git, list) else []
            index = next((one for one, its in pair(mine, other, kind, holder, name).pairs if its == step), None)
            if index is None:
                return tuple(found), False
            git, other, holder, kind = mine[index], other[step], kind, kind.items() if kind is not None else None
            found.append(index)
        else:
            inside = isinstance(git, dict) and git.get(step) is not None
            found.append(step)
            if not inside:
                return tuple(found), False
            other = other.get(step) if isinstance(other, dict) else None
            git, holder, kind = git[step], kind, kind.field(str(step)) if kind is not None else None
    return tuple(found), True
