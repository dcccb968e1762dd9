"""Links and a level -> which nodes a picture draws, and which it only counts: the higher the level, the more is counted."""

from __future__ import annotations

from dataclasses import dataclass

from .links import Key, Links, is_only_read

LEVELS = 12
"""From 0, where every node is drawn, to LEVELS - 1, where every node is counted."""
_ALONE, _LEAVES, _ROOTS = 1, 2, LEVELS - 2
_WORST = ("resolved", "unresolved", "failed")


@dataclass(frozen=True)
class Bundle:
    """Nodes that are drawn as one box."""

    members: tuple[Key, ...]
    """Sorted."""
    parent: Key | None
    """The node that they hang from."""
    status: str
    """The worst of theirs."""


def bundles(links: Links, level: int) -> list[Bundle]:
    """What is counted at a level: sources and the like first, then what deploys nothing, then what deploys such, roots last."""
    if level == 0:
        return []
    order, parent = _walk(links)
    height = _heights(order, parent)
    tops: dict[Key, list[Key]] = {}
    where: dict[Key, Key] = {}
    for key in order:
        above = parent[key]
        if above is not None and above in where:
            where[key] = where[above]
        elif _is_counted(key, above, links, height[key], level):
            where[key] = key
        else:
            continue
        tops.setdefault(where[key], []).append(key)
    groups: dict[tuple[Key | None, str, str, str], list[Key]] = {}
    for top, members in tops.items():
        worst = max((links.nodes[key].status for key in members), key=_WORST.index)
        node = links.nodes[top]
        scope = node.scope if parent[top] is None and level < LEVELS - 1 else ""
        groups.setdefault((parent[top], f"{node.system}/{node.kind}", worst, scope), []).extend(members)
    return [Bundle(tuple(sorted(members)), above, status) for (above, _kind, status, _scope), members in groups.items()
            if len(members) > 1 or level == LEVELS - 1]


def _is_counted(key: Key, parent: Key | None, links: Links, height: int, level: int) -> bool:
    node = links.nodes[key]
    if parent is None:
        return level == LEVELS - 1 or (level >= _ALONE and links.is_alone(key))
    if level >= _ROOTS:
        return True
    if level == _ALONE:
        return height == 0 and is_only_read(node)
    return height <= level - _LEAVES


def _walk(links: Links) -> tuple[list[Key], dict[Key, Key | None]]:
    """Every node that is shown, owners first, and the one that each hangs from."""
    roots = links.roots()
    parent: dict[Key, Key | None] = dict.fromkeys(roots)
    order = list(roots)
    for key in order:  # grows
        for child in links.shown(key):
            if child not in parent:
                parent[child] = key
                order.append(child)
    return order, parent


def _heights(order: list[Key], parent: dict[Key, Key | None]) -> dict[Key, int]:
    height = dict.fromkeys(order, 0)
    for key in reversed(order):
        above = parent[key]
        if above is not None:
            height[above] = max(height[above], height[key] + 1)
    return height
