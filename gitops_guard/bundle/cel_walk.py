"""A variable of a twin that looks through values of unknown shape -> one expression.

CEL has no recursion, so each level is written out inside the one above it.
"""

from __future__ import annotations

import re

from ..twin import Variable
from .cel import STRING

_TOKEN = re.compile(rf"{STRING}|(?<![\w.?])(?:node|child|deeper)\b", re.DOTALL)


def unrolled(variable: Variable) -> str:
    """The expression of the variable; with a walk, for all of its levels."""
    walk = variable.walk
    if walk is None:
        return variable.expression
    text = _named(walk.beyond, {"child": f"node{walk.levels}"})
    for level in reversed(range(walk.levels)):
        text = _named(variable.expression, {"node": f"node{level}", "child": f"node{level + 1}", "deeper": f"({text})"})
    return f"({walk.over}).map(node0, {text})"


def _named(expression: str, names: dict[str, str]) -> str:
    return _TOKEN.sub(lambda token: names.get(token.group(), token.group()), expression)
