"""Other trees (a revision, another repository, something fetched) -> virtual folders beside a repository's own.

A path of the repository never leads into one, nor out of one: whoever mounts a tree is told where, and only that path does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .source import Keeps, Sources, Stream, Words
from .tree import OutsideError, Tree, is_below


class Mounts:
    """The virtual folders of a run; they may stand beside several sides of a repository."""

    def __init__(self) -> None:
        self._sources: dict[str, Sources] = {}
        self._homes: list[Tree] = []

    def __len__(self) -> int:
        return len(self._sources)

    def over(self, home: Sources) -> Joined:
        """The repository's files with those of the virtual folders, now and later."""
        self._homes.append(home.tree)
        return Joined(home, self)

    def mount(self, path: str, tree: Tree) -> str:
        """Make a tree readable under a path like `path`, and say under which: one that nothing else has."""
        number, name = 1, path
        while self._is_taken(name):
            number += 1
            name = f"{number}-{path}"  # another first part: what lies below a virtual folder is never free
        self._sources[name] = Sources(_Mounted(name, tree))
        return name

    def mount_of(self, path: str) -> str:
        """The virtual folder that a path lies in; empty for the repository's own."""
        return next((mount for mount in self._sources if is_below(path, mount)), "") if self._sources else ""

    def sources(self, mount: str) -> Sources:
        """What is in a virtual folder; its paths begin with the folder's."""
        return self._sources[mount]

    def all(self) -> list[Sources]:
        """What is in each of them, sorted by their paths."""
        return [self._sources[mount] for mount in sorted(self._sources)]

    def _is_taken(self, path: str) -> bool:
        """Whether a path means something already: a repository may have a folder of any name."""
        if any(is_below(path, mount) or is_below(mount, path) for mount in self._sources):
            return True
        try:
            return any(home.kind(path) is not None for home in self._homes)
        except OutsideError:
            return True


class Joined(Sources):
    """The repository's files with those of virtual folders; each file is parsed once, whichever way it is asked for."""

    def __init__(self, home: Sources, mounts: Mounts) -> None:
        super().__init__(_JoinedTree(home, mounts))
        self.home = home
        self.mounts = mounts

    def stream(self, path: str) -> Stream:
        """See `Sources.stream`."""
        return _of(path, self.home, self.mounts).stream(path)

    def text(self, path: str) -> str:
        """See `Sources.text`."""
        return _of(path, self.home, self.mounts).text(path)

    def noted(self, path: str, question: str, answer: Callable[[], Words], keeps: Keeps = lambda _words: True) -> Words:
        """See `Sources.noted`."""
        return _of(path, self.home, self.mounts).noted(path, question, answer, keeps)

    def mentions(self, path: str, *marks: str) -> bool:
        """See `Sources.mentions`."""
        return (_of(path, self.home, self.mounts) if len(self.mounts) else self.home).mentions(path, *marks)

    def parsed(self) -> Iterator[tuple[str, Stream]]:
        """See `Sources.parsed`: the repository's, then those of the virtual folders."""
        for sources in (self.home, *self.mounts.all()):
            yield from sources.parsed()

    def mount_of(self, path: str) -> str:
        """See `Sources.mount_of`."""
        return self.mounts.mount_of(path)

    def files_below(self, folder: str) -> Sequence[str]:
        """See `Sources.files_below`."""
        return _of(folder, self.home, self.mounts).files_below(folder)


class _JoinedTree:
    """See `tree.Tree`. What belongs to it is what belongs to the repository."""

    def __init__(self, home: Sources, mounts: Mounts) -> None:
        self._home = home
        self._mounts = mounts

    def _of(self, path: str) -> Tree:
        return _of(path, self._home, self._mounts).tree

    def files(self) -> tuple[str, ...]:
        return self._home.tree.files()

    def read(self, path: str) -> bytes:
        return self._of(path).read(path)

    def kind(self, path: str) -> str | None:
        return self._of(path).kind(path)

    def real(self, path: str) -> str:
        return self._of(path).real(path)

    def names(self, folder: str) -> list[str]:
        return self._of(folder).names(folder)

    def lacks(self, path: str) -> bool:
        return self._of(path).lacks(path)


def _of(path: str, home: Sources, mounts: Mounts) -> Sources:
    mount = mounts.mount_of(path)
    return mounts.sources(mount) if mount else home


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

    def lacks(self, path: str) -> bool:
        return self._tree.lacks(self._inner(path))
