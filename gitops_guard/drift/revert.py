"""A difference, and who deploys the object -> whether that controller undoes it by itself, and why (not).

Rules: Argo CD undoes what its own comparison sees, with selfHeal; Flux applies each Kustomization again and again, and takes over
what managers whose names begin with `kubectl` wrote; helm-controller undoes only with driftDetection.mode: enabled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..model import Owner
from .written import Entry

STATED, REMOVED, ADDED, MISSING, EXTRA = "stated", "removed", "added", "missing", "extra"
"""What is not as it should be: a stated field, one that Git no longer states, one that somebody added, an object."""


class Outlook(NamedTuple):
    """What becomes of a difference."""

    reverts: bool
    why: str
    """For a person, from the owner's point of view."""


_TAKEN_OVER = ("kubectl", "before-first-apply", "kustomize-controller")
"""Flux: managers of these prefixes whose fields the next apply takes over (kustomize-controller, `Cleanup.FieldManagers`)."""


def outlook(owners: Sequence[Owner], what: str, entry: Entry | None, *, merged: bool = False, kept: str = "") -> Outlook:
    """What the owners of the target do about it. `entry` wrote the field; `merged` says that Flux only merges the object.

    `kept` is the option on the object that keeps it from being pruned.
    """
    if not owners:
        return Outlook(False, "no controller of this repository deploys it, so nobody reverts it")
    found = [_of(owner, what, entry, merged, kept) for owner in owners]
    return next((one for one in found if one.reverts), found[0])


def _of(owner: Owner, what: str, entry: Entry | None, merged: bool, kept: str) -> Outlook:
    name = f"{owner.kind} {owner.name}"
    if owner.suspended:
        return Outlook(False, f"{name} is suspended, so nothing reverts it")
    if what == EXTRA:
        return _extra(owner, name, kept)
    if owner.system == "argocd":
        if not owner.automated:
            return Outlook(False, f"{name} has no automated sync, so nothing reverts it")
        if what == ADDED:
            return Outlook(False, f"Argo CD does not see fields that Git never stated, so {name} leaves it")
        if what == REMOVED:
            return Outlook(True, f"{name} removes it with its next sync")
        return Outlook(owner.self_heal, f"{name} reverts it (selfHeal)" if owner.self_heal else
                       f"selfHeal of {name} is off, so nothing reverts it before the next commit")
    if owner.kind == "HelmRelease":
        return _release(owner, name, what)
    if what == ADDED:
        return _added_to_flux(name, entry, merged)
    return Outlook(True, f"{name} reverts it with its next reconciliation")


def _release(owner: Owner, name: str, what: str) -> Outlook:
    if not owner.self_heal:
        return Outlook(False, f"driftDetection.mode of {name} is not enabled, so nothing reverts it before the next upgrade")
    if what == ADDED:
        return Outlook(False, f"driftDetection of {name} does not see fields that the release never stated")
    return Outlook(True, f"{name} reverts it (driftDetection)")


def _added_to_flux(name: str, entry: Entry | None, merged: bool) -> Outlook:
    if merged:
        return Outlook(False, f"ssa: Merge lets {name} leave what others add")
    taken = entry is not None and not entry.subresource and entry.manager.startswith(_TAKEN_OVER)
    if taken:
        return Outlook(True, f"{name} takes over what this manager wrote, and removes it")
    return Outlook(False, f"{name} does not see what other managers than kubectl add")


def _extra(owner: Owner, name: str, kept: str) -> Outlook:
    if kept:
        return Outlook(False, f"{kept} keeps it")
    if owner.automated and owner.prune:
        return Outlook(True, f"{name} prunes it")
    return Outlook(False, f"pruning by {name} is off, so it stays")

