"""Parser events -> plain data with origins, in one dialect."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import yaml

from ..errors import SourceError
from ..origin import EMPTY_IN_FLOW, Map, Origin, Seq, Spelling
from ..scalars import HINTS, Dialect, is_timestamp, key_text, means_one_thing, refold, resolve
from .blocks import block_column
from .events import MAX_NODES, NEW, Frame, fail, place

_TAG = "tag:yaml.org,2002:"
_BLOCKS = frozenset("|>")
_STYLES = {style: Spelling(style) for style in "'\"|>"}
_UNFINISHED = object()
"""Stands for a container that is still being read."""
_WORDS = {True: "true", False: "false", None: "null"}


def dump_scalar_key(key: str) -> str:
    """A mapping key as one would write it in YAML, for messages."""
    return key if re.fullmatch(r"[\w./-]+", key) else repr(key)


class Builder:
    """Events -> data, in one dialect."""

    def __init__(self, events: list[Any], text: str, frame: Frame, dialect: Dialect, duplicates: bool, any_key: bool) -> None:
        self._events = events
        self._text = text
        self._frame = frame
        self._dialect = dialect
        self._allow_duplicates = duplicates
        self._any_key = any_key
        self._at = 0
        self._nodes = 0
        self._flow = 0
        """How many flow collections are open."""
        # JSON has this escape; only what kubectl takes for JSON may have it.
        self._slashes = "\\/" in text and not (dialect is Dialect.MANIFEST and text.lstrip().startswith("{"))
        self._anchors: dict[str, tuple[Any, Origin, int]] = {}
        self.duplicates: list[SourceError] = []
        self.lost: list[tuple[Any, Origin | None]] = []
        self.special = "\\/" in text
        """Something in it may mean something else to another reader; a text without such a thing is the same to all."""
        self._simple = not self._slashes and frame.frozen is None

    def documents(self) -> list[Any]:
        """The root of each document, None for an empty one. Raises SourceError."""
        found = []
        while self._at < len(self._events):
            event = self._events[self._at]
            self._at += 1
            if type(event) is yaml.DocumentStartEvent:
                self._anchors.clear()
                found.append(self._value(None)[0])
        return found

    def _value(self, key: Any) -> tuple[Any, Origin]:
        """The next node; `key` is the start mark of its key, if it has one."""
        event = self._events[self._at]
        self._at += 1
        kind = type(event)
        if kind is yaml.ScalarEvent:
            mark = event.start_mark
            self._nodes += 1
            style = event.style
            block = block_column(self._text, event) if style == "|" else 0
            origin = place(self._frame, mark.line, mark.column, key, block)
            value = self._scalar(event, style)
            if value is None and not event.value:
                # In a flow collection kustomize writes it as '' before it reads it again.
                self.special = self.special or self._flow > 0
                if self._flow and self._dialect is Dialect.RESOURCE:
                    value, origin = "", origin._replace(spelling=EMPTY_IN_FLOW)
                else:
                    origin = origin._replace(absent=True)
            elif style:
                origin = origin._replace(spelling=_STYLES[style] if value == event.value else Spelling(style, event.value))
            elif value is not event.value:
                # A time may be its own text, and yet it is no text.
                origin = _spelt(origin, value, event.value)
            if event.anchor is not None:
                self._anchors[event.anchor] = (value, origin, 1)
            return value, origin
        if kind is yaml.AliasEvent:
            return self._alias(event)
        before = self._nodes
        self._nodes += 1
        origin = place(self._frame, event.start_mark.line, event.start_mark.column, key)
        # Registered before it is filled, so that an alias inside its own anchor is seen as what it is.
        if event.anchor is not None:
            self._anchors[event.anchor] = (_UNFINISHED, origin, 0)
        self._flow += bool(event.flow_style)
        node: Any = self._mapping() if kind is yaml.MappingStartEvent else self._sequence()
        self._flow -= bool(event.flow_style)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, origin, self._nodes - before)
        return node, origin

    def _alias(self, event: Any) -> tuple[Any, Origin]:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise fail("an alias without its anchor", self._frame, event.start_mark)
        value, origin, size = known
        if value is _UNFINISHED:
            raise fail("an anchor that contains itself", self._frame, event.start_mark)
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise fail(f"more than {MAX_NODES} values once its aliases are expanded", self._frame, event.start_mark,
                        "source/hostile-input")
        return value, origin

    def _sequence(self) -> Seq:
        items: list[Any] = []
        at: list[Origin | None] = []
        while type(self._events[self._at]) is not yaml.SequenceEndEvent:
            value, origin = self._value(None)
            items.append(value)
            at.append(origin)
        self._at += 1
        return Seq(items, at)

    def _mapping(self) -> Map:
        node = Map()
        merges: list[tuple[Any, Any]] = []
        taken: set[str] = set()
        """What the mapping has only from another one."""
        while type(event := self._events[self._at]) is not yaml.MappingEndEvent:
            if self._simple and self._simple_entry(node, event):
                continue
            key = self._key(event)
            mark = event.start_mark
            merging = key == "<<" and type(event) is yaml.ScalarEvent and (event.implicit[0] or event.tag == _TAG + "merge")
            if merging and self._dialect is Dialect.MANIFEST:
                self._overlay(node, taken, mark)
                continue
            if (key in node and not (key in taken and self._allow_duplicates)) or (merging and merges):
                error = fail(f"the key {dump_scalar_key(key)} is already there in this mapping", self._frame, mark,
                              "source/duplicate-key")
                if not self._allow_duplicates:
                    raise error
                self.special = True
                self.duplicates.append(error)
            if key in node:
                self.lost.append((node[key], node.at.get(key)))
                taken.discard(key)
            value, origin = self._value(mark)
            if merging:
                self.special = True
                merges.append((value, mark))
                continue
            node[key] = value
            node.at[key] = origin
        self._at += 1
        for merged, mark in merges:
            self._merge(node, merged, mark)
        return node

    def _simple_entry(self, node: Map, event: Any) -> bool:
        """Read a key of the commonest sort and its value, quicker than `_key` and `_value` do; False for any other key."""
        if type(event) is not yaml.ScalarEvent or event.tag is not None or event.anchor is not None or event.style in _BLOCKS:
            return False
        key = event.value
        if not key or key[0] in HINTS or key == "<<" or key in node:
            return False
        self._nodes += 1
        self._at += 1
        mark: Any = event.start_mark
        event = self._events[self._at]
        style = event.style if type(event) is yaml.ScalarEvent else "|"
        if style in _BLOCKS or event.tag is not None or event.anchor is not None or not (text := event.value):
            node[key], node.at[key] = self._value(mark)
            return True
        self._nodes += 1
        self._at += 1
        value = node[key] = text if style or text[0] not in HINTS else self._plain(text)
        frame = self._frame
        start: Any = event.start_mark
        down, right = frame.line + 1, frame.column + 1
        node.at[key] = NEW(Origin, (frame.file, start.line + down, start.column + right, frame.exact, mark.line + down,
                                     mark.column + right, 0, "", False, _STYLES[style] if style else None, False))
        if value is not text:
            node.at[key] = _spelt(node.at[key], value, text)
        return True

    def _merge(self, node: Map, merged: Any, mark: Any) -> None:
        """YAML 1.1's `<<`: what the mapping does not have itself, from one mapping or, first wins, a list of them."""
        for source in self._merged(merged, mark):
            for key, value in source.items():
                if key in node:
                    self.lost.append((value, source.at.get(key)))
                else:
                    node.put(key, value, source.at.get(key))

    def _overlay(self, node: Map, taken: set[str], mark: Any) -> None:
        """The same as go-yaml v2 does it (`decoder.merge`): at its place in the text, over what stands before it.

        Where a key may not occur twice, it may not come from two mappings either.
        """
        self.special = True
        aliased = type(self._events[self._at]) is yaml.AliasEvent
        merged, _ = self._value(mark)
        for source in reversed(self._merged([merged] if aliased else merged, mark)):
            for key, value in source.items():
                if key not in node:
                    taken.add(key)
                elif not self._allow_duplicates:
                    raise fail(f"the key {dump_scalar_key(key)}, which << takes in, is already there in the mapping", self._frame,
                               mark, "source/duplicate-key")
                else:
                    self.lost.append((node[key], node.at.get(key)))
                node.put(key, value, source.at.get(key))

    def _merged(self, merged: Any, mark: Any) -> list[Map]:
        sources = merged if isinstance(merged, list) else [merged]
        if not all(type(source) is Map for source in sources):
            raise fail("a merge key (<<) needs a mapping or a list of mappings", self._frame, mark)
        return list(sources)

    def _key(self, event: Any) -> str:
        kind = type(event)
        if kind is yaml.AliasEvent:
            self._at += 1
            value = self._alias(event)[0]
        elif kind is yaml.ScalarEvent:
            self._at += 1
            self._nodes += 1
            value = event.value if event.value == "<<" else self._scalar(event, event.style)
            if event.anchor is not None:
                self._anchors[event.anchor] = (value, place(self._frame, event.start_mark.line, event.start_mark.column), 1)
        else:
            raise fail("a mapping key that is no scalar", self._frame, event.start_mark)
        if type(value) is str and not self._is_time(event):
            return value
        self.special = True
        if self._any_key and type(value) is not Map and type(value) is not Seq:
            # sigs.k8s.io/yaml makes JSON of it, and with it texts of the keys.
            text = key_text(value) if self._dialect is Dialect.MANIFEST or kind is yaml.AliasEvent else str(event.value)
            if text is not None:
                return text
        raise fail("a mapping key that is no string; put it in quotes", self._frame, event.start_mark)

    def _is_time(self, event: Any) -> bool:
        """Whether yaml.v3 takes a key for a time."""
        return (self._dialect is Dialect.RESOURCE and type(event) is yaml.ScalarEvent and not event.style and event.tag is None
                and event.value[:1].isdigit() and is_timestamp(event.value))

    def _scalar(self, event: Any, style: str | None) -> Any:
        tag = event.tag
        if style == '"' and self._slashes and self._has_escaped_slash(event):
            raise fail("the escape \\/, which kustomize does not know; write / alone", self._frame, event.start_mark)
        if tag is None:
            if style == ">":
                folded = refold(event.value)
                self.special = self.special or folded != event.value
                return folded if self._dialect is Dialect.RESOURCE else event.value
            return self._plain(event.value) if not style and event.implicit[0] else event.value
        self.special = True
        if not tag.startswith(_TAG) or self._dialect is Dialect.TEXT:
            # yaml.v3 resolves a plain scalar with a foreign tag to its text.
            return event.value
        return self._tagged(event, tag[len(_TAG):])

    def _plain(self, text: str) -> Any:
        self.special = self.special or not means_one_thing(text)
        return resolve(text, self._dialect)

    def _has_escaped_slash(self, event: Any) -> bool:
        raw = self._text[event.start_mark.index:event.end_mark.index]
        return re.search(r"(?<!\\)(?:\\\\)*\\/", raw) is not None

    def _tagged(self, event: Any, tag: str) -> Any:
        if tag == "str":
            return event.value
        if tag == "binary":
            try:
                return base64.b64decode(re.sub(r"[\r\n]", "", event.value), validate=True).decode("utf-8", "surrogateescape")
            except (binascii.Error, ValueError):
                raise fail("!!binary without valid base64", self._frame, event.start_mark) from None
        value = resolve(event.value, self._dialect)
        wanted: dict[str, tuple[type, ...]] = {"int": (int,), "float": (float, int), "bool": (bool,), "null": (type(None),)}
        if tag in wanted:
            if not isinstance(value, wanted[tag]) or (isinstance(value, bool) and tag != "bool"):
                raise fail(f"a value that is no {tag}, though tagged so", self._frame, event.start_mark)
            return float(value) if isinstance(value, int) and tag == "float" else value
        return value


def _spelt(origin: Origin, value: Any, text: str) -> Origin:
    """The origin of a plain scalar that is no text, or not this one."""
    plain = value if type(value) is str else _WORDS[value] if value is None or type(value) is bool else str(value)
    return origin if plain == text and type(value) is not str else origin._replace(spelling=Spelling("", text))
