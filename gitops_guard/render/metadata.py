"""Build metadata: where a resource came from and what changed it, and the last clean-up of annotations.

Rules: kustomize `buildMetadata` (originAnnotations, transformerAnnotations, managedByLabel) and `krusty.Run`'s end.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable
from typing import NamedTuple

from ..origin import Map, Origin
from ..scalars import Dialect, resolve
from .kustomization import Kustomization
from .notes import ORIGIN, TRANSFORMATIONS, transformations
from .repospec import parse
from .resource import Resource

MANAGED_BY = "app.kubernetes.io/managed-by"
VERSION = "kustomize-v5.8.1"
"""The kustomize whose output is printed."""


class Trail(NamedTuple):
    """What a build records about its resources, and how the folder at hand is called from the top."""

    options: frozenset[str] = frozenset()
    path: str = ""
    source: str = ""
    """In a remote repository: the lines that name it."""
    at: Origin | None = None
    """The `buildMetadata:` value that asks for the records."""

    @classmethod
    def of(cls, kustomization: Kustomization) -> Trail:
        """The trail of a build's top."""
        wanted = frozenset(str(option) for option, _ in kustomization.entries("buildMetadata"))
        return cls(wanted, at=kustomization.origin("buildMetadata") if wanted else None)

    @property
    def records(self) -> bool:
        """Whether anything is recorded at all."""
        return bool(self.options)

    def inside(self, entry: str) -> Trail:
        """The trail in a base or component."""
        if not self.records:
            return self
        spec = parse(entry)
        if spec is None:
            return self._replace(path=_join(self.path, entry))
        ref = f"ref: {_quoted(spec.ref)}\n" if spec.ref else ""
        return self._replace(path=_join("", spec.folder), source=f"repo: {_quoted(spec.url)}\n{ref}")

    def of_file(self, resources: Iterable[Resource], entry: str) -> None:
        """Record that resources are from a file."""
        if self.records:
            there = self.inside(entry)
            for resource in resources:
                resource.made_by = f"path: {there.path}\n{there.source}"
                resource.touch()

    def builtin(self, kustomization: Kustomization, kind: str) -> str:
        """The record of a built-in step that a kustomization file asks for."""
        return self.configured(_join(self.path, posixpath.basename(kustomization.file)), ("builtin", kind))

    def configured(self, file: str, identity: tuple[str, ...], source: str | None = None) -> str:
        """The record of a step: the file of its configuration as seen from the top, and apiVersion, kind, name and namespace.

        `source` names the repository of that file; None means the one of the folder at hand.
        """
        if not self.records:
            return ""
        source = self.source if source is None else source
        names = ("apiVersion", "kind", "name", "namespace")
        lines = "".join(f"  {name}: {value}\n" for name, value in zip(names, identity, strict=False) if value)
        return f"{source}configuredIn: {file}\nconfiguredBy:\n{lines}"

    def of_generator(self, resource: Resource, kustomization: Kustomization, kind: str) -> None:
        """Record that a generator of a kustomization file made a resource."""
        if self.records and not resource.made_by:
            resource.made_by = self.builtin(kustomization, kind)


def changed_by(resources: Iterable[Resource], record: str) -> None:
    """Record a step for every resource; one without a record was made by it."""
    if record:
        for resource in resources:
            resource.texts_only()
            if resource.made_by:
                resource.changed_by.append(record)
            else:
                resource.made_by = record


def finish(resources: list[Resource], trail: Trail) -> None:
    """Write what is recorded, turn annotations into text, and drop those maps of them that are empty."""
    for resource in resources:
        meta = resource.body.get("metadata")
        if type(meta) is not Map:
            continue
        if "managedByLabel" in trail.options and trail.at is not None:
            _holder(meta, "labels", trail.at).put(MANAGED_BY, VERSION, trail.at._replace(exact=False))
        resource.texts_only()
        if trail.at is None:
            _forget(meta.get("annotations"))
        else:
            _write(resource, meta, trail, trail.at._replace(exact=False))
        if not meta.get("annotations"):
            meta.pop("annotations", None)
            meta.at.pop("annotations", None)


def _forget(annotations: Map | None) -> None:
    """Kustomize takes out its records, whoever wrote them."""
    for key in (ORIGIN, TRANSFORMATIONS):
        if annotations and key in annotations:
            annotations.drop(key)


def _write(resource: Resource, meta: Map, trail: Trail, at: Origin) -> None:
    annotations = _holder(meta, "annotations", at)
    for option, key, text in (("originAnnotations", ORIGIN, resource.made_by),
                              ("transformerAnnotations", TRANSFORMATIONS, transformations(resource.changed_by))):
        if option in trail.options and text:
            annotations.put(key, text, at)
        else:
            annotations.pop(key, None)


def _holder(meta: Map, field: str, at: Origin) -> Map:
    found = meta.get(field)
    if type(found) is not Map:
        found = Map()
        meta.put(field, found, at)
    return found


def _quoted(text: str) -> str:
    """A text that may look like a number, as YAML."""
    return text if isinstance(resolve(text, Dialect.RESOURCE), str) else json.dumps(text)


def _join(path: str, entry: str) -> str:
    joined = posixpath.normpath(posixpath.join(path, entry))
    return "" if joined == "." else joined


