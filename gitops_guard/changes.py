"""What a change does, as the policies are told -> what the report says of it, target by target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .evaluate import Change
from .grow import node_id
from .mask import Mask
from .model import ResourceId
from .outcome import ChangeReport, LossReport

_OUTCOMES = ("deleted", "unknown", "moved", "kept")
_WITH_OWNER = "owner-removed"


def summed_up(changes: Iterable[Change], mask: Mask) -> tuple[ChangeReport, ...]:
    """The changes as the report has them, sorted by target; what guards an object goes through `mask`."""
    targets: dict[str, list[Mapping[str, Any]]] = {}
    for change in changes:
        targets.setdefault(change.target, []).append(change.document)
    fates = _Fates(document for documents in targets.values() for document in documents)
    return tuple(_of_target(target, documents, fates, mask) for target, documents in sorted(targets.items()))


def _of_target(target: str, documents: Sequence[Mapping[str, Any]], fates: _Fates, mask: Mask) -> ChangeReport:
    """One target: where its owner came or went, two changes say what became of it."""
    lost = sorted((_loss(item, fates, mask) for document in documents for item in document["deleted"]), key=_order)
    there = {loss.resource for loss in lost if loss.outcome == "kept"}
    return ChangeReport(
        target=target,
        before=sum(document["before"] for document in documents),
        after=sum(document["after"] for document in documents),
        created=_sorted(item for document in documents for item in document["added"] if _name(item) not in there),
        changed=_sorted(item["resource"] for document in documents for item in document["changed"]),
        lost=tuple(lost),
    )


def _loss(item: Mapping[str, Any], fates: _Fates, mask: Mask) -> LossReport:
    takes = item["takes"]
    outcome = fates.of(item)
    deleted = outcome == "deleted"
    along = [*(takes["objects"] if takes is not None and takes["cascades"] else ()), *item.get("along", ())] if deleted else []
    return LossReport(
        resource=_name(item["resource"]),
        event=item["event"],
        outcome=outcome,
        owner=item["owner"],
        guarded_by=None if item["guarded_by"] is None else mask.text(item["guarded_by"]),
        successor=None if item["successor"] is None else _name(item["successor"]),
        new_owner=item["new_owner"],
        deferred=item.get("deferred", False),
        along=_sorted(along),
        complete=not deleted or takes is None or takes["known"] or not takes["cascades"],
    )


class _Fates:
    """What becomes of each object that a target has no longer; some depend on what becomes of their owner."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        self._gone: dict[str, list[Mapping[str, Any]]] = {}
        self._taken: dict[int, frozenset[ResourceId]] = {}
        self._reinstalled: set[str] = set()
        for document in documents:
            for item in document["deleted"]:
                self._gone.setdefault(node_id(_name(item["resource"])), []).append(item)
                if item["takes"] is not None:
                    self._taken[id(item)] = frozenset(map(_name, item["takes"]["objects"]))
            self._reinstalled.update(node_id(_name(item["resource"])) for item in document["changed"] if item.get("reinstalls"))

    def of(self, item: Mapping[str, Any]) -> str:
        """deleted, kept, moved or unknown."""
        if item["event"] == "moved":
            return "moved"
        if item["event"] == _WITH_OWNER:
            return self._with_owner(_name(item["resource"]), item["owner"], set())
        return "deleted" if item["pruned"] and item["guarded_by"] is None else "kept"

    def _with_owner(self, name: ResourceId, owner: str, seen: set[str]) -> str:
        """Of an object whose owner is gone: what that does to it; the worst, where several have the owner's name."""
        found = {"deleted"} if owner in self._reinstalled else set()
        for item in self._gone.get(owner, ()) if owner not in seen else ():
            if item["event"] == _WITH_OWNER:
                found.add(self._with_owner(name, item["owner"], {*seen, owner}))
            elif self.of(item) != "deleted" or item["takes"] is None:
                found.add("kept")
            elif name in self._taken[id(item)]:
                found.add("deleted")
            else:
                found.add("kept" if item["takes"]["known"] or not item["takes"]["cascades"] else "unknown")
        return min(found, key=_OUTCOMES.index, default="unknown")


def _order(loss: LossReport) -> tuple[int, ResourceId, str]:
    return _OUTCOMES.index(loss.outcome), loss.resource, loss.owner or ""


def _sorted(names: Iterable[Mapping[str, str]]) -> tuple[ResourceId, ...]:
    return tuple(sorted({_name(name) for name in names}))


def _name(identity: Mapping[str, str]) -> ResourceId:
    return ResourceId(identity["apiVersion"], identity["kind"], identity["namespace"], identity["name"])
