"""A deletion -> what lost the object on the head side: a list that names it no more, a new name, an owner, the file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ..model import Resource, Target
from ..origin import Map, Origin, Seq
from .events import MOVED, Deletion, TargetChange
from .view import Part, View, value_at

_LISTS = ("resources", "components", "bases", "configMapGenerator", "secretGenerator", "helmCharts", "generators", "patches")
_NAMING = {"name": ("namePrefix", "nameSuffix"), "namespace": ("namespace",)}
_OWNERS_NAMING = {
    "name": (("spec", "namePrefix"), ("spec", "nameSuffix"), ("spec", "source", "kustomize", "namePrefix"),
             ("spec", "source", "kustomize", "nameSuffix")),
    "namespace": (("spec", "targetNamespace"), ("spec", "source", "kustomize", "namespace"),
                  ("spec", "destination", "namespace")),
}
"""The fields of a kustomization, and of what deploys it, that write names and namespaces."""


def place_of(deletion: Deletion, change: TargetChange, base: View, head: View) -> Origin | None:
    """Where to look for the reason of a deletion; None where the head side has nothing that tells."""
    if deletion.successor is not None:
        new = deletion.successor
        return new.declared if deletion.event == MOVED else _renaming(deletion, new, change, base, head)
    file = deletion.resource.declared.file
    still = head.declares(file, deletion.resource.id)
    dropped = _dropped(deletion.resource, still, change.target, head)
    if dropped is not None:
        return dropped
    for folder, name in _users(file, change.folders, base):
        found = _entry(folder, name, change.target, head, still)
        if found is not None:
            return found
    owner = head.object(deletion.owner.id, change.scopes) if deletion.owner is not None else None
    if owner is not None:
        return _reads(owner.body) or owner.declared
    return Origin(file, 1, 1, exact=False)


def _dropped(old: Resource, still: Resource | None, target: Target, head: View) -> Origin | None:
    """The patch or annotation that takes an object out of the build, which its file still has.

    Under another name than its file gives it, it is known by its old place alone.
    """
    declared = still.declared if still is not None else old.declared
    return next((part.dropped[declared] for part in _parts(target, head) if declared in part.dropped), None)


def _parts(target: Target, head: View) -> Iterator[Part]:
    return (part for part in head.parts if part.target.id == target.id or part.target.path == target.path)


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


def _entry(folder: str, name: str, target: Target, head: View, still: Resource | None) -> Origin | None:
    """The list of a kustomization that no longer names something; None where it still does, or is no part of the target."""
    used = head.uses.get(folder)
    reached = any(folder in part.folders for part in _parts(target, head))
    if used is None or not reached:
        return None
    if name in used[0] or name in used[1]:
        if name in used[1] and still is not None:
            return still.declared
        return Origin(name, 1, 1, exact=False) if name in used[1] and head.exists(name) else None
    for field in _LISTS:
        found = head.written(folder, field)
        if found is not None:
            return _key(found[1])
    return Origin(posixpath.join(folder, "kustomization.yaml") if folder != "." else "kustomization.yaml", 1, 1, exact=False)


def _renaming(deletion: Deletion, new: Resource, change: TargetChange, base: View, head: View) -> Origin:
    """The scalar that wrote the new name or namespace: the object's own, a kustomization's or its owner's."""
    old = deletion.resource
    key = "name" if old.id.name != new.id.name else "namespace"
    before, now = _at(old.body, ("metadata", key)), _at(new.body, ("metadata", key))
    if now is not None and (before is None or before[:3] != now[:3]):
        return now
    return _of_folders(key, change, base, head) or _of_owner(key, deletion, change, base, head) or now or new.declared


def _of_folders(key: str, change: TargetChange, base: View, head: View) -> Origin | None:
    """The field of a kustomization that names its objects, and names them otherwise than before."""
    folders = next((part.folders for part in head.parts if part.target.id == change.target.id), frozenset[str]())
    for folder in sorted(folders, key=lambda folder: (folder != change.target.path, folder)):
        for field in _NAMING[key]:
            before, now = base.written(folder, field), head.written(folder, field)
            if now is not None and (before is None or before[0] != now[0]):
                return now[1]
    return None


def _of_owner(key: str, deletion: Deletion, change: TargetChange, base: View, head: View) -> Origin | None:
    """The same of the object that deploys it."""
    name = deletion.owner.id if deletion.owner is not None else ""
    before, now = base.object(name, change.scopes), head.object(name, change.scopes)
    for path in _OWNERS_NAMING[key] if before is not None and now is not None else ():
        if before is not None and now is not None and value_at(before.body, path) != value_at(now.body, path):
            found = _at(now.body, path)
            if found is not None:
                return found
    return None


def _reads(body: Map) -> Origin | None:
    """The field of a controller object that says what it reads; of an ApplicationSet its generator, where it has one only."""
    generators = value_at(body, ("spec", "generators"))
    if isinstance(generators, Seq) and len(generators) == 1:
        return generators.at[0]
    for path in (("path",), ("source", "path"), ("generators",), ("sources",), ("chart",), ("source",)):
        found = _at(body, ("spec", *path))
        if found is not None:
            return _key(found) if isinstance(value_at(body, ("spec", *path)), (Map, list)) else found
    return None


def _at(body: Map, path: tuple[str, ...]) -> Origin | None:
    """Where a field's value stands; None where there is none."""
    above = value_at(body, path[:-1])
    return above.at.get(path[-1]) if isinstance(above, Map) and path[-1] in above else None


def _key(origin: Origin) -> Origin:
    """Where the key of a field stands."""
    return origin._replace(line=origin.key_line or origin.line, column=origin.key_column or origin.column)
