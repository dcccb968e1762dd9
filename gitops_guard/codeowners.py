"""The text of CODEOWNERS -> its rules, and which of them decide who owns a path, as GitHub or GitLab read it.

docs.github.com, "About code owners": the last line that fits wins, a line without an owner unowns, a line with an invalid
owner is skipped. docs.gitlab.com, "Code Owners syntax": each section decides by itself, `^[Section]` is optional, and a
section can name owners for its lines that name none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

GITHUB_PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
GITLAB_PLACES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
MAX_BYTES = 3_000_000
"""GitHub reads no larger file."""

_OWNER = re.compile(r"@[\w.-]+(?:/[\w./-]+)*|@@[\w-]+|[^@\s]+@[^@\s]+\.[^@\s]+")
_SECTION = re.compile(r"(\^)?\[([^\]]+)\](?:\[(\d+)\])?\s*(.*)")
_MAX_PATTERN = 500


@dataclass(frozen=True)
class Entry:
    """One line that says who owns what."""

    line: int
    pattern: str
    owners: tuple[str, ...]
    section: str = ""
    optional: bool = False
    excludes: bool = False
    """GitLab's `!pattern`: the section leaves the path alone."""


@dataclass(frozen=True)
class Verdict:
    """Who owns a path."""

    owned: bool
    line: int | None
    """The line that decides; None where no line fits."""


def read(text: str, *, gitlab: bool) -> list[Entry]:
    """The entries of a file; what the forge skips is left out."""
    found: list[Entry] = []
    section, optional = "", False
    default: tuple[str, ...] = ()
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        heading = _SECTION.fullmatch(_uncommented(line)) if gitlab else None
        if heading:
            section, optional, default = heading[2].strip().lower(), bool(heading[1]), _owners(heading[4].split())
            continue
        words = _words(_uncommented(line))
        if not words:
            continue
        pattern, given = words[0], words[1:]
        excludes = gitlab and pattern.startswith("!")
        if not gitlab and (pattern.startswith("!") or "[" in pattern or any(not _OWNER.fullmatch(word) for word in given)):
            continue
        found.append(Entry(number, pattern.removeprefix("!") if excludes else pattern, _owners(given) or default, section,
                           optional, excludes))
    return found


def verdict(entries: Iterable[Entry], path: str) -> Verdict:
    """Who owns a path: the last entry that fits decides, in each section by itself."""
    last: dict[str, Entry] = {}
    left: set[str] = set()
    for entry in entries:
        if fits(entry.pattern, path):
            if entry.excludes:
                left.add(entry.section)
            else:
                last[entry.section] = entry
    deciding = [entry for name, entry in last.items() if name not in left]
    owning = [entry for entry in deciding if entry.owners and not entry.optional]
    if owning:
        return Verdict(True, owning[-1].line)
    return Verdict(False, max((entry.line for entry in deciding), default=None))


def fits(pattern: str, path: str) -> bool:
    """Whether a pattern takes in a file: as in .gitignore, but `folder/*` stays in the folder."""
    return _regex(pattern).fullmatch(path) is not None


@functools.lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    if len(pattern) > _MAX_PATTERN or pattern.count("*") > 20:
        return re.compile(r"(?!)")
    anchored = "/" in pattern.rstrip("/")
    parts = [part for part in pattern.strip("/").split("/") if part]
    if not parts:
        return re.compile(r".*" if pattern == "/" else r"(?!)")
    text = "" if anchored and parts[0] != "**" else "(?:.*/)?"
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            text += ".*" if last else "" if index == 0 else "(?:.*/)?"
        else:
            plain = re.sub(r"\*+", "*", part).replace("\\ ", " ")
            text += "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in plain)
            text += "" if last else "/"
    if pattern.endswith("/"):
        return re.compile(text + "/.*")
    return re.compile(text if parts[-1] in ("*", "**") and (anchored or parts[-1] == "**") else text + "(?:/.*)?")


def _words(line: str) -> list[str]:
    """The words of a line; a blank in a pattern is written with a backslash before it."""
    return [word.replace("\0", " ") for word in line.replace("\\ ", "\0").split()]


def _uncommented(line: str) -> str:
    return re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()


def _owners(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in words if _OWNER.fullmatch(word))
