"""Remote bases and files as part of the tree that kustomizations see: an entry goes in, a path comes out.

What is fetched gets a virtual folder, such as `github.com/org/repo@<commit>`, beside the repository's own. A path of the
repository never leads into one, nor out of one: only an entry with the URL does.
"""

from __future__ import annotations

import hashlib
import posixpath
import re

from ..errors import InputError, RenderError
from ..fetch import Fetcher, FetchError
from ..origin import Origin
from ..source import Sources, Stream
from ..tree import Tree, WorkTree, is_below
from .repospec import RepoSpec

_USER = re.compile(r"^[^/]*@")
_UNUSUAL = re.compile(r"[^\w./+-]")


class Remote:
    """What a run has fetched, and which entries of the repository asked for it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.mounts: dict[str, Sources] = {}
        """Each virtual folder (or file) with what is in it."""
        self._named: dict[str, list[Origin]] = {}
        self._entries: dict[str, set[str]] = {}

    def repository(self, spec: RepoSpec, entry: str, origin: Origin) -> tuple[str, str]:
        """The virtual folder of a repository, and in it the path that a URL names. Raises FetchError."""
        commit, folder = self.fetcher.repository(spec.url, spec.ref, submodules=spec.submodules, seconds=spec.seconds)
        mount = f"{_shown(spec.url)}@{commit}" + ("" if spec.submodules else "-")
        self._mount(mount, WorkTree(folder))
        path = posixpath.normpath(f"{mount}/{spec.folder}")
        self.name(path, origin)
        self._entries.setdefault(path, set()).add(entry)
        return mount, path

    def file(self, url: str, origin: Origin) -> str:
        """The virtual path of a file. Raises FetchError."""
        data = self.fetcher.file(url)
        mark = hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        path = f"{_shown(url.partition('?')[0])}@{mark}"
        self._mount(path, _File(path, data))
        self.name(path, origin)
        return path

    def chart(self, helm: str, repo: str, name: str, version: str, origin: Origin, *, devel: bool) -> str:
        """The virtual folder of a chart. Raises FetchError."""
        folder = self.fetcher.chart(helm, repo, name, version, devel=devel)
        mark = hashlib.sha256(f"{repo} {devel}".encode("utf-8", "surrogateescape")).hexdigest()[:8]
        mount = f"{_shown(repo)}/{_UNUSUAL.sub('_', name)}@{_UNUSUAL.sub('_', version) or 'newest'}-{mark}"
        self._mount(mount, WorkTree(folder / name))
        self.name(mount, origin)
        return mount

    def mount_of(self, path: str) -> str:
        """The virtual folder that a path lies in; empty for the repository's own."""
        return next((mount for mount in self.mounts if is_below(path, mount)), "")

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

    def _mount(self, path: str, tree: Tree) -> None:
        if path not in self.mounts:
            self.mounts[path] = Sources(_Mounted(path, tree))


class Joined(Sources):
    """The repository's files with those that are fetched; what is parsed of the latter is not among the repository's."""

    def __init__(self, home: Sources, remote: Remote) -> None:
        super().__init__(_JoinedTree(home.tree, remote))
        self._home = home
        self._remote = remote

    def stream(self, path: str) -> Stream:
        """See `Sources.stream`."""
        return self._of(path).stream(path)

    def text(self, path: str) -> str:
        """See `Sources.text`."""
        return self._of(path).text(path)

    def _of(self, path: str) -> Sources:
        mount = self._remote.mount_of(path)
        return self._remote.mounts[mount] if mount else self._home


class _JoinedTree:
    """See `tree.Tree`."""

    def __init__(self, home: Tree, remote: Remote) -> None:
        self._home = home
        self._remote = remote

    def _of(self, path: str) -> Tree:
        mount = self._remote.mount_of(path)
        return self._remote.mounts[mount].tree if mount else self._home

    def files(self) -> tuple[str, ...]:
        return self._home.files()

    def read(self, path: str) -> bytes:
        return self._of(path).read(path)

    def kind(self, path: str) -> str | None:
        return self._of(path).kind(path)

    def real(self, path: str) -> str:
        return self._of(path).real(path)

    def names(self, folder: str) -> list[str]:
        return self._of(folder).names(folder)


class _Mounted:
    """A tree below a virtual folder; see `tree.Tree`."""

    def __init__(self, mount: str, tree: Tree) -> None:
        self._mount = mount
        self._tree = tree

    def _inner(self, path: str) -> str:
        return path[len(self._mount) + 1:] or "."

    def files(self) -> tuple[str, ...]:
        return tuple(f"{self._mount}/{path}" for path in self._tree.files())

    def read(self, path: str) -> bytes:
        return self._tree.read(self._inner(path))

    def kind(self, path: str) -> str | None:
        return self._tree.kind(self._inner(path))

    def real(self, path: str) -> str:
        real = self._tree.real(self._inner(path))
        return self._mount if real == "." else f"{self._mount}/{real}"

    def names(self, folder: str) -> list[str]:
        return self._tree.names(self._inner(folder))


class _File:
    """One file as a tree whose root it is; see `tree.Tree`."""

    def __init__(self, path: str, data: bytes) -> None:
        self._path = path
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


def _shown(url: str) -> str:
    """An address as the beginning of a path: without scheme and user, which may hold a password."""
    rest = re.sub(r"^[a-z]+://", "", url, flags=re.IGNORECASE)
    rest = _USER.sub("", rest).replace(":", "/")
    parts = [_UNUSUAL.sub("_", part) for part in rest.split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "remote"


__all__ = ["FetchError", "Joined", "Remote"]
