"""Sprig's functions on numbers, and the lists of numbers that `until` and `seq` make."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from .casts import to_float, to_int, wrap
from .errors import CallError, UnknownError
from .printing import text
from .signature import Registry
from .values import Int64, Slice, bound

FUNCTIONS = Registry()

_EXACT = Context(prec=5000)
_DIVISION_DIGITS = Decimal(1).scaleb(-16)


@FUNCTIONS("any", "int64")
def _int64(value: Any) -> Int64:
    return Int64(to_int(value))


FUNCTIONS("any", "int")(to_int)
FUNCTIONS("any", "float64")(to_float)


@FUNCTIONS("any", "toDecimal")
def _to_decimal(value: Any) -> Int64:
    shown = text(value)
    digits = shown[1:] if shown[:1] in {"+", "-"} else shown
    if not digits or set(digits) - set("01234567") or len(digits) > 30:
        return Int64(0)
    number = int(shown, 8)
    return Int64(number if -(2**63) <= number < 2**63 else 0)


@FUNCTIONS("any", "add1")
def _add1(value: Any) -> Int64:
    return Int64(wrap(to_int(value) + 1))


@FUNCTIONS("...any", "add")
def _add(*values: Any) -> Int64:
    return Int64(wrap(sum(map(to_int, values))))


@FUNCTIONS("any, any", "sub")
def _sub(first: Any, second: Any) -> Int64:
    return Int64(wrap(to_int(first) - to_int(second)))


@FUNCTIONS("any, ...any", "mul")
def _mul(first: Any, *others: Any) -> Int64:
    product = to_int(first)
    for value in others:
        product = wrap(product * to_int(value))
    return Int64(product)


def _divided(first: Any, second: Any) -> tuple[int, int]:
    """Quotient and rest, both cut towards zero."""
    one, two = to_int(first), to_int(second)
    if not two:
        raise CallError("runtime error: integer divide by zero")
    quotient = abs(one) // abs(two) * (1 if (one < 0) == (two < 0) else -1)
    return quotient, one - quotient * two


@FUNCTIONS("any, any", "div")
def _div(first: Any, second: Any) -> Int64:
    return Int64(wrap(_divided(first, second)[0]))


@FUNCTIONS("any, any", "mod")
def _mod(first: Any, second: Any) -> Int64:
    return Int64(_divided(first, second)[1])


@FUNCTIONS("any, ...any", "max", "biggest")
def _max(first: Any, *others: Any) -> Int64:
    return Int64(max(map(to_int, (first, *others))))


@FUNCTIONS("any, ...any", "min")
def _min(first: Any, *others: Any) -> Int64:
    return Int64(min(map(to_int, (first, *others))))


def _extreme(values: tuple[Any, ...], choose: Callable[[list[float]], float]) -> float:
    floats = [to_float(value) for value in values]
    return math.nan if any(map(math.isnan, floats)) else choose(floats)


@FUNCTIONS("any, ...any", "maxf")
def _maxf(*values: Any) -> float:
    return _extreme(values, max)


@FUNCTIONS("any, ...any", "minf")
def _minf(*values: Any) -> float:
    return _extreme(values, min)


def _decimal(value: Any) -> Decimal:
    number = to_float(value)
    if not math.isfinite(number):
        raise CallError("cannot create a Decimal from NaN or infinity")
    return Decimal(repr(number))


def _decimals(first: Any, others: tuple[Any, ...], combine: Callable[[Decimal, Decimal], Decimal]) -> float:
    """Exact decimal arithmetic, then a float: 0.1 + 0.2 is 0.3 here."""
    result = _decimal(first)
    for value in others:
        result = combine(result, _decimal(value))
        if len(result.as_tuple().digits) > 2000:
            raise UnknownError("a number has too many digits")
    return float(result) + 0.0


@FUNCTIONS("any", "add1f")
def _add1f(value: Any) -> float:
    return _decimals(value, (1,), _EXACT.add)


@FUNCTIONS("...any", "addf")
def _addf(*values: Any) -> float:
    return _decimals(0.0, values, _EXACT.add)


@FUNCTIONS("any, ...any", "subf")
def _subf(first: Any, *others: Any) -> float:
    return _decimals(first, others, _EXACT.subtract)


@FUNCTIONS("any, ...any", "mulf")
def _mulf(first: Any, *others: Any) -> float:
    return _decimals(first, others, _EXACT.multiply)


def _quotient(first: Decimal, second: Decimal) -> Decimal:
    if not second:
        raise CallError("decimal division by 0")
    return _EXACT.divide(first, second).quantize(_DIVISION_DIGITS, ROUND_HALF_UP, _EXACT)


@FUNCTIONS("any, ...any", "divf")
def _divf(first: Any, *others: Any) -> float:
    return _decimals(first, others, _quotient)


def _whole(value: Any, cut: Callable[[float], int]) -> float:
    number = to_float(value)
    return math.copysign(float(cut(number)), number) if math.isfinite(number) else number


@FUNCTIONS("any", "floor")
def _floor(value: Any) -> float:
    return _whole(value, math.floor)


@FUNCTIONS("any", "ceil")
def _ceil(value: Any) -> float:
    return _whole(value, math.ceil)


@FUNCTIONS("any, int, ...float64", "round")
def _round(value: Any, places: int, *threshold: float) -> float:
    number = to_float(value)
    if not -300 < places < 300 or not math.isfinite(number):
        raise UnknownError("rounding to so many places is not known here")
    power = math.pow(10, places)
    moved = power * number
    if not math.isfinite(moved):
        raise UnknownError("rounding to so many places is not known here")
    up = math.modf(moved)[0] >= (threshold[0] if threshold else 0.5)
    return _whole(moved, math.ceil if up else math.floor) / power


def _steps(start: int, stop: int, step: int) -> range:
    if step == 0 or (stop < start) != (step < 0):
        return range(0)
    made = range(start, stop, step)
    bound(len(made))
    return made


@FUNCTIONS("int", "until")
def _until(count: int) -> Slice:
    return Slice(_steps(0, count, -1 if count < 0 else 1), "int")


@FUNCTIONS("int, int, int", "untilStep")
def _until_step(start: int, stop: int, step: int) -> Slice:
    return Slice(_steps(start, stop, step), "int")


@FUNCTIONS("...int", "seq")
def _seq(*values: int) -> str:
    if len(values) not in {1, 2, 3}:
        return ""
    start, end = (1, values[0]) if len(values) == 1 else (values[0], values[-1])
    direction = -1 if end < start else 1
    step = values[1] if len(values) == 3 else direction
    if end < start and step > 0:
        return ""
    return " ".join(map(str, _steps(start, end + direction, step)))
