"""Scalars as kustomize holds them while it builds: a text, a tag and a style go in, the value that they print as comes out.

kustomize's steps change the text of a scalar (a `yaml.Node`) and mostly keep its style, often its tag, too; what the value is,
turns out when the object is written and read again. So a number written over a text in quotes is a text.
"""

from __future__ import annotations

import re
from typing import Any

from ..origin import EMPTY_IN_FLOW, Map, Origin, Seq, Spelling
from ..scalars import Dialect, go_float, is_timestamp, refold, resolve
from . import quoting

LOOSE, TEXT, WHOLE = "", "str", "int"
"""Tags: none at all, a text's, a whole number's."""
_TAGS = {str: TEXT, bool: "bool", int: WHOLE, float: "float", type(None): "null"}
_WORDS = {True: "true", False: "false", None: "null"}
_EXPONENT = re.compile("e-0")
_PLAIN = Spelling()
_QUOTED = Spelling('"')


class TagError(Exception):
    """A text that the tag it has does not allow; kustomize can't read such an object again."""


def text_of(value: Any, origin: Origin | None = None) -> str:
    """The text of a scalar; empty for a mapping, a list and a null that nothing stands for."""
    if origin is not None and origin.spelling is not None and origin.spelling.text is not None:
        return origin.spelling.text
    if type(value) is str:
        return value
    if type(value) is Map or type(value) is Seq:
        return ""
    if value is None:
        return "" if origin is not None and origin.absent else "null"
    return _WORDS[value] if type(value) is bool else str(value)


def text_at(holder: Any, key: Any) -> str:
    """The text of a field, or of an item of a list; empty for one that is not there."""
    if type(holder) is Map:
        if key not in holder:
            return ""
        value = holder[key]
        if type(value) is str and value[4:5] != "-":
            return value
        return text_of(value, holder.at.get(key))
    return text_of(holder[key], holder.at[key])


def name_at(holder: Map, key: str) -> str:
    """The text of a field; empty for a null, too, however that is written, but not for a text that only reads like one."""
    if holder.get(key) is None and (key not in holder or tag_of(None, holder.at.get(key)) == "null"):
        return ""
    return text_at(holder, key)


def style_of(origin: Origin | None) -> str:
    """A quote, the mark of a block, or empty for a plain scalar."""
    return origin.spelling.style if origin is not None and origin.spelling is not None else ""


def tag_of(value: Any, origin: Origin | None) -> str:
    """The tag that a scalar has in kustomize."""
    spelling = (origin.spelling if origin is not None else None) or _PLAIN
    if spelling.tag is not None:
        return spelling.tag
    if type(value) is not str:
        return _TAGS.get(type(value), "other")
    if spelling.text is not None and not spelling.style:
        return "time" if is_timestamp(spelling.text) else "binary"
    if spelling is EMPTY_IN_FLOW:
        return "null"
    return "merge" if value == "<<" and not spelling.style else TEXT


def is_text(value: Any, origin: Origin | None) -> bool:
    """Whether kustomize takes a scalar for a text, as it does with what has no tag."""
    return tag_of(value, origin) in (TEXT, LOOSE)


def printed(value: Any, origin: Origin | None) -> str:
    """The text with its quotes, if it has some."""
    text, style = text_of(value, origin), style_of(origin)
    if not style and type(value) is str and tag_of(value, origin) == TEXT and type(resolve(text, Dialect.RESOURCE)) is not str:
        style = '"'
    return f"{style}{text}{style}" if style in ("'", '"') else text


def is_empty_null(value: Any, origin: Origin | None) -> bool:
    """Whether it stands for nothing at all."""
    return value == "" and type(value) is str and origin is not None and origin.spelling is EMPTY_IN_FLOW


def made(text: str, tag: str, style: str, place: Origin | None) -> tuple[Any, Origin | None]:
    """The value of a text with a tag and a style, and its place with the spelling. Raises TagError."""
    if style == "{":
        style = ""
    if tag == "merge" and text != "<<":
        # Whatever else it may be, it is a text in the end.
        return text, spelt(place, Spelling(style, None, tag))
    if style or "\n" in text or tag == TEXT:
        value = refold(text) if style == ">" else text
        if tag == TEXT:
            return value, spelt(place, Spelling(style, None if value == text else text) if style else None)
        if tag == "float" and "\n" not in text and _plain_tag(text) == WHOLE:
            # A tag that the plain text does not have is written, even before quotes.
            return float(resolve(text, Dialect.RESOURCE)), spelt(place, Spelling(style, text, tag))
        if tag != LOOSE and tag != _plain_tag(text):
            raise TagError
        return value, spelt(place, Spelling(style, None if value == text else text, tag))
    if tag == "binary":
        raise TagError
    found, own = resolve(text, Dialect.RESOURCE), _plain_tag(text)
    if tag == "float" and own == WHOLE:
        found = float(found)
    elif tag not in (LOOSE, own):
        raise TagError
    return found, spelt(place, Spelling("", None if found == text else text, None if tag == own else tag))


