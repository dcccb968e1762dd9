"""What a merge does -> the sentences and lists that every format for people shows of it, deletions first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import ResourceId
from ..outcome import ChangeReport, LossReport
from .escape import visible
from .summary import listed, number

_LONGEST = 120
_ALONG = 3
_TOGETHER = 5
_GONE = ("deleted", "unknown")
_OUTCOMES = {"deleted": "deleted", "unknown": "perhaps deleted", "moved": "moved", "kept": "left in the cluster"}


def worst_first(changes: Iterable[ChangeReport]) -> list[ChangeReport]:
    """The targets that lose something come first, so that no bound hides them."""
    return sorted(changes, key=lambda change: (not is_lossy(change), not change.lost, change.target))


def total(changes: Sequence[ChangeReport]) -> str:
    """One line: what the change does in all."""
    if not changes:
        return "This change does nothing to any object"
    return f"This change: {_counts(changes)} in {number(len(changes), 'target')}"


def of_target(change: ChangeReport) -> str:
    """What the change does to one target, in numbers."""
    whole = "" if change.before == change.after else f" ({change.before} -> {number(change.after, 'object')})"
    return _counts([change]) + whole


def losses(change: ChangeReport, most: int) -> list[tuple[str, str, str]]:
    """What a target has no longer, as (objects, what becomes of them, outcome), at most so many.

    Each object that goes stands alone; those that stay and have the same story stand together.
    """
    groups: dict[str, list[LossReport]] = {}
    for index, loss in enumerate(change.lost):
        groups.setdefault(f"{index}" if loss.outcome in _GONE else story(loss), []).append(loss)
    found = [(listed(tuple(name(loss.resource) for loss in group), _TOGETHER), story(group[0]), group[0].outcome)
             for group in groups.values()]
    rest = sum(len(group) for group in list(groups.values())[most:])
    return [*found[:most], *([(f"and {rest} more", "", "")] if rest else [])]


def _counts(changes: Iterable[ChangeReport]) -> str:
    counts = dict.fromkeys((*_OUTCOMES.values(), "created", "changed"), 0)
    for change in changes:
        for loss in change.lost:
            counts[_OUTCOMES[loss.outcome]] += 1
        counts["created"] += len(change.created)
        counts["changed"] += len(change.changed)
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


def is_lossy(change: ChangeReport) -> bool:
    """Whether something goes from the cluster, or may go."""
    return any(loss.outcome in _GONE for loss in change.lost)


def name(resource: ResourceId) -> str:
    """An object's name, short enough for a line."""
    text = visible(str(resource))
    return text if len(text) <= _LONGEST else text[:_LONGEST - 3] + "..."


def story(loss: LossReport) -> str:
    """What becomes of an object that a target has no longer, and why."""
    owner = _short(loss.owner) if loss.owner is not None else "nobody known"
    renamed = f"renamed to {name(loss.successor)}; " if loss.event == "renamed" and loss.successor is not None else ""
    later = " once it is resumed" if loss.deferred else ""
    if loss.outcome == "moved":
        return f"moves to {_short(loss.new_owner or '')}"
    if loss.outcome == "kept":
        why = _guard(loss) if loss.guarded_by else \
            f"{owner} leaves it behind" if loss.event == "owner-removed" else \
            f"{owner} does not prune" if loss.owner is not None else "nothing prunes it"
        return f"{renamed}stays in the cluster: {why}"
    if loss.outcome == "unknown":
        return f"{renamed}stays or goes with {owner}"
    if loss.event == "owner-removed":
        return f"goes with {owner}{_along(loss)}"
    who = f"{owner} deletes it{later}" if loss.owner is not None else "deleted, if its folder is pruned (no owner is known)"
    return f"{renamed}{who}{_along(loss)}"


def _guard(loss: LossReport) -> str:
    return _short(loss.guarded_by or "")


def _along(loss: LossReport) -> str:
    rest = "" if loss.complete else ", and what else it deployed"
    if not loss.along:
        return rest
    named = ", ".join(name(other) for other in loss.along[:_ALONG])
    more = f" and {len(loss.along) - _ALONG} more" if len(loss.along) > _ALONG else ""
    return f", and with it {number(len(loss.along), 'object')}: {named}{more}{rest}"


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST - 3] + "..."
