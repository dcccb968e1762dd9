"""One scalar -> its YAML text, as go-yaml v2 (which kustomize prints with) writes it.

What needs quotes, which quotes, when a text becomes a literal block and where a long line is folded follow
go.yaml.in/yaml v2 `encode.go` and `emitterc.go`.
"""

from __future__ import annotations

import functools
import math
import re

from ..scalars import Dialect, go_float, is_timestamp, resolve

WIDTH = 80

# Nothing in such a text needs quotes, whatever it stands beside; most values of real manifests are of this kind.
_SIMPLE = re.compile(r"[A-Za-z/_$()][A-Za-z0-9/_.$()=+-]*")
_WORDS = frozenset(
    word for name in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    for word in (name, name.capitalize(), name.upper()))
_BASE60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_BREAKS = "\n\r\x85\u2028\u2029"
_BREAK = re.compile(f"[{_BREAKS}]")
# What the emitter escapes. It takes the four-byte characters for unprintable.
_SPECIAL_ASCII = re.compile("[^\n\x20-\x7e]")
_SPECIAL = "[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]"  # to compile it takes longer than a small build
_INDICATOR = re.compile(r"""[#,\[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$)|---|\.\.\.""")
_INNER_INDICATOR = re.compile(r":(?:[ \t]|$)| #", re.DOTALL)
_SPACES_AND_BREAKS = re.compile(f" [{_BREAKS}]")
_BREAK_SPACE = re.compile(f"[{_BREAKS}] ")
_NEXT_LINE = re.compile(" *\x85[ \x85]*")
# Go's JSON writes these as they are, and go-yaml's reader does not take them.
_REFUSED = "[\x7f-\x84\x86-\x9f\ufffe\uffff]"
_LONE = "[\ud800-\udfff]"
_NAMED = {
    "\0": "\\0", "\x07": "\\a", "\x08": "\\b", "\t": "\\t", "\n": "\\n", "\x0b": "\\v", "\x0c": "\\f", "\r": "\\r", "\x1b": "\\e",
    '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
}


def number_text(value: float) -> str:
    """A number as kustomize prints it: through JSON and back, so that 1.0 is `1` and 1e3 is `1000`. Raises ValueError."""
    if isinstance(value, int):
        if -(2**63) <= value < 2**64:
            return str(value)
        value = float(value)
    if math.isnan(value) or math.isinf(value):
        raise ValueError("a number that JSON does not have")
    if value == int(value) and abs(value) < 1e21:
        from decimal import Decimal  # noqa: PLC0415 (start-up: hardly a manifest has such a number)

        whole = int(Decimal(repr(value)))
        if -(2**63) <= whole < 2**64:
            return str(whole)
    return go_float(value)


@functools.lru_cache(maxsize=16384)
def is_simple(text: str) -> bool:
    """Whether a text is printed as it is, wherever it stands."""
    return _SIMPLE.fullmatch(text) is not None and text not in _WORDS


@functools.lru_cache(maxsize=16384)
def key_text(key: str) -> str | None:
    """A mapping's key, or None where it must stand behind a `?`. Raises ValueError."""
    if _SIMPLE.fullmatch(key) and len(key) <= 128:
        return f'"{key}"' if key in _WORDS else key
    if "\x85" in key:
        raise ValueError("a line break (NEL) in a mapping key, which YAML in one line does not allow")
    key = _through_json(key)
    if len(key.encode()) > 128 or _BREAK.search(key):
        return None
    return _form(key)[1]


def value_text(value: str, column: int, indent: int) -> str:
    """A text value with its final line break.

    It begins at `column` (from 0); its further lines are indented by `indent`. Raises ValueError where YAML has no
    character of it (kustomize fails there).
    """
    if _SIMPLE.fullmatch(value):
        return f'"{value}"\n' if value in _WORDS else value + "\n"
    style, text = _form(value)
    if style == "|":
        return _literal(text, " " * indent)
    if style == "'" and _BREAK.search(text):
        # A line separator ends a line as it is; what follows begins anew at the indentation.
        first, *rest = re.split("([\u2028\u2029]+)", text[:-1])
        pieces = [_fold(first, "'", column, " " * indent)]
        pieces += [part if at % 2 == 0 or not part else " " * indent + _fold(part, "", indent, " " * indent)
                   for at, part in enumerate(rest)]
        return "".join(pieces) + "'\n"
    if column + len(text) > WIDTH and " " in text:
        text = _fold(text, style, column, " " * indent)
    return text + "\n"


