"""Sprig's functions that encode, decode and hash: base64, base32, JSON, checksums."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
import zlib
from collections.abc import Mapping
from typing import Any

from .errors import CallError, UnknownError
from .printing import float_text
from .signature import Registry
from .values import Object, decode, encode, is_list, is_nil, ordered

FUNCTIONS = Registry()

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


@FUNCTIONS("string", "b64enc")
def _b64enc(value: str) -> str:
    return base64.b64encode(encode(value)).decode()


@FUNCTIONS("string", "b32enc")
def _b32enc(value: str) -> str:
    return base64.b32encode(encode(value)).decode()


@FUNCTIONS("string", "b64dec")
def _b64dec(value: str) -> str:
    return _decoded(value, "base64", 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


@FUNCTIONS("string", "b32dec")
def _b32dec(value: str) -> str:
    return _decoded(value, "base32", 8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def _decoded(value: str, name: str, size: int, alphabet: str) -> str:
    """The decoded text, or, as Sprig has it, Go's error message in its place."""
    text = re.sub(r"[\r\n]", "", value)
    plain = text.rstrip("=")
    wrong = next((char for char in plain if char not in alphabet), None)
    if wrong is not None or len(text) % size or not _pads(len(plain) % size, len(text) - len(plain), size):
        raise UnknownError(f"the text is no {name}: what stands in its place is not known here")
    try:
        return decode(base64.b64decode(text) if size == 4 else base64.b32decode(text))
    except binascii.Error:
        raise UnknownError(f"the text is no {name}: what stands in its place is not known here") from None


def _pads(rest: int, padding: int, size: int) -> bool:
    allowed = {4: {0: 0, 2: 2, 3: 1}, 8: {0: 0, 2: 6, 4: 4, 5: 3, 7: 1}}[size]
    return allowed.get(rest) == padding


@FUNCTIONS("string", "sha1sum")
def _sha1sum(value: str) -> str:
    return hashlib.sha1(encode(value), usedforsecurity=False).hexdigest()


@FUNCTIONS("string", "sha256sum")
def _sha256sum(value: str) -> str:
    return hashlib.sha256(encode(value)).hexdigest()


@FUNCTIONS("string", "sha512sum")
def _sha512sum(value: str) -> str:
    return hashlib.sha512(encode(value)).hexdigest()


@FUNCTIONS("string", "adler32sum")
def _adler32sum(value: str) -> str:
    return str(zlib.adler32(encode(value)))


class _UnfitError(Exception):
    """JSON has no form for the value."""


def _json(value: Any, *, html: bool, indent: str | None = None, margin: str = "\n") -> str:
    if isinstance(value, Object):
        return _string(str(value), html=html)
    if isinstance(value, str):
        return _string(value, html=html)
    if value is None or is_nil(value):
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(int(value))
    inner = margin + (indent or "")
    colon = '": ' if indent else '":'
    if isinstance(value, Mapping):
        names = ordered(value)
        items = [_json(value[key], html=html, indent=indent, margin=inner) for key in names]
        parts = [_string(key, html=html)[:-1] + colon + item for key, item in zip(names, items, strict=True)]
        return _joined("{}", parts, indent, margin)
    if is_list(value):
        return _joined("[]", [_json(item, html=html, indent=indent, margin=inner) for item in value], indent, margin)
    raise _UnfitError


def _joined(braces: str, parts: list[str], indent: str | None, margin: str) -> str:
    if not parts or not indent:
        return braces[0] + ",".join(parts) + braces[1]
    inner = margin + indent
    return braces[0] + inner + ("," + inner).join(parts) + margin + braces[1]


def _string(value: str, *, html: bool) -> str:
    return '"' + "".join(_character(char, html=html) for char in decode(encode(value))) + '"'


def _character(char: str, *, html: bool) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if html and char in _HTML:
        return _HTML[char]
    if char < " " or char in "\u2028\u2029":
        return f"\\u{ord(char):04x}"
    return "\\ufffd" if "\udc80" <= char <= "\udcff" else char


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise _UnfitError
    shown = float_text(value, -6, 21)
    return re.sub(r"e-0(\d)\Z", r"e-\1", shown)


@FUNCTIONS("any", "toJson")
def _to_json(value: Any) -> str:
    try:
        return _json(value, html=True)
    except _UnfitError:
        return ""


@FUNCTIONS("any", "toPrettyJson")
def _to_pretty_json(value: Any) -> str:
    try:
        return _json(value, html=True, indent="  ")
    except _UnfitError:
        return ""


@FUNCTIONS("any", "mustToJson")
def _must_to_json(value: Any) -> str:
    return _must(value, html=True)


@FUNCTIONS("any", "mustToPrettyJson")
def _must_to_pretty_json(value: Any) -> str:
    return _must(value, html=True, indent="  ")


@FUNCTIONS("any", "toRawJson", "mustToRawJson")
def _to_raw_json(value: Any) -> str:
    return _must(value, html=False)


def _must(value: Any, *, html: bool, indent: str | None = None) -> str:
    try:
        return _json(value, html=html, indent=indent)
    except _UnfitError:
        raise CallError("json: unsupported value") from None


def _refuse(text: str) -> None:
    raise ValueError(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise UnknownError("a number that is out of range")
    return number


def _whole(value: Any) -> Any:
    """Lone surrogates are U+FFFD, as Go reads them."""
    if isinstance(value, str):
        return re.sub(r"[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


@FUNCTIONS("string", "mustFromJson")
def _must_from_json(value: str) -> Any:
    try:
        text = encode(value).decode("utf-8", "replace")
        return _whole(json.loads(text, parse_int=_float, parse_float=_float, parse_constant=_refuse))
    except ValueError:
        raise CallError("the text is no JSON") from None


@FUNCTIONS("string", "fromJson")
def _from_json(value: str) -> Any:
    try:
        return _must_from_json(value)
    except CallError:
        return None
