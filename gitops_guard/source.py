"""YAML and JSON text -> plain data with the place of every value; the only module that knows PyYAML.

A file is read into parser events once. Its scalars are resolved later, by the dialect of whoever reads it: kustomize reads
resources with yaml.v3 (`yes` is a string) and its own files, like kubectl its manifests, with YAML 1.1 (`yes` is a boolean).
The rules are those of go.yaml.in/yaml v2 and v3 `resolve.go`; tests/real compares them with the real programs.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]

from .errors import SourceError
from .origin import Map, Origin, Seq
from .scalars import HINTS, Dialect, is_timestamp, key_text, means_one_thing, refold, resolve
from .tree import Tree

MAX_NODES = 1_000_000
MAX_DEPTH = 100

__all__ = ["Comment", "Dialect", "Sources", "Stream", "parse", "parse_embedded", "plain_comments"]

_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Comment:
    """A comment of a file."""

    line: int
    """From 1."""
    column: int
    """Of the `#`, from 1."""
    text: str
    """From the `#` to the end of the line."""
    alone: bool
    """Nothing but white space stands before it on its line."""
    embedded: bool = False
    """It stands in a block scalar: a comment of the text in there (an inline patch), if of anything."""


@dataclass(frozen=True)
class _Frame:
    """How positions inside a text map to positions in the file that holds it."""

    file: str
    line: int = 0
    column: int = 0
    exact: bool = True
    frozen: Origin | None = None
    """All positions are this one: the text is folded or quoted, so its lines are not the file's."""


class Stream:
    """One file (or embedded text) as parser events; raises SourceError where it is no YAML."""

    def __init__(self, text: str, frame: _Frame) -> None:
        self.text = text
        self._frame = frame
        self._events: list[Any] | None = _events(text, frame)
        self._roots = _roots(self._events, frame)
        self._loaded: dict[tuple[Dialect, bool, bool], list[Any]] = {}
        self._same: list[Any] | None = None
        """What every reader gets, where the text means the same to all of them."""
        self.duplicates: list[SourceError] = []
        """Keys that occur twice in a mapping, each at its second place; filled by `load` where duplicates are allowed."""

    @property
    def file(self) -> str:
        """The file the text is from."""
        return self._frame.file

    def load(self, dialect: Dialect, *, duplicates: bool = False, any_key: bool = False) -> list[Any]:
        """The documents as Map, Seq and scalars; an empty document is None. Shared between callers: clone before writing.

        A second equal key is a SourceError, or with `duplicates` wins over the first and is listed in `self.duplicates`.
        A key that is no string is a SourceError; with `any_key` it becomes the text it was written as, in manifests the text
        that kubectl makes of it (`yes` is `true`); a null is one all the same.
        Unknown tags are ignored. Aliases share the container of their anchor.
        """
        if self._same is not None and dialect is not Dialect.TEXT:
            return self._same
        wanted = (dialect, duplicates, any_key)
        if wanted not in self._loaded:
            builder = _Builder(self._parsed(), self.text, self._frame, dialect, duplicates, any_key)
            self._loaded[wanted] = builder.documents()
            if duplicates:
                self.duplicates = builder.duplicates
            if not builder.special and dialect is not Dialect.TEXT:
                self._same, self._events = self._loaded[wanted], None
        return self._loaded[wanted]

    def origins(self) -> list[Origin]:
        """The place where each document's root node begins, in the order of `load`; an empty document's is its start."""
        return self._roots.copy()

    def comments(self) -> list[Comment]:
        """Every comment of the text, in order; with those that stand in block scalars, marked `embedded`."""
        spans: list[tuple[int, int]] = [(e.start_mark.index, e.end_mark.index)  # type: ignore[union-attr]
                                        for e in self._parsed() if type(e) is yaml.ScalarEvent]
        return list(_comments(self.text, spans))

    def _parsed(self) -> list[Any]:
        """The events; they are many times the size of the text, so what is not likely to be asked for again is not kept."""
        return _events(self.text, self._frame) if self._events is None else self._events


