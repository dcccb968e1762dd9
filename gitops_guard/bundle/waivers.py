"""Waivers of the configuration -> what a cluster can ask of an object: a condition in CEL, and patterns for Rego.

`check` matches them in waive.py: `Kind/namespace/name`, or `Kind/name` for what belongs to no namespace; `*` stays inside a part.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Waiver
from ..re2 import wildcards
from . import cel


def condition(waivers: Sequence[Waiver]) -> str:
    """Whether one of them covers the object of the request, in CEL."""
    name = "(object == null ? oldObject : object).?metadata.name.orValue('')"
    who = f"(request.kind.kind + '/' + request.?namespace.orValue('') + '/' + {name})"
    return "(" + " || ".join(f"{who}.matches({cel.literal(pattern(waiver))})" for waiver in waivers) + ")"


def pattern(waiver: Waiver) -> str:
    """What `Kind/namespace/name` of a covered object matches, a regular expression; its namespace is empty where it has none."""
    words = (waiver.resource or "").split("/")
    kind, namespace, name = words if len(words) > 2 else (words[0], "", words[-1])
    return f"^{wildcards(kind)}/{wildcards(namespace)}/{wildcards(name)}$"
