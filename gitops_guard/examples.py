"""The YAML file beside a rule -> its good and bad examples: what the tests judge and the documentation shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import SourceError, UsageError
from .metadata import nearest
from .model import Owner, Severity
from .origin import Map, Origin, Seq, origin_of
from .source import Dialect, parse

MANIFEST = "manifest.yaml"
"""What the file of a text without a path is called."""

_MARK = re.compile(r"[ \t]*# <- here[ \t]*$", re.MULTILINE)
_KEYS = ("title", "good", "bad", "severity", "environment", "parameters", "owners", "outside", "base", "promotion",
         "live")
_OWNER = frozenset(owner_field.name for owner_field in fields(Owner))


@dataclass(frozen=True)
class Example:
    """One example."""

    number: int
    """From 1."""
    line: int
    """Where it begins in its file."""
    title: str
    good: bool
    files: Mapping[str, str]
    """Path -> text, without the marks."""
    marks: frozenset[tuple[str, int]]
    """(path, line) of each marked line."""
    marked: Mapping[str, str]
    """Path -> text as it was written, with the marks."""
    severity: Severity | None = None
    environment: str = "production"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    owners: tuple[Owner, ...] = ()
    outside: bool = False
    """Its documents are part of no target."""
    base: Mapping[str, str | None] = field(default_factory=dict)
    """Of a change: the files that were otherwise before it; None where there was none."""
    promotion: bool = False
    """It is a whole repository, whose staging and production are paired; its folders say which is which."""
    live: str = ""
    """Of a comparison with a cluster: what `kubectl get -o yaml` prints of it."""
    starts: Mapping[str, int] = field(default_factory=dict)
    """Path -> the line of the examples' file on which the first line of its text stands; only of block scalars."""

    @property
    def before(self) -> dict[str, str]:
        """Path -> text, before the change."""
        return {path: text for path, text in {**self.files, **self.base}.items() if text is not None}

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{'good' if self.good else 'bad'} example {self.number}" + (f": {self.title}" if self.title else "")


def read_examples(path: Path) -> list[Example]:
    """The examples of a file. Raises UsageError, with file name and line, where it is none."""
    try:
        documents = parse(path.read_bytes(), path.name).load(Dialect.MANIFEST)
    except SourceError as error:
        raise UsageError(f"{path.name}:{error.line}: {error.message}") from None
    top = documents[0] if documents else None
    items = top.get("examples") if isinstance(top, Map) else None
    if not isinstance(items, Seq):
        raise UsageError(f"{path.name}:1: there is no list of examples")
    return [_example(path.name, number, item, items.at[number - 1]) for number, item in enumerate(items, 1)]


def _example(name: str, number: int, item: Any, origin: Origin | None) -> Example:
    line = origin.line if origin else 1

    def wrong(message: str, key: str = "") -> UsageError:
        place = origin_of(item, key)
        return UsageError(f"{name}:{place.key_line if place else line}: {message}")

    if not isinstance(item, Map) or ("good" in item) is ("bad" in item):
        raise UsageError(f"{name}:{line}: an example is a mapping with either good or bad")
    for key in item:
        if key not in _KEYS:
            raise wrong(f"unknown key {key}; {nearest(key, _KEYS)}", key)
    good = "good" in item
    texts = item["good" if good else "bad"]
    marked = {MANIFEST: texts} if isinstance(texts, str) else texts
    if not isinstance(marked, dict) or not marked or not all(isinstance(text, str) for text in marked.values()):
        raise wrong("an example is a text, or a mapping of paths to texts", "good" if good else "bad")
    marks = frozenset((path, at) for path, text in marked.items()
                      for at, row in enumerate(text.split("\n"), 1) if _MARK.search(row))
    if good is bool(marks):
        raise wrong("a good example has no mark" if good else "a bad example marks its lines with # <- here")
    severity = item.get("severity")
    if severity is not None and severity not in {known.word for known in Severity}:
        raise wrong("severity is none of error, warning, note", "severity")
    base = item.get("base", {})
    base = {MANIFEST: base} if isinstance(base, str) else base
    if not isinstance(base, dict) or not all(text is None or isinstance(text, str) for text in base.values()):
        raise wrong("base is a text, or a mapping of paths to texts, null for a file that was not there", "base")
    owners = item.get("owners", [])
    if not all(isinstance(owner, dict) and _OWNER.issuperset(owner) for owner in owners):
        raise wrong(f"an owner has the keys {', '.join(sorted(_OWNER))}", "owners")
    if not isinstance(item.get("live", ""), str):
        raise wrong("live is the text of a dump", "live")
    flags = {key: item.get(key, False) for key in ("outside", "promotion")}
    for key, flag in flags.items():
        if type(flag) is not bool:
            raise wrong(f"{key} is true or false", key)
    return Example(
        number, line, str(item.get("title", "")), good,
        {path: _MARK.sub("", text) for path, text in marked.items()}, marks, marked,
        Severity.parse(severity) if severity else None, str(item.get("environment", "production")), item.get("parameters", {}),
        tuple(Owner(**{"namespace": "", **owner, "sync_options": tuple(owner.get("sync_options", ()))}) for owner in owners),
        flags["outside"], base, flags["promotion"], item.get("live", ""),
        _starts(item, "good" if good else "bad"))


def _starts(item: Map, key: str) -> Mapping[str, int]:
    texts = item[key]
    places = {MANIFEST: item.at.get(key)} if isinstance(texts, str) else {path: texts.at.get(path) for path in texts}
    return {path: origin.line + 1 for path, origin in places.items() if origin is not None and origin.block}
