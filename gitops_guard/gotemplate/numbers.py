"""Reads numbers and quoted strings as Go's strconv does: enters a spelling, leaves a value, or None if Go refuses it."""

from __future__ import annotations

import math
import re

MAX_INT64 = 2**63 - 1
MIN_INT64 = -(2**63)

_INT = re.compile(
    r"([+-]?)(?:0[xX](?P<h>(?:_?[0-9a-fA-F])+)|0[bB](?P<b>(?:_?[01])+)|0[oO]?(?P<o>(?:_?[0-7])+)|(?P<d>0|[1-9](?:_?[0-9])*))",
)
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEX_FLOAT = re.compile(r"([+-]?)0[xX]((?:_?[0-9a-fA-F])*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9]+)")
_BASES = {"h": 16, "b": 2, "o": 8, "d": 10}
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_DIGITS = {"x": 2, "u": 4, "U": 8}
_MAX_DIGITS = 400


def parse_int(text: str) -> int | None:
    """An integer in Go's own syntax (0x, 0b, 0o, leading 0 for octal, underscores), of any size that can matter."""
    found = _INT.fullmatch(text)
    if not found or len(text) > _MAX_DIGITS:
        return None
    name = str(found.lastgroup)
    number = int(found.group(name).replace("_", ""), _BASES[name])
    return -number if found.group(1) == "-" else number


def parse_int64(text: str) -> int | None:
    """As `parse_int`, None if it doesn't fit into 64 bits."""
    number = parse_int(text)
    return number if number is not None and MIN_INT64 <= number <= MAX_INT64 else None


def parse_decimal(text: str) -> int | None:
    """A plain decimal integer with an optional sign that fits into 64 bits: what strconv.Atoi takes."""
    if not re.fullmatch(r"[+-]?[0-9]{1,400}", text):
        return None
    number = int(text)
    return number if MIN_INT64 <= number <= MAX_INT64 else None


def parse_float(text: str) -> float | None:
    """A float64 as strconv.ParseFloat reads it; None for a wrong syntax and for what is out of range."""
    plain = text.lower().lstrip("+-")
    if len(text) - len(plain) <= 1 and plain in {"inf", "infinity", "nan"}:
        return float(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return None if math.isinf(number) else number
    found = _HEX_FLOAT.fullmatch(text)
    if not found or not (found.group(2) + found.group(3)):
        return None
    try:
        return float.fromhex(text.replace("_", ""))
    except (OverflowError, ValueError):
        return None


def parse_go_float(text: str) -> float | None:
    """A float constant of a template, where underscores may stand between digits."""
    return parse_float(re.sub(r"(?<=[0-9])_(?=[0-9])", "", text))


def unquote(text: str) -> str | None:
    """The value of a Go string literal, quotes included: interpreted, raw or a character."""
    body = text[1:-1]
    if text[0] == "`":
        return body.replace("\r", "")
    quote = text[0]
    out: list[bytes] = []
    at = 0
    while at < len(body):
        char = body[at]
        if char != "\\":
            out.append(char.encode("utf-8", "surrogateescape"))
            at += 1
            continue
        piece, at = _escape(body, at + 1, quote)
        if piece is None:
            return None
        out.append(piece)
    return b"".join(out).decode("utf-8", "surrogateescape")


def _escape(body: str, at: int, quote: str) -> tuple[bytes | None, int]:
    char = body[at : at + 1]
    if char == quote:
        return char.encode(), at + 1
    if char in _ESCAPES:
        return _ESCAPES[char].encode(), at + 1
    if char in _DIGITS:
        digits = body[at + 1 : at + 1 + _DIGITS[char]]
        if not re.fullmatch(rf"[0-9a-fA-F]{{{_DIGITS[char]}}}", digits):
            return None, at
        number = int(digits, 16)
        if char == "x":
            return bytes([number]), at + 3
        if number > 0x10FFFF or 0xD800 <= number < 0xE000:
            return None, at
        return chr(number).encode(), at + 1 + _DIGITS[char]
    found = re.compile(r"[0-7]{3}").match(body, at)
    if not found or int(found.group(), 8) > 0xFF:
        return None, at
    return bytes([int(found.group(), 8)]), at + 3


def unquote_rune(text: str) -> int | None:
    """The code point of a character constant, or None."""
    body = text[1:-1]
    if body.startswith(("\\x", "\\")) and len(body) > 1 and (body[1] == "x" or body[1] in "01234567"):
        piece, end = _escape(body, 1, "'")
        return piece[0] if piece and end == len(body) else None
    value = unquote(text)
    return ord(value) if value is not None and len(value) == 1 else None
