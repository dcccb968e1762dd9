"""Cuts a template's text into tokens, by the rules of Go's text/template: enters a text, leaves tokens with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import TemplateError

SPACES = " \t\r\n"
KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"})

_QUOTED = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_CHAR = re.compile(r"'(?:[^'\\\n]|\\[^\n])*'")
_RAW = re.compile(r"`[^`]*`")
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?",
)


class Token(NamedTuple):
    """One piece of a template. `kind` is its class, `text` its spelling, `line` where it starts."""

    kind: str
    text: str
    line: int


def tokens(text: str) -> Iterator[Token]:
    """Tokens of `text` up to and with `eof`, one by one. Raises TemplateError at the place that can't be read."""
    at, line = 0, 1
    while True:
        start = text.find("{{", at)
        if start < 0:
            if at < len(text):
                yield Token("text", text[at:], line)
            yield Token("eof", "EOF", line + text.count("\n", at))
            return
        inside = start + 2
        trim = _trims_left(text, inside)
        piece = text[at:start].rstrip(SPACES) if trim else text[at:start]
        if piece:
            yield Token("text", piece, line)
        line += text.count("\n", at, start)
        after = inside + (2 if trim else 0)
        if text.startswith("/*", after):
            at = _skip_comment(text, after, line)
            line += text.count("\n", start, at)
            continue
        yield Token("left", "{{", line)
        action = _Action(text, after, line + text.count("\n", inside, after))
        yield from action.tokens()
        at, line = action.at, action.line


def _trims_left(text: str, at: int) -> bool:
    return text[at : at + 1] == "-" and text[at + 1 : at + 2] != "" and text[at + 1] in SPACES


def _closes(text: str, at: int) -> tuple[int, bool]:
    """Length of the closing delimiter at `at` (0: there is none), and whether it trims what follows."""
    if text.startswith("}}", at):
        return 2, False
    if text[at : at + 1] != "" and text[at] in SPACES and text.startswith("-}}", at + 1):
        return 4, True
    return 0, False


def _skip_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACES:
        at += 1
    return at


def _skip_comment(text: str, at: int, line: int) -> int:
    end = text.find("*/", at + 2)
    if end < 0:
        raise TemplateError("unclosed comment", line)
    length, trim = _closes(text, end + 2)
    if not length:
        raise TemplateError("comment ends before closing delimiter", line)
    at = end + 2 + length
    return _skip_spaces(text, at) if trim else at


def is_word(char: str) -> bool:
    """Whether `char` may stand in a name: a letter, a digit or an underscore."""
    return char == "_" or char.isalpha() or char.isdecimal()


class _Action:
    """The inside of one `{{ … }}`."""

    def __init__(self, text: str, at: int, line: int) -> None:
        self.text = text
        self.at = at
        self.line = line
        self.depth = 0

    def tokens(self) -> Iterator[Token]:
        while True:
            length, trim = _closes(self.text, self.at)
            if length:
                if self.depth:
                    raise TemplateError("unclosed left paren", self.line)
                end = self.at + length
                yield Token("right", "}}", self.line)
                if trim:
                    end = _skip_spaces(self.text, end)
                self._move(end)
                return
            yield self._token()

    def _move(self, end: int) -> str:
        piece = self.text[self.at : end]
        self.line += piece.count("\n")
        self.at = end
        return piece

    def _take(self, kind: str, end: int) -> Token:
        line = self.line
        return Token(kind, self._move(end), line)

    def _token(self) -> Token:
        text, at = self.text, self.at
        if at >= len(text):
            raise TemplateError("unclosed action", self.line)
        char = text[at]
        if char in SPACES:
            end = _skip_spaces(text, at)
            # The space before `-}}` belongs to the delimiter.
            return self._take("space", end - 1 if text.startswith("-}}", end) else end)
        if char in "=|":
            return self._take("assign" if char == "=" else "pipe", at + 1)
        if char == ":":
            if not text.startswith(":=", at):
                raise TemplateError("expected :=", self.line)
            return self._take("declare", at + 2)
        if char in "\"'`":
            return self._quoted(char)
        if char in "()":
            self.depth += 1 if char == "(" else -1
            if self.depth < 0:
                raise TemplateError("unexpected right paren", self.line)
            return self._take("lparen" if char == "(" else "rparen", at + 1)
        if char == "$":
            return self._name("variable", at + 1)
        if char == "." and not (at + 1 < len(text) and text[at + 1] in "0123456789"):
            return self._name("field", at + 1)
        if char in "+-.0123456789":
            return self._number()
        if is_word(char):
            return self._name("identifier", at)
        if " " < char <= "~":
            return self._take("char", at + 1)
        raise TemplateError(f"unrecognized character in action: U+{ord(char):04X}", self.line)

    def _quoted(self, char: str) -> Token:
        pattern, kind, name = {
            '"': (_QUOTED, "string", "quoted string"),
            "'": (_CHAR, "rune", "character constant"),
            "`": (_RAW, "string", "raw quoted string"),
        }[char]
        found = pattern.match(self.text, self.at)
        if not found:
            raise TemplateError(f"unterminated {name}", self.line)
        return self._take(kind, found.end())

    def _name(self, kind: str, end: int) -> Token:
        start = end
        while end < len(self.text) and is_word(self.text[end]):
            end += 1
        if not self._ends_word(end):
            raise TemplateError(f"bad character U+{ord(self.text[end]):04X}", self.line)
        word = self.text[start:end]
        if kind == "field" and not word:
            kind = "dot"
        elif kind == "identifier":
            if word in KEYWORDS:
                kind = word
            elif word in {"true", "false"}:
                kind = "bool"
        return self._take(kind, end)

    def _ends_word(self, at: int) -> bool:
        return at >= len(self.text) or self.text[at] in " \t\r\n.,|:)(" or self.text.startswith("}}", at)

    def _number(self) -> Token:
        found = _NUMBER.match(self.text, self.at)
        end = found.end() if found else self.at
        if end < len(self.text) and self.text[end] in "+-":
            second = _NUMBER.match(self.text, end)
            if second and second.group().endswith("i"):
                end = second.end()
            else:
                raise TemplateError("bad number syntax", self.line)
        if end < len(self.text) and is_word(self.text[end]):
            raise TemplateError("bad number syntax", self.line)
        return self._take("number", end)
