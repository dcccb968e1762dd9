"""The text of a Rego file -> what can be said of it without an engine: its package, its METADATA, whether it decides."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from .model import Fault, Location

MAX_BYTES = 1_000_000
MAX_NESTING = 12

_PACKAGE = re.compile(r'[ \t]*package[ \t]+([A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\["[^"\\]*"\])*)[ \t]*(?:[#;].*)?$')
_METADATA = re.compile(r"[ \t]*#[ \t]*METADATA[ \t]*$")
_DECIDES = re.compile(r"^[ \t]*(?:default[ \t]+)?(?:deny|violation|warn)(?:_[A-Za-z0-9]+)*[ \t]*(?:\[|\{|:?=|contains\b|if\b|$)",
                      re.MULTILINE)
SILENT = r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|\#[^\n]*'
"""A string or a comment: where names are no names."""
_TOKEN = re.compile(SILENT + r"|[\[{(]|[\]})]")


@dataclass(frozen=True)
class RegoFile:
    """A Rego file and how to speak of it."""

    name: str
    """Relative to its folder of policies, POSIX."""
    folder: str | None
    """The folder, relative to the repository's root; None where it lies outside."""
    asked_for: Location
    """Where a folder outside was asked for."""
    builtin: bool = False
    text: str = ""
    package: str = ""
    line: int = 1
    """Of the package, from 1."""
    metadata: str = ""
    """The YAML text of its METADATA comment; the first character of each comment line is cut off."""
    metadata_line: int = 0
    """Of the line `# METADATA`; 0 where there is none."""
    decides: bool = False
    """Whether it has a rule that Conftest would run."""
    problem: str = ""
    """Why it can't be used."""

    @property
    def shown(self) -> str:
        """What messages and the engine call the file."""
        return self.name if self.folder is None else self.name if self.folder in ("", ".") else f"{self.folder}/{self.name}"

    def fault(self, rule: str, message: str, line: int, column: int = 1, remedy: str = "") -> Fault:
        """A fault at a line of the file; of a file outside the repository, where its folder was asked for."""
        last = self.text.rstrip().count("\n") + 1
        if self.text and line > last:  # the engine stopped at the end of the file, where there is no line to show
            line, column = last, 1
        if self.folder is None:
            return Fault(rule, f"{self.name}:{line}: {message}", remedy=remedy, location=self.asked_for)
        return Fault(rule, message, remedy=remedy, location=Location(self.shown, line, column))


def read_text(path: Path) -> bytes | None:
    """The bytes of a plain file that is not too large, else None."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError:
        return None
    return data if len(data) <= MAX_BYTES else None


def scan(text: str, file: RegoFile) -> RegoFile:
    """The file with all that its text says; `problem` where it is none that an engine may read."""
    lines = text.split("\n")
    comment: list[str] = []
    began = 0
    closed = False
    found: re.Match[str] | None = None
    at = 0
    for at, line in enumerate(lines, 1):
        stripped = line.strip()
        if _METADATA.match(line):
            began, closed, comment = at, False, []
        elif stripped.startswith("#"):
            if began and not closed:
                comment.append(line.lstrip()[1:].rstrip("\r"))
        elif not stripped:
            closed = True
        else:
            found = _PACKAGE.match(line.rstrip("\r"))
            break
    problem = "" if found else "the file does not begin with a package"
    if not file.builtin and not file.name.endswith("_test.rego") and nesting(text) > MAX_NESTING:
        # The engine's parser tries a collection as a comprehension first, at each level: its time grows by 2 to the depth.
        problem = f"collections nested deeper than {MAX_NESTING} levels; name the inner ones"
    return replace(file, text=text, package=found.group(1) if found else "", line=at, metadata="\n".join(comment),
                   metadata_line=began, decides=_DECIDES.search(text) is not None, problem=problem)


def nesting(text: str) -> int:
    """How deep square brackets and braces lie in each other."""
    depth = deepest = 0
    for match in _TOKEN.finditer(text):
        first = match.group()
        if first in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "]}":
            depth = max(depth - 1, 0)
    return deepest
