"""The builtin sprintf, in Python: what Go's fmt makes of a format and values as OPA hands them over.

A number is an int64 or a float64, a text a string, and what else there is comes as the text that OPA shows of it. Go's
`fmt/print.go` and `fmt/format.go`, and `builtinSprintf` of OPA's `v1/topdown/strings.go`, are the reference. What is seldom used
(`%[1]d`, `%*d`, `%#v`, floats as `%x` or `%b`) is refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .builtin_checks import refused

_VERB = re.compile(r"%(?P<flags>[#0+\- ]*)(?P<width>[0-9]*)(?P<precision>\.[0-9]*)?(?P<verb>.)?", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}
_BASES = {"d": ("d", ""), "v": ("d", ""), "b": ("b", "0b"), "o": ("o", "0"), "O": ("o", ""), "x": ("x", "0x"), "X": ("X", "0X")}
_WIDEST = 1_000_000
"""fmt's own limit of a width."""


@dataclass(frozen=True)
class _Verb:
    """One of a format."""

    letter: str
    flags: str = ""
    width: int | None = None
    precision: int | None = None

    def has(self, flag: str) -> bool:
        return flag in self.flags

    def padded(self, text: str, *, zeros: bool = True) -> str:
        """In its column."""
        missing = (self.width or 0) - len(text)
        if missing <= 0:
            return text
        if self.has("-"):
            return text + " " * missing
        return ("0" if zeros and self.has("0") else " ") * missing + text


def sprintf(form: Any, values: Any) -> str:
    """The text. Raises TypeError for other types, and what is refused."""
    if not isinstance(form, str):
        raise TypeError("expects string argument")
    if not isinstance(values, list):
        raise TypeError("expects array argument")
    out: list[str] = []
    at = used = 0
    for match in _VERB.finditer(form):
        out.append(form[at:match.start()])
        at = match.end()
        letter = match["verb"]
        if letter is None:
            out.append("%!(NOVERB)")
        elif letter == "%":
            out.append("%")
        elif letter in "[*" or "*" in match.group():
            raise refused(f"the verb {match.group()}")
        else:
            verb = _verb(match)
            out.append(_shown(verb, values[used]) if used < len(values) else f"%!{letter}(MISSING)")
            used += 1
    out.append(form[at:])
    if used < len(values):
        more = (f"{_type(value)}={_shown(_Verb('v'), value)}" for value in values[used:])
        out.append(f"%!(EXTRA {', '.join(more)})")
    return "".join(out)


def _verb(match: re.Match[str]) -> _Verb:
    width = int(match["width"]) if match["width"] else None
    precision = int(match["precision"][1:] or 0) if match["precision"] else None
    if max(width or 0, precision or 0) > _WIDEST:
        raise refused("a width of more than a million")
    flags = match["flags"].replace("+", "") if match["verb"] == "v" else match["flags"]
    return _Verb(match["verb"], flags, width, precision)


def _type(value: Any) -> str:
    return "string" if isinstance(value, str) else "float64" if isinstance(value, float) else "int64"


def _shown(verb: _Verb, value: Any) -> str:
    if verb.letter == "T":
        return _string(_Verb("s", verb.flags, verb.width, verb.precision), _type(value)) or ""
    if verb.letter == "v" and verb.has("#"):
        raise refused("the verb %#v")
    kinds: dict[str, Callable[[_Verb, Any], str | None]] = {"string": _string, "float64": _float, "int64": _integer}
    kind = _type(value)
    found = kinds[kind](verb, value)
    if found is not None:
        return found
    again = _Verb("v", verb.flags, verb.width, verb.precision)
    return f"%!{verb.letter}({kind}={kinds[kind](again, value)})"


