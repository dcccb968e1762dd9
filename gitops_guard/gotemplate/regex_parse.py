"""Reads a regular expression in the syntax of Go's regexp package (RE2) into a tree; refuses what Go refuses."""

from __future__ import annotations

import unicodedata

from .errors import CallError, UnknownError
from .regex_classes import CATEGORIES, CLASSES, POSIX, Test, any_of, between, folded, negated
from .regex_tree import Assert, Char, Either, Group, Repeat, Sequence, Tree

MAX_REPEAT = 1000
MAX_LENGTH = 2000
MAX_NESTING = 50

_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_PLACES = {"A": "start", "z": "end", "b": "word", "B": "no word"}


class Parser:
    """`parse()` gives the tree; `names` are then the groups' names by number ("" for none)."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise UnknownError("a regular expression is too long")
        self.text = text
        self.at = 0
        self.names: list[str] = [""]
        self.flags: frozenset[str] = frozenset()
        self.nesting = 0

    def parse(self) -> Tree:
        """The tree. Raises CallError for what Go refuses, UnknownError for what isn't reproduced."""
        tree = self.alternation()
        if self.at < len(self.text):
            raise CallError("error parsing regexp: unexpected )")
        return tree

    def more(self, text: str = "") -> bool:
        """Whether more follows, or `text` does."""
        return self.text.startswith(text, self.at) if text else self.at < len(self.text)

    def take(self) -> str:
        """Takes a character."""
        if self.at >= len(self.text):
            raise CallError("error parsing regexp: unexpected end")
        self.at += 1
        return self.text[self.at - 1]

    def skip(self, text: str) -> bool:
        """Takes `text` if it follows."""
        found = self.text.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def alternation(self) -> Tree:
        """Sequences with `|` between them."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise UnknownError("a regular expression nests too deeply")
        parts = [self.sequence()]
        while self.skip("|"):
            parts.append(self.sequence())
        self.nesting -= 1
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def sequence(self) -> Tree:
        """Atoms with their quantifiers."""
        parts: list[Tree] = []
        repeated = False
        while self.more() and self.text[self.at] not in "|)":
            if self.skip("\\Q"):
                end = self.text.find("\\E", self.at)
                literal = self.text[self.at :] if end < 0 else self.text[self.at : end]
                self.at = len(self.text) if end < 0 else end + 2
                parts.extend(self.literal(char) for char in literal)
                repeated = False
                continue
            bounds = self.quantifier()
            if bounds is None:
                atom = self.atom()
                if atom is not None:
                    parts.append(atom)
                repeated = False
                continue
            if not parts or repeated:
                raise CallError("error parsing regexp: missing argument to or invalid nested repetition operator")
            lazy = self.skip("?") != ("U" in self.flags)
            parts.append(Repeat(parts.pop(), *bounds, lazy))
            repeated = True
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantifier(self) -> tuple[int, int] | None:
        """Takes a quantifier; its bounds, or None."""
        for char, bounds in (("*", (0, -1)), ("+", (1, -1)), ("?", (0, 1))):
            if self.skip(char):
                return bounds
        if not self.more("{"):
            return None
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : max(end, self.at + 1)].partition(",")
        if end < 0 or not _is_number(low) or (high and not _is_number(high)):
            return None
        self.at = end + 1
        least = int(low)
        most = int(high) if high else -1 if comma else least
        if least > MAX_REPEAT or most > MAX_REPEAT or 0 <= most < least:
            raise CallError("error parsing regexp: invalid repeat count")
        return least, most

    def atom(self) -> Tree | None:
        """One thing that can be repeated; None for flags alone."""
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return Char(self.char_class())
        if char == ".":
            return Char((lambda _char: True) if "s" in self.flags else (lambda other: other != "\n"))
        if char == "^":
            return Assert("line start" if "m" in self.flags else "start")
        if char == "$":
            return Assert("line end" if "m" in self.flags else "end")
        if char == "\\":
            following = self.take()
            if following in _PLACES:
                return Assert(_PLACES[following])
            test = self.named_class(following)
            return Char(test) if test else self.literal(self.escape(following))
        return self.literal(char)

    def literal(self, char: str) -> Char:
        """A character as it is."""
        if "i" in self.flags:
            return Char(folded(char).__contains__)
        return Char(lambda other: other == char)

    def group(self) -> Tree | None:
        """What follows an opening parenthesis."""
        outer = self.flags
        number = 0
        if self.skip("?"):
            if self.skip("P<") or self.skip("<"):
                name = self.text[self.at : max(self.text.find(">", self.at), self.at)]
                if name in self.names:
                    raise UnknownError("two groups of the same name are not known here")
                if not name.isidentifier() or not name.isascii():
                    raise CallError("error parsing regexp: invalid named capture")
                self.at += len(name) + 1
                self.names.append(name)
                number = len(self.names) - 1
            elif not self.group_flags():
                return None
        else:
            self.names.append("")
            number = len(self.names) - 1
        tree = self.alternation()
        if not self.skip(")"):
            raise CallError("error parsing regexp: missing closing )")
        self.flags = outer
        return Group(tree, number) if number else tree

    def group_flags(self) -> bool:
        """Takes `i-s:` or `i-s)`; True if a group follows, False if the flags are for the rest of the group around."""
        on: frozenset[str] = self.flags
        negative = False
        seen = False
        while True:
            char = self.take()
            if char in "imsU":
                on = on - {char} if negative else on | {char}
                seen = True
            elif char == "-" and not negative:
                negative, seen = True, False
            elif char in ":)" and (seen or not negative):
                self.flags = on
                return char == ":"
            else:
                raise CallError("error parsing regexp: invalid or unsupported Perl syntax")

    def named_class(self, char: str) -> Test | None:
        r"""`\d` and such, after the backslash."""
        if char.lower() in CLASSES:
            test = CLASSES[char.lower()]
            return negated(test) if char.isupper() else test
        if char in "pP":
            return self.category(negative=char == "P")
        if char == "C":
            raise UnknownError("\\C in a regular expression is not known here")
        return None

    def category(self, *, negative: bool) -> Test:
        """A class by Unicode's category."""
        name = self.take()
        if name == "{":
            end = self.text.find("}", self.at)
            name = self.text[self.at : max(end, self.at)]
            self.at = end + 1 if end >= 0 else len(self.text)
        if name.startswith("^"):
            name, negative = name[1:], not negative
        if "i" in self.flags or name not in CATEGORIES:
            raise UnknownError("a class of Unicode in a regular expression is not known here")

        def test(char: str) -> bool:
            return unicodedata.category(char).startswith(name)

        return negated(test) if negative else test

    def escape(self, char: str) -> str:
        """The character that an escape means, after the backslash."""
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char == "x":
            return self.hexadecimal()
        if char in "01234567":
            digits = char
            if char != "0" and not (self.more() and self.text[self.at] in "01234567"):
                raise CallError("error parsing regexp: invalid escape sequence")
            while len(digits) < 3 and self.more() and self.text[self.at] in "01234567":
                digits += self.take()
            return chr(int(digits, 8))
        if char.isascii() and not char.isalnum() and char != "_":
            return char
        if char == "_":
            return char
        raise CallError("error parsing regexp: invalid escape sequence")

    def hexadecimal(self) -> str:
        """The character of `x41` or `x{41}`."""
        digits = self.take()
        if digits == "{":
            end = self.text.find("}", self.at)
            digits = self.text[self.at : max(end, self.at)]
            self.at = end + 1
        else:
            digits += self.take()
        if not digits or len(digits) > 8 or set(digits) - set("0123456789abcdefABCDEF") or int(digits, 16) > 0x10FFFF:
            raise CallError("error parsing regexp: invalid escape sequence")
        return chr(int(digits, 16))

    def char_class(self) -> Test:
        """What stands in brackets."""
        negative = self.skip("^")
        tests: list[Test] = []
        first = True
        while first or not self.more("]"):
            test = self.class_item(first=first)
            tests.append(test)
            first = False
        self.at += 1
        made = any_of(tests)
        return negated(made) if negative else made

    def class_item(self, *, first: bool) -> Test:
        """One character, range or class in brackets."""
        if not self.more():
            raise CallError("error parsing regexp: missing closing ]")
        if self.more("-") and not first and not self.text.startswith("]", self.at + 1):
            raise CallError("error parsing regexp: invalid character class range")
        if self.more("[:"):
            end = self.text.find(":]", self.at + 2)
            if end >= 0:
                name = self.text[self.at + 2 : end]
                test = POSIX.get(name.removeprefix("^"))
                if test is None:
                    raise CallError("error parsing regexp: invalid character class range")
                if "i" in self.flags:
                    raise UnknownError("a class without regard to case is not known here")
                self.at = end + 2
                return negated(test) if name.startswith("^") else test
        char = self.take()
        if char == "\\":
            following = self.take()
            named = self.named_class(following)
            if named:
                return named
            char = self.escape(following)
        high = char
        if self.more("-") and self.at + 1 < len(self.text) and self.text[self.at + 1] != "]":
            self.at += 1
            high = self.take()
            if high == "\\":
                high = self.escape(self.take())
            if high < char:
                raise CallError("error parsing regexp: invalid character class range")
        return between(char, high, fold="i" in self.flags)

def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and (text == "0" or not text.startswith("0"))
