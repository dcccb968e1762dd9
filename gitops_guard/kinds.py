"""The `kinds` of a policy: which objects are sent to it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

OUT = "!"
"""Before a pattern: what it fits is left out."""


def cover(kinds: Iterable[str], group: str, kind: str) -> bool:
    """Whether a kind is among them. The last pattern that fits decides; `group` is empty for the core group."""
    found = False
    for pattern in kinds:
        of_group, slash, of_kind = pattern.removeprefix(OUT).rpartition("/")
        if fnmatch.fnmatchcase(kind, of_kind) and (not slash or fnmatch.fnmatchcase(group, of_group)):
            found = not pattern.startswith(OUT)
    return found


def filled(kinds: Sequence[str], parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds with those that the parameters name: `{include}` is every text of the list `include`.

    The name itself stays, and fits nothing, so that a list that was not empty never becomes one, which would be every kind.
    """
    found: list[str] = []
    for pattern in kinds:
        found.append(pattern)
        named = parameters.get(pattern[1:-1]) if pattern.startswith("{") else None
        found += [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    return tuple(found)
