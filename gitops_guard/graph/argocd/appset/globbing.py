"""The three ways in which git generators match paths: Go's `path.Match`, git's pathspecs, and doublestar.

`path_match` is for folders; `Pathspec` for files, as `git ls-files -- PATTERN` finds them (`*` crosses `/`); `Doublestar` for
files where the controller has `applicationsetcontroller.enable.new.git.file.globbing`. Time is bounded by pattern times path.
"""

from __future__ import annotations

import functools
import posixpath
import re
import string
from collections.abc import Callable
from dataclasses import dataclass

_MAX_ALTERNATIVES = 256
_MAX_LENGTH = 4_096
_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum, "alpha": str.isalpha, "digit": str.isdigit, "lower": str.islower, "upper": str.isupper,
    "space": str.isspace, "blank": " \t".__contains__, "punct": string.punctuation.__contains__,
    "xdigit": string.hexdigits.__contains__,
}


class PatternError(Exception):
    """The pattern is none, for who reads it."""


@dataclass(frozen=True)
class _One:
    """What one character of a path must be; with `star`, any number of them may be there."""

    literal: str = ""
    star: bool = False
    negated: bool = False
    ranges: tuple[tuple[str, str], ...] = ()
    classes: tuple[Callable[[str], bool], ...] = ()

    def fits(self, one: str, crosses: bool) -> bool:
        if self.literal:
            return one == self.literal
        if one == "/" and not crosses:
            return False
        if not self.ranges and not self.classes:
            return True
        inside = any(low <= one <= high for low, high in self.ranges) or any(test(one) for test in self.classes)
        return inside is not self.negated


@functools.lru_cache(maxsize=1024)
def _read(pattern: str, git: bool) -> tuple[_One, ...]:
    """The parts of a pattern. Raises PatternError. `git` reads brackets as git's wildmatch does, else as Go."""
    if len(pattern) > _MAX_LENGTH:
        raise PatternError
    found: list[_One] = []
    at = 0
    while at < len(pattern):
        one = pattern[at]
        at += 1
        if one == "*":
            if not found or not found[-1].star:
                found.append(_One(star=True))
        elif one == "?":
            found.append(_One())
        elif one == "[":
            part, at = _bracket(pattern, at, git)
            found.append(part)
        elif one == "\\":
            if at >= len(pattern):
                raise PatternError
            found.append(_One(pattern[at]))
            at += 1
        else:
            found.append(_One(one))
    return tuple(found)


def _bracket(pattern: str, at: int, git: bool) -> tuple[_One, int]:
    negated = pattern[at:at + 1] in (("!", "^") if git else ("^",))
    at += negated
    ranges: list[tuple[str, str]] = []
    classes: list[Callable[[str], bool]] = []
    first = True
    while first or pattern[at:at + 1] != "]":
        named = re.compile(r"\[:([a-z]+):\]").match(pattern, at) if git else None
        if named is not None:
            if named.group(1) not in _CLASSES:
                raise PatternError
            classes.append(_CLASSES[named.group(1)])
            at = named.end()
        else:
            low, at = _character(pattern, at, git)
            high = low
            if pattern[at:at + 1] == "-" and pattern[at + 1:at + 2] not in ("]", ""):
                high, at = _character(pattern, at + 1, git)
            ranges.append((low, high))
        first = False
    return _One(negated=negated, ranges=tuple(ranges), classes=tuple(classes)), at + 1


def _character(pattern: str, at: int, git: bool) -> tuple[str, int]:
    one = pattern[at:at + 1]
    if one == "\\":
        at += 1
        one = pattern[at:at + 1]
    elif one in ("-", "]") and not git:
        raise PatternError
    if not one:
        raise PatternError
    return one, at + 1


def _fits(parts: tuple[_One, ...], text: str, crosses: bool) -> bool:
    """Whether the whole text fits. Going back to the last star is enough: it can take what an earlier one could take more."""
    at = part = 0
    star, resume = -1, 0
    while at < len(text):
        if part < len(parts) and parts[part].star:
            star, resume = part, at
            part += 1
        elif part < len(parts) and parts[part].fits(text[at], crosses):
            at += 1
            part += 1
        elif star >= 0 and (crosses or text[resume] != "/"):
            resume += 1
            at, part = resume, star + 1
        else:
            return False
    return all(one.star for one in parts[part:])


