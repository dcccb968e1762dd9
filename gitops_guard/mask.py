"""Texts of a report -> the same texts without secret values: the one function that every message and excerpt goes through.

Masked are all values of Secrets, of secret generators and of patches that write Secrets, and all that a `secrets/*` rule
reported; in excerpts also what a command line gives as a password.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from typing import Any

from .cover import MASK, behind_key, cover, cover_block, cover_keys, cover_values, spellings, value_column
from .errors import SourceError
from .model import Fault, Resource, value_at
from .origin import Map, Origin, Seq, origin_of
from .source import Dialect, Stream, parse_embedded

# A shorter text stands in too many harmless words; its place is masked in excerpts all the same. Where it stands alone, and reads
# like nothing else, it is masked from four characters on.
_SHORTEST = 6
_SHORT = re.compile(r"(?=.*[A-Za-z])(?=.*[^A-Za-z.])[!-~]{4,5}")
_PLAIN = re.compile(r"[a-z]{1,12}")
_ALONE = re.compile(r"[!-~]+")
_EDGES = "\"'`,.;:()[]{}<>="
# Rules of this category whose field is no value.
_NO_VALUES = ("secrets/sealed-secret-renamed", "secrets/missing-decryption", "secrets/ineffective-reference")
# Names of fields whose values are public: `postgres` as a user is no reason to hide the image of that name.
_PUBLIC = re.compile(r"(?i)(^|[._-])(user|user_?name|host|host_?name|port|database|db|db_?name|email|region|namespace"
                     r"|tls\.crt|ca\.crt)$")
# What a shell command gives away: `--token=…`, `--from-literal=key=…`, `PASSWORD=…`, `Authorization: …`, `://user:…@`.
_GIVEN = re.compile(
    r"""(?ix)( --?[\w-]*(?:token|passw(?:or)?d|passphrase|secret|api-?key|credentials?)(?:=|[ ]+)
             | --from-literal(?:=|[ ]+)["']?[\w.-]+=
             | (?<![\w$])[\w]*(?:token|passw(?:or)?d|passphrase|secret|api_?key|access_?key|secret_?key)=
             | \bauthorization:[ ]*(?:bearer[ ]+|basic[ ]+|token[ ]+)?
             | (?<![\w-])(?:--(?:helm-)?set(?:-string|-literal)?|--env|-p)(?:=|[ ]+)["']?[\w.\[\]-]*
               (?:token|passw(?:or)?d|pwd|secret|key|cred(?:ential)?s?)[\w.]*=
             | (?<![\w-])(?:--parameter|--helm-set(?:-string)?)(?:=|[ ]+)["']?[\w.\[\]-]+=(?!(?:\d+|true|false)\b)
             | ://[^\s:/@'"]+: )
        (?P<value> (?![-$<{*@]|["'](?:[$<{*]|["'])) (?: "[^"]*" | '[^']*' | [^\s'",;|&@]+ ))""")
# A text that reads like a word is no secret where it names a field.
_WORD = re.compile(r"[A-Za-z][a-z]*([._-][A-Za-z]*)*")
# What ends a line in YAML: its parser counts so.
_BREAKS = re.compile("(\r\n|[\n\r\x85\u2028\u2029])")
_FAKES = {"SecretStore": (("spec", "provider", "fake"),), "ClusterSecretStore": (("spec", "provider", "fake"),),
          "Fake": (("spec", "data"),), "ClusterGenerator": (("spec", "generator", "fakeSpec"),)}


class Mask:
    """Knows what must not be shown."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._short: set[str] = set()
        self._places: dict[str, set[tuple[Origin, str]]] = {}
        """file -> values in it, each with a beginning that may be shown if it stands there (`key=` of a generator's literal)"""
        self._lines: dict[str, set[int]] = {}
        self._closed: set[str] = set()
        """Files of which only the keys may be shown."""
        self._index: dict[str, list[int]] | None = None
        """beginning of values -> the lengths of the values that begin so, longest first"""

    def __bool__(self) -> bool:
        return bool(self._values or self._short or self._places)

    def secret(self, resource: Resource) -> None:
        """Take in the values of an object, if it is a Secret, or what stands in for a store of them."""
        kind = resource.body.get("kind")
        if kind == "Secret":
            self._fields(resource.body)
        for path in _FAKES.get(str(kind), ()):
            self._all(value_at(resource.body, path), None)

    def values_of(self, other: Mask) -> None:
        """Take in what another side of the repository must not show, wherever it stands here."""
        self._values |= other._values
        self._short |= other._short
        self._index = None

    def file(self, path: str, secrets: Mapping[str, Any]) -> None:
        """Take in what a file holds of secrets, as evaluate/secret_files.py describes it."""
        self._lines.setdefault(path, set()).update(key["line"] for key in secrets.get("keys", ()))
        if "plain" in secrets or "unsealed" in secrets or not secrets.get("rule", {}).get("encrypted", True):
            self._closed.add(path)

    def fault(self, fault: Fault) -> None:
        """Take in the value that a `secrets/*` rule reported."""
        if not fault.rule.startswith("secrets/") or fault.rule in _NO_VALUES:
            return
        if fault.location is not None:
            self._lines.setdefault(fault.location.file, set()).add(fault.location.line)
        if fault.resource is None or not fault.path:
            return
        parent = value_at(fault.resource.body, fault.path[:-1])
        origin = origin_of(parent, fault.path[-1])
        value = value_at(fault.resource.body, fault.path)
        if fault.line and isinstance(value, str):
            lines = value.split("\n")
            value = lines[fault.line - 1] if fault.line <= len(lines) else None
            if origin is not None and origin.packed:
                self._lines.setdefault(origin.packed, set()).add(fault.line)
            elif origin is not None and origin.block:
                self._lines.setdefault(origin.file, set()).add(origin.line + fault.line)
            self._inner(value)
            self._inner(behind_key(value))
            return
        self._value(value, origin, f"{fault.path[-1]}=")

    def generated(self, generator: Mapping[str, Any]) -> None:
        """Take in one value of a secretGenerator, as evaluate/generators.py describes it."""
        self._value(generator.get("value"), None)
        file, line = generator.get("file"), generator.get("line")
        if isinstance(file, str) and isinstance(line, int):
            self._lines.setdefault(file, set()).add(line)

    def document(self, stream: Stream) -> None:
        """Take in every Secret that a file declares, also where nothing builds it."""
        try:
            documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
        except SourceError:
            return  # reported by whoever reads the file; without its structure `source` shows none of its lines
        self._documents(documents, stream)

    def text(self, message: str, names: Collection[str] = ()) -> str:
        """A message with every known value replaced; a plain word stays where one of `names` stands: it says nothing there."""
        index = self._beginnings()
        parts, done, at = [], 0, 0
        # A pattern of all values would be tried value by value at each character: minutes for some ten thousand.
        while index and at <= len(message) - _SHORTEST:
            lengths = index.get(message[at:at + _SHORTEST], ())
            length = next((length for length in lengths if message[at:at + length] in self._values
                           and _is_meant(message, at, at + length, names)), 0)
            if length:
                parts += [message[done:at], MASK]
                done = at + length
            at += length or 1
        return self._without_short("".join((*parts, message[done:])))

    def _without_short(self, message: str) -> str:
        if not self._short:
            return message
        return _ALONE.sub(lambda match: match.group().replace(word, MASK)
                          if (word := match.group().strip(_EDGES)) in self._short else match.group(), message)

    def _beginnings(self) -> dict[str, list[int]]:
        if self._index is None:
            found: dict[str, set[int]] = {}
            for value in self._values:
                found.setdefault(value[:_SHORTEST], set()).add(len(value))
            self._index = {start: sorted(lengths, reverse=True) for start, lengths in found.items()}
        return self._index

    def path(self, pointer: str) -> str:
        """A JSON pointer without the parts that hold a known value. Words stay: programs read pointers by their keys."""
        parts = pointer.split("/")
        return "/".join(part if _WORD.fullmatch(part) else self.text(part) for part in parts)

    def source(self, file: str, text: str) -> str:
        """A file's text with every known place and value replaced; lines and the columns before them stay."""
        parts = _BREAKS.split(text)
        lines, breaks = parts[::2], [*parts[1::2], ""]
        if file in self._closed:
            cover_values(lines, structured=file.endswith((".yaml", ".yml", ".json")))
        for number in self._lines.get(file, ()):
            cover(lines, number, value_column(lines, number))
        for origin, start in sorted(self._places.get(file, ()), key=lambda place: (*place[0][:7], place[1])):
            at = origin.column - 1
            stands = origin.line <= len(lines) and lines[origin.line - 1].startswith(start, at)
            cover(lines, origin.line, origin.column + (len(start) if stands else 0))
            if origin.block:
                cover_block(lines, origin)
        cover_keys(lines)
        shown = "".join(_GIVEN.sub(rf"\g<1>{MASK}", line) + end for line, end in zip(lines, breaks, strict=True))
        return self.text(shown)

    def _documents(self, documents: list[Any], stream: Stream) -> None:
        for document in documents:
            self._secrets_in(document)
        # Whether they belong to a Secret is not known any more; so they are hidden where they stand and nowhere else.
        for value, origin in stream.lost:
            self._all(value, origin, public=True)

    def _secrets_in(self, node: Any) -> None:
        if isinstance(node, Seq):
            self._operations(node)
        if not isinstance(node, Map):
            return
        # A patch that its target names needs no kind of its own.
        if node.get("kind", "Secret") == "Secret":
            self._fields(node)
        for item in _list(node, "items"):
            self._secrets_in(item)
        for generator in _list(node, "secretGenerator"):
            if isinstance(generator, Map):
                self._literals(generator)
        for field in ("patches", "patchesJson6902"):
            for patch in _list(node, field):
                if isinstance(patch, Map) and "patch" in patch:
                    self._patch(patch["patch"], patch.at["patch"])
        strategic = _list(node, "patchesStrategicMerge")
        for index, text in enumerate(strategic):
            self._patch(text, origin_of(strategic, index))

    def _literals(self, generator: Map) -> None:
        literals = generator.get("literals")
        if not isinstance(literals, Seq):
            self._all(literals, generator.at.get("literals"))
            return
        for index, literal in enumerate(literals):
            key, equals, value = literal.partition("=") if isinstance(literal, str) else ("", "", None)
            if isinstance(value, str) and equals:
                self._value(value.strip("'\""), origin_of(literals, index), key + equals)
            else:
                # What can't be told apart into key and value may be the value.
                self._all(literal, origin_of(literals, index))

    def _patch(self, text: Any, origin: Origin | None) -> None:
        """An inline patch: its Secrets, and what its operations write into one."""
        if not isinstance(text, str) or origin is None or ":" not in text:
            return
        try:
            stream = parse_embedded(text, origin)
            documents = stream.load(Dialect.MANIFEST, duplicates=True, any_key=True)
        except SourceError:
            self._places.setdefault(origin.file, set()).add((origin, ""))
            return
        self._documents(documents, stream)
        if not origin.block and re.search("stringData|Secret", text):
            self._places.setdefault(origin.file, set()).add((origin, ""))

    def _operations(self, patch: Seq) -> None:
        """A JSON patch, which names no kind: what it writes below `stringData` and `data`."""
        for operation in patch:
            if isinstance(operation, Map) and re.match("/(stringD|d)ata(/|$)", str(operation.get("path", ""))):
                self._all(operation.get("value"), operation.at.get("value"))

    def _fields(self, body: Map) -> None:
        for field in ("data", "stringData"):
            values = body.get(field)
            if not isinstance(values, Map):
                self._all(values, body.at.get(field))
                continue
            for key, value in values.items():
                public = _PUBLIC.search(key) is not None
                if isinstance(value, (Map, Seq)):
                    self._all(value, None)
                self._value(value, values.at.get(key), f"{key}=", public=public)
                if field == "data" and isinstance(value, str) and not public:
                    self._decoded(value)

    def _all(self, value: Any, origin: Origin | None, *, public: bool = False) -> None:
        """Every scalar in what should have been one value, however it is nested."""
        pending: list[tuple[Any, Origin | None]] = [(value, origin)]
        seen: set[int] = set()
        while pending:
            node, place = pending.pop()
            if not isinstance(node, (Map, Seq)):
                self._value(node, place, public=public)
            elif id(node) not in seen:
                seen.add(id(node))
                pending.extend((node[key], node.at.get(key)) for key in node) if isinstance(node, Map) else \
                    pending.extend((item, origin_of(node, index)) for index, item in enumerate(node))

    def _decoded(self, value: str) -> None:
        try:
            self._inner(base64.b64decode("".join(value.split()), validate=True).decode("utf-8"))
        except (binascii.Error, ValueError):
            return  # not base64, or not text: the value as it is written is masked already

    def _value(self, value: Any, origin: Origin | None, start: str = "", *, public: bool = False) -> None:
        if value is None or isinstance(value, (Map, Seq)):
            return
        if origin is not None and not (origin.packed or origin.away):
            self._places.setdefault(origin.file, set()).add((origin, start))
        if not public:
            self._inner(str(value))

    def _inner(self, value: str | None) -> None:
        for part in (value, *(value.split("\n") if value and "\n" in value else ())) if value else ():
            if part is not None and len(part.strip()) >= _SHORTEST:
                self._values.update(spellings(part.strip()))
                self._index = None
            elif part is not None and _SHORT.fullmatch(part.strip()):
                self._short.add(part.strip())


def _list(node: Map, field: str) -> Seq:
    value = node.get(field)
    return value if isinstance(value, Seq) else Seq()


def _is_meant(text: str, start: int, end: int, names: Collection[str]) -> bool:
    """Whether a value found in a text is meant. One that reads like a word is only as a word of its own, and not in a name."""
    if not _PLAIN.fullmatch(text, start, end):
        return True
    around = text[max(start - 1, 0):start] + text[end:end + 1]
    return not any(char.isascii() and char.isalnum() for char in around) and not any(
        found.start() <= start and end <= found.end() for name in names
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text))