def decode(data: bytes, file: str) -> str:
    """The text of a file: UTF-8, or UTF-16 with a byte order mark; the mark is dropped. Raises SourceError."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError("source/invalid-yaml", "the file is not UTF-8 text", file, line, remedy="save it as UTF-8") from None
    return text.removeprefix("\ufeff")


def parse(data: bytes, file: str) -> Stream:
    """The file as a Stream. Raises SourceError where it isn't YAML or goes beyond a bound."""
    return Stream(decode(data, file), _Frame(file))


def parse_embedded(text: str, origin: Origin) -> Stream:
    """YAML that stands as a scalar in another file (an inline patch), with positions in that file.

    In a literal block they are those of the inner lines; in any other style, that of the scalar. All are `nearest`: no
    scalar of the file itself starts there.
    """
    if origin.block:
        return Stream(text, _Frame(origin.file, origin.line, origin.block - 1, exact=False))
    return Stream(text, _Frame(origin.file, frozen=Origin(origin.file, origin.line, origin.column, False)))


def plain_comments(text: str) -> list[Comment]:
    """What looks like a comment in a text that is no YAML: from a `#` at the start of a line or behind a blank to its end."""
    return list(_comments(text, []))


class Sources:
    """The files of a tree, each read and parsed once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._streams: dict[str, Stream | SourceError] = {}
        self._texts: dict[str, str | SourceError] = {}

    def stream(self, path: str) -> Stream:
        """The parsed file. Raises SourceError (the same one at each call), FileNotFoundError or OutsideError."""
        found = self._streams.get(path)
        if found is None:
            try:
                found = parse(self.tree.read(path), path)
            except SourceError as error:
                found = error
            self._streams[path] = found
        if isinstance(found, SourceError):
            raise found
        return found

    def parsed(self) -> Iterator[tuple[str, Stream]]:
        """Every file that was parsed so far, sorted by path."""
        for path, stream in sorted(self._streams.items()):
            if isinstance(stream, Stream):
                yield path, stream

    def text(self, path: str) -> str:
        """The decoded text of any file. Raises SourceError, FileNotFoundError or OutsideError."""
        parsed = self._streams.get(path)
        if isinstance(parsed, Stream):
            return parsed.text
        found = self._texts.get(path)
        if found is None:
            try:
                found = decode(self.tree.read(path), path)
            except SourceError as error:
                found = error
            self._texts[path] = found
        if isinstance(found, SourceError):
            raise found
        return found


def dump_scalar_key(key: str) -> str:
    """A mapping key as one would write it in YAML, for messages."""
    return key if re.fullmatch(r"[\w./-]+", key) else repr(key)


def _fail(message: str, frame: _Frame, mark: Any, rule: str = "source/invalid-yaml") -> SourceError:
    origin = _place(frame, mark.line, mark.column) if mark is not None else _place(frame, 0, 0)
    return SourceError(rule, message, frame.file, origin.line, origin.column)


def _place(frame: _Frame, line: int, column: int, key: Any = None, block: int = 0) -> Origin:
    if frame.frozen is not None:
        return frame.frozen
    down, right = frame.line + 1, frame.column + 1
    key_line, key_column = (0, 0) if key is None else (key.line + down, key.column + right)
    return _NEW(Origin, (frame.file, line + down, column + right, frame.exact, key_line, key_column,
                         block and block + frame.column, "", False))


def _events(text: str, frame: _Frame) -> list[Any]:
    """All events of the text. libyaml reads some documents that kustomize's parser refuses; those fail here too."""
    events: list[Any] = []
    depth = 0
    try:
        parser: Any = CParser(text)
        while (event := parser.get_event()) is not None:
            events.append(event)
            kind = type(event)
            if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                depth += 1
                if depth > MAX_DEPTH:
                    raise _fail(f"nested deeper than {MAX_DEPTH} levels", frame, event.start_mark, "source/hostile-input")
                if len(events) > 4 * MAX_NODES:
                    raise _fail(f"more than {MAX_NODES} values", frame, event.start_mark, "source/hostile-input")
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                depth -= 1
            elif isinstance(event, yaml.DocumentStartEvent) and tuple(event.version or (1, 1)) != (1, 1):
                raise _fail("kustomize and kubectl refuse a %YAML directive other than 1.1", frame, event.start_mark)
    except yaml.MarkedYAMLError as error:
        raise _fail(_problem(error), frame, _mark(error, text)) from None
    except yaml.YAMLError as error:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) if isinstance(position, int) else 0
        raise SourceError("source/invalid-yaml", str(getattr(error, "reason", None) or "no YAML"), frame.file,
                          _place(frame, line, 0).line) from None
    except (UnicodeEncodeError, ValueError):
        raise SourceError("source/invalid-yaml", "characters that YAML does not allow", frame.file) from None
    return events


