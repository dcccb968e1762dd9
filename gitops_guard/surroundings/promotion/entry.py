"""One pair -> its part of the document: what each side runs, ran and ran before the change, and what only one of them has."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ...locate import locate
from ...model import Fault, FieldPath, Resource, ResourceId, value_at
from ...origin import Seq, label
from ...targets import Built
from .pairs import PRODUCTION, STAGING, Pair, Words
from .parts import Part, guard_kind, guarded, parts, subject
from .versions import Version, pod_spec, versions

Key = tuple[str, str]
"""Kind and part of a version."""


class Before:
    """The base side of a change."""

    def __init__(self, built: Iterable[Built]) -> None:
        self._built: dict[str, list[Built]] = {}
        for item in built:
            self._built.setdefault(item.target.id, []).append(item)
        self._objects: dict[str, dict[tuple[str, ...], Resource]] = {}

    def version(self, target: str, resource: Resource, key: Key) -> Version | None:
        """What the object ran."""
        if target not in self._objects:
            self._objects[target] = {_name(one.id): one for item in self._built.get(target, ()) for one in item.resources}
        found = self._objects[target].get(_name(resource.id))
        return _by_key(found).get(key) if found is not None else None


class Entry:
    """One pair."""

    def __init__(self, pair: Pair, words: Words, before: Before | None) -> None:
        self.pair = pair
        self.named: list[Resource] = []
        """The objects of production that the document names."""
        self._words = words
        self._both = [(ours, theirs, ours_version, _counterpart(ours_version, _by_key(theirs)))
                      for ours, theirs in pair.objects for ours_version in _by_key(ours).values()]
        self._ran: list[list[dict[str, str]]] = [[] for _ in self._both]
        self._before = before

    def unlike(self) -> Iterator[tuple[Version, str, Callable[[Sequence[Resource]], bool]]]:
        """The versions that staging does not run now, the file that says what it runs, and whether a render runs one."""
        for _ours, theirs, version, other in self._both:
            if other is not None and (version.name, version.text) != (other.name, other.text):
                yield version, place(theirs, other.path)["file"], functools.partial(self._runs, theirs, version)

    def _runs(self, theirs: Resource, version: Version, render: Sequence[Resource]) -> bool:
        then = self._then(theirs, version, render)
        return then is not None and (then.name, then.text) == (version.name, version.text)

    def _then(self, theirs: Resource, version: Version, render: Sequence[Resource]) -> Version | None:
        """What a render of staging runs for a version."""
        name = self._words.name(theirs.id.name, STAGING)
        found = [resource for resource in render if _name(resource.id)[:2] == _name(theirs.id)[:2]
                 and self._words.name(resource.id.name, STAGING) == name]
        found.sort(key=lambda resource: resource.id.namespace != theirs.id.namespace)
        return _counterpart(version, _by_key(found[0])) if found else None

    def look(self, renders: Iterable[Sequence[Resource]]) -> None:
        """Note what staging ran at other commits."""
        for render in renders:
            for (_ours, theirs, version, _other), ran in zip(self._both, self._ran, strict=True):
                then = self._then(theirs, version, render)
                if then is not None and _said(then) not in ran:
                    ran.append(_said(then))

    def document(self) -> dict[str, Any]:
        """An item of `pairs`, as schemas/input-repository.json has it."""
        return {
            "production": self.pair.production.target.id,
            "staging": self.pair.staging.target.id,
            "versions": [self._version(at) for at in range(len(self._both))],
            "differences": list(self._differences()) if self._whole() else [],
        }

    def _whole(self) -> bool:
        """Whether all of both sides is known, so that what is missing is missing."""
        return self.pair.production.status == self.pair.staging.status == "rendered"

    def _version(self, at: int) -> dict[str, Any]:
        ours, theirs, version, other = self._both[at]
        self.named.append(ours)
        before = None
        if self._before is not None:
            key = (version.kind, version.part)
            old = self._before.version(self.pair.production.target.id, ours, key)
            old_other = self._before.version(self.pair.staging.target.id, theirs, (other.kind, other.part)) if other else None
            before = {"production": old and _said(old), "staging": old_other and _said(old_other)}
        return {
            "object": identity(ours.id), "path": list(version.path), "kind": version.kind, "part": version.part, **_said(version),
            "staging": {**_said(other), **place(theirs, other.path)} if other is not None else None,
            "ran": self._ran[at], "before": before,
        }

    def _differences(self) -> Iterator[dict[str, Any]]:
        for ours, theirs in self.pair.objects:
            mine, others = ({part.field: part for part in parts(side)} for side in (ours, theirs))
            self.named.append(ours)
            for field, part in mine.items():
                if field not in others:
                    yield {"only": PRODUCTION, "field": field, "object": identity(ours.id), "path": list(part.path)}
            for field, part in others.items():
                if field not in mine:
                    path = _absent(part, ours, theirs)
                    yield {"only": STAGING, "field": field, "object": identity(ours.id), "path": list(path),
                           **place(theirs, part.path)}
        yield from self._guards()

    def _guards(self) -> Iterator[dict[str, Any]]:
        """Guards of workloads that both sides have."""
        mine, others = self._lonely(self.pair.production_only, PRODUCTION), self._lonely(self.pair.staging_only, STAGING)
        paired = {id(side): ours for ours, theirs in self.pair.objects for side in (ours, theirs)}
        for environment, guards, known, side in ((PRODUCTION, mine, others, self.pair.production),
                                                 (STAGING, others, mine, self.pair.staging)):
            for key, guard in guards:
                workload = guarded(guard, (item for item in side.resources if pod_spec(item) is not None))
                if any(key == other for other, _guard in known) or (workload is not None and id(workload) not in paired):
                    continue
                at = guard if environment == PRODUCTION else self._stand_in(paired.get(id(workload)))
                if at is not None:
                    self.named.append(at)
                    field = f"{guard_kind(guard)}/{self._words.name(guard.id.name, environment)}"
                    yield {"only": environment, "field": field, "object": identity(at.id), "path": [],
                           **(place(guard, ()) if environment == STAGING else {})}

    def _lonely(self, objects: Iterable[Resource], environment: str) -> list[tuple[tuple[str, str], Resource]]:
        """The guards without a counterpart of the same name, by what they are about."""
        return [((kind, self._words.name(subject(item) or item.id.name, environment)), item) for item in objects
                if (kind := guard_kind(item)) is not None]

    def _stand_in(self, workload: Resource | None) -> Resource | None:
        """The workload of production at which something is missing."""
        return workload or next((ours for ours, _theirs in self.pair.objects if pod_spec(ours) is not None), None)


def identity(name: ResourceId) -> dict[str, str]:
    """What a result calls an object."""
    return {"apiVersion": name.api_version, "kind": name.kind, "namespace": name.namespace, "name": name.name}


def place(resource: Resource, path: FieldPath) -> dict[str, Any]:
    """Where a field of staging stands."""
    found = locate(Fault("", "", resource=resource, path=path))
    return {"file": found.file, "line": found.line, "column": found.column}


def _name(name: ResourceId) -> tuple[str, str, str, str]:
    return name.group, name.kind, name.namespace, name.name


def _by_key(resource: Resource) -> dict[Key, Version]:
    found: dict[Key, Version] = {}
    for version in versions(resource):
        found.setdefault((version.kind, version.part), version)
    return found


def _counterpart(version: Version, others: dict[Key, Version]) -> Version | None:
    """The container of that name; of charts and artifacts, the only one there is where none has the name."""
    found = others.get((version.kind, version.part))
    if found is None and version.kind != "image":
        rest = [other for other in others.values() if other.kind == version.kind]
        return rest[0] if len(rest) == 1 else None
    return found


def _said(version: Version) -> dict[str, str]:
    return {"name": version.name, "text": version.text}


def _absent(part: Part, ours: Resource, theirs: Resource) -> FieldPath:
    """Where production would have what only staging has; its root where nothing there can say who took it away."""
    base = pod_spec(theirs)
    own = pod_spec(ours)
    if base is None or own is None:
        return ()
    inner = part.path[len(base):]
    if inner[0] in ("containers", "initContainers") and len(inner) > 2:
        name = value_at(theirs.body, (*part.path[:len(base) + 2], "name"))
        items = value_at(ours.body, (*own, inner[0]))
        at = next((index for index, item in enumerate(items or ()) if isinstance(item, dict) and item.get("name") == name), None)
        if at is None:
            return ()
        inner = (inner[0], at, *inner[2:])
    if part.listed:
        items = value_at(ours.body, (*own, *inner[:-1]))
        name = label(value_at(theirs.body, part.path))
        inner = inner[:-1] if items is None else (*inner[:-1], name)
        if items is not None and not (isinstance(items, Seq) and name in (items.gone or {})):
            return ()
    return (*own, *inner)
