"""A deletion -> what lost the object on the head side: a list that names it no more, a new name, an owner, the file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from ..model import Target
from ..origin import Map, Origin
from .events import MOVED, Deletion, TargetChange
from .view import View

_LISTS = ("resources", "components", "bases", "configMapGenerator", "secretGenerator", "helmCharts", "generators", "patches")


def place_of(deletion: Deletion, change: TargetChange, base: View, head: View) -> Origin | None:
    """Where to look for the reason of a deletion; None where the head side has nothing that tells."""
    if deletion.successor is not None:
        return _renaming(deletion, change.target, head) if deletion.event != MOVED else deletion.successor.declared
    file = deletion.resource.declared.file
    still = head.declares(file, deletion.resource.id)
    for folder, name in _users(file, change.folders, base):
        found = _entry(folder, name, change.target, head, still)
        if found is not None:
            return found
    owner = head.object(deletion.owner.id, change.scopes) if deletion.owner is not None else None
    if owner is not None:
        return _reads(owner.body) or owner.declared
    return Origin(file, 1, 1, exact=False)


def _users(file: str, folders: frozenset[str], base: View) -> Iterator[tuple[str, str]]:
    """The chain by which a target took a file in: (kustomization folder, what it names), the nearest to the file first."""
    wanted, seen = file, set[str]()
    while wanted not in seen:
        seen.add(wanted)
        kind = 1 if wanted == file else 0
        user = next((folder for folder in sorted(folders & base.uses.keys()) if wanted in base.uses[folder][kind]), None)
        if user is None:
            return
        yield user, wanted
        wanted = user


def _entry(folder: str, name: str, target: Target, head: View, still: Origin | None) -> Origin | None:
    """The list of a kustomization that no longer names something; None where it still does, or is no part of the target."""
    used = head.uses.get(folder)
    reached = any(folder in part.folders for part in head.parts if part.target.id == target.id or part.target.path == target.path)
    if used is None or not reached:
        return None
    if name in used[0] or name in used[1]:
        if name in used[1] and still is not None:
            return still
        return Origin(name, 1, 1, exact=False) if name in used[1] and head.exists(name) else None
    for field in _LISTS:
        found = head.written(folder, field)
        if found is not None:
            return _key(found[1])
    return Origin(posixpath.join(folder, "kustomization.yaml") if folder != "." else "kustomization.yaml", 1, 1, exact=False)


def _renaming(deletion: Deletion, target: Target, head: View) -> Origin | None:
    """The scalar that wrote the new name or namespace."""
    old, new = deletion.resource, deletion.successor
    if new is None:
        return None
    meta = new.body.get("metadata")
    key = "name" if old.id.name != new.id.name else "namespace"
    origin = meta.at.get(key) if isinstance(meta, Map) else None
    before = old.body.get("metadata")
    same = isinstance(before, Map) and before.at.get(key) == origin
    if key == "name" and same:
        for part in head.parts:
            if part.target.id == target.id:
                for folder in sorted(part.folders, key=lambda folder: folder != part.target.path):
                    for field in ("namePrefix", "nameSuffix"):
                        found = head.written(folder, field)
                        if found is not None:
                            return found[1]
    return origin or new.declared


def _reads(body: Map) -> Origin | None:
    """The field of a controller object that says what it reads."""
    spec = body.get("spec")
    if not isinstance(spec, Map):
        return None
    for keys in (("path",), ("source", "path"), ("generators",), ("sources",), ("chart",), ("source",)):
        node: Any = spec
        origin: Origin | None = None
        for key in keys:
            origin = node.at.get(key) if isinstance(node, Map) and key in node else None
            node = node.get(key) if isinstance(node, Map) else None
        if origin is not None:
            return _key(origin) if isinstance(node, (Map, list)) else origin
    return None


def _key(origin: Origin) -> Origin:
    """Where the key of a field stands."""
    return origin._replace(line=origin.key_line or origin.line, column=origin.key_column or origin.column)
