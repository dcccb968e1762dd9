"""Sprig's functions on texts. Lengths and cuts count bytes, as in Go."""

from __future__ import annotations

import unicodedata
from typing import Any

from . import cases, numbers
from .casts import to_text, to_texts
from .errors import CallError
from .printing import quote, text
from .signature import Registry
from .values import Slice, StringMap, bound, decode, encode

FUNCTIONS = Registry()


@FUNCTIONS("", "hello")
def _hello() -> str:
    return "Hello!"


FUNCTIONS("string", "trim")(cases.trim)
FUNCTIONS("string", "upper")(cases.upper)
FUNCTIONS("string", "lower")(cases.lower)
FUNCTIONS("string", "camelcase")(cases.pascal)
FUNCTIONS("any", "toString")(to_text)


@FUNCTIONS("string", "snakecase")
def _snakecase(value: str) -> str:
    return cases.separated(value, "_")


@FUNCTIONS("string", "kebabcase")
def _kebabcase(value: str) -> str:
    return cases.separated(value, "-")


@FUNCTIONS("string", "title")
def _title(value: str) -> str:
    out = []
    previous = " "
    for char in value:
        out.append(cases.title(char) if _parts_words(previous) else char)
        previous = char
    return "".join(out)


def _parts_words(char: str) -> bool:
    if char.isascii():
        return not (char.isalnum() or char == "_")
    return not (char.isalpha() or char.isdecimal()) and char in cases.SPACES


@FUNCTIONS("string", "untitle")
def _untitle(value: str) -> str:
    return "".join(cases.lower(char) if first else char for char, first in _first_of_words(value))


def _first_of_words(value: str) -> list[tuple[str, bool]]:
    out = []
    gap = True
    for char in value:
        if char in cases.SPACES:
            gap = True
            out.append((char, False))
        else:
            out.append((char, gap))
            gap = False
    return out


@FUNCTIONS("string", "initials")
def _initials(value: str) -> str:
    # Goes through bytes, each taken for a character.
    return "".join(char for char, first in _first_of_words(encode(value).decode("latin-1")) if first)


@FUNCTIONS("string", "nospace")
def _nospace(value: str) -> str:
    as_bytes = encode(value).decode("latin-1")
    kept = "".join(char for char in as_bytes if char not in cases.SPACES)
    return value if len(kept) == len(as_bytes) else kept


@FUNCTIONS("string", "swapcase")
def _swapcase(value: str) -> str:
    out = []
    gap = True
    for char in value:
        category = unicodedata.category(char)
        if category in {"Lu", "Lt"}:
            out.append(cases.lower(char))
            gap = False
        elif category == "Ll":
            out.append(cases.title(char) if gap else cases.upper(char))
            gap = False
        else:
            out.append(char)
            gap = char in cases.SPACES
    return "".join(out)


@FUNCTIONS("int, string", "trunc")
def _trunc(count: int, value: str) -> str:
    data = encode(value)
    if count < 0:
        return decode(data[count:]) if len(data) + count > 0 else value
    return decode(data[:count])


@FUNCTIONS("int, int, string", "substr")
def _substr(start: int, end: int, value: str) -> str:
    data = encode(value)
    if start < 0:
        start = 0
        if not 0 <= end <= len(data):
            raise CallError("slice bounds out of range")
    elif end < 0 or end > len(data):
        end = len(data)
    if start > end:
        raise CallError("slice bounds out of range")
    return decode(data[start:end])


@FUNCTIONS("int, string", "abbrev")
def _abbrev(width: int, value: str) -> str:
    return _abbreviated(encode(value), 0, width) if width >= 4 else value


@FUNCTIONS("int, int, string", "abbrevboth")
def _abbrevboth(left: int, right: int, value: str) -> str:
    return value if right < 4 or (left > 0 and right < 7) else _abbreviated(encode(value), left, right)


