"""Remote bases and files as part of the tree that kustomizations see: an entry goes in, a path comes out.

What is fetched gets a virtual folder (`mounts.py`), such as `github.com/org/repo@<commit>`, that only an entry with the URL
leads into.
"""

from __future__ import annotations

import hashlib
import posixpath
import re

from ..errors import InputError, RenderError
from ..fetch import Fetcher, FetchError
from ..mounts import Mounts
from ..origin import Origin
from ..source import Sources
from ..tree import Tree, WorkTree, is_below
from .repospec import RepoSpec

_USER = re.compile(r"^[^/]*@")
_UNUSUAL = re.compile(r"[^\w./+-]")


class Remote:
    """What a run has fetched, and which entries of the repository asked for it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.mounts: dict[str, str] = {}
        """What is fetched, by what it is called, with its virtual folder (or file)."""
        self._all = Mounts()
        self._named: dict[str, list[Origin]] = {}
        self._entries: dict[str, set[str]] = {}

    def repository(self, spec: RepoSpec, entry: str, origin: Origin) -> tuple[str, str]:
        """The virtual folder of a repository, and in it the path that a URL names. Raises FetchError."""
        commit, folder = self.fetcher.repository(spec.url, spec.ref, submodules=spec.submodules, seconds=spec.seconds)
        mount = self._mount(f"{_shown(spec.url)}@{commit}" + ("" if spec.submodules else "-"), WorkTree(folder))
        path = posixpath.normpath(f"{mount}/{spec.folder}")
        self.name(path, origin)
        self._entries.setdefault(path, set()).add(entry)
        return mount, path

    def file(self, url: str, origin: Origin) -> str:
        """The virtual path of a file. Raises FetchError."""
        data = self.fetcher.file(url)
        mark = hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        path = self._mount(f"{_shown(url.partition('?')[0])}@{mark}", _File(data))
        self.name(path, origin)
        return path

    def chart(self, helm: str, repo: str, name: str, version: str, origin: Origin, *, devel: bool) -> str:
        """The virtual folder of a chart. Raises FetchError."""
        folder = self.fetcher.chart(helm, repo, name, version, devel=devel)
        mark = hashlib.sha256(f"{repo} {devel}".encode("utf-8", "surrogateescape")).hexdigest()[:8]
        mount = f"{_shown(repo)}/{_UNUSUAL.sub('_', name)}@{_UNUSUAL.sub('_', version) or 'newest'}-{mark}"
        mount = self._mount(mount, WorkTree(folder / name))
        self.name(mount, origin)
        return mount

    def joined(self, home: Sources) -> Sources:
        """The repository's files with those that are fetched, beside other trees that are mounted already."""
        mounts = getattr(home, "mounts", None)
        if isinstance(mounts, Mounts):
            self._all = mounts
            return home
        return self._all.over(home)

    def mount_of(self, path: str) -> str:
        """The virtual folder of something fetched that a path lies in; empty for what was not fetched."""
        if not self.mounts:
            return ""
        mount = self._all.mount_of(path)
        return mount if mount in self.mounts.values() else ""

    def name(self, path: str, origin: Origin) -> None:
        """Remember an entry of the repository that names something remote."""
        if not self.mount_of(origin.file):
            places = self._named.setdefault(path, [])
            if origin not in places:
                places.append(origin)

    def repeats(self, entry: str, chain: tuple[str, ...]) -> bool:
        """Whether a URL is (the beginning of) one that is being built: kustomize's test for a cycle."""
        return any(before.startswith(entry) for folder in chain for before in self._entries.get(folder, ()))

    def is_entry(self, origin: Origin) -> bool:
        """Whether the origin is that of an entry that named something remote."""
        return any(origin[:3] == place[:3] for places in self._named.values() for place in places)

    def at_entry(self, error: InputError, place: Origin) -> InputError:
        """An error in a remote file, moved to the entry that brought it; any other one as it is."""
        if not self.mount_of(error.file) or self.mount_of(place.file):
            return error
        return RenderError(f"{error.message} (at {error.file}:{error.line})", place.file, place.line, place.column, error.remedy)

    def place_of(self, file: str, read: frozenset[str] | None) -> Origin | None:
        """The entry that a remote file came by, among those in the files `read` (None: in any file); nearest, or None."""
        mount = self.mount_of(file)
        if not mount:
            return None
        found = [(len(path) if is_below(file, path) else -1, origin) for path, origins in sorted(self._named.items())
                 for origin in origins if read is None or origin.file in read]
        within = [(fits, origin) for fits, origin in found if fits >= 0]
        # A base elsewhere in the same repository, or of another one that it names: any entry that brought something remote.
        place = min(within or found, key=lambda pair: (-pair[0], pair[1]))[1] if found else None
        return place and Origin(place.file, place.line, place.column, exact=False)

    def _mount(self, name: str, tree: Tree) -> str:
        if name not in self.mounts:
            self.mounts[name] = self._all.mount(name, tree)
        return self.mounts[name]


class _File:
    """One file as a tree whose root it is; see `tree.Tree`."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def files(self) -> tuple[str, ...]:
        return ()

    def read(self, path: str) -> bytes:
        if path != ".":
            raise FileNotFoundError(path)
        return self._data

    def kind(self, path: str) -> str | None:
        return "file" if path == "." else None

    def real(self, path: str) -> str:
        return path

    def names(self, folder: str) -> list[str]:
        del folder
        return []

    def lacks(self, path: str) -> bool:
        del path
        return False


def _shown(url: str) -> str:
    """An address as the beginning of a path: without scheme and user, which may hold a password."""
    rest = re.sub(r"^[a-z]+://", "", url, flags=re.IGNORECASE)
    rest = _USER.sub("", rest).replace(":", "/")
    parts = [_UNUSUAL.sub("_", part) for part in rest.split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "remote"


__all__ = ["FetchError", "Remote"]
