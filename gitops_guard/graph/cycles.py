"""Objects that deploy each other -> the cycles they form; one that deploys itself alone is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Fault, Resource, Severity
from .assemble import Key


def cycles(deploys: Iterable[tuple[Key, Key]]) -> list[list[Key]]:
    """The groups of objects that deploy each other at some depth, with what lies between them; sorted.

    What has no parent left, or no child left, is in no cycle: it is taken away until nothing more goes.
    """
    after: dict[Key, set[Key]] = {}
    before: dict[Key, set[Key]] = {}
    for parent, child in deploys:
        if parent != child:
            after.setdefault(parent, set()).add(child)
            before.setdefault(child, set()).add(parent)
    waiting = list(after.keys() ^ before.keys())
    while waiting:
        gone = waiting.pop()
        for these, those in ((after, before), (before, after)):
            for other in these.pop(gone, ()):
                those[other].discard(gone)
                if not those[other]:
                    waiting.append(other)
    return sorted(_groups(after))


def _groups(after: dict[Key, set[Key]]) -> Iterator[list[Key]]:
    """The parts of a graph that hang together."""
    linked: dict[Key, set[Key]] = {}
    for parent, children in after.items():
        for child in children:
            linked.setdefault(parent, set()).add(child)
            linked.setdefault(child, set()).add(parent)
    while linked:
        group, waiting = set(), [next(iter(linked))]
        while waiting:
            node = waiting.pop()
            if node in linked:
                group.add(node)
                waiting += linked.pop(node)
        yield sorted(group)


def fault_of(group: list[Key], resource: Resource) -> Fault:
    """The finding about a cycle, at the first of its objects."""
    others = ", ".join(key[0] for key in group[1:4]) + (" …" if len(group) > 4 else "")
    return Fault("render/failed", f"it is deployed by what it deploys ({others}): who deletes one of them may delete all",
                 Severity.WARNING, "let one root deploy the others", resource)
