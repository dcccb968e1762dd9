"""What a plain YAML scalar means, in the two dialects that Kubernetes tools use.

Rules: go.yaml.in/yaml v3 `resolve.go` (kustomize reads resources so) and v2 `resolve.go` through sigs.k8s.io/yaml (kubectl
reads manifests so, kustomize its own files and JSON patches).
"""

from __future__ import annotations

import enum
import math
import re
from typing import Any


class Dialect(enum.Enum):
    """Who reads the file."""

    RESOURCE = "yaml.v3"
    """kustomize's resources: only true and false are booleans; unquoted dates are times."""
    MANIFEST = "YAML 1.1"
    """kubectl's manifests, kustomization files, JSON patches: yes, no, on, off, y and n are booleans too."""
    TEXT = "text"
    """Every scalar is the text that stands there: what kustomize takes the values of annotations from."""


_TRUE = dict.fromkeys(("true", "True", "TRUE"), True)
_FALSE = dict.fromkeys(("false", "False", "FALSE"), False)
_NULL: dict[str, Any] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_FLOATS = {
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_WORDS: dict[Dialect, dict[str, Any]] = {
    Dialect.RESOURCE: {**_TRUE, **_FALSE, **_NULL, **_FLOATS},
    Dialect.MANIFEST: {
        **_TRUE, **_FALSE, **_NULL, **_FLOATS,
        **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
        **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    },
}
_WORDS_OF_ONE = _WORDS[Dialect.MANIFEST].keys() - _WORDS[Dialect.RESOURCE].keys()
HINTS = frozenset("+-.0123456789~yYnNtTfFoO")
_NUMERIC = frozenset("+-0123456789")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# Behind a leading point go-yaml asks Go itself, which lets underscores stand between digits.
_GO_FLOAT = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?")
_INT = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)")
_TIME = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
                   r"(?:(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})([.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2}))"
                   r"|(?: +([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})([.,][0-9]+)?))?")
_BIGGEST, _SMALLEST = 2**64 - 1, -(2**63)


def resolve(text: str, dialect: Dialect) -> Any:
    """The value of a plain, untagged scalar: None, bool, int, float or str. A time becomes its RFC 3339 text (v3 only)."""
    if (text and text[0] not in HINTS) or dialect is Dialect.TEXT:
        return text
    words = _WORDS[dialect]
    if text in words:
        return words[text]
    first = text[0]
    if first == ".":
        real = float(text.replace("_", "")) if _GO_FLOAT.fullmatch(text) else math.inf
        return text if math.isinf(real) else real
    if first not in _NUMERIC:
        return text
    if dialect is Dialect.RESOURCE and len(text) > 7 and text[4] == "-":
        time = _timestamp(text)
        if time is not None:
            return time
    return _number(text.replace("_", ""), text)


def means_one_thing(text: str) -> bool:
    """Whether a plain scalar is the same to all who read YAML; where this says no, it may be all the same."""
    return text not in _WORDS_OF_ONE and not (text[4:5] == "-" and is_timestamp(text))


def is_timestamp(text: str) -> bool:
    """Whether go-yaml takes the plain scalar for a time."""
    return len(text) > 7 and text[4] == "-" and _timestamp(text) is not None


def _number(plain: str, text: str) -> Any:
    whole = _INT.fullmatch(plain)
    if whole:
        sign, digits = whole.groups()
        value = _integer(digits)
        value = -value if sign == "-" else value
        # Beyond 64 bits Go's ParseInt and ParseUint fail, and only decimal text is a float as well.
        if (_SMALLEST <= value <= _BIGGEST) and not (sign == "+" and value > 2**63 - 1):
            return value
    if _FLOAT.fullmatch(plain):
        real = float(plain)
        return text if math.isinf(real) else real
    return text


def _integer(digits: str) -> int:
    prefix = digits[:2].lower()
    if prefix == "0x":
        return int(digits[2:], 16)
    if prefix == "0b":
        return int(digits[2:], 2)
    if prefix == "0o":
        return int(digits[2:], 8)
    return int(digits, 8) if len(digits) > 1 and digits[0] == "0" else int(digits)


def _timestamp(text: str) -> str | None:
    """The text of a Go time.Time in JSON, or None where Go's parser takes the scalar for a string."""
    match = _TIME.fullmatch(text)
    if not match:
        return None
    parts = match.groups()
    year, month, day = (int(part) for part in parts[:3])
    hour, minute, second, fraction, zone = parts[3:8]
    if hour is None:
        hour, minute, second, fraction = parts[8:12]
    import datetime  # noqa: PLC0415 (start-up)

    try:
        # Go has a year 0, Python has none; like the year 4 it is a leap year.
        time = datetime.datetime(year or 4, month, day, int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    digits = (fraction or "")[1:10].rstrip("0")
    suffix = "Z" if zone in (None, "+00:00", "-00:00") else zone
    return f"{year:04d}{time.isoformat()[4:]}" + (f".{digits}" if digits else "") + suffix


def go_float(value: float) -> str:
    """The shortest text that reads back as the same float, as Go's `FormatFloat(value, 'g', -1, 64)` writes it."""
    from decimal import Decimal  # noqa: PLC0415 (start-up)

    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    power = len(digits) - 1 + int(exponent)
    text = "".join(map(str, digits))
    minus = "-" if sign else ""
    if power < -4 or power >= 6:
        rest = "." + text[1:] if len(text) > 1 else ""
        return f"{minus}{text[0]}{rest}e{'-' if power < 0 else '+'}{abs(power):02d}"
    if power < 0:
        return f"{minus}0.{'0' * (-power - 1)}{text}"
    whole = text[:power + 1].ljust(power + 1, "0")
    return f"{minus}{whole}.{text[power + 1:]}" if len(text) > power + 1 else minus + whole


def key_text(value: Any) -> str | None:
    """The text that sigs.k8s.io/yaml makes of a mapping's key; None for a null, which it refuses."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
        return go_float(_single(value))
    return None if value is None else str(value)


def _single(value: float) -> float:
    """The shortest number that is the same in 32 bits."""
    import struct  # noqa: PLC0415 (start-up)

    try:
        wanted = struct.pack("f", value)
    except OverflowError:
        return value
    return next(float(text) for digits in range(1, 10) if struct.pack("f", float(text := f"{value:.{digits}g}")) == wanted)


_UNFOLDABLE = "[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]| [\n\u2028\u2029]| \\Z"


def refold(text: str) -> str:
    """What kustomize makes of a folded block (`>`): it writes each resource once more and reads that.

    go-yaml's emitter looks at the first character of the text where it should look at the next line, so that an indented line
    gets an empty one before it, and a text that begins with a blank loses line breaks.
    """
    if "\n" not in text or re.search(_UNFOLDABLE, text):
        return text
    begins_blank = text.lstrip("\n")[:1] in ("", " ")
    out: list[str] = []
    pieces = re.split("(\n+)", text)
    for at, piece in enumerate(pieces):
        if at % 2 == 0 or not pieces[at - 1]:
            out.append(piece)
            continue
        before, after = pieces[at - 1][0] == " ", pieces[at + 1][:1] == " "
        last = not pieces[at + 1]
        if before or (last and len(piece) == 1):
            out.append(piece)
        elif after or last:
            out.append(piece if begins_blank else piece + "\n")
        elif begins_blank:
            out.append(piece[1:] or " ")
        else:
            out.append(piece)
    return "".join(out)
