"""Finding the files and folders that a kustomization names: an entry and its folder go in, a path of the repository comes out.

The rules are kustomize's loader's: roots are real folders, links are resolved, with the restrictor `root` a file lies in or
below the folder of the kustomization that names it. Nothing outside the repository is ever read, whatever the restrictor.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ..errors import InputError, RenderError, SourceError
from ..model import Fault, Location
from ..origin import Origin
from ..source import Sources
from ..tree import OutsideError, is_below, join
from .repospec import RepoSpec
from .repospec import parse as parse_url

if TYPE_CHECKING:
    from .remote import Remote


class UnresolvedError(Exception):
    """A part of the build that can't be known from here; `fault` is the finding that says so."""

    def __init__(self, message: str, origin: Origin, remedy: str = "") -> None:
        super().__init__(message)
        place = Location(origin.file, origin.line, origin.column)
        self.fault = Fault("render/unresolved", message, remedy=remedy, location=place)


class Loader:
    """The files of one repository, as kustomizations may see them."""

    def __init__(self, sources: Sources, restrictor: str, remote: Remote | None = None) -> None:
        """`restrictor` is root or none; without `remote` nothing is fetched."""
        self.sources = sources if remote is None else remote.joined(sources)
        self.tree = self.sources.tree
        self.restricted = restrictor != "none"
        self.remote = remote

    def file_in(self, folder: str, name: str) -> str | None:
        """A file of that name in a folder, its links resolved, or None where there is none that may be read."""
        path = join(folder, name)
        try:
            if self.tree.kind(path) != "file":
                return None
            real = self.tree.real(path)
        except OutsideError:
            return None
        if self._forbids(real, folder):
            return None
        return real

    def exists(self, folder: str, entry: str) -> str | None:
        """`file` or `dir` where an entry names one that lies in the repository; else None. Never raises."""
        path = join(folder, entry)
        if not entry or posixpath.isabs(entry) or self._leaves(folder, entry):
            return None
        try:
            return self.tree.kind(path)
        except OutsideError:
            return None

    def file(self, folder: str, entry: str, origin: Origin, what: str = "file") -> str:
        """The file that an entry names. Raises RenderError at the entry, or UnresolvedError where it is a URL."""
        if is_url(entry):
            return self._fetched_file(entry, origin, what)
        path = self._inside(folder, entry, origin, what)
        kind, real = self._follow(path, entry, origin)
        self._not_lacking(real, what, entry, origin)
        if kind is None:
            raise fail(f"the {what} does not exist: {entry}", origin, "create it, or correct the path")
        if kind == "dir":
            raise fail(f"a folder stands where a file is needed: {entry}", origin, "name a file in it")
        if self._forbids(real, folder):
            raise fail(f"the {what} is not in or below the kustomization's folder: {entry}", origin,
                       "move it below, or build with the load restrictor none")
        return real

    def folder(self, folder: str, entry: str, origin: Origin) -> str:
        """The kustomization folder that an entry names. Raises RenderError at the entry, or UnresolvedError for a URL."""
        spec = parse_url(entry)
        if spec is not None or is_url(entry):
            return self._fetched_folder(spec, entry, origin)
        path = self._inside(folder, entry, origin, "base")
        kind, real = self._follow(path, entry, origin)
        self._not_lacking(real, "base", entry, origin)
        if kind != "dir":
            reason = "no such file or folder" if kind is None else "a file stands where a folder is needed"
            raise fail(f"{reason}: {entry}", origin, "create it, or correct the path")
        return real

    def is_remote(self, path: str) -> bool:
        """Whether a path was fetched."""
        return self.remote is not None and self.remote.mount_of(path) != ""

    def any_folder(self, folder: str, entry: str, origin: Origin, what: str) -> str | None:
        """A folder of the repository that an entry names, or None. Raises RenderError or SourceError at the entry."""
        kind, real = self._follow(self._inside(folder, entry, origin, what), entry, origin)
        return real if kind == "dir" else None

    def chart_file(self, folder: str, path: str, origin: Origin, *, restricted: bool) -> str:
        """A chart's own file. Raises RenderError where a folder's kustomization may not read it, or SourceError."""
        kind, real = self._follow(path, path, origin)
        if kind != "file":
            raise fail(f"the chart has no {posixpath.basename(path)}, which kustomize asks for", origin,
                       "add one, or name a valuesFile")
        if restricted and self._forbids(real, folder):
            raise fail("the chart's values file is not in or below the kustomization's folder", origin,
                       "move the chart below, name a valuesFile, or build with the load restrictor none")
        return real

    def at_entry(self, error: InputError, place: Origin) -> InputError:
        """An error in a fetched file, moved to the entry that brought it; any other one as it is."""
        return self.remote.at_entry(error, place) if self.remote is not None else error

    def text(self, path: str) -> str:
        """The text of a file whose path `file` returned. Raises SourceError."""
        return self.sources.text(path)

    def _inside(self, folder: str, entry: str, origin: Origin, what: str) -> str:
        if not entry:
            raise fail("an empty path", origin, "name a file or folder, or remove the entry")
        path = join(folder, entry)
        if posixpath.isabs(entry):
            raise fail(f"the {what} has an absolute path: {entry}", origin, "write it relative to the kustomization")
        if self._leaves(folder, entry):
            raise fail(f"the {what} lies outside the repository: {entry}", origin, "move it into the repository")
        return path

    def _not_lacking(self, real: str, what: str, entry: str, origin: Origin) -> None:
        """Raises UnresolvedError where the path lies in a submodule that is not here."""
        if self.tree.lacks(real):
            raise UnresolvedError(f"the {what} is not in this clone, for it lies in a submodule or is left out of a partial "
                                  f"clone: {entry}", origin,
                                  "fetch it: git submodule update --init, or git sparse-checkout add")

    def _leaves(self, folder: str, entry: str) -> bool:
        """Whether an entry leaves the tree that its folder is in, if only to come back by another way."""
        mount = self.sources.mount_of(folder)
        if not mount:
            path = join(folder, entry)
            return is_below(path, "..") or self.sources.mount_of(path) != ""
        return is_below(join(folder[len(mount) + 1:] or ".", entry), "..")

    def _forbids(self, real: str, folder: str) -> bool:
        """Whether the restrictor keeps a folder's kustomization from a file; a fetched one is always restricted."""
        return (self.restricted or self.is_remote(folder)) and not is_below(posixpath.dirname(real) or ".", folder)

    def _fetched_file(self, url: str, origin: Origin, what: str) -> str:
        if self.remote is None:
            raise UnresolvedError(f"the {what} is remote and is not fetched: {url}", origin, "vendor it into the repository")
        from .remote import FetchError  # noqa: PLC0415 (start-up)

        try:
            return self.remote.file(url, origin)
        except FetchError as error:
            raise UnresolvedError(f"the {what} can't be fetched: {url}: {error}", origin,
                                  "vendor it into the repository") from None

    def _fetched_folder(self, spec: RepoSpec | None, url: str, origin: Origin) -> str:
        if self.remote is None or spec is None:
            why = "is not fetched" if self.remote is None else "is no git repository"
            raise UnresolvedError(f"the base is remote and {why}: {url}", origin, "vendor it into the repository")
        from .remote import FetchError  # noqa: PLC0415 (start-up)

        try:
            mount, path = self.remote.repository(spec, url, origin)
        except FetchError as error:
            raise UnresolvedError(f"the base can't be fetched: {url}: {error}", origin, "vendor it into the repository") from None
        kind, real = self._follow(path, url, origin)
        if kind != "dir" or not is_below(real, mount):
            raise fail(f"the repository has no such folder: {url}", origin, "correct the path behind //, or the revision")
        return real

    def _follow(self, path: str, entry: str, origin: Origin) -> tuple[str | None, str]:
        try:
            return self.tree.kind(path), self.tree.real(path)
        except OutsideError:
            raise SourceError("source/hostile-input", f"a link on the way leaves the repository: {entry}", origin.file,
                              origin.line, origin.column, "put the file itself into the repository") from None


def fail(message: str, origin: Origin, remedy: str = "") -> RenderError:
    """A RenderError at an origin."""
    return RenderError(message, origin.file, origin.line, origin.column, remedy)


def is_url(entry: str) -> bool:
    """Whether kustomize would fetch the entry over HTTP."""
    return entry[:8].lower().startswith(("http://", "https://"))


def is_git_url(entry: str) -> bool:
    """Whether kustomize would clone the entry with git."""
    return parse_url(entry) is not None