def _abbreviated(data: bytes, offset: int, width: int) -> str:
    if len(data) <= width:
        return decode(data)
    if width < 4:
        return ""
    offset = min(offset, len(data))
    if len(data) - offset < width - 3:
        offset = len(data) - (width - 3)
    if offset <= 4:
        return decode(data[: width - 3]) + "..."
    if width < 7:
        return ""
    if offset + width - 3 < len(data):
        return "..." + _abbreviated(data[offset:], 0, width - 3)
    return "..." + decode(data[len(data) - (width - 3) :])


@FUNCTIONS("int, string", "repeat")
def _repeat(count: int, value: str) -> str:
    if count < 0:
        raise CallError("strings: negative Repeat count")
    bound(len(value) * count)
    return value * count


@FUNCTIONS("string, string", "trimall", "trimAll")
def _trim_all(unwanted: str, value: str) -> str:
    return value.strip(unwanted) if unwanted else value


@FUNCTIONS("string, string", "trimSuffix")
def _trim_suffix(suffix: str, value: str) -> str:
    return value.removesuffix(suffix)


@FUNCTIONS("string, string", "trimPrefix")
def _trim_prefix(prefix: str, value: str) -> str:
    return value.removeprefix(prefix)


@FUNCTIONS("string, string", "contains")
def _contains(part: str, value: str) -> bool:
    return part in value


@FUNCTIONS("string, string", "hasPrefix")
def _has_prefix(prefix: str, value: str) -> bool:
    return value.startswith(prefix)


@FUNCTIONS("string, string", "hasSuffix")
def _has_suffix(suffix: str, value: str) -> bool:
    return value.endswith(suffix)


@FUNCTIONS("...any", "quote")
def _quote(*values: Any) -> str:
    return " ".join(quote(to_text(value)) for value in values if value is not None)


@FUNCTIONS("...any", "squote")
def _squote(*values: Any) -> str:
    return " ".join(f"'{text(value)}'" for value in values if value is not None)


@FUNCTIONS("...any", "cat")
def _cat(*values: Any) -> str:
    return " ".join(text(value) for value in values if value is not None)


@FUNCTIONS("int, string", "indent")
def _indent(spaces: int, value: str) -> str:
    if spaces < 0:
        raise CallError("strings: negative Repeat count")
    bound(spaces * (value.count("\n") + 1) + len(value))
    return " " * spaces + value.replace("\n", "\n" + " " * spaces)


@FUNCTIONS("int, string", "nindent")
def _nindent(spaces: int, value: str) -> str:
    return "\n" + _indent(spaces, value)


@FUNCTIONS("string, string, string", "replace")
def _replace(old: str, new: str, value: str) -> str:
    found = value.count(old)
    bound(len(value) + found * len(new))
    return value.replace(old, new)


@FUNCTIONS("string, string, int", "plural")
def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


@FUNCTIONS("string, any", "join")
def _join(separator: str, values: Any) -> str:
    texts = to_texts(values)
    bound(len(separator) * len(texts) + sum(map(len, texts)))
    return separator.join(texts)


def _split(separator: str, value: str, count: int = -1) -> list[str]:
    if separator:
        return value.split(separator, count - 1 if count > 0 else -1)
    chars = list(value)
    return chars if count < 0 or len(chars) <= count else [*chars[: count - 1], "".join(chars[count - 1 :])]


@FUNCTIONS("string, string", "split")
def _split_map(separator: str, value: str) -> StringMap:
    return StringMap({f"_{number}": part for number, part in enumerate(_split(separator, value))})


@FUNCTIONS("string, int, string", "splitn")
def _splitn(separator: str, count: int, value: str) -> StringMap:
    parts = _split(separator, value, count) if count else []
    return StringMap({f"_{number}": part for number, part in enumerate(parts)})


@FUNCTIONS("string, string", "splitList")
def _split_list(separator: str, value: str) -> Slice:
    return Slice(_split(separator, value), "string")


@FUNCTIONS("any", "toStrings")
def _to_strings(value: Any) -> Slice:
    return Slice(to_texts(value), "string")


@FUNCTIONS("string", "atoi")
def _atoi(value: str) -> int:
    return numbers.parse_decimal(value) or 0
