"""Builtins about times and versions that regorus answers otherwise than OPA, in Python: same values, same errors.

OPA's `v1/topdown/time.go` (durations as of OPA 1.22, which knows days, weeks and years) and `internal/semver`, and Go's `time`,
are the reference. Zones other than UTC are refused: what they mean depends on the machine's tables.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from .builtin_checks import integer_of, refused, text_of

_SECOND = 1_000_000_000
_UNITS = {"ns": 1, "us": 1_000, "\u00b5s": 1_000, "\u03bcs": 1_000, "ms": 1_000_000,
          "s": _SECOND, "m": 60 * _SECOND, "h": 3_600 * _SECOND}
_HOURS = {"d": 24, "w": 7 * 24, "y": 365 * 24}
_DURATION = re.compile(r"[+-]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h|d|w|y))+)")
_SEGMENT = re.compile(r"([0-9]*)\.?([0-9]*)([a-z\u00b5\u03bc]+)")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_NEARLY = re.compile(r"\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-][\d:]+)", re.ASCII)
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_NUMBER = re.compile("0|[1-9][0-9]*")
_LEADING_ZERO = re.compile(r"(?:^|\.)0[0-9]+(?:\.|$)")
_IDENTIFIERS = re.compile(r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*")


def _in_range(nanoseconds: int) -> int:
    if not -(1 << 63) <= nanoseconds < 1 << 63:
        raise ValueError("time outside of valid range")
    return nanoseconds


def _duration(value: Any) -> int:
    text = text_of(value)
    if not _DURATION.fullmatch(text):
        raise ValueError("expects a duration")
    total = 0
    for whole, fraction, unit in _SEGMENT.findall(text):
        if unit in _HOURS:
            if fraction.strip("0"):
                raise refused("a part of a day, a week or a year")
            total += int(whole or 0) * _HOURS[unit] * _UNITS["h"]
        else:
            scale = _UNITS[unit]
            total += int(whole or 0) * scale + (int(fraction) * scale // 10 ** len(fraction) if fraction else 0)
    if total > 1 << 63 or (total == 1 << 63 and not text.startswith("-")):
        raise ValueError("expects a duration of at most 292 years")
    return -total if text.startswith("-") else total


def _moment(value: Any) -> int:
    """Of RFC 3339."""
    text = text_of(value)
    found = _MOMENT.fullmatch(text)
    if found is None:
        if _NEARLY.fullmatch(text):
            raise refused("a time that is written almost as RFC 3339 says")
        raise ValueError("expects a time as RFC 3339 has it")
    year, month, day, hour, minute, second = (int(found[index]) for index in range(1, 7))
    try:
        days = datetime.date(year, month, day).toordinal() - _EPOCH if year else 0
        datetime.time(hour, minute, second)
        datetime.time(int(found[9] or 0), int(found[10] or 0))
    except ValueError:
        raise ValueError("expects a time as RFC 3339 has it") from None
    if not year:
        raise ValueError("time outside of valid range")
    offset = (int(found[9] or 0) * 60 + int(found[10] or 0)) * 60 * (-1 if found[8] == "-" else 1)
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return _in_range(seconds * _SECOND + int((found[7] or "")[:9].ljust(9, "0")))


def _add_date(value: Any, years: Any, months: Any, days: Any) -> int:
    if isinstance(value, list):
        if len(value) not in (2, 3) or not isinstance(value[1], str) or value[1] not in ("", "UTC"):
            raise refused("a time with a zone")
        value = value[0]
    moment = _in_range(integer_of(value))
    more = [integer_of(part) for part in (years, months, days)]
    if any(abs(part) > 1_000_000 for part in more):
        raise ValueError("time outside of valid range")
    date = datetime.date.fromordinal(_EPOCH + moment // (86_400 * _SECOND))
    count = (date.year + more[0]) * 12 + date.month - 1 + more[1]
    year, month = divmod(count, 12)
    if not 1 <= year <= 9_999:
        raise refused("a way by years that ends before the year 1 or behind the year 9999")
    ordinal = datetime.date(year, month + 1, 1).toordinal() + date.day - 1 + more[2]
    return _in_range((ordinal - _EPOCH) * 86_400 * _SECOND + moment % (86_400 * _SECOND))


def _version(value: Any) -> tuple[list[int], str]:
    """(major, minor and patch; pre-release). Raises ValueError."""
    rest, plus, metadata = text_of(value).removeprefix("v").partition("+")
    core, dash, release = rest.partition("-")
    numbers = core.split(".")
    right = len(numbers) == 3 and all(_NUMBER.fullmatch(number) and int(number) < 1 << 63 for number in numbers) \
        and (not plus or _IDENTIFIERS.fullmatch(metadata)) \
        and (not dash or (_IDENTIFIERS.fullmatch(release) and not _LEADING_ZERO.search(release)))
    if not right:
        raise ValueError("expects a semantic version")
    return [int(number) for number in numbers], release


def _compare(one: Any, other: Any) -> int:
    (first, release), (second, other_release) = _version(one), _version(other)
    if first != second:
        return -1 if first < second else 1
    if release == other_release or not release or not other_release:
        return (not release) - (not other_release)
    ours, theirs = ([_rank(part) for part in text.split(".")] for text in (release, other_release))
    return -1 if ours < theirs else 1


def _rank(part: str) -> tuple[int, int, str]:
    """Numbers come before words."""
    if not part.isdecimal():
        return 1, 0, part
    return 0, min(int(part), (1 << 63) - 1), ""


def _is_version(value: Any) -> bool:
    try:
        _version(value)
    except (TypeError, ValueError):
        return False
    return True


TIME_EXTENSIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "time.add_date": (4, _add_date),
    "time.parse_duration_ns": (1, _duration),
    "time.parse_rfc3339_ns": (1, _moment),
    "semver.compare": (2, _compare),
    "semver.is_valid": (1, _is_version),
}
