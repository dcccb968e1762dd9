"""Builtins about numbers that regorus answers where OPA fails, or otherwise, in Python: same values, same errors.

OPA's `v1/topdown/bits.go`, `strings.go`, `casts.go`, `parse_units.go` and `parse_bytes.go` are the reference. A number of more
than 64 bits, which the way to Python and back has no room for, is refused.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from .builtin_checks import integer_of, number_of, refused, text_of, whole

_FORMATS = {2: "b", 8: "o", 10: "d", 16: "x"}
_NUMERAL = re.compile(r"[+-]?(?:[0-9]+(?:_[0-9]+)*)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_DIGIT = re.compile("[0-9]")
_AMOUNT = re.compile(r"(?:[0-9.+-]|[eE][+-]?[0-9]{1,6}(?![0-9])|[eE][+-](?![0-9]))*")
_TOO_LONG = re.compile(r"[0-9.+-]*[eE][+-]?[0-9]{7}")
_RATIONAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_POWERS = {letter: index + 1 for index, letter in enumerate("kmgtpe")}
_PRECISION = 64
"""Bits that Go's big.Float keeps of a numeral."""


def _bits(combine: Callable[[int, int], int]) -> Callable[[Any, Any], int]:
    def apply(one: Any, other: Any) -> int:
        return whole(combine(integer_of(one), integer_of(other)))
    return apply


def _shift(combine: Callable[[int, int], int]) -> Callable[[Any, Any], int]:
    def apply(one: Any, other: Any) -> int:
        number, places = integer_of(one), integer_of(other)
        if places < 0:
            raise ValueError("expects a shift that is not negative")
        if combine is operator.lshift and number and places > 64:
            raise refused("a number of more than 64 bits")
        return whole(combine(number, places))
    return apply


def _rounding(way: Callable[[Fraction], int]) -> Callable[[Any], int]:
    def apply(value: Any) -> int:
        number = number_of(value)
        if abs(number) > 1 << 53:
            raise refused("a number of more than 53 bits")
        return way(Fraction(number))
    return apply


def _abs(value: Any) -> int | float:
    number = abs(number_of(value))
    return whole(number) if isinstance(number, int) else number


def _round(number: Fraction) -> int:
    """Halves away from zero."""
    size = math.floor(abs(number) + Fraction(1, 2))
    return -size if number < 0 else size


def _format_int(value: Any, base: Any) -> str:
    number = number_of(value)
    if number_of(base) not in _FORMATS:
        raise ValueError("expects a base of 2, 8, 10 or 16")
    return format(math.trunc(number), _FORMATS[int(base)])


def _to_number(value: Any) -> int | float:
    if value is None or isinstance(value, bool):
        return int(value or 0)
    if not isinstance(value, str):
        return number_of(value)
    if not _NUMERAL.fullmatch(value) or not _DIGIT.search(value):
        if re.fullmatch(r"[+-]?0[xXbBoO][0-9a-fA-F_.pP+-]+", value):
            raise refused("a number that is not decimal")
        raise ValueError("expects a text that is a number")
    plain = value.replace("_", "")
    if _NUMERAL.fullmatch(plain) and not set(".eE") & set(plain):
        return whole(int(plain))
    number = float(plain)
    if math.isinf(number) or (number == int(number) and abs(number) >= 1 << 53):
        raise refused("a number of more than 53 bits with a point or an exponent")
    return int(number) if number == int(number) else number


def _split(text: str) -> tuple[str, str]:
    """Amount and unit. Raises ValueError."""
    if " " in text:
        raise ValueError("expects no spaces")
    if _TOO_LONG.match(text):
        raise ValueError("expects a smaller exponent")
    found = _AMOUNT.match(text)
    amount = found.group() if found else ""
    if not amount:
        raise ValueError("expects an amount")
    return amount, text[len(amount):]


def _rational(amount: str) -> Fraction:
    if not _RATIONAL.fullmatch(amount):
        raise ValueError("expects an amount that is a number")
    if abs(int(re.split("[eE]", amount)[1])) > 400 if re.search("[eE]", amount) else False:
        raise refused("so large an exponent")
    return Fraction(amount if not amount.startswith("+") else amount[1:])


def _scale(unit: str, suffixes: tuple[str, ...], thousands: tuple[str, ...]) -> int:
    """What a unit in lower case stands for. Raises ValueError."""
    if unit == "":
        return 1
    power, rest = _POWERS.get(unit[0]), unit[1:]
    if power is not None and rest in suffixes:
        return int(1024 ** power)
    if power is not None and rest in thousands:
        return int(1000 ** power)
    raise ValueError("expects a unit that is known")


def _units(value: Any) -> int | float:
    amount, unit = _split(text_of(value).replace('"', ""))
    unit = unit[:1] + unit[1:].lower()
    scale = Fraction(float("0.001")) if unit == "m" else Fraction(_scale(unit.lower(), ("i",), ("",)))
    found = _rational(amount) * scale
    if found.denominator == 1:
        return whole(found.numerator)
    # Ten decimals, halves away from zero, as big.Rat.FloatString has them.
    scaled = abs(found) * 10 ** 10
    digits = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return _plain(Fraction(-digits if found < 0 else digits, 10 ** 10))


def _plain(found: Fraction) -> int | float:
    return whole(found.numerator) if found.denominator == 1 else float(found)


def _bytes(value: Any) -> int:
    amount, unit = _split(text_of(value).lower().replace('"', ""))
    scale = _scale(unit, ("i", "ib"), ("", "b"))
    return whole(math.trunc(_rounded(_rounded(_rational(amount)) * scale)))


def _rounded(number: Fraction) -> Fraction:
    """To 64 bits, halves to even, as a big.Float."""
    if not number:
        return number
    size = abs(number)
    power = size.numerator.bit_length() - size.denominator.bit_length() - _PRECISION
    scaled = size / Fraction(2) ** power
    while scaled >= 1 << _PRECISION:
        power, scaled = power + 1, scaled / 2
    while scaled < 1 << (_PRECISION - 1):
        power, scaled = power - 1, scaled * 2
    kept = round(scaled) * Fraction(2) ** power
    return -kept if number < 0 else kept


NUMBER_EXTENSIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, _abs),
    "bits.and": (2, _bits(operator.and_)),
    "bits.or": (2, _bits(operator.or_)),
    "bits.xor": (2, _bits(operator.xor)),
    "bits.lsh": (2, _shift(operator.lshift)),
    "bits.rsh": (2, _shift(operator.rshift)),
    "bits.negate": (1, lambda value: whole(~integer_of(value))),
    "ceil": (1, _rounding(math.ceil)),
    "floor": (1, _rounding(math.floor)),
    "round": (1, _rounding(_round)),
    "format_int": (2, _format_int),
    "to_number": (1, _to_number),
    "units.parse": (1, _units),
    "units.parse_bytes": (1, _bytes),
}
