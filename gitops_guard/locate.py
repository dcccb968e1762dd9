"""Fault -> location: the only place where a field path becomes file, line and column.

A path that names a map is located at its key; an absent field at its deletion, else at the
object's `kind` in the file that declares it; a place inside a text at the inner line where that is known.
"""

from __future__ import annotations

from typing import Any

from .model import DECLARED, Fault, FieldPath, Location, Related, Resource
from .origin import Map, Origin, Seq, origin_of


def locate(fault: Fault) -> Location:
    """The place of a fault. A fault about a file brings its own; one about a resource gets the origin of its field."""
    if fault.location is not None:
        return fault.location
    if fault.resource is None:
        raise ValueError(f"{fault.rule}: neither a resource nor a location")
    return _of_field(fault.resource, fault.path, fault.line)


def related(fault: Fault, location: Location) -> tuple[Related, ...]:
    """The fault's own related places, and the object's declaration where it lies in another file than the fault."""
    found = fault.related
    if fault.resource is not None and fault.resource.declared.file != location.file:
        found += (Related(_plain(fault.resource.declared), DECLARED),)
    return found


def _plain(origin: Origin, *, exact: bool = True) -> Location:
    return Location(origin.file, origin.line, origin.column, "exact" if origin.exact and exact else "nearest")


def _of_field(resource: Resource, path: FieldPath, inner_line: int) -> Location:
    node: Any = resource.body
    best: Origin | None = None
    for depth, key in enumerate(path):
        origin = origin_of(node, key)
        if not _has(node, key):
            deletion = node.gone.get(str(key)) if (type(node) is Map or type(node) is Seq) and node.gone else None
            if deletion is not None:
                return _plain(deletion)
            return _plain(resource.declared, exact=False)
        node = node[key]
        if origin is not None:
            best = origin
        if depth == len(path) - 1:
            return _of_value(node, origin, best or resource.declared, inner_line)
    return _plain(resource.declared)


def _has(node: Any, key: str | int) -> bool:
    if type(node) is Map:
        return key in node
    return type(node) is Seq and isinstance(key, int) and 0 <= key < len(node)


def _of_value(value: Any, origin: Origin | None, fallback: Origin, inner_line: int) -> Location:
    if origin is None:
        return _plain(fallback, exact=False)
    if inner_line:
        if origin.packed:
            return Location(origin.packed, inner_line, 1)
        if origin.block:
            return Location(origin.file, origin.line + inner_line, origin.block, "nearest")
        return _key(origin)
    if isinstance(value, (Map, Seq)) and origin.key_line:
        return _key(origin)
    return _plain(origin)


def _key(origin: Origin) -> Location:
    if not origin.key_line:
        return _plain(origin)
    return Location(origin.file, origin.key_line, origin.key_column, "exact" if origin.exact else "nearest")
