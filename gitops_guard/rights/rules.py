"""What Git states for a cluster -> what an account has to be allowed there to compare it, and nothing beyond."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..live import Want
from .plurals import Resources

READ = ("get", "list")
DRY_RUN = (*READ, "patch")
"""A dry run is authorised as the write would be. An object that is not there is missing, and nothing is tried: no `create`."""
_GRANTS = "rbac.authorization.k8s.io"
"""Its objects are read alone: whoever may patch a role, or try to, needs every right that is in it."""


class Rule(NamedTuple):
    """One rule of a Role."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class Rights:
    """The rules, sorted."""

    cluster: tuple[Rule, ...]
    """For objects without a namespace, and those whose kind nobody knows, which may have one."""
    namespaces: Mapping[str, tuple[Rule, ...]]
    guessed: tuple[str, ...]
    """Resources whose names were worked out from their kinds: `widgets.example.com`."""


def rights(wants: Iterable[Want], resources: Resources, *, server_side: bool) -> Rights:
    """The rights for these objects."""
    asked: dict[str | None, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    guessed = set()
    for want in wants:
        resource, known = resources.of_kind(want.group, want.kind)
        if not known:
            guessed.add(f"{resource}.{want.group}")
        namespace = want.namespace or None
        tried = server_side and want.manager and want.group != _GRANTS
        asked[namespace][want.group, resource].update(DRY_RUN if tried else READ)
    return Rights(_rules(asked.pop(None, {})), {str(name): _rules(asked[name]) for name in sorted(map(str, asked))},
                  tuple(sorted(guessed)))


def _rules(asked: Mapping[tuple[str, str], set[str]]) -> tuple[Rule, ...]:
    """One rule for what has the same group and verbs."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (group, resource), verbs in sorted(asked.items()):
        found[group, tuple(verb for verb in DRY_RUN if verb in verbs)].append(resource)
    return tuple(Rule(group, tuple(names), verbs) for (group, verbs), names in sorted(found.items()))
