"""The syntax of Go's regular expressions (regexp/syntax with Perl's flags): a pattern goes in, a tree comes out."""

from __future__ import annotations

import re

from .classes import CATEGORIES, LAST, PERL, POSIX, Class
from .errors import PatternError, UnknownPatternError
from .tree import Assert, Char, Either, Group, Repeat, Sequence, Tree

MAX_LENGTH, MAX_NESTING, MAX_REPEAT = 2000, 100, 1000
_ESCAPES = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_PLACES = {"A": "start", "z": "end", "b": "word", "B": "no word"}
_FLAGS = re.compile(r"\(\?(?:([imsU]+)|([imsU]*)-([imsU]+)|)([:)])")
_NAME = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>")
_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_CATEGORY = re.compile(r"\{(\^?)([^}]*)\}|()([^{])", re.DOTALL)
_OCTAL = re.compile("[0-7]{1,3}")
_HEXADECIMAL = re.compile(r"\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2})")
_POSIX = re.compile(r"\[:(\^?)(.*?):\]", re.DOTALL)


def parse(pattern: str) -> tuple[Tree, list[str]]:
    """The tree, and the groups' names by number ("" for none). Raises PatternError or UnknownPatternError."""
    if len(pattern) > MAX_LENGTH:
        raise UnknownPatternError("a regular expression is too long")
    parser = _Parser(pattern)
    tree = parser.alternation(0)
    if parser.at < len(pattern):
        raise PatternError("a parenthesis that nothing opens")
    _check_repeats(tree, MAX_REPEAT)
    return tree, parser.names


