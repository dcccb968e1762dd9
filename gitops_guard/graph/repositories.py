"""A URL and a revision that a controller object names -> where in the tree that repository can be read, or why it can't."""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Collection, Iterable

from ..config import Config
from ..elsewhere import DEFAULT_BRANCHES, Elsewhere, Unreadable
from ..tree import OutsideError, Tree, is_below, join
from .world import Place, Unknown

__all__ = ["Elsewhere", "KnownRepositories", "normal"]

_SCP = re.compile(r"(?:[^/@]+@)?(\[[^]]+\]|[^/:@\[\]]+):(?!//)(.*)", re.DOTALL)
_NO_GIT = ("oci", "s3", "gs", "docker")
_SAME_HOST = {
    "ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com", "altssh.bitbucket.org": "bitbucket.org",
    "ssh.dev.azure.com": "dev.azure.com", "vs-ssh.visualstudio.com": "dev.azure.com",
}
_SCP_PORT = re.compile(r"\A/?\d{1,5}/(?=[^/]+/)")


def normal(url: str) -> str:
    """What two addresses of one git repository have in common: `host/path` in lower case; empty for what is no git URL.

    Scheme, user, port, `.git` and slashes at the end don't count (Argo CD's own comparison is as blind to case). A local path's
    host is empty, as that of a `file://` URL is.
    """
    host, path = _parts(url.strip().removeprefix("git::"))
    path = re.sub(r"/+", "/", urllib.parse.unquote(path)).strip("/").removesuffix(".git").rstrip("/")
    return _one_name(host.lower(), path.lower()) if path else ""


def _parts(url: str) -> tuple[str, str]:
    """Host and path; no path where it is no git URL."""
    scheme, marked, rest = url.partition("://")
    if marked and re.fullmatch(r"[\w+.-]+", scheme):
        if scheme.lower() in _NO_GIT:
            return "", ""
        netloc, _slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
        return _host(netloc.rpartition("@")[2]), path
    if found := _SCP.fullmatch(url):
        return _host(found.group(1)), _SCP_PORT.sub("", found.group(2))
    host, _slash, path = url.partition("/")
    return (host, path) if not host or "." in host.strip(".") else ("", "")


def _host(text: str) -> str:
    """Without a port; an IPv6 address stands in brackets."""
    return text.partition("]")[0] + "]" if text.startswith("[") else text.partition(":")[0]


def _one_name(host: str, path: str) -> str:
    """Host and path, the same for all addresses by which a forge offers one repository."""
    host = _SAME_HOST.get(host, host)
    parts = path.split("/")
    if host.endswith(".visualstudio.com"):
        parts = [host.removesuffix(".visualstudio.com"), *(part for part in parts if part != "defaultcollection")]
        host = "dev.azure.com"
    if host == "dev.azure.com":
        parts = parts[1:] if parts[0] == "v3" else parts
        # https://dev.azure.com/org/_git/repo is the repository of a project of the same name.
        parts = [parts[-1] if part == "_git" and at == 1 else part for at, part in enumerate(parts) if part != "_git" or at == 1]
    if len(parts) == 3 and parts[0] == "scm":
        parts = parts[1:]  # Bitbucket Data Center's HTTP address
    return "/".join([host, *parts])


class KnownRepositories:
    """See `world.Repositories`.

    *This repository* is, by the first of these that names any: URLs mapped to the root in `repositories:`; the git remotes of
    the checkout; the only URL that objects use for paths which exist here. No registry ever is.
    """

    def __init__(self, *, config: Config, tree: Tree, remotes: Iterable[str] = (), branches: Collection[str] = (),
                 evidence: Iterable[str] = (), mounts: Elsewhere | None = None) -> None:
        """`branches` are those that stand for the tree; `evidence` are git URLs of sources whose path exists in it.

        Without `mounts` there are no other revisions, and mapped folders must lie in the tree.
        """
        self._tree = tree
        self._branches = frozenset(branches)
        self._mounts = mounts
        self._mapped = {normal(url): join(".", config.resolve(path)) for url, path in sorted(config.repositories.items())}
        self._here = self._which(remotes, evidence)

    def _which(self, remotes: Iterable[str], evidence: Iterable[str]) -> frozenset[str]:
        mapped = frozenset(url for url, path in self._mapped.items() if path == ".")
        if mapped:
            return mapped
        named = frozenset(map(normal, remotes)) - {""} - self._mapped.keys()
        if any(not url.startswith("/") for url in named):
            return named
        # A clone of a local folder: who deploys from it names another address.
        used = frozenset(map(normal, evidence)) - {""} - self._mapped.keys()
        return named | used if len(used) == 1 else named

    def is_home(self, url: str) -> bool:
        """Whether a URL names this repository."""
        return normal(url) in self._here

    def place(self, url: str, revision: str | None) -> Place | Unknown:
        """See `world.Repositories.place`."""
        name = normal(url)
        if not name:
            return Unknown("it is no git repository")
        wanted = (revision or "").strip().removeprefix("refs/heads/")
        if name in self._here:
            return self._at(wanted)
        if name in self._mapped:
            return self._other(name, self._mapped[name], wanted)
        return Unknown(f"{name} is another repository")

    def _at(self, revision: str) -> Place | Unknown:
        """This repository at a revision."""
        if revision in ("", "HEAD") or revision in self._branches:
            return Place()
        mount = self._mounts.revision(revision) if self._mounts is not None else None
        if mount is not None:
            return Place(mount, home=False)
        if revision in DEFAULT_BRANCHES and not self._branches.intersection(DEFAULT_BRANCHES):
            return Place()  # a checkout that does not tell its default branch: that of a CI job, or no git at all
        return Unknown(f"the revision {revision} is not in this clone")

    def _other(self, name: str, path: str, revision: str) -> Place | Unknown:
        """A mapped repository."""
        if not (posixpath.isabs(path) or is_below(path, "..")):
            # What the folder holds is what whoever named it says, at any revision.
            return Place(path) if self._kind(path) == "dir" else Unknown(f"{name}: it is mapped to a folder that is not there")
        if self._mounts is None:
            return Unknown(f"{name}: it is mapped to a folder outside the repository, which --allow-path does not name")
        found = self._mounts.folder(path, revision)
        return Unknown(f"{name}: {found.reason}") if isinstance(found, Unreadable) else Place(found.path, home=found.home)

    def unnamed(self, path: str) -> Place | Unknown:
        """See `world.Repositories.unnamed`."""
        place = Place()
        if self._kind(place.at(path)) is not None:
            return place
        return Unknown("its source is not defined in this repository, and the path is not here")

    def _kind(self, path: str) -> str | None:
        try:
            return self._tree.kind(path)
        except OutsideError:
            return None
