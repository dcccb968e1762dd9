"""The files of a tree, each read and parsed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..errors import SourceError
from ..tree import OutsideError, Tree, is_below
from .notes import MARKS, UNKNOWN, Keeps, Notes, Words
from .stream import Stream, decode, parse


class Sources:
    """The files of a tree, each read and parsed once."""

    def __init__(self, tree: Tree, *, like: Sources | None = None, same: Callable[[str], bool] = lambda _path: False,
                 notes: Notes = UNKNOWN) -> None:
        """`like` are those of a tree in which every file that `same` holds of has the same content: it is not read again.

        `notes` are about the files of this tree.
        """
        self.tree = tree
        self._notes = notes
        self._like = like
        self._same = same
        self._streams: dict[str, Stream | SourceError] = {}
        self._held: dict[str, frozenset[str]] = {}
        self._texts: dict[str, str | SourceError] = {}

    def stream(self, path: str) -> Stream:
        """The parsed file. Raises SourceError (the same one at each call), FileNotFoundError or OutsideError."""
        found = self._streams.get(path) or self._known(path)
        if found is None:
            try:
                found = parse(self.tree.read(path), path)
            except SourceError as error:
                found = error
        self._streams[path] = found
        if isinstance(found, SourceError):
            raise found
        return found

    def known(self, path: str) -> Stream | SourceError | None:
        """What the file came to, if it was parsed before."""
        return self._streams.get(path)

    def _known(self, path: str) -> Stream | SourceError | None:
        return self._like.known(path) if self._like is not None and self._same(path) else None

    def known_text(self, path: str) -> str | SourceError | None:
        """The file's text, if it was read before."""
        return self._texts.get(path)

    def parsed(self) -> Iterator[tuple[str, Stream]]:
        """Every file that was parsed so far, sorted by path."""
        for path, stream in sorted(self._streams.items()):
            if isinstance(stream, Stream):
                yield path, stream

    def text(self, path: str) -> str:
        """The decoded text of any file. Raises SourceError, FileNotFoundError or OutsideError."""
        parsed = self._streams.get(path)
        if isinstance(parsed, Stream):
            return parsed.text
        found = self._texts.get(path)
        if found is None and self._like is not None and self._same(path):
            found = self._like.known_text(path)
        if found is None:
            try:
                found = decode(self.tree.read(path), path)
            except SourceError as error:
                found = error
        self._texts[path] = found
        if isinstance(found, SourceError):
            raise found
        return found

    def noted(self, path: str, question: str, answer: Callable[[], Words], keeps: Keeps = lambda _words: True) -> Words:
        """What a question about a file comes to: as it is known of its content, else by `answer`, kept where `keeps` says so.

        Raises what `answer` does.
        """
        known = self._notes.find(path, question)
        if known is None:
            known = answer()
            if keeps(known):
                self._notes.add(path, question, known)
        return known

    def mentions(self, path: str, *marks: str) -> bool:
        """Whether the text of a file holds one of these, of MARKS. Never raises: what is no text holds nothing."""
        held = self._held.get(path)
        if held is None:
            try:
                if self._notes is UNKNOWN:
                    text = self.text(path)
                    return any(mark in text for mark in marks)
                held = frozenset(self.noted(path, "marks", lambda: self._marks(path)))
            except (SourceError, OutsideError, OSError):
                held = frozenset()
            self._held[path] = held
        return not held.isdisjoint(marks)

    def _marks(self, path: str) -> Words:
        try:
            text = self.text(path)
        except SourceError:
            return ()
        return tuple(mark for mark in MARKS if mark in text)

    def files_below(self, folder: str) -> Sequence[str]:
        """The files of the tree that lie in a folder, at any depth, sorted."""
        files = self.tree.files()
        return files if folder == "." else [path for path in files if is_below(path, folder)]

    def mount_of(self, path: str) -> str:
        """The virtual folder of another tree that a path lies in (see `mounts.Joined`); empty for this tree's own paths."""
        del path
        return ""
