"""Two scalars and what is known of their type -> whether they mean the same to the API server."""

from __future__ import annotations

import base64
import binascii
import datetime
import functools
import re
from fractions import Fraction
from typing import Any

_QUANTITY = re.compile(r"([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]{1,3})?")
_SCALE = {"": Fraction(1), "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000),
          **{name: Fraction(1000) ** power for power, name in enumerate("kMGTPE", 1)},
          **{name + "i": Fraction(1024) ** power for power, name in enumerate("KMGTPE", 1)}}
_DURATION = re.compile(r"([+-]?)((?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+|0)")
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_LONGEST = 64
"""Of a text that is read as a number: what is longer is none."""


def same(one: Any, other: Any, sort: str) -> bool:
    """Whether two scalars are the same; `sort` is what `schema.Type.sort` says of them."""
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return type(one) is type(other) and bool(one == other)
    if one == other:
        return True
    compare = _BY_SORT.get(sort)
    return compare is not None and compare(one, other)


def quantity(value: Any) -> Fraction | None:
    """The amount that a resource.Quantity stands for; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _amount(str(value).strip())


@functools.lru_cache(maxsize=4096)
def _amount(text: str) -> Fraction | None:
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    sign, digits, suffix = match.groups()
    scale = _SCALE[suffix or ""] if (suffix or "") in _SCALE else Fraction(10) ** int(suffix[1:])
    amount = Fraction(digits.rstrip(".")) * scale
    return -amount if sign == "-" else amount


def duration(value: Any) -> Fraction | None:
    """The nanoseconds that a duration of Go stands for (`1h30m`); None where it is none."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    match = _DURATION.fullmatch(value)
    if match is None:
        return None
    parts = (Fraction(number.rstrip(".")) * _NANOSECONDS[unit] for number, unit in _PART.findall(match.group(2)))
    total = sum(parts, Fraction(0))
    return -total if match.group(1) == "-" else total


def _quantities(one: Any, other: Any) -> bool:
    amounts = quantity(one), quantity(other)
    return amounts[0] is not None and amounts[0] == amounts[1]


def _durations(one: Any, other: Any) -> bool:
    lengths = duration(one), duration(other)
    return lengths[0] is not None and lengths[0] == lengths[1]


def _int_or_string(one: Any, other: Any) -> bool:
    """A port `80` and a port `"80"`: the API server keeps either as it is written, and means the same by both."""
    return str(one) == str(other)


def _times(one: Any, other: Any) -> bool:
    moments = _time(one), _time(other)
    return moments[0] is not None and moments[0] == moments[1]


def _time(value: Any) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _bytes(one: Any, other: Any) -> bool:
    data = decoded(one), decoded(other)
    return data[0] is not None and data[0] == data[1]


def decoded(value: Any) -> bytes | None:
    """The bytes of a base64 text, whatever its line breaks; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


_BY_SORT = {"quantity": _quantities, "int-or-string": _int_or_string, "time": _times, "duration": _durations, "bytes": _bytes}
