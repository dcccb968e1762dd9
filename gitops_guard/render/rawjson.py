"""The scalars of JSON as they are written: a JSON patch's text goes in, its operations come out with that.

kustomize's `test` operation compares scalars by their JSON text, and what is read from a text keeps its own spelling.
"""

from __future__ import annotations

import json
from typing import Any

from ..origin import Map, Seq, Spelling, clone
from .hashes import go_json
from .node import spelt

_STYLE = "json"


class _Raw(str):
    """A scalar as it stands in the text."""

    __slots__ = ()


class _Decoder(json.JSONDecoder):
    """Reads texts and numbers as they stand."""

    def __init__(self) -> None:
        super().__init__(parse_float=_Raw, parse_int=_Raw, parse_constant=_refuse)
        scan = json.decoder.scanstring  # type: ignore[attr-defined]

        def string(text: str, start: int, strict: bool = True) -> tuple[str, int]:
            _, end = scan(text, start, strict)
            return _Raw(text[start - 1:end]), end

        self.parse_string = string
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def spell(value: Seq, text: str) -> Seq:
    """A copy of the operations in a JSON text whose scalars know how they are written. Raises ValueError where it is no JSON."""
    json.loads(text, parse_constant=_refuse)
    copy: Seq = clone(value)
    _walk(copy, _Decoder().decode(text))
    return copy


def _walk(value: Any, raw: Any) -> None:
    pairs: Any = raw.items() if type(raw) is dict else enumerate(raw) if type(raw) is list else ()
    for key, item in pairs:
        if type(value) is Map and key not in value:
            continue
        if type(value[key]) is Map or type(value[key]) is Seq:
            _walk(value[key], item)
        elif type(item) is _Raw and value.at[key] is not None:
            value.at[key] = spelt(value.at[key], Spelling(_STYLE, str(item)))


def text_of(value: Any, origin: Any) -> str:
    """The JSON text of a scalar."""
    if origin is not None and origin.spelling is not None and origin.spelling.style == _STYLE:
        return str(origin.spelling.text)
    return go_json(value)
