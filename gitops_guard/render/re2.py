"""Go's syntax of regular expressions (`regexp/syntax` with Perl's flags): a pattern goes in, a tree comes out.

The tree says which texts match; what a match captures and which of several is preferred does not matter here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

Node = tuple[Any, ...]
"""("empty",), ("char", Class), ("assert", name), ("cat", nodes), ("alt", nodes) or ("repeat", node, least, most)."""
MAX_REPEAT, MAX_DEPTH = 1000, 200
_RANGES = tuple[tuple[int, int], ...]
_LAST = 0x10FFFF
_PERL: dict[str, _RANGES] = {
    "d": ((48, 57),), "s": ((9, 10), (12, 13), (32, 32)), "w": ((48, 57), (65, 90), (95, 95), (97, 122)),
}
_POSIX: dict[str, _RANGES] = {
    "alnum": ((48, 57), (65, 90), (97, 122)), "alpha": ((65, 90), (97, 122)), "ascii": ((0, 127),), "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)), "digit": ((48, 57),), "graph": ((33, 126),), "lower": ((97, 122),), "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)), "space": ((9, 13), (32, 32)), "upper": ((65, 90),),
    "word": _PERL["w"], "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_CATEGORY = re.compile("C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?")
_ESCAPES = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAME = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>")
_REPEAT = re.compile(r"\{(\d{1,9})(?:(,)(\d{1,9})?)?\}", re.ASCII)
_ALSO = {"k": "\u212a", "K": "\u212a", "s": "\u017f", "S": "\u017f"}


class PatternError(Exception):
    """A pattern that Go refuses, or that goes beyond a bound."""


class Class:
    """A set of characters."""

    def __init__(self, ranges: _RANGES = (), categories: tuple[tuple[str, bool], ...] = (), others: tuple[Class, ...] = (), *,
                 negated: bool = False, fold: bool = False) -> None:
        """`categories` are those of Unicode, with True where the complement is meant; with `fold`, case counts for nothing."""
        self._ranges, self._categories, self._others = ranges, categories, others
        self._negated, self._fold = negated, fold

    def has(self, c: str) -> bool:
        """Whether a character is in it."""
        forms = {c, c.lower(), c.upper(), _ALSO.get(c, c)} if self._fold else (c,)
        return any(len(form) == 1 and self._holds(form) for form in forms) is not self._negated

    def _holds(self, c: str) -> bool:
        code = ord(c)
        return (any(low <= code <= high for low, high in self._ranges) or any(other.has(c) for other in self._others)
                or any(unicodedata.category(c).startswith(name) is not complement for name, complement in self._categories))


def parse(pattern: str) -> Node:
    """The tree of a pattern. Raises PatternError."""
    parser = _Parser(pattern)
    tree = parser.alternation(0)
    if parser.at < len(pattern):
        raise PatternError("a parenthesis that nothing opens")
    _check_repeats(tree, MAX_REPEAT)
    return tree


def _check_repeats(node: Node, left: int) -> None:
    """Go allows a thousand copies of what is repeated, taken together."""
    if node[0] in ("cat", "alt"):
        for part in node[1]:
            _check_repeats(part, left)
    elif node[0] == "repeat":
        most = node[2] if node[3] is None else node[3]
        if node[4] and most > left:
            raise PatternError("a pattern repeated too often")
        _check_repeats(node[1], left // most if node[4] and most > 0 else left)


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self.at = 0
        self._flags: frozenset[str] = frozenset()

    def alternation(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise PatternError("parentheses too deep")
        branches: list[Node] = []
        parts: list[Node] = []
        repeated = False
        while self.at < len(self._text) and self._text[self.at] != ")":
            c = self._text[self.at]
            if c == "|":
                branches.append(("cat", parts))
                parts, repeated = [], False
                self.at += 1
                continue
            times = self._times()
            if times is None:
                parts += self._atom(depth)
                repeated = False
                continue
            if repeated or not parts:
                raise PatternError("a repetition of nothing, or of a repetition")
            parts[-1] = ("repeat", parts[-1], *times)
            repeated = True
        branches.append(("cat", parts))
        return branches[0] if len(branches) == 1 else ("alt", branches)

    def _times(self) -> tuple[int, int | None, bool] | None:
        """How often the atom before is repeated, and whether the numbers were written; None where no repetition stands here."""
        c = self._text[self.at]
        if c in "*+?":
            self.at += 1
            found: tuple[int, int | None, bool] = (1 if c == "+" else 0, 1 if c == "?" else None, False)
        else:
            match = _REPEAT.match(self._text, self.at)
            if match is None:
                return None
            least = int(match[1])
            most = int(match[3]) if match[3] else None if match[2] else least
            if least > MAX_REPEAT or (most is not None and not least <= most <= MAX_REPEAT):
                raise PatternError("a repetition beyond a thousand")
            self.at = match.end()
            found = (least, most, True)
        if self._text.startswith("?", self.at):
            self.at += 1
        return found

    def _atom(self, depth: int) -> list[Node]:
        c = self._text[self.at]
        if c == "(":
            return self._group(depth)
        if c == "[":
            return [("char", self._class())]
        if c == "\\":
            return self._escape()
        self.at += 1
        if c == ".":
            return [("char", Class(((0, _LAST),) if "s" in self._flags else ((0, 9), (11, _LAST))))]
        if c in "^$":
            name = "begin" if c == "^" else "end"
            return [("assert", f"line {name}" if "m" in self._flags else name)]
        return [self._literal(ord(c))]

    def _literal(self, code: int) -> Node:
        return ("char", Class(((code, code),), fold="i" in self._flags))

    def _group(self, depth: int) -> list[Node]:
        outer = self._flags
        if self._text.startswith("(?", self.at):
            flags, name = _FLAGS.match(self._text, self.at), _NAME.match(self._text, self.at)
            if flags is not None:
                self.at = flags.end()
                self._flags = (self._flags | set(flags[1])) - set(flags[2] or "")
                if flags[3] == ")":
                    return []  # for the rest of the group around it
            elif name is not None:
                self.at = name.end()
            else:
                raise PatternError("a group that Go does not know")
        else:
            self.at += 1
        inner = self.alternation(depth + 1)
        if not self._text.startswith(")", self.at):
            raise PatternError("a parenthesis that nothing closes")
        self.at += 1
        self._flags = outer
        return [("cat", [inner])]

    def _escape(self) -> list[Node]:
        text = self._text
        c = text[self.at + 1:self.at + 2]
        if c in "AzbB" and c:
            self.at += 2
            return [("assert", {"A": "begin", "z": "end", "b": "border", "B": "no border"}[c])]
        if c == "Q":
            literal, _, _ = text[self.at + 2:].partition("\\E")
            self.at = min(len(text), self.at + 4 + len(literal))
            return [self._literal(ord(one)) for one in literal]
        known = self._known_class()
        return [("char", known) if known is not None else self._literal(self._code())]

    def _known_class(self) -> Class | None:
        """A class by a letter: Perl's, or one of Unicode."""
        c = self._text[self.at + 1:self.at + 2]
        if c and c.lower() in _PERL:
            self.at += 2
            return Class(_PERL[c.lower()], negated=c.isupper(), fold="i" in self._flags)
        if c not in ("p", "P"):
            return None
        match = re.compile(r"\{(\^?)([^}]*)\}|()(.)", re.DOTALL).match(self._text, self.at + 2)
        if match is None:
            raise PatternError("a class without a name")
        name, negated = match[2] if match[4] is None else match[4], bool(match[1]) is not (c == "P")
        self.at = match.end()
        if name == "Any":
            return Class(((0, _LAST),), negated=negated)
        if not _CATEGORY.fullmatch(name):
            raise PatternError("a class of Unicode that is not known here")
        return Class((), ((name, False),), negated=negated, fold="i" in self._flags)

    def _code(self) -> int:
        """The character that an escape stands for."""
        text, start = self._text, self.at + 1
        c = text[start:start + 1]
        octal = re.compile("[0-7]{1,3}").match(text, start)
        if octal is not None and (c == "0" or len(octal[0]) > 1):
            self.at = octal.end()
            return int(octal[0], 8)
        if c == "x":
            match = re.compile(r"\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2})").match(text, start + 1)
            code = int(match[1] or match[2], 16) if match else _LAST + 1
            if match is None or code > _LAST:
                raise PatternError("an escape of no character")
            self.at = match.end()
            return code
        self.at = start + 1
        if c in _ESCAPES:
            return _ESCAPES[c]
        if not c or c.isalnum() or ord(c) >= 128:
            raise PatternError("an escape that Go does not know")
        return ord(c)

    def _class(self) -> Class:
        text = self._text
        self.at += 1
        negated = text.startswith("^", self.at)
        self.at += negated
        ranges: list[tuple[int, int]] = []
        others: list[Class] = []
        first = True
        while first or not text.startswith("]", self.at):
            if self.at >= len(text):
                raise PatternError("a bracket that nothing closes")
            first = False
            named = re.compile(r"\[:(\^?)(\w*):\]", re.ASCII).match(text, self.at)
            if named is not None:
                if named[2] not in _POSIX:
                    raise PatternError("a class that Go does not know")
                others.append(Class(_POSIX[named[2]], negated=bool(named[1]), fold="i" in self._flags))
                self.at = named.end()
                continue
            known = self._known_class() if text.startswith("\\", self.at) else None
            if known is not None:
                others.append(known)
                continue
            low = high = self._member()
            if text.startswith("-", self.at) and text[self.at + 1:self.at + 2] not in ("]", ""):
                self.at += 1
                high = self._member()
            if high < low:
                raise PatternError("a range that ends before it begins")
            ranges.append((low, high))
        self.at += 1
        return Class(tuple(ranges), (), tuple(others), negated=negated, fold="i" in self._flags)

    def _member(self) -> int:
        if self._text.startswith("\\", self.at):
            return self._code()
        if self.at >= len(self._text):
            raise PatternError("a bracket that nothing closes")
        self.at += 1
        return ord(self._text[self.at - 1])
