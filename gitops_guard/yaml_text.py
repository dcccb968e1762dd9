"""Values -> YAML text, as sigs.k8s.io/yaml prints it: keys sorted, two spaces, texts of several lines as blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .gotemplate.printing import text as printed
from .scalars import Dialect, go_float, resolve

_NOT_PLAIN = re.compile(r"[#,\[\]{}&*!|>'\"%@` \n]|[-?:](?= |\Z)|---|\.\.\.|.*(: |:\Z| #| \Z)", re.DOTALL)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_SPECIAL = re.compile(r"[\x00-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_BLOCK = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*")


def to_yaml(value: Any) -> str:
    """sigs.k8s.io/yaml's text of a value: keys sorted, two spaces, no line break at the end."""
    return "\n".join(_lines(value))


def _lines(value: Any) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [line for key in sorted(value) for line in _entry(_scalar(key) + ":", value[key])]
    if isinstance(value, (list, tuple)) and value:
        return [line for item in value for line in _item(item)]
    return [_scalar(value)]


def _entry(head: str, value: Any) -> list[str]:
    if isinstance(value, str) and "\n" in value and _BLOCK.fullmatch(value) and value.strip("\n") and value[0] not in " \n":
        kept = len(value) - len(value.rstrip("\n"))
        lines = value.rstrip("\n").split("\n") + [""] * (kept - 1)
        return [head + " |" + ("-" if not kept else "+" if kept > 1 else ""), *("  " + line if line else "" for line in lines)]
    lines = _lines(value)
    if isinstance(value, Mapping) and value:
        return [head, *("  " + line if line else line for line in lines)]
    if isinstance(value, (list, tuple)) and value:
        return [head, *lines]
    return [f"{head} {lines[0]}"]


def _item(value: Any) -> list[str]:
    lines = _entry("-", value) if isinstance(value, str) else _lines(value)
    if isinstance(value, str):
        return lines
    return [f"- {lines[0]}", *("  " + line if line else line for line in lines[1:])]


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else go_float(value)
    if isinstance(value, str):
        return _string(value)
    return "{}" if isinstance(value, Mapping) else "[]" if isinstance(value, (list, tuple)) else printed(value)


def _string(value: str) -> str:
    """A string on one line: plain where it means itself, else in quotes: double ones for what looks like another type."""
    same = all(resolve(value, one) == value for one in (Dialect.MANIFEST, Dialect.RESOURCE))
    if not same or _BASE_60.fullmatch(value) or _SPECIAL.search(value):
        return _SPECIAL.sub(lambda one: f"\\u{ord(one.group()):04x}", json.dumps(value, ensure_ascii=False))
    return value if not _NOT_PLAIN.match(value) else "'" + value.replace("'", "''") + "'"
