"""The lines of a file, in place -> the same without what may not be shown; how much that is, mask.py knows."""

from __future__ import annotations

import base64
import json
import re

from .origin import Origin

MASK = "***"
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_AGE = re.compile(r"AGE-SECRET-KEY-[A-Z0-9-]+")
_KEY_LINES = 200
_FIELD = re.compile(r"\s*(?:- )*[\"']?[\w./-]+[\"']?:(?= |$)")
_ASSIGNMENT = re.compile(r"[A-Za-z_][\w.]*\s?=(?=[^=])")


def cover(lines: list[str], number: int, column: int) -> None:
    """Hide a line (from 1) from a column on (from 1)."""
    if 0 < number <= len(lines) and len(lines[number - 1]) >= column:
        lines[number - 1] = lines[number - 1][:column - 1] + MASK


def cover_block(lines: list[str], origin: Origin) -> None:
    """Hide the text of a block scalar."""
    for number in range(origin.line + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.strip() and len(line) - len(line.lstrip(" ")) < origin.block - 1:
            return
        if line.strip():
            lines[number - 1] = line[:origin.block - 1] + MASK


def cover_keys(lines: list[str]) -> None:
    """Hide private keys, from the line after their header to the one before their end; age writes no header."""
    left = 0
    for number, line in enumerate(lines):
        if left and "-----END" in line:
            left = 0
        elif left and line.strip():
            lines[number] = MASK
            left -= 1
        elif "AGE-SECRET-KEY-" in line:
            lines[number] = _AGE.sub(MASK, line)
        if _KEY_BEGINS.search(line):
            left = 0 if "-----END" in line else _KEY_LINES


def cover_values(lines: list[str], *, structured: bool) -> None:
    """Hide all but the keys: of YAML and JSON (`structured`), or of an env or ini file."""
    pattern = _FIELD if structured else _ASSIGNMENT
    for number, line in enumerate(lines):
        match = pattern.match(line)
        end = match.end() if match else 0
        if line[end:].strip() and not line.startswith(("---", "[")):
            lines[number] = line[:end] + (" " if structured and match else "") + MASK


def value_column(lines: list[str], number: int) -> int:
    """Where the value begins on a line of `key: value` or `key=value`, from 1."""
    match = re.match(r"[\s\-]*[^:=]*[:=]\s*", lines[number - 1]) if 0 < number <= len(lines) else None
    return match.end() + 1 if match else 1


def behind_key(line: str | None) -> str | None:
    """The value of a line of `key: value` or `key=value`, without its quotes."""
    match = re.fullmatch(r"[^:=]*[:=]\s*(.*?)[\s,;]*", line) if line else None
    return match.group(1).strip("'\"") if match else None


def spellings(value: str) -> set[str]:
    """A value as a policy's message may hold it: as it is, as JSON, in base64."""
    data = value.encode("utf-8", "surrogateescape")
    coded = {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}
    quoted = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    return {value, *quoted, *coded, *(text.rstrip("=") for text in coded)}