def _mark(error: yaml.MarkedYAMLError, text: str) -> Any:
    """Where the parser stopped; what it was reading, if it stopped at the end of the text, where there is no line to show."""
    if error.problem_mark is None or (error.context_mark is not None and error.problem_mark.line >= len(text.splitlines())):
        return error.context_mark
    return error.problem_mark


def _problem(error: yaml.MarkedYAMLError) -> str:
    """The parser's complaint, without any text of the file: it may be a secret."""
    problem = re.sub(r"found undefined alias.*", "found an undefined alias", error.problem or "no YAML")
    return problem if not error.context else f"{problem} ({error.context})"


def _roots(events: list[Any], frame: _Frame) -> list[Origin]:
    marks = [events[at + 1].start_mark for at, event in enumerate(events) if type(event) is yaml.DocumentStartEvent]
    return [_place(frame, mark.line, mark.column) for mark in marks]


_BLOCK_HEADER = re.compile(r"(?:[&!][^\s]*\s+)*[|>][+-]?([1-9]?)[+-]?")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)


def _comments(text: str, spans: list[tuple[int, int]]) -> Iterator[Comment]:
    at = line = line_start = 0
    for match in _COMMENT.finditer(text):
        begin = match.start()
        while at < len(spans) and spans[at][1] <= begin:
            at += 1
        inside = at < len(spans) and spans[at][0] <= begin < spans[at][1] and not _is_header(text, spans[at], begin)
        if inside and not _BLOCK_HEADER.match(text, spans[at][0]):
            continue
        line += text.count("\n", line_start, begin)
        line_start = text.rfind("\n", 0, begin) + 1
        yield Comment(line + 1, begin - line_start + 1, match.group(), not text[line_start:begin].strip(), inside)
        line_start = begin


def _is_header(text: str, span: tuple[int, int], at: int) -> bool:
    """Whether `at` is on the line that opens a block scalar (`key: |  # comment`): there it is a comment."""
    head = text[span[0]:at]
    return "\n" not in head and _BLOCK_HEADER.match(head) is not None


_BLOCKS = frozenset("|>")
_NEW = tuple.__new__
"""A named tuple's own constructor takes several times as long."""