def _plain_tag(text: str) -> str:
    """The tag of a plain scalar."""
    if text == "<<":
        return "merge"
    return "time" if is_timestamp(text) else _TAGS[type(resolve(text, Dialect.RESOURCE))]


def kept(value: Any, origin: Origin | None, before: Origin | None) -> tuple[Any, Origin | None]:
    """A scalar that takes the place of another one, whose style it takes over. Raises TagError."""
    style = style_of(before)
    if style == style_of(origin) or type(value) is Map or type(value) is Seq:
        return value, origin
    return made(text_of(value, origin), tag_of(value, origin), style, origin)


def secured(value: Any, origin: Origin | None) -> Origin | None:
    """The origin of a text that becomes a field: in quotes where it would else be something else than a text."""
    if type(value) is str and not quoting.is_simple(value) and not style_of(origin):
        if is_text(value, origin) and "\n" not in value and value and quoting.resolves(value):
            return spelt(origin, Spelling('"', None, origin.spelling.tag if origin and origin.spelling else None))
    return origin


def fresh(text: str, place: Origin | None) -> Origin | None:
    """The origin of a new field with a text."""
    return secured(text, spelt(place, None))


def loose(text: str, place: Origin | None) -> tuple[Any, Origin | None]:
    """A new field with a text and no tag."""
    return made(text, LOOSE, '"' if text and "\n" not in text and quoting.resolves(text) else "", place)


def spelt(origin: Origin | None, spelling: Spelling | None) -> Origin | None:
    """The origin with another spelling."""
    if spelling == _PLAIN:
        spelling = None
    if origin is None or origin.spelling == spelling:
        return origin
    return origin._replace(spelling=spelling)


def as_json(value: Any) -> None:
    """Spell everything as JSON does: texts in quotes, numbers as Go writes them there, nulls written."""
    pairs: Any = value.items() if type(value) is Map else enumerate(value) if type(value) is Seq else ()
    for key, item in pairs:
        origin = value.at.get(key) if type(value) is Map else value.at[key]
        if type(item) is Map or type(item) is Seq:
            as_json(item)
        elif item is None or is_empty_null(item, origin):
            value[key] = None
            value.at[key] = origin and origin._replace(absent=False, spelling=None)
        elif type(item) is str:
            value.at[key] = spelt(origin, _QUOTED)
        elif type(item) is float:
            import decimal  # noqa: PLC0415 (start-up: few objects have such numbers)

            # Not as in YAML.
            short = 1e-6 <= abs(item) < 1e21
            text = f"{decimal.Decimal(repr(item)):f}".removesuffix(".0") if short else _EXPONENT.sub("e-", go_float(item))
            value.at[key] = spelt(origin, None if text == str(item) else Spelling("", text))
        else:
            value.at[key] = spelt(origin, None)


def through_json(value: Any) -> None:
    """Spell everything as kustomize does once it has gone through JSON: nulls are written, numbers are those of Go."""
    pairs: Any = value.items() if type(value) is Map else enumerate(value) if type(value) is Seq else ()
    for key, item in pairs:
        kind = type(item)
        if kind is Map or kind is Seq:
            through_json(item)
            continue
        origin = value.at.get(key) if type(value) is Map else value.at[key]
        if origin is None:
            continue
        if kind is str:
            if origin.spelling is not None or not quoting.is_simple(item):
                value.at[key] = spelt(origin, _STYLES[quoting.style_of(item)])
        elif item is None:
            if origin.absent or origin.spelling is not None:
                value.at[key] = origin._replace(absent=False, spelling=None)
        elif kind is bool:
            value.at[key] = spelt(origin, None)
        else:
            text = go_float(float(item))
            value.at[key] = spelt(origin, None if text == str(item) else Spelling("", text))


_STYLES = {"": None, **{style: Spelling(style) for style in "'\"|"}}
