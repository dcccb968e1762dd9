"""Builtins about texts that regorus answers where OPA fails, or otherwise than OPA, in Python: same values, same errors.

regorus finds an empty text everywhere, leaves a broken URL escape as it is and escapes `~`. OPA's `v1/topdown/strings.go` and
`encoding.go`, and Go's `net/url` behind them, are the reference.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from typing import Any

_BROKEN = re.compile("%(?![0-9A-Fa-f]{2})")
_NO_TEXT = re.compile("[\udc80-\udcff]")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expects string argument")
    return value


def _sought(value: Any) -> str:
    if not _text(value):
        raise ValueError("expects a text to look for that is not empty")
    return str(value)


def _index_of(text: Any, sought: Any) -> int:
    return _text(text).find(_sought(sought))


def _indices_of(text: Any, sought: Any) -> list[int]:
    """Where it begins, overlaps included."""
    return [found.start() for found in re.finditer(f"(?={re.escape(_sought(sought))})", _text(text))]


def _decode(value: Any) -> str:
    text = _text(value)
    if _BROKEN.search(text):
        raise ValueError("invalid URL escape")
    # Every byte that belongs to no character becomes a character of its own, as in Go.
    return _NO_TEXT.sub("\ufffd", urllib.parse.unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "surrogateescape"))


def _encode(value: Any) -> str:
    return urllib.parse.quote_plus(_text(value))


def _decode_object(value: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in _text(value).split("&"):
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
    for name in sorted(value, key=_text):
        given = value[name]
        texts = sorted(given, key=_text) if isinstance(given, set) else given if isinstance(given, list) else [given]
        pairs += [f"{_encode(name)}={_encode(text)}" for text in texts]
    return "&".join(pairs)


TEXT_EXTENSIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "indexof": (2, _index_of),
    "indexof_n": (2, _indices_of),
    "urlquery.decode": (1, _decode),
    "urlquery.decode_object": (1, _decode_object),
    "urlquery.encode": (1, _encode),
    "urlquery.encode_object": (1, _encode_object),
}
