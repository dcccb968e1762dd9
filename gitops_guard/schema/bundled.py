"""Kubernetes' own definitions, for each version that the installed kubernetes-validate brings along.

Its data is read, not its code: that would choose a schema by the first word of the group alone, refuse nulls that the API
server takes, and report one error of many.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
from collections.abc import Iterator
from typing import Any

from ..errors import ToolError, UsageError
from .convert import definition

GVK = tuple[str, str, str]
"""Group (empty for the core group), version and kind."""

_SUFFIX = "-local"


@functools.cache
def folders() -> dict[str, str]:
    """The folder of each version (`1.34`), oldest first. Raises ToolError where the installation is broken."""
    spec = importlib.util.find_spec("kubernetes_validate")
    places = list(spec.submodule_search_locations or ()) if spec else []
    found: dict[tuple[int, int], str] = {}
    for place in places:
        base = os.path.join(place, "kubernetes-json-schema")
        for name in sorted(os.listdir(base)) if os.path.isdir(base) else []:
            parts = name.removeprefix("v").removesuffix(_SUFFIX).split(".")
            if name.endswith(_SUFFIX) and len(parts) == 3 and all(part.isdigit() for part in parts):
                found[int(parts[0]), int(parts[1])] = os.path.join(base, name)
    if not found:
        raise ToolError("the schemas of kubernetes-validate are missing from this installation; install gitops-guard again")
    return {f"{major}.{minor}": found[major, minor] for major, minor in sorted(found)}


def versions() -> tuple[str, ...]:
    """Every Kubernetes version there are schemas for, oldest first."""
    return tuple(folders())


def pick(version: str | None) -> str:
    """The version that is meant by `1.34`, `v1.34` or `1.34.2`; the newest without one. Raises UsageError."""
    known = versions()
    if version is None:
        return known[-1]
    parts = version.removeprefix("v").split(".")
    short = ".".join(parts[:2])
    if short in known and len(parts) <= 3 and all(part.isdigit() for part in parts):
        return short
    if len(parts) >= 2 and parts[0].isdigit() and parts[1].isdigit():
        nearest = min(known, key=lambda one: abs(_rank(one) - _rank(short)))
        raise UsageError(f"there are no schemas of Kubernetes {version}; the nearest known version is {nearest}")
    raise UsageError(f"{version!r} is no Kubernetes version; known are {known[0]} to {known[-1]}")


def _rank(version: str) -> int:
    major, _, minor = version.partition(".")
    return int(major) * 1000 + int(minor)


@functools.cache
def bundle(version: str) -> Bundle:
    """The definitions of one version, shared by everybody who asks."""
    return Bundle(folders()[version])


class Bundle:
    """The definitions of one Kubernetes version."""

    def __init__(self, folder: str) -> None:
        """Nothing is read before it is needed."""
        self._folder = folder
        self._converted: dict[str, dict[str, Any]] = {}

    @functools.cached_property
    def definitions(self) -> dict[str, Any]:
        """All definitions as they were published, by name."""
        with open(os.path.join(self._folder, "_definitions.json"), encoding="utf-8") as stream:
            found: dict[str, Any] = json.load(stream)["$defs"]
        return found

    @functools.cached_property
    def kinds(self) -> dict[GVK, str]:
        """The definition's name of each kind."""
        found: dict[GVK, str] = {}
        for name, schema in self.definitions.items():
            marks = schema.get("x-kubernetes-group-version-kind", ())
            if len(marks) == 1:  # DeleteOptions and WatchEvent carry every group; they are no objects
                found[marks[0]["group"], marks[0]["version"], marks[0]["kind"]] = name
        return found

    @functools.cached_property
    def groups(self) -> frozenset[str]:
        """Every API group of this version."""
        return frozenset(group for group, _, _ in self.kinds)

    def schema(self, gvk: GVK) -> dict[str, Any] | None:
        """The strict JSON Schema of a kind with all that it refers to, or None where this version has no such kind."""
        name = self.kinds.get(gvk)
        if name is None:
            return None
        return {"$ref": f"#/$defs/{name}", "$defs": dict(self._reachable(name))}

    def object_meta(self) -> tuple[str, dict[str, Any]]:
        """A reference to ObjectMeta, and the `$defs` it needs."""
        name = next(name for name in self.definitions if name.endswith(".meta.v1.ObjectMeta"))
        return f"#/$defs/{name}", dict(self._reachable(name))

    def _reachable(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        seen = {name}
        waiting = [name]
        while waiting:
            at = waiting.pop()
            converted = self._converted.get(at)
            if converted is None:
                plain = at.removesuffix("~status")
                converted = definition(plain, self.definitions[plain], status=at != plain)
                self._converted[at] = converted
            yield at, converted
            for wanted in _references(converted):
                if wanted not in seen:
                    seen.add(wanted)
                    waiting.append(wanted)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            yield reference.rpartition("/")[2].replace("~0", "~")
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
