"""`helm.valueFiles`: entries go in, the files of the tree that helm is given come out, in helm's order.

Rules: `getResolvedValueFiles` and `util/io/path` of Argo CD. An entry is a path from the chart, from the root of the repository
(leading `/`), or from that of the source that `$ref` names; variables are put in; `*`, `?` and `[` make it a pattern (from 3.4
on). A file counts once, where an entry names it itself, else where it comes first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...origin import Origin
from ...source import Sources
from ...tree import OutsideError, Tree, is_below, join
from ..fields import flag, items, mapping
from ..world import Place, Repositories, Unknown
from . import env
from .doublestar import expand as expand_pattern
from .sources import Part

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Files:
    """Looks up the files that a source names."""

    part: Part
    folder: str
    """The chart's, in the tree."""
    place: Place
    refs: Mapping[str, Part]
    several: bool
    """Whether the Application has a list of sources."""
    variables: Mapping[str, str]
    sources: Sources
    repositories: Repositories
    globs: bool = True
    """Whether Argo CD knows patterns (from 3.4 on)."""

    def values(self) -> list[tuple[str, Origin | None]]:
        """The values files with the places of their entries. Raises ProblemError."""
        helm = mapping(self.part.body, "helm")
        missing_is_fine = flag(helm, "ignoreMissingValueFiles")
        entries: list[tuple[tuple[str | int, ...], str, str]] = []
        for index, entry in enumerate(items(helm, "valueFiles")):
            keys: tuple[str | int, ...] = ("helm", "valueFiles", index)
            if not isinstance(entry, str):
                raise self.part.problem("failed", "a values file that is no text", *keys, remedy="write a path")
            entries.append((keys, *self.resolve(entry, *keys)))
        listed = {path for _, path, _ in entries if not self._is_pattern(path)}
        found: dict[str, Origin | None] = {}
        for keys, path, root in entries:
            if self._is_pattern(path):
                for match in self._matches(path, root, keys, optional=missing_is_fine):
                    if match not in listed:
                        found.setdefault(match, self.part.origin(*keys))
                continue
            kind = self._kind(path, keys)
            if kind is None and missing_is_fine:
                continue
            if kind != "file":
                raise self.part.problem("failed", f"there is no values file {path}", *keys,
                                        remedy="correct the path, or set ignoreMissingValueFiles")
            found.setdefault(path, self.part.origin(*keys))
        return list(found.items())

    def _is_pattern(self, path: str) -> bool:
        return self.globs and _GLOB.search(path) is not None

    def file(self, entry: str, *keys: str | int) -> str:
        """The file that an entry of `fileParameters` names. Raises ProblemError."""
        path, _ = self.resolve(entry, *keys)
        if self._kind(path, keys) != "file":
            raise self.part.problem("failed", f"there is no file {path}", *keys, remedy="correct the path")
        return path

    def resolve(self, entry: str, *keys: str | int) -> tuple[str, str]:
        """An entry as a path of the tree, and the root that it must not leave. Raises ProblemError."""
        ref = self.refs.get(entry.partition("/")[0]) if entry.startswith("$") else None
        if ref is None and self.several and entry.startswith("$"):
            raise self.part.problem("failed", f"no source has the ref that {entry} begins with", *keys,
                                    remedy="add a source with that ref, or correct the name")
        place, folder, text = self.place, self.folder, entry
        if ref is not None:
            place = self._place_of(ref, keys)
            folder, text = place.prefix, "/" + entry.partition("/")[2]
        if env.names(text) & env.REVISION:
            raise self.part.problem("unresolved", f"the path {entry} holds the commit that is deployed", *keys)
        text = env.expand(text, self.variables)
        if _SCHEME.match(text):
            if "://" in text:
                raise self.part.problem("unresolved", "a values file that is fetched is not known", *keys,
                                        remedy="keep it in the repository")
            raise self.part.problem("failed", "a values file with a scheme that Argo CD refuses", *keys, remedy="write a path")
        path = place.at(text) if text.startswith("/") else join(folder, text)
        if not is_below(path, place.prefix) or path.startswith("../") or path in {"..", place.prefix}:
            raise self.part.problem("failed", f"the path {entry} leaves the repository", *keys, remedy="correct it")
        return path, place.prefix

    def _place_of(self, ref: Part, keys: tuple[str | int, ...]) -> Place:
        if ref.is_chart:
            raise self.part.problem("failed", "a source with chart: can't be the ref of a values file", *keys,
                                    remedy="name a source in git")
        place = self.repositories.place(ref.text("repoURL"), ref.text("targetRevision") or None)
        if isinstance(place, Unknown):
            known = isinstance(self.repositories.place(ref.text("repoURL"), None), Place)
            raise ref.problem("unresolved", place.reason, "targetRevision" if known else "repoURL")
        return place

    def _kind(self, path: str, keys: tuple[str | int, ...]) -> str | None:
        tree: Tree = self.sources.tree
        try:
            return tree.kind(path)
        except OutsideError:
            raise self.part.problem("failed", f"the link {path} leaves the repository", *keys,
                                    remedy="put the file itself there") from None

    def _matches(self, pattern: str, root: str, keys: tuple[str | int, ...], *, optional: bool) -> list[str]:
        try:
            found = expand_pattern(self.sources.tree, pattern, root, ("file", "dir"))
            folder = next((path for path in found or () if self.sources.tree.kind(path) == "dir"), None)
        except OutsideError:
            raise self.part.problem("failed", f"a link that fits {pattern} leaves the repository", *keys,
                                    remedy="put the file itself there") from None
        if found is None:
            raise self.part.problem("failed", f"the pattern {pattern} can't be read", *keys, remedy="correct it")
        if folder is not None:
            raise self.part.problem("failed", f"{pattern} fits the folder {folder}, which helm can't read as values", *keys,
                                    remedy="write a pattern for files alone")
        if not found and not optional:
            raise self.part.problem("failed", f"no file fits {pattern}", *keys,
                                    remedy="correct it, or set ignoreMissingValueFiles")
        return found