def style_of(text: str) -> str:
    """How a text is written: plainly (empty), between ' or ", or as a block (|)."""
    try:
        return _form(text)[0]
    except ValueError:
        return '"'


def resolves(text: str) -> bool:
    """Whether the text, written plainly, would be read back as something else than a string."""
    return (not isinstance(resolve(text, Dialect.MANIFEST), str) or is_timestamp(text)
            or _BASE60.fullmatch(text) is not None)


def _through_json(text: str) -> str:
    """What is left of a text on its way through JSON and go-yaml's reader."""
    if text.isascii():
        if "\x7f" in text:
            raise ValueError("a control character that YAML does not allow")
        return text
    if re.search(_LONE, text):
        text = re.sub(_LONE, "\ufffd", text)
    if "\x85" in text:
        text = _NEXT_LINE.sub(lambda run: "\n" * (run.group().count("\x85") - 1) or " ", text)
    if re.search(_REFUSED, text):
        raise ValueError("a control character that YAML does not allow")
    return text


@functools.lru_cache(maxsize=16384)
def _form(text: str) -> tuple[str, str]:
    """The style (empty for plain, ', ", |) and the text in it on one line; a literal block's text as it is."""
    text = _through_json(text)
    special = _is_special(text)
    space_break = _SPACES_AND_BREAKS.search(text) is not None
    if "\n" in text:
        if special or space_break or text[-1] == " ":
            return '"', _double(text)
        return "|", text
    if resolves(text) or special or space_break or _BREAK_SPACE.search(text):
        return '"', _double(text)
    if (text[0] == " " or text[-1] == " " or _INDICATOR.match(text) or _INNER_INDICATOR.search(text) or _BREAK.search(text)):
        return "'", "'" + text.replace("'", "''") + "'"
    return "", text


def _is_special(text: str) -> bool:
    """Whether a character of the text must be escaped."""
    return (_SPECIAL_ASCII.search(text) if text.isascii() else re.search(_SPECIAL, text)) is not None


def _double(text: str) -> str:
    # go-yaml asks whether the text, not the character, begins with a byte order mark: then it escapes everything.
    everything = text.startswith("\ufeff")
    return '"' + "".join(_escape(c) if everything or c in _BREAKS or c in '"\\' or _is_special(c) else c for c in text) + '"'


def _escape(c: str) -> str:
    if c in _NAMED:
        return _NAMED[c]
    code = ord(c)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literal(text: str, pad: str) -> str:
    hint = "2" if text[0] in " \n\u2028\u2029" else ""
    ends = [c in _BREAKS for c in text[-2:]]
    if not ends[-1]:
        hint += "-"
    elif len(ends) == 1 or ends[0]:
        hint += "+"
    if "\u2028" in text or "\u2029" in text:
        body = re.sub("(?:^|(?<=[\n\u2028\u2029]))(?=[^\n\u2028\u2029])", pad, text)
    else:
        body = "\n".join([pad + line if line else line for line in text.split("\n")])
    return f"|{hint}\n{body}" if ends[-1] else f"|{hint}\n{body}\n"


def _fold(text: str, style: str, column: int, pad: str) -> str:
    """Break the text at the first blank beyond the width, again and again; `column` is where it begins."""
    last = len(text) - (2 if style else 1)
    lines = []
    start, at = 0, max(WIDTH + 1 - column, 2 if style else 1)
    while 0 <= (at := text.find(" ", at)) < last:
        # A run of blanks breaks only between double quotes, and only at its first one.
        if text[at - 1] == " " or (text[at + 1] == " " and style != '"'):
            at += 1
            continue
        lines.append(text[start:at])
        start = at + 1
        escaped = "\\" if text[start] == " " else ""
        at = max(start + WIDTH + 1 - len(pad) - len(escaped), start + 1)
        if escaped:
            text = text[:start] + escaped + text[start:]
            last += 1
            at += 1
    lines.append(text[start:])
    return f"\n{pad}".join(lines)