def _string(verb: _Verb, value: str) -> str | None:
    text = value if verb.precision is None else value[:verb.precision]
    if verb.letter in "sv":
        return verb.padded(text)
    if verb.letter == "q":
        if verb.has("#") or verb.has("+"):
            raise refused("the verbs %#q and %+q")
        return verb.padded(quoted(text))
    if verb.letter in "xX":
        if verb.flags.strip("-0") or verb.precision is not None:
            raise refused("a text as %x with flags")
        return verb.padded(value.encode().hex() if verb.letter == "x" else value.encode().hex().upper())
    return None


def _integer(verb: _Verb, value: int) -> str | None:
    if verb.letter in _BASES:
        return _digits(verb, value)
    if verb.letter in "cq":
        character = chr(value) if 0 <= value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else "\ufffd"
        if verb.letter == "q" and verb.flags.strip("-0"):
            raise refused("a number as %q with flags")
        return verb.padded(character if verb.letter == "c" else quoted(character, "'"))
    if verb.letter == "U":
        if verb.flags.strip("-") or verb.precision is not None or value < 0:
            raise refused("the verb %U with flags")
        return verb.padded(f"U+{value:04X}")
    return None


def _digits(verb: _Verb, value: int) -> str:
    code, prefix = _BASES[verb.letter]
    sign = "-" if value < 0 else "+" if verb.has("+") else " " if verb.has(" ") else ""
    least = verb.precision
    if least is None and verb.has("0") and not verb.has("-") and verb.width is not None:
        least = verb.width - len(sign)
    if verb.precision == 0 and value == 0:
        return " " * (verb.width or 0)
    digits = format(abs(value), code).rjust(least or 0, "0")
    if verb.letter == "O":
        digits = "0o" + digits
    elif verb.has("#") and prefix and not (prefix == "0" and digits.startswith("0")):
        digits = prefix + digits
    return verb.padded(sign + digits, zeros=False)


def _float(verb: _Verb, value: float) -> str | None:
    if verb.letter not in "veEfFgGbxX":
        return None
    if verb.letter in "bxX" or verb.has("#"):
        raise refused("a float as %b or %x, or with the flag #")
    letter = {"v": "g", "F": "f"}.get(verb.letter, verb.letter)
    if letter in "gG" and verb.precision is None:
        text = _shortest(abs(value))
        text = text.upper() if letter == "G" else text
    else:
        text = f"{abs(value):.{6 if verb.precision is None else verb.precision}{letter}}"
    sign = "-" if value < 0 else "+" if verb.has("+") else " " if verb.has(" ") else ""
    if verb.has("0") and not verb.has("-"):
        return sign + text.rjust((verb.width or 0) - len(sign), "0")
    return verb.padded(sign + text)


def _shortest(value: float) -> str:
    """As few digits as name the number."""
    digits, _e, exponent = f"{value!r}".partition("e")
    whole, _dot, fraction = digits.partition(".")
    fraction = "" if fraction == "0" else fraction
    power = int(exponent or 0) + len(whole) - 1
    significant = (whole + fraction).lstrip("0")
    if whole == "0" and significant:
        power = int(exponent or 0) - (len(fraction) - len(fraction.lstrip("0"))) - 1
    significant = significant.rstrip("0") or "0"
    if power < -4 or power >= 6:
        return f"{significant[0]}{'.' if significant[1:] else ''}{significant[1:]}e{power:+03d}"
    if power < 0:
        return f"0.{'0' * (-power - 1)}{significant}"
    return f"{significant[:power + 1].ljust(power + 1, '0')}{'.' if significant[power + 1:] else ''}{significant[power + 1:]}"


def quoted(text: str, mark: str = '"') -> str:
    """As Go's strconv.Quote."""
    return mark + "".join(_escaped(character, mark) for character in text) + mark


def _escaped(character: str, mark: str) -> str:
    if character == mark:
        return "\\" + character
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character == " " or (unicodedata.category(character)[0] in "LMNPS"):
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x80 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def requoted(text: str) -> str:
    """What regorus shows of a container, with its texts as OPA quotes them."""
    return _QUOTED.sub(lambda found: quoted(json.loads(found.group())), text)
