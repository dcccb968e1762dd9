"""Which lines of Rego files an engine evaluated: of one run, and of several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..rego_file import RegoFile
from .job import Covered

_IDLE = ("#", "package ", "import ")


@dataclass(frozen=True)
class Lines:
    """Of one file; a line that decides nothing (a brace, a comment) is in neither."""

    covered: frozenset[int] = frozenset()
    missed: frozenset[int] = frozenset()

    def __add__(self, other: Lines) -> Lines:
        covered = self.covered | other.covered
        return Lines(covered, (self.missed | other.missed) - covered)

    @classmethod
    def of_text(cls, text: str) -> Lines:
        """What is missed where nothing of a file was evaluated: an engine says nothing of such files."""
        rows = ((number, row.strip()) for number, row in enumerate(text.split("\n"), 1))
        return cls(missed=frozenset(number for number, row in rows if row.strip("{}[]()") and not row.startswith(_IDLE)))

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        count = len(self.covered) + len(self.missed)
        return 100 * len(self.covered) // count if count else 100


@dataclass(frozen=True)
class Coverage:
    """Of several files, by what messages call them (`RegoFile.shown`)."""

    files: Mapping[str, Lines] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Sequence[RegoFile], said: Iterable[Covered]) -> Coverage:
        """What workers said of files that they know by number."""
        found: dict[str, Lines] = {}
        for covered in said:
            for number, (lines, missed) in covered.lines.items():
                name = files[int(number)].shown
                found[name] = found.get(name, Lines()) + Lines(frozenset(lines), frozenset(missed))
        return cls(found)

    def __add__(self, other: Coverage) -> Coverage:
        names = {*self.files, *other.files}
        return Coverage({name: self.files.get(name, Lines()) + other.files.get(name, Lines()) for name in sorted(names)})
