"""Values that kustomize keeps once for several fields of an object: who writes one of them writes all.

A label that a transformer adds to several fields of an object is one node of kustomize's in all of them. A patch in an overlay
that changes the label of the object then changes its selector, too. What the new value is written over stays shared; a JSON
patch, which goes through text, ends it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from ..origin import Map, Origin, Seq

_NUMBERS = itertools.count(1)


def share(holders: Iterable[Map], key: str) -> None:
    """Make the values of a key that was added to several mappings one."""
    holders = list(holders)
    if len(holders) > 1:
        number = next(_NUMBERS)
        for holder in holders:
            if holder.shared is None:
                holder.shared = {}
            holder.shared[key] = number


def write(body: Any, holder: Map, key: str, value: Any, origin: Origin | None) -> None:
    """Set a field of `holder`, and with it every field below `body` that is one with it."""
    holder.put(key, value, origin)
    if holder.shared and key in holder.shared:
        _spread(body, holder.shared[key], value, origin)


def _spread(body: Any, number: int, value: Any, origin: Origin | None) -> None:
    if type(body) is Map:
        for key, known in (body.shared or {}).items():
            if known == number and key in body:
                body.put(key, value, origin)
        for item in body.values():
            _spread(item, number, value, origin)
    elif type(body) is Seq:
        for item in body:
            _spread(item, number, value, origin)