def path_match(pattern: str, path: str) -> bool:
    """Go's `path.Match`: `*` and `?` stay inside a segment. A pattern that is none fits nothing, as Argo CD has it."""
    try:
        return _fits(_read(pattern, git=False), path, crosses=False)
    except PatternError:
        return False


class Pathspec:
    """One pattern of `git ls-files --`. Raises PatternError for what git refuses."""

    def __init__(self, pattern: str) -> None:
        """Magic words: `:/`, `:(top)`, `:(glob)` and `:(literal)`."""
        self._glob = self._literal = False
        self._spec = self._normal(self._magic(pattern or "."))
        if self._glob:
            self._stars = Doublestar(self._spec)

    def _magic(self, pattern: str) -> str:
        if not pattern.startswith(":"):
            return pattern
        found = re.fullmatch(r":(?:/|\(([a-z,]*)\))(.*)", pattern, re.DOTALL)
        words = set((found.group(1) or "").split(",")) - {"", "top"} if found else {"?"}
        if found is None or words - {"glob", "literal"} or len(words) > 1:
            raise PatternError
        self._glob, self._literal = "glob" in words, "literal" in words
        return found.group(2)

    @staticmethod
    def _normal(pattern: str) -> str:
        if pattern.startswith("/"):
            raise PatternError
        normal = posixpath.normpath(pattern) if pattern else "."
        if normal == ".." or normal.startswith("../"):
            raise PatternError
        return "" if normal == "." else normal + ("/" if pattern.endswith("/") else "")

    def fits(self, path: str) -> bool:
        """Whether git lists the file."""
        spec = self._spec
        if not spec or path == spec or path.startswith(spec if spec.endswith("/") else spec + "/"):
            return True
        if self._literal or not re.search(r"[*?\[\\]", spec):
            return False
        if self._glob:
            return self._stars.fits(path)
        try:
            return _fits(_read(spec, git=True), path, crosses=True)
        except PatternError:
            return False


class Doublestar:
    """A pattern whose `**` stands for any folders, and `{one,two}` for either. Raises PatternError for one that is none."""

    def __init__(self, pattern: str) -> None:
        """`pattern` is seen from the root, whether or not it begins with `/`."""
        self._choices: list[list[tuple[_One, ...] | None]] = []
        for one in _alternatives(posixpath.normpath(pattern.lstrip("/") or ".")):
            segments = [segment for segment in one.split("/") if segment]
            self._choices.append([None if segment == "**" else _read(segment, True) for segment in segments])

    def fits(self, path: str) -> bool:
        """Whether the whole path fits."""
        names = path.split("/")
        return any(self._fits(choice, names) for choice in self._choices)

    @staticmethod
    def _fits(segments: list[tuple[_One, ...] | None], names: list[str]) -> bool:
        alive = {0}
        for name in names:
            moved = set()
            for at in _closed(alive, segments):
                if at < len(segments):
                    segment = segments[at]
                    if segment is None:
                        moved.add(at)
                    elif _fits(segment, name, crosses=False):
                        moved.add(at + 1)
            alive = moved
        return len(segments) in _closed(alive, segments)


def _closed(alive: set[int], segments: list[tuple[_One, ...] | None]) -> set[int]:
    """The states that are reached without a further name: `**` may stand for none."""
    found = set(alive)
    for at, segment in enumerate(segments):
        if at in found and segment is None:
            found.add(at + 1)
    return found


def _alternatives(pattern: str) -> list[str]:
    found, done = [pattern], []
    while found:
        one = found.pop()
        inner = re.search(r"(?<!\\)\{([^{}]*)(?<!\\)\}", one)
        if inner is None:
            if re.search(r"(?<!\\)[{}]", one):
                raise PatternError
            done.append(one)
        else:
            found += [one[:inner.start()] + choice + one[inner.end():] for choice in inner.group(1).split(",")]
        if len(found) + len(done) > _MAX_ALTERNATIVES:
            raise PatternError
    return done
