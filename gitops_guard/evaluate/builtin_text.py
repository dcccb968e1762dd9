"""Builtins about texts that regorus answers where OPA fails, or otherwise than OPA, in Python: same values, same errors.

regorus finds an empty text everywhere, leaves a broken URL escape as it is, escapes `~`, and makes several letters of one. OPA's
`v1/topdown/strings.go` and `encoding.go`, and Go's `net/url`, `unicode` and `encoding/base64` behind them, are the reference.
"""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from collections.abc import Callable
from typing import Any

from .builtin_checks import integer_of, refused, text_of

_BROKEN = re.compile("%(?![0-9A-Fa-f]{2})")
_LINES = str.maketrans("", "", "\r\n")
_FROM_WEB = bytes.maketrans(b"-_+/", b"+/  ")
_NO_BASE64 = "expects base64"
_GLOB = re.compile(r"[*?\\\[\]{}]")
_NO_TEXT = re.compile("[\udc80-\udcff]")


def _sought(value: Any) -> str:
    if not text_of(value):
        raise ValueError("expects a text to look for that is not empty")
    return str(value)


def _index_of(text: Any, sought: Any) -> int:
    return text_of(text).find(_sought(sought))


def _indices_of(text: Any, sought: Any) -> list[int]:
    """Where it begins, overlaps included."""
    return [found.start() for found in re.finditer(f"(?={re.escape(_sought(sought))})", text_of(text))]


def _decode(value: Any) -> str:
    text = text_of(value)
    if _BROKEN.search(text):
        raise ValueError("invalid URL escape")
    return _characters(urllib.parse.unquote_to_bytes(text.replace("+", " ")))


def _encode(value: Any) -> str:
    return urllib.parse.quote_plus(text_of(value))


def _decode_object(value: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in text_of(value).split("&"):
        if ";" in part:
            raise ValueError("invalid semicolon separator in query")
        if part:
            name, _equals, text = part.partition("=")
            found.setdefault(_decode(name), []).append(_decode(text))
    return found


def _encode_object(value: Any) -> str:
    if not isinstance(value, dict):
        raise TypeError("expects object argument")
    pairs = []
    for name in sorted(value, key=text_of):
        given = value[name]
        texts = sorted(given, key=text_of) if isinstance(given, set) else given if isinstance(given, list) else [given]
        pairs += [f"{_encode(name)}={_encode(text)}" for text in texts]
    return "&".join(pairs)


def _characters(data: bytes) -> str:
    """Every byte that belongs to no character becomes a character of its own, as in Go."""
    return _NO_TEXT.sub("\ufffd", data.decode("utf-8", "surrogateescape"))


def _lower(value: Any) -> str:
    text = text_of(value)
    return text.lower() if text.isascii() else "".join(map(_small, text))


def _small(character: str) -> str:
    """One letter for one, as Go's unicode.ToLower."""
    found = character.lower()
    return found if len(found) == 1 else found[0]


def _upper(value: Any) -> str:
    text = text_of(value)
    return text.upper() if text.isascii() else "".join(map(_capital, text))


def _capital(character: str) -> str:
    """One letter for one, as Go's unicode.ToUpper."""
    return next((found for found in (character.upper(), character.title()) if len(found) == 1), character)


def _count(value: Any, sought: Any) -> int:
    return text_of(value).count(text_of(sought))


def _substring(value: Any, offset: Any, length: Any) -> str:
    text, start, size = text_of(value), integer_of(offset), integer_of(length)
    if start < 0:
        raise ValueError("negative offset")
    return text[start:] if size < 0 else text[start:start + size]


def _replace_all(patterns: Any, value: Any) -> str:
    """In one go, the first pattern that fits at a place, as Go's strings.Replacer."""
    text = text_of(value)
    if not isinstance(patterns, dict):
        raise TypeError("expects object argument")
    pairs = {text_of(key): text_of(patterns[key]) for key in patterns}
    if not pairs:
        return text
    if "" in pairs:
        raise refused("an empty text that is replaced")
    return re.compile("|".join(map(re.escape, sorted(pairs)))).sub(lambda found: pairs[found.group()], text)


def _unpacked(text: str, *, web: bool = False) -> bytes:
    """base64, as Go's base64 packages read it: line breaks count for nothing, nothing stands behind the padding."""
    data = text.translate(_LINES).encode("utf-8", "surrogatepass")
    if web:
        data = data.translate(_FROM_WEB)
    if b"=" in data.rstrip(b"=") or len(data) % 4:
        raise ValueError(_NO_BASE64)
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        raise ValueError(_NO_BASE64) from None


def _base64(value: Any) -> str:
    return _characters(_unpacked(text_of(value)))


def _is_base64(value: Any) -> bool:
    try:
        _base64(value)
    except (TypeError, ValueError):
        return False
    return True


def _base64_url(value: Any) -> str:
    text = text_of(value)
    if not text.endswith("="):
        text += {2: "==", 3: "="}.get(len(text.encode()) % 4, "")
    return _characters(_unpacked(text, web=True))


TEXT_EXTENSIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "base64.decode": (1, _base64),
    "base64.is_valid": (1, _is_base64),
    "base64url.decode": (1, _base64_url),
    "glob.quote_meta": (1, lambda value: _GLOB.sub(r"\\\g<0>", text_of(value))),
    "indexof": (2, _index_of),
    "indexof_n": (2, _indices_of),
    "lower": (1, _lower),
    "strings.count": (2, _count),
    "strings.replace_n": (2, _replace_all),
    "substring": (3, _substring),
    "upper": (1, _upper),
    "urlquery.decode": (1, _decode),
    "urlquery.decode_object": (1, _decode_object),
    "urlquery.encode": (1, _encode),
    "urlquery.encode_object": (1, _encode_object),
}
