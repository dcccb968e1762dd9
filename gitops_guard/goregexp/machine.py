"""A parsed regular expression as a program, run over a text in time linear in both.

All ways through the program are followed at once, the preferred ones first (Pike's machine): leftmost, first alternative first,
as Go's regexp package does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from .classes import Class
from .errors import UnknownPatternError
from .parse import parse
from .tree import Assert, Char, Either, Group, Repeat, Sequence, Tree

MAX_PROGRAM = 5000
MAX_STEPS = 5000
_BEGIN = frozenset({0})

Spans = tuple[int, ...]
"""Start and end of the match, then of every group; -1 for a group that took no part."""

Threads = list[tuple[int, Spans]]
"""Places in the program with the spans so far, the preferred ones first."""

Spend = Callable[[int], None]


def _free(_work: int) -> None:
    """No bound."""


class Regexp:
    """A compiled expression; `names` are the groups' names by number."""

    def __init__(self, pattern: str) -> None:
        """Raises PatternError or UnknownPatternError."""
        tree, self.names = parse(pattern)
        self.slots = 2 * len(self.names)
        self.code: list[tuple[str, object, int]] = []
        self._emit(tree)
        self._add("match")
        self._edges_only = all(kind != "assert" or what in ("start", "end") for kind, what, _ in self.code)
        self._steps: dict[tuple[frozenset[int], str, bool], frozenset[int] | None] = {}

    def _add(self, kind: str, what: object = None, other: int = 0) -> int:
        if len(self.code) >= MAX_PROGRAM:
            raise UnknownPatternError("a regular expression repeats too much")
        self.code.append((kind, what, other))
        return len(self.code) - 1

    def _emit(self, tree: Tree) -> None:
        if isinstance(tree, Char):
            self._add("char", tree.among)
        elif isinstance(tree, Assert):
            self._add("assert", tree.place)
        elif isinstance(tree, Sequence):
            for part in tree.parts:
                self._emit(part)
        elif isinstance(tree, Group):
            self._add("save", 2 * tree.number)
            self._emit(tree.part)
            self._add("save", 2 * tree.number + 1)
        elif isinstance(tree, Either):
            self._emit_either(tree)
        else:
            self._emit_repeat(tree)

    def _emit_either(self, tree: Either) -> None:
        jumps = []
        for part in tree.parts[:-1]:
            split = self._add("split")
            self._emit(part)
            jumps.append(self._add("jump"))
            self.code[split] = ("split", split + 1, len(self.code))
        self._emit(tree.parts[-1])
        for jump in jumps:
            self.code[jump] = ("jump", None, len(self.code))

    def _emit_repeat(self, tree: Repeat) -> None:
        if tree.high < 0:
            self._emit_endless(tree)
            return
        for _ in range(tree.low):
            self._emit(tree.part)
        splits = []
        for _ in range(tree.high - tree.low):
            splits.append(self._add("split"))
            self._emit(tree.part)
        for split in splits:
            self._choose(split, split + 1, lazy=tree.lazy)

    def _emit_endless(self, tree: Repeat) -> None:
        """`x*` skips x or goes back to the choice; `x+` goes back after x, and so does an `x*` whose x may be empty."""
        if not tree.low and not _nullable(tree.part):
            split = self._add("split")
            self._emit(tree.part)
            self._add("jump", None, split)
            self._choose(split, split + 1, lazy=tree.lazy)
            return
        skip = None if tree.low else self._add("split")
        for _ in range(tree.low - 1):
            self._emit(tree.part)
        again = len(self.code)
        self._emit(tree.part)
        self._choose(self._add("split"), again, lazy=tree.lazy)
        if skip is not None:
            self._choose(skip, skip + 1, lazy=tree.lazy)

    def _choose(self, split: int, inside: int, *, lazy: bool) -> None:
        after = len(self.code)
        self.code[split] = ("split", after, inside) if lazy else ("split", inside, after)

    def occurs(self, text: str) -> bool:
        """Whether it matches somewhere: `search`, without what the groups take, and remembering where each character led."""
        if not self._edges_only:
            return self.search(text) is not None
        places = _BEGIN
        for at, char in enumerate(text):
            key = (places, char, at == 0)
            if key not in self._steps:
                if len(self._steps) >= MAX_STEPS:
                    self._steps.clear()
                self._steps[key] = self._step(places, char, is_start=at == 0)
            following = self._steps[key]
            if following is None:
                return True
            places = following
        return self._is_matched(self._reached(places, is_start=not text, is_end=True))

    def _step(self, places: frozenset[int], char: str, *, is_start: bool) -> frozenset[int] | None:
        """Where a character leads from the places of all threads, one that begins behind it among them; None for a match."""
        reached = self._reached(places, is_start=is_start, is_end=False)
        if self._is_matched(reached):
            return None
        return _BEGIN.union(place + 1 for place in reached
                            if isinstance(among := self.code[place][1], Class) and among.has(char))

    def _reached(self, places: frozenset[int], *, is_start: bool, is_end: bool) -> set[int]:
        """The places that others lead to without taking a character, and they themselves."""
        found: set[int] = set()
        waiting = list(places)
        while waiting:
            place = waiting.pop()
            if place in found:
                continue
            found.add(place)
            kind, what, other = self.code[place]
            if kind == "jump":
                waiting.append(other)
            elif kind == "split":
                waiting += (other, int(str(what)))
            elif kind == "save" or (kind == "assert" and (is_start if what == "start" else is_end)):
                waiting.append(place + 1)
        return found

    def _is_matched(self, reached: set[int]) -> bool:
        return len(self.code) - 1 in reached

    def search(self, text: str, start: int = 0, spend: Spend = _free) -> Spans | None:
        """The first match at or after `start`; `spend` is told each step's cost, and may raise."""
        threads: Threads = []
        found: Spans | None = None
        empty = (-1,) * self.slots
        for at in range(start, len(text) + 1):
            if found is None:
                visited = {place for place, _ in threads}
                self._follow(0, at, (at, *empty[1:]), text, threads, visited)
                spend(len(visited))
            if not threads and found is not None:
                break
            spend(len(threads))
            following: Threads = []
            seen: set[int] = set()
            for place, spans in threads:
                kind, what, _ = self.code[place]
                if kind == "match":
                    found = (spans[0], at, *spans[2:])
                    break
                if at < len(text) and isinstance(what, Class) and what.has(text[at]):
                    self._follow(place + 1, at + 1, spans, text, following, seen)
            spend(len(seen))
            threads = following
        return found

    def _follow(self, place: int, at: int, spans: Spans, text: str, threads: Threads, seen: set[int]) -> None:
        """Adds the threads that `place` leads to without taking a character, the preferred ones first."""
        stack = [(place, spans)]
        while stack:
            place, spans = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            kind, what, other = self.code[place]
            if kind == "jump":
                stack.append((other, spans))
            elif kind == "split":
                stack.append((other, spans))
                stack.append((int(str(what)), spans))
            elif kind == "save":
                slot = int(str(what))
                stack.append((place + 1, (*spans[:slot], at, *spans[slot + 1 :])))
            elif kind == "assert":
                if _holds(str(what), text, at):
                    stack.append((place + 1, spans))
            else:
                threads.append((place, spans))

    def matches(self, text: str, limit: int = -1, spend: Spend = _free) -> Iterator[Spans]:
        """Matches one after the other, `limit` at most; an empty one right after another match doesn't count."""
        at, last_end = 0, -1
        while limit and at <= len(text):
            spans = self.search(text, at, spend)
            if spans is None:
                return
            start, end = spans[0], spans[1]
            at = end if end > at else at + 1
            if start == end == last_end:
                last_end = end
                continue
            last_end = end
            limit -= 1
            yield spans


def _nullable(tree: Tree) -> bool:
    """Whether it can match nothing."""
    if isinstance(tree, Char):
        return False
    if isinstance(tree, Sequence):
        return all(map(_nullable, tree.parts))
    if isinstance(tree, Either):
        return any(map(_nullable, tree.parts))
    return isinstance(tree, Assert) or (isinstance(tree, Repeat) and not tree.low) or _nullable(tree.part)


def _holds(place: str, text: str, at: int) -> bool:
    if place == "start":
        return at == 0
    if place == "end":
        return at == len(text)
    if place == "line start":
        return at == 0 or text[at - 1] == "\n"
    if place == "line end":
        return at == len(text) or text[at] == "\n"
    return (_is_word(text[at - 1 : at]) != _is_word(text[at : at + 1])) == (place == "word")


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Regexp:
    """The expression `pattern`. Raises PatternError for what Go refuses, UnknownPatternError for what isn't reproduced."""
    return Regexp(pattern)
