"""A build with parts from elsewhere -> the same build with every place in the repository, where a report can point.

What a remote base or chart wrote is located, nearest, at the entry that brought it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model import Fault, Location, Resource
from ..origin import Map, Origin, Seq, clone

if TYPE_CHECKING:
    from .remote import Remote

Move = Callable[[Origin], Origin]


def resources_at_home(resources: list[Resource], remote: Remote, read: frozenset[str]) -> list[Resource]:
    """Copies of the resources whose every origin lies in the repository; those that do so anyway are not copied."""
    if not remote.mounts:
        return resources
    known: dict[str, Origin | None] = {}
    found = []
    for resource in resources:
        entry = resource.declared

        def move(origin: Origin, entry: Origin = entry) -> Origin:
            if origin.packed and remote.mount_of(origin.packed):
                origin = origin._replace(packed="")
            if not remote.mount_of(origin.file):
                return origin
            if origin.file not in known:
                known[origin.file] = remote.place_of(origin.file, read)
            # The base that the object is from says which of several entries brought it; what else came along, only the path.
            named = entry if remote.is_entry(entry) else known[origin.file]
            return (named or entry)._replace(exact=False, away=True)

        body = clone(resource.body)
        move_origins(body, move)
        found.append(replace(resource, body=body, declared=move(entry)))
    return found


def faults_at_home(faults: list[Fault], remote: Remote, read: frozenset[str]) -> list[Fault]:
    """The faults, those about a remote file moved to the entry that brought it."""
    return [_moved(fault, remote, read) for fault in faults]


def _moved(fault: Fault, remote: Remote, read: frozenset[str]) -> Fault:
    place = remote.place_of(fault.location.file, read) if fault.location is not None else None
    if place is None or fault.location is None:
        return fault
    there = f"{fault.message} (at {fault.location.file}:{fault.location.line})"
    return replace(fault, message=there, location=Location(place.file, place.line, place.column, "nearest"))


def move_origins(node: Any, move: Move) -> None:
    """Replace every origin in a body by what `move` makes of it."""
    if type(node) is Map:
        node.at = {key: move(origin) for key, origin in node.at.items()}
        if node.gone:
            node.gone = {key: move(origin) for key, origin in node.gone.items()}
        for value in node.values():
            move_origins(value, move)
    elif type(node) is Seq:
        node.at = [origin and move(origin) for origin in node.at]
        if node.gone:
            node.gone = {key: move(origin) for key, origin in node.gone.items()}
        for value in node:
            move_origins(value, move)
