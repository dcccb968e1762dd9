"""Sprig's wrapping of texts and Argo CD's names: `wrap`, `wrapWith`, `normalize`, `slugify`."""

from __future__ import annotations

import re
from typing import Any

from . import cases
from .errors import CallError
from .signature import Registry
from .values import bound, decode, encode

FUNCTIONS = Registry()

MAX_NAME = 253


@FUNCTIONS("int, string", "wrap")
def _wrap(width: int, value: str) -> str:
    return _wrapped(encode(value), width, b"\n", long_words=False)


@FUNCTIONS("int, string, string", "wrapWith")
def _wrap_with(width: int, separator: str, value: str) -> str:
    return _wrapped(encode(value), width, encode(separator) or b"\n", long_words=True)


def _wrapped(data: bytes, width: int, separator: bytes, *, long_words: bool) -> str:
    width = max(width, 1)
    bound(len(data) * (len(separator) + 1) // width if long_words else len(data))
    out: list[bytes] = []
    at = 0
    while len(data) - at > width:
        if data[at : at + 1] == b" ":
            at += 1
            continue
        space = data.rfind(b" ", at, at + width + 1)
        if space < 0 and long_words:
            out += (data[at : at + width], separator)
            at += width
            continue
        if space < 0:
            space = data.find(b" ", at + width)
        if space < 0:
            break
        out += (data[at:space], separator)
        at = space + 1
    return decode(b"".join((*out, data[at:])))


@FUNCTIONS("string", "normalize")
def normalize(value: str) -> str:
    """A DNS name: lower case, everything but letters, digits, `-` and `.` becomes `-`."""
    name = re.sub(r"[^-a-z0-9.]", "-", cases.lower(value))[:MAX_NAME]
    return name.strip("-.")


@FUNCTIONS("...any", "slugify")
def _slugify(*values: Any) -> str:
    """`slugify [length [smart]] name`: a name in dashes alone, cut at `length`, if smart at a dash."""
    length, smart, name = 50, True, ""
    for number, value in enumerate(values):
        if number == len(values) - 1:
            name = _typed(value, str)
        elif number == 0:
            length = _typed(value, int)
        elif number == 1:
            smart = _typed(value, bool)
    slug = normalize(name)
    if not smart and len(slug) >= length:
        if length < 0:
            raise CallError("slice bounds out of range")
        slug = slug[:length]
    slug = re.sub(r"-+", "-", slug.replace(".", "-")).strip("-")
    if length > 0 and smart and len(slug) > length:
        dash = slug.rfind("-", 0, length + 1)
        return slug[:dash] if dash >= 0 else slug[:length]
    return slug


def _typed(value: Any, wanted: type) -> Any:
    if type(value) is not wanted:
        raise CallError(f"slugify takes a {wanted.__name__} here")
    return value
