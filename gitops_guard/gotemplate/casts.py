"""Turns any value into a number or a text as Sprig's functions do, which take everything and never fail."""

from __future__ import annotations

import math
import re
from typing import Any

from . import numbers
from .printing import text
from .values import Object, is_list

_ZERO_DECIMAL = re.compile(r"\.0+\Z")
_MASK = 2**64


def wrap(number: int) -> int:
    """A number as 64 bits hold it: Go's integers overflow silently."""
    return (number + 2**63) % _MASK - 2**63


def to_int(value: Any) -> int:
    """An integer of any value; 0 for what has none. Texts are read in Go's syntax: `0x10`, and `010` is 8."""
    if isinstance(value, int):
        return wrap(int(value))
    if isinstance(value, float):
        whole = int(value) if math.isfinite(value) else numbers.MIN_INT64
        return whole if numbers.MIN_INT64 <= whole <= numbers.MAX_INT64 else numbers.MIN_INT64
    if isinstance(value, str):
        return numbers.parse_int64(_ZERO_DECIMAL.sub("", value)) or 0
    return 0


def to_float(value: Any) -> float:
    """A float of any value; 0 for what has none."""
    if isinstance(value, str):
        return numbers.parse_float(value) or 0.0
    return float(value) if isinstance(value, int | float) else 0.0


def to_text(value: Any) -> str:
    """A text of any value: `toString`."""
    return text(value)


def to_texts(value: Any) -> list[str]:
    """Texts of a list's values without nil, or of one value alone: `toStrings`, and what `join` joins."""
    if value is None:
        return []
    if is_list(value):
        return [to_text(item) for item in value if item is not None]
    return [to_text(value)]


def is_empty(value: Any) -> bool:
    """What `default` takes for not given: nil, zero, false, "" and what has no elements."""
    return not isinstance(value, Object) and not value
