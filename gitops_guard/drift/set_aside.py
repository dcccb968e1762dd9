"""A difference and the rules about its object -> who asks that it be ignored, and whether webhooks count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..model import FieldPath
from .ignore import Ignores
from .object_ import Divergence
from .revert import ADDED
from .view import Part

_COMPARE = "argocd.argoproj.io/compare-options"


class Hidden(NamedTuple):
    """A rule that is about an object, and the paths that it hides in either form of it."""

    rule: Ignores
    paths: Sequence[FieldPath]


def ignored_by(one: Divergence, hidden: Sequence[Hidden]) -> str:
    """Who asks that a difference be ignored; empty where nobody does.

    It is hidden at or below a path, and where a structure differs as one, if all of what it holds is hidden.
    """
    paths = {path: entry.rule.by for entry in hidden for path in entry.paths}
    for path, by in paths.items():
        if any(place[:len(path)] == path for place in (one.path, one.live_path)):
            return by
    if one.what != ADDED:
        leaves = [paths.get(leaf) for leaf in _leaves(one)]
        if leaves and None not in leaves:
            return str(leaves[0])
    return next((entry.rule.by for entry in hidden if entry.rule.managers & one.managers), "")


def _leaves(one: Divergence) -> Iterator[FieldPath]:
    """The paths of the scalars below a structure that differs as one."""
    pending: list[tuple[FieldPath, Any]] = [(one.path, one.git)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict) and value:
            pending.extend(((*path, key), inner) for key, inner in value.items())
        else:
            yield path


def counts_webhooks(part: Part) -> bool:
    """Whether what admission webhooks would change counts: not for Argo CD, unless the Application asks for it."""
    owners = [one for one in part.owners if one.owner.system == "argocd"]
    for view in owners:
        meta = view.resource.body.get("metadata") if view.resource is not None else None
        annotations = meta.get("annotations") if isinstance(meta, dict) else None
        options = annotations.get(_COMPARE) if isinstance(annotations, dict) else None
        if isinstance(options, str) and "IncludeMutationWebhook=true" in [option.strip() for option in options.split(",")]:
            return True
    return not owners
