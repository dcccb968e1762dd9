"""An Application's spec -> its sources, in the order that counts.

Rules: `ApplicationSpec.GetSources` of Argo CD: a sourceHydrator beats `sources`, a list of sources with items beats `source`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...model import FieldPath
from ...nodes import Source
from ...origin import Map, Origin
from ..fields import has, mapping, mappings, place, text
from .problem import ProblemError

_REF = re.compile(r"[a-zA-Z0-9_-]+")


@dataclass(frozen=True)
class Part:
    """One source of an Application."""

    body: Map
    """An ApplicationSource, as the Application has it or as `.argocd-source.yaml` leaves it."""
    path: FieldPath
    """Where the Application has it."""
    fields: Mapping[str, FieldPath] = field(default_factory=dict)
    """Where a field stands that is not at `path` under its own name."""
    files: frozenset[str] = frozenset()
    """The `.argocd-source` files that were merged into it."""

    def text(self, name: str) -> str:
        """A string field; empty where it is not set."""
        return text(self.body, name)

    @property
    def is_chart(self) -> bool:
        """Whether it is a chart of a Helm repository."""
        return bool(self.text("chart"))

    @property
    def is_oci(self) -> bool:
        """Whether it is an OCI artifact."""
        return not self.is_chart and self.text("repoURL").startswith("oci://")

    @property
    def renders(self) -> bool:
        """Whether it yields manifests: a source with `ref` and no path is there for its values alone."""
        return bool(self.text("path")) or self.is_chart or self.is_oci or not self.text("ref")

    @property
    def folder(self) -> str:
        """Its path, normalised; it may begin with `..` or `/`."""
        return posixpath.normpath(self.text("path")) if self.text("path") else ""

    def at(self, name: str) -> FieldPath:
        """Where a field stands in the Application."""
        return self.fields.get(name, (*self.path, name))

    def origin(self, *keys: str | int) -> Origin | None:
        """The place of a field below the source."""
        return place(self.body, keys)

    def problem(self, status: str, message: str, *keys: str | int, remedy: str = "", uses: tuple[str, ...] = ()) -> ProblemError:
        """A problem at a field below the source, which an `.argocd-source` file may have written."""
        origin = self.origin(*keys)
        elsewhere = origin if origin is not None and origin.file in self.files else None
        path = (*self.at(str(keys[0])), *keys[1:]) if keys else self.path
        return ProblemError(status, message, path, remedy, origin=elsewhere, uses=uses)

    def node(self, tool: str | None) -> Source:
        """As the graph shows it."""
        if self.is_chart:
            return Source(self.text("repoURL") or None, None, self.text("targetRevision") or None, self.text("chart"), "helm")
        return Source(self.text("repoURL") or None, self.folder.lstrip("/") or (None if not self.folder else "."),
                      self.text("targetRevision") or "HEAD", None, tool)


def parts_of(body: Map) -> tuple[Part, ...]:
    """The sources of an Application's body, those of the wrong shape left out."""
    if type(body.get("spec")) is not Map:
        return ()
    if has(body, "spec", "sourceHydrator"):
        return (_hydrated(body),)
    listed = tuple(Part(item, ("spec", "sources", index)) for index, item in mappings(body, "spec", "sources"))
    if listed:
        return listed
    source = mapping(body, "spec", "source")
    return (Part(source, ("spec", "source")),) if has(body, "spec", "source") else ()


def _hydrated(body: Map) -> Part:
    """What a sourceHydrator syncs: the branch that holds the rendered manifests, not the one they are rendered from."""
    base: FieldPath = ("spec", "sourceHydrator")
    sync, dry = mapping(body, *base, "syncSource"), mapping(body, *base, "drySource")
    found = Map()
    places: dict[str, FieldPath] = {}
    own = "syncSource" if text(sync, "repoURL") else "drySource"
    for name, holder, key, block in (("repoURL", sync if own == "syncSource" else dry, "repoURL", own),
                                     ("path", sync, "path", "syncSource"),
                                     ("targetRevision", sync, "targetBranch", "syncSource")):
        places[name] = (*base, block, key)
        if key in holder:
            found.put(name, holder[key], holder.at.get(key))
    return Part(found, (*base, "syncSource"), places)


def check(part: Part, *, several: bool) -> None:
    """Raises ProblemError for a source that Argo CD refuses (`validateSourcePermissions`)."""
    if not part.text("repoURL"):
        raise part.problem("failed", "a source without repoURL", remedy="add it")
    if not part.folder and not part.is_chart and not (several and part.text("ref")):
        raise part.problem("failed", "a source without path and chart", remedy="add path:, or . for the root")
    if part.is_chart and not part.text("targetRevision"):
        raise part.problem("failed", "a chart without targetRevision", "chart", remedy="name its version")


def refs(parts: tuple[Part, ...]) -> dict[str, Part]:
    """The sources that value files may name, by `$name`. Raises ProblemError where two have one name (`GetRefSources`)."""
    found: dict[str, Part] = {}
    for part in parts:
        name = part.text("ref")
        if not name:
            continue
        if not _REF.fullmatch(name):
            raise part.problem("failed", f"the ref {name} holds more than letters, digits, - and _", "ref", remedy="rename it")
        if f"${name}" in found:
            raise part.problem("failed", f"two sources have the ref {name}", "ref", remedy="rename one of them")
        found[f"${name}"] = part
    return found