class _Builder:
    """Events -> data, in one dialect."""

    def __init__(self, events: list[Any], text: str, frame: _Frame, dialect: Dialect, duplicates: bool, any_key: bool) -> None:
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
        self.special = "\\/" in text
        """Something in it may mean something else to another reader; a text without such a thing is the same to all."""
        self._simple = not self._slashes and frame.frozen is None

    def documents(self) -> list[Any]:
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
            block = self._block_column(event) if style == "|" else 0
            origin = _place(self._frame, mark.line, mark.column, key, block)
            value = self._scalar(event, style)
            if value is None and not event.value:
                # In a flow collection kustomize writes it as '' before it reads it again.
                self.special = self.special or self._flow > 0
                if self._flow and self._dialect is Dialect.RESOURCE:
                    value = ""
                else:
                    origin = origin._replace(absent=True)
            if event.anchor is not None:
                self._anchors[event.anchor] = (value, origin, 1)
            return value, origin
        if kind is yaml.AliasEvent:
            return self._alias(event)
        before = self._nodes
        self._nodes += 1
        origin = _place(self._frame, event.start_mark.line, event.start_mark.column, key)
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
            raise _fail("an alias without its anchor", self._frame, event.start_mark)
        value, origin, size = known
        if value is _UNFINISHED:
            raise _fail("an anchor that contains itself", self._frame, event.start_mark)
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise _fail(f"more than {MAX_NODES} values once its aliases are expanded", self._frame, event.start_mark,
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
        while type(event := self._events[self._at]) is not yaml.MappingEndEvent:
            if self._simple and self._simple_entry(node, event):
                continue
            key = self._key(event)
            mark = event.start_mark
            if key == "<<" and type(event) is yaml.ScalarEvent and event.implicit[0]:
                merges.append((self._value(mark)[0], mark))
                continue
            if key in node:
                error = _fail(f"the key {dump_scalar_key(key)} is already there in this mapping", self._frame, mark,
                              "source/duplicate-key")
                if not self._allow_duplicates:
                    raise error
                self.special = True
                self.duplicates.append(error)
            value, origin = self._value(mark)
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
        node[key] = text if style or text[0] not in HINTS else self._plain(text)
        frame = self._frame
        start: Any = event.start_mark
        down, right = frame.line + 1, frame.column + 1
        node.at[key] = _NEW(Origin, (frame.file, start.line + down, start.column + right, frame.exact, mark.line + down,
                                     mark.column + right, 0, "", False))
        return True

    def _merge(self, node: Map, merged: Any, mark: Any) -> None:
        """YAML 1.1's `<<`: what the mapping does not have itself, from one mapping or, first wins, a list of them."""
        sources = merged if type(merged) is Seq else [merged]
        for source in sources:
            if type(source) is not Map:
                raise _fail("a merge key (<<) needs a mapping or a list of mappings", self._frame, mark)
            for key, value in source.items():
                if key not in node:
                    node.put(key, value, source.at.get(key))

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
                self._anchors[event.anchor] = (value, _place(self._frame, event.start_mark.line, event.start_mark.column), 1)
        else:
            raise _fail("a mapping key that is no scalar", self._frame, event.start_mark)
        if type(value) is str and not self._is_time(event):
            return value
        self.special = True
        if self._any_key and type(value) is not Map and type(value) is not Seq:
            # sigs.k8s.io/yaml makes JSON of it, and with it texts of the keys.
            text = key_text(value) if self._dialect is Dialect.MANIFEST or kind is yaml.AliasEvent else str(event.value)
            if text is not None:
                return text
        raise _fail("a mapping key that is no string; put it in quotes", self._frame, event.start_mark)

    def _is_time(self, event: Any) -> bool:
        """Whether yaml.v3 takes a key for a time."""
        return (self._dialect is Dialect.RESOURCE and type(event) is yaml.ScalarEvent and not event.style and event.tag is None
                and event.value[:1].isdigit() and is_timestamp(event.value))

    def _scalar(self, event: Any, style: str | None) -> Any:
        tag = event.tag
        if style == '"' and self._slashes and self._has_escaped_slash(event):
            raise _fail("the escape \\/, which kustomize does not know; write / alone", self._frame, event.start_mark)
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
                raise _fail("!!binary without valid base64", self._frame, event.start_mark) from None
        value = resolve(event.value, self._dialect)
        wanted: dict[str, tuple[type, ...]] = {"int": (int,), "float": (float, int), "bool": (bool,), "null": (type(None),)}
        if tag in wanted:
            if not isinstance(value, wanted[tag]) or (isinstance(value, bool) and tag != "bool"):
                raise _fail(f"a value that is no {tag}, though tagged so", self._frame, event.start_mark)
            return float(value) if isinstance(value, int) and tag == "float" else value
        return value

    def _block_column(self, event: Any) -> int:
        """The column (from 1) where the text of a literal block begins."""
        text = self._text
        start = text.find("\n", event.start_mark.index)
        stop = event.end_mark.index
        header = _BLOCK_HEADER.match(text[event.start_mark.index:start])
        indicator = header and header.group(1)
        while 0 <= start < stop:
            line_start = start + 1
            end = text.find("\n", line_start)
            line = text[line_start:end if end >= 0 else len(text)]
            if line.strip(" \r"):
                inner = event.value.lstrip("\n").split("\n", 1)[0]
                blanks = len(line) - len(line.lstrip(" "))
                own = len(inner) - len(inner.lstrip(" ")) if indicator else 0
                return blanks - own + 1
            start = end
        return int(event.start_mark.column) + 1


class _Unfinished:
    """Stands for a container that is still being read."""


_UNFINISHED = _Unfinished()
