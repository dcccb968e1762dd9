"""`not f(input.x)` as OPA means it: where `input.x` is undefined, the whole body is, and not the negation true.

OPA binds the references in the arguments of a negated call before the negation (`rewriteDynamicTerms` and
`rewriteExprTerms` of its compiler); regorus evaluates them inside it. So a policy's text is given to regorus with those
bindings written out, on the same line. See OPA's issues 1877, 5793 and 7558.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .builtin_names import ARITIES
from .faithful import PACKAGE, PREFIX
from .syntax import COMPREHENSIONS, REFERENCES, children, dotted, inner, kind_of, place, queries, text_of

_NAME = "__bound_{}__"
_OPEN, _CLOSE = "([{", ")]}"


class NegationError(Exception):
    """A negation whose meaning can't be written out."""

    def __init__(self, message: str, line: int, column: int) -> None:
        """`line` and `column` are those of the negated expression."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


def negations(tree: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any], list[Any]]]:
    """(query, statement, expressions to bind first) of every negation that needs it."""
    for query in queries(tree["ast"]["rules"]):
        for statement in query["stmts"]:
            negated = statement["literal"].get("NotExpr")
            hoisted = list(_hoisted(negated["expr"])) if negated else []
            if hoisted:
                yield query, statement, hoisted


def write_out(text: str, tree: Any) -> str:
    """The text with what negations need bound before them. Raises NegationError where that can't be done."""
    source = text.encode("utf-8")
    edits: list[tuple[int, int, str]] = []
    counter = 0
    for query, statement, hoisted in negations(tree):
        span = statement["span"]
        given = "".join(" " + text_of(modifier["span"], source) for modifier in statement.get("with_mods", []))
        bindings = []
        for node in hoisted:
            where = inner(node)["span"]
            written = text_of(where, source)
            if not _balanced(written) or _has_wildcard(node):
                raise NegationError("the argument of this negation must be bound to a name before it", *place(node))
            name = _NAME.format(counter)
            counter += 1
            bindings.append(f"{name} = {written}{given}; ")
            edits.append((where["start"], where["end"], name))
        # A body of one statement may stand without braces, and then has no room for a second one.
        bare = query["span"]["start"] == span["start"]
        edits.append((span["start"], span["start"], ("{ " if bare else "") + "".join(bindings)))
        if bare:
            edits.append((span["end"], span["end"], " }"))
    for start, end, new in sorted(edits, reverse=True):
        source = source[:start] + new.encode() + source[end:]
    return source.decode("utf-8")


def _hoisted(node: Any) -> Iterator[Any]:
    """What OPA binds before a negated expression."""
    kind, held = kind_of(node), inner(node)
    if kind in REFERENCES:
        yield from _indexes(node)
    elif kind == "Call":
        for argument in held["params"]:
            yield from _argument(argument)
    elif kind == "AssignExpr" or (kind == "BoolExpr" and held["op"] == "Eq"):
        for operand in (held["lhs"], held["rhs"]):
            # `==` and `=` compare references in place; what is more than a reference is bound first.
            yield from _indexes(operand) if kind_of(operand) in REFERENCES else _argument(operand)
    elif kind in ("BoolExpr", "ArithExpr", "BinExpr", "OrExpr"):
        yield from _argument(held["lhs"])
        yield from _argument(held["rhs"])
    elif kind == "Membership":
        for part in ("key", "value", "collection"):
            if held.get(part) is not None:
                yield from _argument(held[part])
    elif kind == "UnaryExpr":
        yield from _argument(held["expr"])
    elif kind in ("Array", "Set", "Object"):
        yield from _argument(node)


def _argument(node: Any) -> Iterator[Any]:
    kind = kind_of(node)
    if kind in (*REFERENCES, "Call", "ArithExpr", "BinExpr", "BoolExpr", "UnaryExpr", "Membership"):
        if kind in REFERENCES or _may_lack(node):
            yield node
    elif kind in ("Array", "Set", "Object") and _may_lack(node):
        yield node


def _indexes(node: Any) -> Iterator[Any]:
    """The computed keys inside a reference."""
    kind, held = kind_of(node), inner(node)
    if kind == "RefBrack":
        yield from _indexes(held["refr"])
        yield from _argument(held["index"])
    elif kind == "RefDot":
        yield from _indexes(held["refr"])
    elif kind == "Call":
        yield from _hoisted(node)


def _may_lack(node: Any) -> bool:
    """Whether a value may be undefined: it holds a reference or a call, other than in a comprehension, which never is."""
    kind = kind_of(node)
    if kind in COMPREHENSIONS:
        return False
    if kind in REFERENCES:
        return True
    if kind == "Call":
        name = ".".join(dotted(inner(node)["fcn"])[0])
        if name not in ARITIES and not name.startswith((PREFIX, f"data.{PACKAGE}.")):
            return True
    held = inner(node)["params"] if kind == "Call" else inner(node) if kind else node
    return any(_may_lack(child) if kind_of(child) else _any_lacks(child) for child in children(held))


def _any_lacks(node: Any) -> bool:
    return any(_may_lack(child) if kind_of(child) else _any_lacks(child) for child in children(node))


def _has_wildcard(node: Any) -> bool:
    """Whether `_` stands in it, other than in a comprehension, which binds its own."""
    if kind_of(node) in COMPREHENSIONS:
        return False
    if kind_of(node) == "Var" and inner(node)["value"] == "_":
        return True
    return any(_has_wildcard(child) for child in children(node))


def _balanced(text: str) -> bool:
    even = text.count('"') % 2 == 0
    return even and all(text.count(one) == text.count(other) for one, other in zip(_OPEN, _CLOSE, strict=True))
