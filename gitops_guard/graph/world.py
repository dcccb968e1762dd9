"""What expanding an object may ask: the files, the configuration, which repository is this one, and the other objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ..config import Config
from ..model import Resource
from ..source import Sources
from ..tree import is_below, join
from .expansion import Found


@dataclass(frozen=True)
class Place:
    """A repository (at one revision) that can be read from here."""

    prefix: str = "."
    """Its root as a path of the tree: `.` for this repository, a folder or a mount for others."""
    home: bool = True
    """Whether it is the tree under check: what is deployed from it changes with a merge."""

    def at(self, path: str) -> str:
        """A path of the repository as a path of the tree; one that leaves the repository begins with `..`."""
        inner = join(".", path.lstrip("/"))
        return inner if is_below(inner, "..") else join(self.prefix, inner)


@dataclass(frozen=True)
class Unknown:
    """A repository or revision that can't be read from here."""

    reason: str


class Repositories(Protocol):
    """Which URLs can be read from here."""

    def place(self, url: str, revision: str | None) -> Place | Unknown:
        """A git repository at a revision (None or HEAD: its default branch)."""
        ...

    def unnamed(self, path: str) -> Place | Unknown:
        """Where a source reads that the repository does not define: here, if the path exists here."""
        ...


class Objects:
    """The objects that are there, by identity; those of the same root first, others only where there is just one."""

    def __init__(self, found: Iterable[Found] = (), fallback: Objects | None = None) -> None:
        """`fallback` has the objects of an earlier look, for what is not there yet."""
        self._found: dict[tuple[str, str, str, str], dict[str, Found]] = {}
        self._before = None if fallback is None else fallback._found  # noqa: SLF001 (one of its own kind)
        self._namespaces: dict[tuple[str, str, str], set[str]] = {}
        self._namespaces_before = {} if fallback is None else fallback._namespaces  # noqa: SLF001 (one of its own kind)
        for item in found:
            self.add(item)

    def add(self, item: Found) -> None:
        """Take one in; the first one of a root counts."""
        name = item.resource.id
        self._found.setdefault((name.group, name.kind, name.namespace, name.name), {}).setdefault(item.scope, item)
        self._namespaces.setdefault((name.group, name.kind, name.name), set()).add(name.namespace)

    def get(self, scope: str, group: str, kind: str, namespace: str, name: str) -> Resource | None:
        """The object of that name that an object of `scope` would see."""
        found = self._at((group, kind, namespace, name))
        if scope in found:
            return found[scope].resource
        return next(iter(found.values())).resource if len(found) == 1 else None

    def namespaces(self, group: str, kind: str, name: str) -> list[str]:
        """The namespaces that hold an object of that name, sorted; an object without one is in the empty one."""
        key = (group, kind, name)
        return sorted(self._namespaces.get(key, set()) | self._namespaces_before.get(key, set()))

    def all(self, group: str, kind: str, scope: str | None = None) -> list[Resource]:
        """Every object of a kind, sorted by identity; with `scope`, those of that root alone."""
        names = {*self._found, *(self._before or ())}
        return [item.resource for key in sorted(names) if key[:2] == (group, kind)
                for root, item in sorted(self._at(key).items()) if scope in (None, root)]

    def near(self, scope: str, group: str, kind: str) -> list[Resource]:
        """The objects of a kind that grew from the same root; every one where that has none."""
        names = sorted({*self._found, *(self._before or ())})
        found = [self._at(key)[scope].resource for key in names if key[:2] == (group, kind) and scope in self._at(key)]
        return found or self.all(group, kind)

    def _at(self, key: tuple[str, str, str, str]) -> dict[str, Found]:
        before = self._before.get(key, {}) if self._before is not None else {}
        return {**before, **self._found.get(key, {})}


@dataclass(frozen=True)
class World:
    """All that expanding an object may ask."""

    sources: Sources
    config: Config
    repositories: Repositories
    objects: Objects
