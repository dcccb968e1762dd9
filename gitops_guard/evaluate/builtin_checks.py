"""What the builtins in Python say of what they are given: wrong types, and what is not answered as OPA would."""

from __future__ import annotations

from typing import Any

NOT_AS_OPA = "is not answered as OPA would"
"""In each message about what is refused here though OPA has an answer."""


def refused(what: str) -> ValueError:
    """The error that says so; `what` shows nothing of the input."""
    return ValueError(f"{what} {NOT_AS_OPA}")


def text_of(value: Any) -> str:
    """A text. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError("expects string argument")
    return value


def number_of(value: Any) -> int | float:
    """A number. Raises TypeError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("expects numeric argument")
    return value


def integer_of(value: Any) -> int:
    """A whole number of 64 bits. Raises TypeError and ValueError."""
    number = number_of(value)
    if not isinstance(number, int):
        raise TypeError("expects integer argument")
    return whole(number)


def whole(number: int) -> int:
    """An integer that the engine has room for. Raises ValueError."""
    if not -(1 << 63) <= number < 1 << 64:
        raise refused("a number of more than 64 bits")
    return number


