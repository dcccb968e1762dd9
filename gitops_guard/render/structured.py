"""A field inside of JSON or YAML that stands as a text in an object: the text is read, the field written, the text put back.

Rules: kustomize v5.8 `filters/replacement`. JSON comes out compact, or indented where it was, with sorted keys; of YAML only the
scalar changes, in its own style.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ..errors import SourceError
from ..origin import Map, Origin, Seq, clone
from ..scalars import Dialect, resolve
from ..source import parse_embedded
from . import node
from .fieldpath import CREATED, PathError, find, look_up
from .fieldspec import Place
from .load import fail

_Value = tuple[Any, Origin | None]
_TAGS = {int: "int", float: "float", bool: "bool", type(None): "null"}
_INSIDE = Origin("", 0, 1, block=1)
"""Makes positions inside a text count from its own first line."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
_PLAIN = re.compile(r"[^\s#,\[\]{}][^#,\[\]{}\r\n]*?(?=\s*(?:[,\]}\r\n]|\s#|$))")
_SAFE = re.compile(r"[A-Za-z0-9_./@:-]*[A-Za-z0-9_./@-]")


def write(body: Map, parts: list[str], value: _Value, create: Callable[[], Any] | None, at: Origin) -> bool:
    """Write a value where the path goes on inside of a text; False where it does not, or leads to nothing there.

    Raises RenderError where the text is YAML that can't be changed in place.
    """
    for length in range(1, len(parts)):
        try:
            place = look_up(body, parts[:length])
        except PathError:
            continue
        if place is not None and type(place.value) is str:
            return _inside(place, parts[length:], value, create, at)
    return False


def _inside(place: Place, rest: list[str], value: _Value, create: Callable[[], Any] | None, at: Origin) -> bool:
    text = place.value
    try:
        documents = parse_embedded(text, _INSIDE).load(Dialect.RESOURCE)
        found = clone(documents[0]) if documents else None
        if type(found) is not Map and type(found) is not Seq:
            return False
        as_json = text.strip()[:1] in ("{", "[")
        places = find(found, rest, create if as_json else None, at)  # type: ignore[arg-type]
    except (SourceError, PathError):
        return False
    if not places:
        if create is not None and not as_json:
            raise fail("a replacement can't create a field inside of YAML text", at, "write the field with any value first")
        return False
    if as_json:
        try:
            found_values = [_written(inner, value) for inner in places]
        except node.TagError:
            return False  # kustomize leaves the text as it is where it can't read it again
        for inner, new in zip(places, found_values, strict=True):
            inner.put(*new)
        place.put(_json(found, text), place.origin)
    else:
        place.put(_spliced(text, places, node.text_of(*value), at), place.origin)
    return True


def _written(inner: Place, value: _Value) -> _Value:
    """What a value becomes when another one is written over it in JSON. Raises TagError."""
    old = inner.value
    if type(old) is Map or type(old) is Seq or (old is CREATED and (type(value[0]) is Map or type(value[0]) is Seq)):
        return clone(value[0]), value[1]
    if old is CREATED:
        return node.made(node.text_of(*value), node.LOOSE, "", value[1])
    return node.made(node.text_of(*value), node.tag_of(old, inner.origin), node.style_of(inner.origin), value[1])


def _json(value: Any, before: str) -> str:
    pretty = "\n" in before and "  " in before
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, indent=2 if pretty else None,
                      separators=(",", ": ") if pretty else (",", ":"))
    # Go's encoder writes these so, for the sake of HTML and JavaScript.
    for c in "<>&\u2028\u2029":
        text = text.replace(c, f"\\u{ord(c):04x}")
    return text


def _plain(value: Any) -> Any:
    if type(value) is Map:
        return {key: _plain(item) for key, item in value.items()}
    if type(value) is Seq:
        return [_plain(item) for item in value]
    return int(value) if type(value) is float and value.is_integer() and abs(value) < 1e21 else value


def _spliced(text: str, places: list[Place], new: str, at: Origin) -> str:
    """The text with the scalars at `places` written anew."""
    lines = text.split("\n")
    spots = sorted({(origin.line - 1, origin.column - 1) for place in places if (origin := place.origin)}, reverse=True)
    for line, column in spots:
        tail = lines[line][column:]
        match = _QUOTED.match(tail) or _PLAIN.match(tail)
        if match is None or match.group()[0] in "|>&*!" or not _ends(lines, line, tail[match.end():]):
            raise fail("a replacement can't change this YAML text", at, "write the field as a plain scalar on one line")
        lines[line] = lines[line][:column] + _styled(new, match.group()) + tail[match.end():]
    return "\n".join(lines).strip()


def _ends(lines: list[str], line: int, rest: str) -> bool:
    """Whether a scalar ends on its line."""
    if rest.strip():
        return True
    following = next((later for later in lines[line + 1:] if later.strip()), "")
    indent = len(lines[line]) - len(lines[line].lstrip(" -"))
    return len(following) - len(following.lstrip(" ")) <= indent


def _styled(new: str, old: str) -> str:
    if old[0] == '"':
        return json.dumps(new, ensure_ascii=False)
    if old[0] == "'":
        return "'" + new.replace("'", "''") + "'"
    was, becomes = resolve(old, Dialect.RESOURCE), resolve(new, Dialect.RESOURCE)
    if type(was) is not str:
        return new if type(was) is type(becomes) else f"!!{_TAGS[type(was)]} {new}"
    if type(becomes) is not str:
        return json.dumps(new)
    return new if _SAFE.fullmatch(new) else "'" + new.replace("'", "''") + "'"
