"""Flux's substitution of `${variables}` in a text: a text and the values go in, the text with the values comes out.

The language is that of github.com/fluxcd/pkg/envsubst, Flux's fork of drone/envsubst, with what sets it apart from a shell:
`$name` is left alone, `$$` is a dollar wherever it stands, `:?`, `:+` and `=` all mean a default, `${name-default}` is an error,
and what an expression nests is evaluated also where it is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .evaluate import evaluate
from .expression import Expression, Part, SubstitutionError
from .reader import Reader

__all__ = ["Expression", "Part", "SubstitutionError", "expressions", "is_name", "parse", "substitute"]

_NAME = re.compile(r"[_A-Za-z][_A-Za-z0-9]*")


def is_name(text: str) -> bool:
    """Whether Flux takes the text for a variable's name; any other key among the variables fails the whole build."""
    return _NAME.fullmatch(text) is not None


def substitute(text: str, lookup: Callable[[str], str | None], *, strict: bool,
               keep: Callable[[Expression], bool] | None = None) -> str:
    """The text with its expressions replaced. Raises SubstitutionError.

    `lookup` gives a variable's value, or None. With `strict` a variable without value and default is an error, else it is
    empty. Expressions that `keep` chooses stay as they are written.
    """
    out = []
    for part in parse(text):
        if isinstance(part, str):
            out.append(part)
        elif keep is not None and any(keep(inner) for inner in part.all()):
            out.append(text[part.start:part.end])
        else:
            out.append(evaluate(part, lookup, strict))
    return "".join(out)


def expressions(text: str) -> list[Expression]:
    """The outermost expressions of a text, in order. Raises SubstitutionError."""
    return [part for part in parse(text) if isinstance(part, Expression)]


def parse(text: str) -> list[Part]:
    """Literal texts and expressions, in order; `$$` is a `$` in the former. Raises SubstitutionError."""
    parts: list[Part] = []
    at = begin = 0
    literal: list[str] = []
    while (found := text.find("$", at)) >= 0:
        after = text[found + 1:found + 2]
        if after == "{":
            literal.append(text[begin:found])
            parts.append("".join(literal))
            reader = Reader(text, found)
            parts.append(reader.expression(0))
            literal, begin = [], reader.at
            at = reader.at
        elif after == "$":
            literal.append(text[begin:found])
            begin, at = found + 1, found + 2
        else:
            at = found + 1
    parts.append("".join([*literal, text[begin:]]))
    return [part for part in parts if part != ""]