def _check_repeats(tree: Tree, left: int) -> None:
    """Go allows a thousand copies of what is repeated, taken together (repeatIsValid)."""
    if isinstance(tree, Sequence | Either):
        for part in tree.parts:
            _check_repeats(part, left)
    elif isinstance(tree, Group):
        _check_repeats(tree.part, left)
    elif isinstance(tree, Repeat):
        most = tree.low if tree.high < 0 else tree.high
        if tree.counted and most > left:
            raise PatternError("a pattern is repeated too often")
        _check_repeats(tree.part, left // most if tree.counted and most > 0 else left)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self.names = [""]
        self._flags: frozenset[str] = frozenset()

    def alternation(self, depth: int) -> Tree:
        if depth > MAX_NESTING:
            raise UnknownPatternError("a regular expression nests too deeply")
        branches: list[Tree] = []
        parts: list[Tree] = []
        repeated = False
        while self.at < len(self._text) and self._text[self.at] != ")":
            if self._text[self.at] == "|":
                branches.append(Sequence(tuple(parts)))
                parts, repeated = [], False
                self.at += 1
                continue
            bounds = self._times()
            if bounds is None:
                parts += self._atom(depth)
                repeated = False
                continue
            if repeated or not parts:
                raise PatternError("a repetition of nothing, or of a repetition")
            parts[-1] = Repeat(parts[-1], *bounds)
            repeated = True
        branches.append(Sequence(tuple(parts)))
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _times(self) -> tuple[int, int, bool, bool] | None:
        """How often the atom before is repeated, whether lazily, and whether by numbers; None where nothing repeats it."""
        char = self._text[self.at]
        if char in "*+?":
            self.at += 1
            low, high, counted = (1 if char == "+" else 0), (1 if char == "?" else -1), False
        else:
            match = _REPEAT.match(self._text, self.at)
            if match is None:
                return None
            low = int(match[1][:5])
            high = int(match[3][:5]) if match[3] else -1 if match[2] else low
            counted = True
            if low > MAX_REPEAT or high > MAX_REPEAT or 0 <= high < low:
                raise PatternError("a repetition beyond a thousand")
            self.at = match.end()
        lazy = self._text.startswith("?", self.at)
        self.at += lazy
        return low, high, lazy != ("U" in self._flags), counted

    def _atom(self, depth: int) -> list[Tree]:
        char = self._text[self.at]
        if char == "(":
            return self._group(depth)
        if char == "[":
            return [Char(self._class())]
        if char == "\\":
            return self._escape()
        self.at += 1
        if char == ".":
            return [Char(Class(((0, LAST),) if "s" in self._flags else ((0, 9), (11, LAST))))]
        if char in "^$":
            place = "start" if char == "^" else "end"
            return [Assert(f"line {place}" if "m" in self._flags else place)]
        return [self._literal(ord(char))]

    def _literal(self, code: int) -> Tree:
        return Char(Class(((code, code),), fold="i" in self._flags))

    def _group(self, depth: int) -> list[Tree]:
        outer, number = self._flags, 0
        if self._text.startswith("(?", self.at):
            flags, name = _FLAGS.match(self._text, self.at), _NAME.match(self._text, self.at)
            if flags is not None:
                self.at = flags.end()
                self._flags = (self._flags | set(flags[1] or flags[2] or "")) - set(flags[3] or "")
                if flags[4] == ")":
                    return []  # for the rest of the group around it
            elif name is not None:
                self.at = name.end()
                number = self._numbered(name[1])
            else:
                raise PatternError("a group that Go does not know")
        else:
            self.at += 1
            number = self._numbered("")
        inner = self.alternation(depth + 1)
        if not self._text.startswith(")", self.at):
            raise PatternError("a parenthesis that nothing closes")
        self.at += 1
        self._flags = outer
        return [Group(inner, number) if number else inner]

    def _numbered(self, name: str) -> int:
        self.names.append(name)
        return len(self.names) - 1

    def _escape(self) -> list[Tree]:
        text = self._text
        following = text[self.at + 1:self.at + 2]
        if following in _PLACES:
            self.at += 2
            return [Assert(_PLACES[following])]
        if following == "Q":
            literal, _, _ = text[self.at + 2:].partition("\\E")
            self.at = min(len(text), self.at + 4 + len(literal))
            return [self._literal(ord(char)) for char in literal]
        known = self._named_class()
        return [Char(known) if known is not None else self._literal(self._code())]

    def _named_class(self) -> Class | None:
        """A class by a letter, Perl's or one of Unicode, if one follows."""
        letter = self._text[self.at + 1:self.at + 2]
        if letter and letter.lower() in PERL:
            self.at += 2
            return Class(PERL[letter.lower()], negated=letter.isupper(), fold="i" in self._flags)
        if letter not in ("p", "P"):
            return None
        match = _CATEGORY.match(self._text, self.at + 2)
        if match is None:
            raise PatternError("a class without a name")
        name, negated = match[2] if match[4] is None else match[4], bool(match[1]) is not (letter == "P")
        self.at = match.end()
        if name == "Any":
            return Class(((0, LAST),), negated=negated)
        if name not in CATEGORIES:
            raise UnknownPatternError("a class of Unicode in a regular expression is not known here")
        return Class((), ((name, False),), negated=negated, fold="i" in self._flags)

    def _code(self) -> int:
        """The character that an escape stands for."""
        text, start = self._text, self.at + 1
        char = text[start:start + 1]
        octal = _OCTAL.match(text, start)
        if octal is not None and (char == "0" or len(octal[0]) > 1):
            self.at = octal.end()
            return int(octal[0], 8)
        if char == "x":
            match = _HEXADECIMAL.match(text, start + 1)
            code = int(match[1] or match[2], 16) if match else LAST + 1
            if match is None or code > LAST:
                raise PatternError("an escape of no character")
            self.at = match.end()
            return code
        self.at = start + 1
        if char in _ESCAPES:
            return _ESCAPES[char]
        if not char or char.isalnum() or ord(char) >= 128:
            raise PatternError("an escape that Go does not know")
        return ord(char)

    def _class(self) -> Class:
        self.at += 1
        negated = self._text.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        others: list[Class] = []
        first = True
        while first or not self._text.startswith("]", self.at):
            if self.at >= len(self._text):
                raise PatternError("a bracket that nothing closes")
            first = False
            named = self._posix_class() or (self._named_class() if self._text.startswith("\\", self.at) else None)
            if named is not None:
                others.append(named)
            else:
                ranges.append(self._range())
        self.at += 1
        return Class(tuple(ranges), (), tuple(others), negated=negated, fold="i" in self._flags)

    def _posix_class(self) -> Class | None:
        named = _POSIX.match(self._text, self.at)
        if named is None:
            return None
        if named[2] not in POSIX:
            raise PatternError("a class that Go does not know")
        self.at = named.end()
        return Class(POSIX[named[2]], negated=bool(named[1]), fold="i" in self._flags)

    def _range(self) -> tuple[int, int]:
        low = high = self._member()
        if self._text.startswith("-", self.at) and self._text[self.at + 1:self.at + 2] not in ("]", ""):
            self.at += 1
            high = self._member()
        if high < low:
            raise PatternError("a range that ends before it begins")
        return low, high

    def _member(self) -> int:
        if self._text.startswith("\\", self.at):
            return self._code()
        if self.at >= len(self._text):
            raise PatternError("a bracket that nothing closes")
        self.at += 1
        return ord(self._text[self.at - 1])
