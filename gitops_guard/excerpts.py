"""The text of files, masked, for the reports that show some of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from . import manifests
from .errors import SourceError
from .mask import Mask
from .source import Dialect, Sources
from .tree import OutsideError


class Excerpts(Mapping[str, str]):
    """The text of files, masked, for the reports that show some of it: each is read when it is asked for."""

    def __init__(self, sources: Sources, mask: Mask, files: Iterable[str]) -> None:
        self._sources = sources
        self._mask = mask
        self._texts: dict[str, str | None] = {}
        self._files = sorted(files)

    def __getitem__(self, file: str) -> str:
        if file not in self._texts:
            self._texts[file] = self._read(file) if file in self._files else None
        text = self._texts[file]
        if text is None:
            raise KeyError(file)
        return text

    def __iter__(self) -> Iterator[str]:
        return (file for file in self._files if file in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _read(self, file: str) -> str | None:
        sources = self._sources
        try:
            if file.endswith(manifests.SUFFIXES):
                sources.stream(file).load(Dialect.MANIFEST, duplicates=True, any_key=True)
            return self._mask.source(file, sources.text(file))
        except (SourceError, OutsideError, OSError):
            return None  # the finding says why the file can't be shown
