"""Sprig's functions on durations, which need no clock: `duration` and `durationRound`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from .numbers import MAX_INT64, parse_decimal
from .signature import Registry
from .values import Int64

FUNCTIONS = Registry()

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION = re.compile(r"([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_STEP = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_HOUR = 3600 * 10**9
_ROUNDED = (("y", 24 * 365 * _HOUR), ("mo", 24 * 30 * _HOUR), ("d", 24 * _HOUR), ("h", _HOUR), ("m", 60 * 10**9), ("s", 10**9))


@FUNCTIONS("any", "duration")
def _duration(value: Any) -> str:
    seconds = int(value) if isinstance(value, Int64) else (parse_decimal(value) or 0) if isinstance(value, str) else 0
    # The count of nanoseconds overflows silently.
    total = (seconds * 10**9 + 2**63) % 2**64 - 2**63
    return _shown(total)


def _shown(total: int) -> str:
    if not total:
        return "0s"
    sign = "-" if total < 0 else ""
    total = abs(total)
    if total < 10**9:
        unit, size = ("ns", 1) if total < 10**3 else ("µs", 10**3) if total < 10**6 else ("ms", 10**6)
        return sign + _fraction(total, size) + unit
    minutes, rest = divmod(total, 60 * 10**9)
    out = _fraction(rest, 10**9) + "s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        out = (f"{hours}h" if hours else "") + f"{minutes}m" + out
    return sign + out


def _fraction(total: int, size: int) -> str:
    whole, rest = divmod(total, size)
    digits = str(rest).zfill(len(str(size)) - 1).rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


@FUNCTIONS("any", "durationRound")
def _duration_round(value: Any) -> str:
    total = abs(_parsed(value) if isinstance(value, str) else int(value) if isinstance(value, Int64) else 0)
    for unit, size in _ROUNDED:
        if total > size:
            return f"{total // size}{unit}"
    return "0s"


def _parsed(text: str) -> int:
    found = _DURATION.fullmatch(text)
    if not found or len(text) > 200:
        return 0
    total = sum(int(Fraction(count.rstrip(".")) * _UNITS[unit]) for count, unit in _STEP.findall(found.group(2)))
    return total if total <= MAX_INT64 else 0
