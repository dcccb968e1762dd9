"""Go's `printf`: formats values by verbs, with Go's own texts for verbs that don't fit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from .errors import UnknownError
from .printing import float_text, quote, quoted, scientific, text
from .values import MAX_SIZE, Object, bound, encode, is_list, ordered, type_name

_VERB = re.compile(r"%([-+# 0]*)(\d*)(\.\d*)?(.|\Z)", re.DOTALL)


def sprintf(form: str, values: Sequence[Any]) -> str:
    """`printf`, with Go's own texts for verbs that don't fit (`%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA …)`).

    Raises UnknownError for what is not reproduced: `*` widths, argument numbers, `%#v` and other rare forms.
    """
    out: list[str] = []
    at = used = 0
    while True:
        start = form.find("%", at)
        if start < 0:
            out.append(form[at:])
            break
        out.append(form[at:start])
        found = _VERB.match(form, start)
        if not found or found.group(4) in {"*", "["}:
            raise UnknownError("this format of printf is not known here")
        at = found.end()
        flags, width, precision, verb = found.groups()
        if not verb:
            out.append("%!(NOVERB)")
            break
        if verb == "%":
            out.append("%")
            continue
        if used >= len(values):
            out.append(f"%!{verb}(MISSING)")
            continue
        if len(width) > 6 or int(width or 0) > MAX_SIZE or int((precision or ".")[1:5] or 0) > 1000 or len(precision or "") > 5:
            raise UnknownError("this width of printf is not known here")
        bound(int(width or 0))
        out.append(_Verb(flags, int(width) if width else None, precision, verb).show(values[used]))
        bound(sum(map(len, out)))
        used += 1
    if used < len(values):
        extra = ", ".join("<nil>" if value is None else f"{type_name(value)}={text(value)}" for value in values[used:])
        out.append(f"%!(EXTRA {extra})")
    return "".join(out)


class _Verb:
    """One verb with its flags."""

    def __init__(self, flags: str, width: int | None, precision: str | None, verb: str) -> None:
        self.flags = set(flags) - ({"+"} if verb == "v" else set())
        self.width = width
        self.precision = None if precision is None else int(precision[1:] or 0)
        self.verb = verb

    def show(self, value: Any) -> str:
        if self.verb == "T":
            return self.pad("<nil>" if value is None else type_name(value)[: self.precision])
        if self.verb in "pw":
            raise UnknownError("this format of printf is not known here")
        if value is None:
            return self.pad("<nil>") if self.verb == "v" else f"%!{self.verb}(<nil>)"
        if "#" in self.flags and self.verb in "vgGeEfF":
            raise UnknownError("this format of printf is not known here")
        return self.any(value)

    def any(self, value: Any) -> str:
        if isinstance(value, Object) and self.verb in "vsxXq":
            return self.string(str(value))
        if isinstance(value, Mapping):
            return "map[" + " ".join(f"{self.nested(key)}:{self.nested(value[key])}" for key in ordered(value)) + "]"
        if is_list(value):
            return "[" + " ".join(map(self.nested, value)) + "]"
        if isinstance(value, bool):
            return self.pad("true" if value else "false") if self.verb in "tv" else self.bad(value)
        if isinstance(value, str):
            return self.string(value) if self.verb in "vsxXq" else self.bad(value)
        if isinstance(value, float):
            return self.real(value)
        if isinstance(value, int):
            return self.integer(int(value), value)
        raise UnknownError("this format of printf is not known here")

    def nested(self, value: Any) -> str:
        return "<nil>" if value is None else self.any(value)

    def bad(self, value: Any) -> str:
        if self.flags or self.width is not None or self.precision is not None:
            raise UnknownError("this format of printf is not known here")
        return f"%!{self.verb}({type_name(value)}={text(value)})"

    def pad(self, shown: str, *, zeros: bool = True) -> str:
        missing = (self.width or 0) - len(shown)
        if missing <= 0:
            return shown
        if "-" in self.flags:
            return shown + " " * missing
        return ("0" if zeros and "0" in self.flags else " ") * missing + shown

    def string(self, value: str) -> str:
        if self.verb in "xX":
            data = encode(value)[: self.precision]
            shown = data.hex(" ") if " " in self.flags else data.hex()
            if "#" in self.flags and data:
                shown = "0x" + (shown.replace(" ", " 0x") if " " in self.flags else shown)
            return self.pad(shown.upper() if self.verb == "X" else shown)
        value = value if self.precision is None else value[: self.precision]
        if self.verb != "q":
            return self.pad(value)
        raw = "`" not in value and all(char == "\t" or (char.isprintable() and char != "\ufeff") for char in value)
        if "#" in self.flags and raw:
            return self.pad(f"`{value}`")
        if "+" in self.flags and not value.isascii():
            raise UnknownError("this format of printf is not known here")
        return self.pad(quote(value))

    def integer(self, number: int, value: Any) -> str:
        if self.verb in "cqU":
            return self.rune(number)
        base = {"d": "d", "v": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "x"}.get(self.verb)
        if base is None:
            return self.bad(value)
        if self.verb == "O" and "#" in self.flags:
            raise UnknownError("this format of printf is not known here")
        numerals = format(abs(number), base)
        if self.verb == "X":
            numerals = numerals.upper()
        sign = "-" if number < 0 else "+" if "+" in self.flags else " " if " " in self.flags else ""
        if self.precision is not None:
            if self.precision == 0 and number == 0:
                return " " * (self.width or 0)
            numerals = numerals.zfill(self.precision)
        elif "0" in self.flags and "-" not in self.flags and self.width is not None:
            numerals = numerals.zfill(self.width - len(sign))
        prefix = ""
        if "#" in self.flags:
            prefix = {"b": "0b", "o": "" if numerals[0] == "0" else "0", "x": "0x", "X": "0X"}.get(self.verb, "")
        if self.verb == "O":
            prefix = "0o" + prefix
        return self.pad(sign + prefix + numerals, zeros=False)

    def rune(self, number: int) -> str:
        code = number if 0 <= number <= 0x10FFFF else 0xFFFD
        char = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        if self.verb == "c":
            return self.pad(char)
        if self.verb == "U" and not self.flags and self.precision is None:
            return self.pad(f"U+{number:04X}") if number >= 0 else self.pad("U+" + format(number & (2**64 - 1), "X"))
        if self.verb == "U" or self.flags & {"#", "+"}:
            raise UnknownError("this format of printf is not known here")
        return self.pad("'" + quoted(char, "'") + "'")

    def real(self, number: float) -> str:
        if self.verb in "bxX":
            raise UnknownError("this format of printf is not known here")
        if self.verb not in "vgGeEfF":
            return self.bad(number)
        if not math.isfinite(number):
            shown = "NaN" if math.isnan(number) else "-Inf" if number < 0 else "Inf"
        else:
            shown = _real(number, {"v": "g", "F": "f", "G": "g", "E": "e"}.get(self.verb, self.verb), self.precision)
        negative = shown.startswith("-")
        body = shown[1:] if negative else shown
        if self.verb in "GE":
            body = body.upper() if math.isfinite(number) else body
        explicit = "+" in self.flags or (math.isinf(number) and number > 0 and self.verb == "v")
        sign = "-" if negative else "+" if explicit else " " if " " in self.flags else ""
        if "0" in self.flags and "-" not in self.flags and self.width is not None and math.isfinite(number):
            return sign + body.zfill(self.width - len(sign))
        return self.pad(sign + body, zeros=False)


def _real(number: float, verb: str, precision: int | None) -> str:
    sign = "-" if math.copysign(1, number) < 0 else ""
    if verb == "g":
        return float_text(number) if precision is None else sign + _general(abs(number), precision or 1)
    precision = 6 if precision is None else precision
    with localcontext() as context:
        context.prec = 2000
        if not number and verb == "e":
            return sign + "0." + "0" * precision + "e+00" if precision else sign + "0e+00"
        exact = Decimal(abs(number))
        if verb == "f":
            return sign + format(exact.quantize(Decimal(1).scaleb(-precision), ROUND_HALF_EVEN), "f")
    return sign + _exponent(format(exact, f".{precision}e"))


def _general(number: float, precision: int) -> str:
    """`%.3g`: that many digits at most, without zeros at the end."""
    if not number:
        return "0"
    mantissa, _, exponent = format(Decimal(number), f".{precision - 1}e").lower().partition("e")
    plain = mantissa.replace(".", "").rstrip("0") or "0"
    power = int(exponent)
    point = power + 1
    limit = len(plain) if precision > len(plain) >= point else precision
    if power < -4 or power >= limit:
        return scientific(plain, power)
    if point <= 0:
        return f"0.{'0' * -point}{plain}"
    if point >= len(plain):
        return plain + "0" * (point - len(plain))
    return f"{plain[:point]}.{plain[point:]}"


def _exponent(shown: str) -> str:
    mantissa, _, exponent = shown.lower().partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:].zfill(2)}"
