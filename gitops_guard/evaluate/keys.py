"""The text of any file -> the private keys in it, by line: PEM, PGP, age, kubeconfig and service accounts, also in base64.

What a key is worth is decided in Rego (policies/secrets/private_key.rego); here stands only what has a key's form: a header in
a program or a document is none without the key that follows it.
"""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from .pairs import Pair

_MARKS = ("PRIVATE KEY", "AGE-SECRET-KEY-", "LS0tLS1CRUdJTi", "Config")
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_AGE = re.compile(r"AGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{50,4000}")
_PEM_BASE64 = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,20000}={0,2}")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{80,20000}={0,2}(?![A-Za-z0-9+/=_-])")
_KUBECONFIG = re.compile(r"^\s{0,40}\"?kind\"?:\s{0,9}[\"']?Config\b", re.MULTILINE)
_LOGIN = re.compile(r"\s*(?:-\s+)?\"?(token|password|client-key-data)\"?:\s+[\"']?([^\s\"',]{8,8000})")
_BLOCK = re.compile(r".*:\s+[|>][-+0-9]*\s*(?:#.*)?")
_FILLING = re.compile(r"(?:\\[nrt]|[\s\"'`+,#*|>\\])+")
_HEADER = re.compile(r"(?:[A-Za-z-]{1,40}: [^\n\\]{0,200}(?:\n|\\n)\s*)+")
_BODY = re.compile(r"[A-Za-z0-9+/=]+")
_AHEAD = 1_500
_SHOWN = 64
_MOST = 200
"""Keys of one file: what comes after them adds nothing."""


class Key(NamedTuple):
    """What looks like a private key."""

    form: str
    """`pem`, `pgp`, `age` or `kubeconfig`"""
    label: str
    """Of PEM, its header's words; of a kubeconfig, the field."""
    value: str
    """Its beginning, as far as it is needed to tell a key from a stopgap."""
    encrypted: bool
    """Whether a passphrase protects it."""
    line: int


def keys_in(text: str, *, encoded: bool = False) -> list[Key]:
    """The private keys of a text, by line. `encoded` also looks into every long base64 word, as a Secret's data holds them.

    A key that is the whole of a YAML block scalar stands at the line that begins the scalar. Never raises; takes time in
    proportion to the text.
    """
    if not encoded and not any(mark in text for mark in _MARKS):
        return []
    lines = text.split("\n")
    starts = _starts(lines)
    found: dict[int, Key] = {}
    for at, key in _keys(text, encoded=encoded):
        number = _line(starts, at)
        before = lines[number - 2] if number > 1 else ""
        first = not lines[number - 1][:at - starts[number - 1]].strip()
        place = number - 1 if first and _BLOCK.fullmatch(before) else number
        found.setdefault(place, key._replace(line=place))
        if len(found) >= _MOST:
            break
    return [found[line] for line in sorted(found)]


def key_pairs(text: str) -> list[Pair]:
    """The private keys of a file that a generator packs, as pairs that only say at which of its lines they begin."""
    return [Pair("", "", key.line, "key") for key in keys_in(text)]


def _keys(text: str, *, encoded: bool) -> Iterator[tuple[int, Key]]:
    """Position and key; the line is not known yet."""
    for match in _PEM.finditer(text):
        key = _pem(match.group(1), text[match.end():match.end() + _AHEAD])
        if key is not None:
            yield match.start(), key
    for match in _AGE.finditer(text):
        yield match.start(), Key("age", "", match.group()[16:16 + _SHOWN], False, 0)
    for match in (_BASE64 if encoded else _PEM_BASE64).finditer(text):
        inner = _decoded(match.group())
        for _, key in _keys(inner, encoded=False) if inner else ():
            yield match.start(), key
            break
    if "users" in text and "clusters" in text and _KUBECONFIG.search(text):
        at = 0
        for line in text.split("\n"):
            login = _LOGIN.match(line)
            if login and not login.group(2).startswith("LS0tLS1CRUdJTi"):
                yield at + login.start(1), Key("kubeconfig", login.group(1), login.group(2), False, 0)
            at += len(line) + 1


def _pem(label: str, rest: str) -> Key | None:
    """The key after a header; None where what follows is no base64."""
    begin = _FILLING.match(rest)
    rest = rest[begin.end():] if begin else rest
    header = _HEADER.match(rest)
    encrypted = label.startswith("ENCRYPTED") or (header is not None and "ENCRYPTED" in header.group())
    rest = rest[header.end():] if header else rest
    body = ""
    while len(body) < _SHOWN:
        blank = _FILLING.match(rest)
        rest = rest[blank.end():] if blank else rest
        part = _BODY.match(rest)
        if part is None:
            break
        body += part.group()
        rest = rest[part.end():]
    form = "pgp" if label.endswith("BLOCK") else "pem"
    return Key(form, label, body[:_SHOWN], encrypted, 0) if body else None


def _decoded(word: str) -> str:
    try:
        return base64.b64decode(word[:len(word) // 4 * 4], validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _starts(lines: list[str]) -> list[int]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return starts


def _line(starts: list[int], at: int) -> int:
    return bisect_right(starts, at)
