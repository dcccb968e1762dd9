"""The text of a jq path expression -> its tree; what is not understood is `Unsupported`, never left out.

The grammar is that of jq's manual as far as `del(…)` can use it: fields, indexes, iteration, `..`, pipes, commas, `?`, `select`
with comparisons, `and`, `or`, `not`, and the functions of `FUNCTIONS`.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple


class Unsupported(ValueError):  # noqa: N818 (a property of the expression, not a fault of the program)
    """An expression that is not understood; the message says where."""


class Node(NamedTuple):
    """One part of an expression."""

    sort: str
    """identity, field, index, iterate, recurse, pipe, comma, try, select, literal, compare, and, or, call"""
    value: Any = None
    inner: tuple[Node, ...] = ()


FUNCTIONS = {"not": 0, "length": 0, "type": 0, "tostring": 0, "ascii_downcase": 0, "has": 1, "test": 1, "startswith": 1,
             "endswith": 1, "contains": 1, "any": 1, "all": 1, "select": 1, "IN": -1, "true": 0, "false": 0, "null": 0}
"""Each with its number of arguments; -1: any number of alternatives by comma."""
_TOKEN = re.compile(r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*") | (?P<number>-?\d+(?:\.\d+)?) | (?P<field>\.[A-Za-z_]\w*)
                        | (?P<name>[A-Za-z_]\w*) | (?P<mark>\.\.|==|!=|<=|>=|<|>|[.\[\]()|,?;]))""", re.VERBOSE)
_LONGEST = 4_000
_DEEPEST = 50
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def parse(text: str) -> Node:
    """The tree of an expression. Raises Unsupported."""
    if len(text) > _LONGEST:
        raise Unsupported(f"longer than {_LONGEST} characters")
    parser = _Parser(_tokens(text))
    tree = parser.pipe()
    if parser.token is not None:
        raise Unsupported(f"`{parser.token[1]}` is not understood")
    return tree


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unsupported(f"`{text[at:].strip()[:1]}` is not understood")
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _takes(self, *texts: str) -> str | None:
        token = self.token
        if token is not None and token[0] in ("mark", "name") and token[1] in texts:
            self._at += 1
            return token[1]
        return None

    def _expect(self, text: str) -> None:
        if self._takes(text) is None:
            raise Unsupported(f"`{text}` is missing" if self.token is None else f"`{self.token[1]}` is not understood")

    def pipe(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unsupported(f"nested deeper than {_DEEPEST} levels")
        parts = [self._comma()]
        while self._takes("|"):
            parts.append(self._comma())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Node("pipe", inner=tuple(parts))

    def _comma(self) -> Node:
        parts = [self._or()]
        while self._takes(","):
            parts.append(self._or())
        return parts[0] if len(parts) == 1 else Node("comma", inner=tuple(parts))

    def _or(self) -> Node:
        found = self._and()
        while self._takes("or"):
            found = Node("or", inner=(found, self._and()))
        return found

    def _and(self) -> Node:
        found = self._comparison()
        while self._takes("and"):
            found = Node("and", inner=(found, self._comparison()))
        return found

    def _comparison(self) -> Node:
        found = self._postfix()
        sign = self._takes(*_COMPARISONS)
        return Node("compare", sign, (found, self._postfix())) if sign else found

    def _postfix(self) -> Node:
        found = self._term()
        while True:
            token = self.token
            if token is not None and token[0] == "field":
                self._at += 1
                found = Node("pipe", inner=(found, Node("field", token[1][1:])))
            elif self._takes("["):
                found = Node("pipe", inner=(found, self._bracket()))
            elif self._takes("?"):
                found = Node("try", inner=(found,))
            elif self._takes("."):
                found = Node("pipe", inner=(found, self._after_dot()))
            else:
                return found

    def _term(self) -> Node:
        token = self.token
        if token is None:
            raise Unsupported("it ends too early")
        self._at += 1
        sort, text = token
        if sort == "field":
            return Node("field", text[1:])
        if sort in ("text", "number"):
            return Node("literal", self._literal(text))
        if text == "..":
            return Node("recurse")
        if text == ".":
            return self._after_dot(alone=True)
        if text == "(":
            inner = self.pipe()
            self._expect(")")
            return inner
        if sort == "name":
            return self._call(text)
        raise Unsupported(f"`{text}` is not understood")

    def _after_dot(self, *, alone: bool = False) -> Node:
        token = self.token
        if token is not None and token[0] == "text":
            self._at += 1
            return Node("field", self._literal(token[1]))
        if self._takes("["):
            return self._bracket()
        if alone:
            return Node("identity")
        raise Unsupported("a `.` without a field")

    def _bracket(self) -> Node:
        if self._takes("]"):
            return Node("iterate")
        token = self.token
        if token is None or token[0] not in ("text", "number"):
            raise Unsupported("an index that is no plain text or number")
        self._at += 1
        value = self._literal(token[1])
        self._expect("]")
        if isinstance(value, float):
            raise Unsupported("an index with a fraction")
        return Node("field" if isinstance(value, str) else "index", value)

    @staticmethod
    def _literal(text: str) -> Any:
        try:
            value = json.loads(text)
        except ValueError:
            raise Unsupported("a text with an escape that JSON does not have") from None
        if "\\(" in text:
            raise Unsupported("a text with an expression in it")
        return value

    def _call(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise Unsupported(f"`{name}` is not understood")
        if name in ("true", "false", "null"):
            return Node("literal", {"true": True, "false": False, "null": None}[name])
        wanted = FUNCTIONS[name]
        if not wanted:
            return Node("call", name)
        self._expect("(")
        inner = self.pipe()
        self._expect(")")
        return Node("select" if name == "select" else "call", name, (inner,))
