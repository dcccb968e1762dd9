"""Expressions in CEL about `object` -> the same about `oldObject`: what a change leaves as it was."""

from __future__ import annotations

import re
from collections.abc import Collection

from .cel import STRING

_TOKEN = re.compile(
    rf"(?P<string>{STRING})"
    r"|(?P<variable>(?<![\w.])variables\s*\.\s*(?P<name>\w+))"
    r"|(?P<object>(?<![\w.?])object\b)", re.DOTALL)

SUFFIX = "Before"
"""Of a variable that is about the old object."""


def before(expression: str, variables: Collection[str]) -> str:
    """The expression about the object before the change; `variables` are those that are there a second time, with SUFFIX."""
    def moved(token: re.Match[str]) -> str:
        if token["string"]:
            return token.group()
        if token["object"]:
            return "oldObject"
        return f"variables.{token['name']}{SUFFIX}" if token["name"] in variables else token.group()

    return _TOKEN.sub(moved, expression)
