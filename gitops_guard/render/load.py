"""Finding the files and folders that a kustomization names: an entry and its folder go in, a path of the repository comes out.

The rules are kustomize's loader's: roots are real folders, links are resolved, with the restrictor `root` a file lies in or
below the folder of the kustomization that names it. Nothing outside the repository is ever read, whatever the restrictor.
"""

from __future__ import annotations

import posixpath
import re

from ..errors import RenderError, SourceError
from ..model import Fault, Location
from ..origin import Origin
from ..source import Sources
from ..tree import OutsideError, is_below, join

_SCHEMES = ("ssh://", "https://", "http://", "file://")
_USER = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*@")


class UnresolvedError(Exception):
    """A part of the build that can't be known from here; `fault` is the finding that says so."""

    def __init__(self, message: str, origin: Origin, remedy: str = "") -> None:
        super().__init__(message)
        place = Location(origin.file, origin.line, origin.column)
        self.fault = Fault("render/unresolved", message, remedy=remedy, location=place)


class Loader:
    """The files of one repository, as kustomizations may see them."""

    def __init__(self, sources: Sources, restrictor: str) -> None:
        """`restrictor` is root or none."""
        self.sources = sources
        self.tree = sources.tree
        self.restricted = restrictor != "none"

    def file_in(self, folder: str, name: str) -> str | None:
        """A file of that name in a folder, its links resolved, or None where there is none that may be read."""
        path = join(folder, name)
        try:
            if self.tree.kind(path) != "file":
                return None
            real = self.tree.real(path)
        except OutsideError:
            return None
        if self.restricted and not is_below(posixpath.dirname(real) or ".", folder):
            return None
        return real

    def exists(self, folder: str, entry: str) -> str | None:
        """`file` or `dir` where an entry names one that lies in the repository; else None. Never raises."""
        path = join(folder, entry)
        if not entry or posixpath.isabs(entry) or _leaves(path):
            return None
        try:
            return self.tree.kind(path)
        except OutsideError:
            return None

    def file(self, folder: str, entry: str, origin: Origin, what: str = "file") -> str:
        """The file that an entry names. Raises RenderError at the entry, or UnresolvedError where it is a URL."""
        if is_url(entry):
            raise UnresolvedError(f"the {what} is remote and is not fetched: {entry}", origin, "vendor it into the repository")
        path = self._inside(folder, entry, origin, what)
        kind, real = self._follow(path, entry, origin)
        if kind is None:
            raise fail(f"the {what} does not exist: {entry}", origin, "create it, or correct the path")
        if kind == "dir":
            raise fail(f"a folder stands where a file is needed: {entry}", origin, "name a file in it")
        if self.restricted and not is_below(posixpath.dirname(real) or ".", folder):
            raise fail(f"the {what} is not in or below the kustomization's folder: {entry}", origin,
                       "move it below, or build with the load restrictor none")
        return real

    def folder(self, folder: str, entry: str, origin: Origin) -> str:
        """The kustomization folder that an entry names. Raises RenderError at the entry, or UnresolvedError for a URL."""
        if is_git_url(entry) or is_url(entry):
            raise UnresolvedError(f"the base is remote and is not fetched: {entry}", origin, "vendor it into the repository")
        path = self._inside(folder, entry, origin, "base")
        kind, real = self._follow(path, entry, origin)
        if kind != "dir":
            reason = "no such file or folder" if kind is None else "a file stands where a folder is needed"
            raise fail(f"{reason}: {entry}", origin, "create it, or correct the path")
        return real

    def text(self, path: str) -> str:
        """The text of a file whose path `file` returned. Raises SourceError."""
        return self.sources.text(path)

    def _inside(self, folder: str, entry: str, origin: Origin, what: str) -> str:
        if not entry:
            raise fail("an empty path", origin, "name a file or folder, or remove the entry")
        path = join(folder, entry)
        if posixpath.isabs(entry):
            raise fail(f"the {what} has an absolute path: {entry}", origin, "write it relative to the kustomization")
        if _leaves(path):
            raise fail(f"the {what} lies outside the repository: {entry}", origin, "move it into the repository")
        return path

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
    """Whether kustomize would clone the entry with git.

    Decided as its `git.NewRepoSpecFromURL` does: scheme or user@host: or github.com first, then a repository path.
    """
    if entry.startswith("/"):
        return False
    rest = entry.partition("?")[0]
    if rest[:5].lower() == "git::":
        rest = rest[5:]
    scheme = next((name for name in _SCHEMES if rest[:len(name)].lower() == name), "")
    rest = rest[len(scheme):]
    user = _USER.match(rest)
    rest = rest[user.end():] if user else rest
    github = rest[:11].lower() in ("github.com/", "github.com:")
    short = not scheme and (user is not None or github)
    if not scheme and not short:
        return False
    if scheme == "file://":
        return _names_repository((user.group() if user else "") + rest, whole=True)
    cut = rest.find("/")
    colon = rest.find(":")
    if short and (cut < 0 or 0 < colon < cut):
        cut = colon
    host, path = (rest[:cut + 1], rest[cut + 1:]) if cut >= 0 else (rest, "")
    return bool(host or github) and _names_repository(path, whole=False)


def _names_repository(path: str, *, whole: bool) -> bool:
    """Whether a URL's path holds a repository; its folder inside the repository must not climb out of it."""
    if "_git/" in path:
        head, _, tail = path.partition("_git/")
        name, _, inner = tail.partition("/")
        repository = f"{head}_git/{name}"
    elif "//" in path:
        repository, _, inner = path.partition("//")
    elif ".git" in path:
        head, _, inner = path.partition(".git")
        repository = head + ".git"
    elif whole:
        repository, inner = path, ""
    else:
        parts = path.split("/")
        if len(parts) < 2:
            return False
        repository, inner = "/".join(parts[:2]), "/".join(parts[2:])
    return bool(repository) and posixpath.normpath(inner.lstrip("/") or ".").split("/")[0] != ".."


def _leaves(path: str) -> bool:
    return path == ".." or path.startswith("../")
