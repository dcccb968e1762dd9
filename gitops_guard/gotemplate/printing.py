"""Go's fmt: prints values as `print`, `println`, `printf` and `{{ value }}` do."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from .errors import UnknownError
from .values import MISSING, encode, is_list, ordered

_NAMES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}


def text(value: Any) -> str:
    """What `%v` prints: `3` for 3.0, `1e+06`, `[a b]`, `map[k:v]`, `<nil>`."""
    if isinstance(value, str):
        return value
    if value is None or value is MISSING:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{text(value[key])}" for key in ordered(value)) + "]"
    if is_list(value):
        return "[" + " ".join(map(text, value)) + "]"
    return str(value)


def shown(value: Any) -> str:
    """What an action prints: as `text`, but `<no value>` for nothing."""
    return "<no value>" if value is None or value is MISSING else text(value)


def sprint(values: Sequence[Any]) -> str:
    """`print`: a space stands between two operands if neither is a string."""
    out: list[str] = []
    for number, value in enumerate(values):
        if number and not isinstance(value, str) and not isinstance(values[number - 1], str):
            out.append(" ")
        out.append(text(value))
    return "".join(out)


def digits(value: float) -> tuple[str, int]:
    """The fewest digits that mean `value`, and where the point stands among them (0.d1d2… times 10 to that)."""
    sign, numerals, exponent = Decimal(repr(abs(value))).as_tuple()
    del sign
    plain = "".join(map(str, numerals)).lstrip("0").rstrip("0")
    if not plain:
        return "0", 1
    full = "".join(map(str, numerals)).lstrip("0")
    return plain, len(full) + int(exponent)


def float_text(value: float, low: int = -4, high: int = 6) -> str:
    """Shortest form of a float64; an exponent is used below 10**low and from 10**high on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if math.copysign(1, value) < 0 else ""
    plain, point = digits(value)
    exponent = point - 1
    if exponent < low or exponent >= high:
        return sign + scientific(plain, exponent)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{plain}"
    if point >= len(plain):
        return sign + plain + "0" * (point - len(plain))
    return f"{sign}{plain[:point]}.{plain[point:]}"


def scientific(plain: str, exponent: int) -> str:
    """Digits with an exponent, as Go writes it."""
    mantissa = plain[0] + ("." + plain[1:] if len(plain) > 1 else "")
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def quote(value: str) -> str:
    """A Go string literal, as `%q` prints it."""
    return '"' + "".join(quoted(char, '"') for char in _runes(value)) + '"'


def _runes(value: str) -> str:
    return encode(value).decode("utf-8", "surrogateescape")


def printable(char: str) -> bool:
    """Whether Go shows the character as it is. Raises UnknownError for one that only a newer Unicode may have."""
    if char == " " or char.isprintable():
        return True
    if unicodedata.category(char) == "Cn":
        raise UnknownError("a character that this version of Python does not know")
    return False


def quoted(char: str, mark: str) -> str:
    """One character inside of quotes."""
    if char == mark:
        return "\\" + char
    if char in _NAMES:
        return _NAMES[char]
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if printable(char):
        return char
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
