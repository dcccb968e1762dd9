"""A `.cel.yaml` file beside a policy -> its decision in CEL: which objects it sees, its variables, the messages of its faults.

`schemas/policy-cel.json` says the same to editors; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import SourceError, UsageError
from .metadata import nearest
from .model import Severity
from .origin import Map, Seq, origin_of
from .policy_data import TWIN
from .source import Dialect, parse

KEYS = ("include", "operations", "resources", "globs", "variables", "faults")
OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")
WRITES = OPERATIONS[:2]
"""What is judged where a twin says nothing else."""
MOST_LEVELS = 32
"""How deep a walk may go: an API server works on one for about a second then, each time that it reads the policy."""
_RESOURCE = ("group", "version", "resource", "kind")
_NAME = re.compile(r"[a-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Seen:
    """A kind of object that the twin judges, and what the API server calls it."""

    group: str
    version: str
    resource: str
    """The plural, with the subresource behind a slash."""
    kind: str


@dataclass(frozen=True)
class Walk:
    """What a variable looks through, level by level: CEL has no recursion."""

    over: str
    """An expression: the list of values that it begins with. The variable is the list of what its expression gives for each."""
    levels: int
    """How deep it looks."""
    beyond: str
    """The expression for a value that lies deeper."""


@dataclass(frozen=True)
class Variable:
    """A named expression."""

    name: str
    expression: str
    walk: Walk | None = None
    """Where the expression is about `node`: in it `child` names a variable, and `deeper` is the expression about that child."""


@dataclass(frozen=True)
class Messages:
    """An expression that gives the messages of all faults of one severity, a list of texts."""

    expression: str
    severity: Severity | None = None
    """None: the rule's own."""


@dataclass(frozen=True)
class Twin:
    """A policy in CEL."""

    operations: tuple[str, ...] = WRITES
    resources: tuple[Seen, ...] = ()
    asked_for: str = ""
    """The parameter that lists the resources instead, as group/resource, with a subresource behind another slash."""
    globs: tuple[str, ...] = ()
    """The parameters that are lists of globs, as glob.match of Rego reads them with the separator `/`."""
    variables: tuple[Variable, ...] = ()
    faults: tuple[Messages, ...] = ()

    @property
    def is_of_all_kinds(self) -> bool:
        """Whether it is asked about every object; which of them it judges, the kinds of its policy say."""
        return any(seen.kind == "*" for seen in self.resources)


def read_twin(path: Path, others: Mapping[str, Path]) -> Twin:
    """The twin in a file, with what it includes; `others` are all such files, by name without suffix.

    Raises UsageError with file name and line where the file is none.
    """
    return _Reader(path, others).twin(frozenset({path}))


class _Reader:
    """Reads one file."""

    def __init__(self, path: Path, others: Mapping[str, Path]) -> None:
        self._name = path.name
        self._path = path
        self._others = others

    def twin(self, seen: frozenset[Path]) -> Twin:
        """All that the file says, behind what it includes."""
        top = self._document()
        for key in top:
            if key not in KEYS:
                raise self._wrong(top, key, f"unknown key {key}; {nearest(key, KEYS)}")
        resources: list[Seen] = []
        variables: list[Variable] = []
        for name in self._texts(top, "include"):
            included = self._included(top, name, seen)
            resources += included.resources
            variables += included.variables
        asked_for = top.get("resources")
        if not isinstance(asked_for, str):
            asked_for = ""
            resources += [self._seen(item) for item in self._items(top, "resources")]
        variables += [self._variable(item) for item in self._items(top, "variables")]
        names = [variable.name for variable in variables]
        for variable in variables:
            if names.count(variable.name) > 1:
                raise UsageError(f"{self._name}:1: the variable {variable.name} is there twice")
        operations = self._texts(top, "operations") or list(WRITES)
        for operation in operations:
            if operation not in OPERATIONS:
                raise self._wrong(top, "operations", f"unknown operation {operation}; {nearest(operation, OPERATIONS)}")
        faults = tuple(self._messages(item) for item in self._items(top, "faults"))
        return Twin(tuple(operations), tuple(resources), asked_for, tuple(self._texts(top, "globs")), tuple(variables), faults)

    def _document(self) -> Map:
        try:
            documents = parse(self._path.read_bytes(), self._name).load(Dialect.MANIFEST)
        except SourceError as error:
            raise UsageError(f"{self._name}:{error.line}: {error.message}") from None
        if len(documents) != 1 or not isinstance(documents[0], Map):
            raise UsageError(f"{self._name}:1: this is no single mapping")
        return documents[0]

    def _included(self, top: Map, name: str, seen: frozenset[Path]) -> Twin:
        path = self._others.get(name)
        if path is None:
            raise self._wrong(top, "include", f"there is no {name}{TWIN}")
        if path in seen:
            raise self._wrong(top, "include", f"{name} includes itself")
        return _Reader(path, self._others).twin(seen | {path})

    def _seen(self, item: Map) -> Seen:
        self._only(item, _RESOURCE)
        group, version, resource, kind = (self._text(item, key) for key in _RESOURCE)
        return Seen(group, version, resource, kind)

    def _variable(self, item: Map) -> Variable:
        self._only(item, ("name", "expression", "walk"))
        name = self._text(item, "name")
        if not _NAME.fullmatch(name):
            raise self._wrong(item, "name", f"{name} is no name of a variable")
        return Variable(name, self._text(item, "expression"), self._walk(item))

    def _walk(self, item: Map) -> Walk | None:
        walk = item.get("walk")
        if walk is None:
            return None
        if not isinstance(walk, Map):
            raise self._wrong(item, "walk", "walk is a mapping")
        self._only(walk, ("over", "levels", "beyond"))
        levels = walk.get("levels")
        if not isinstance(levels, int) or isinstance(levels, bool) or not 0 < levels <= MOST_LEVELS:
            raise self._wrong(walk, "levels", f"levels is a number from 1 to {MOST_LEVELS}")
        return Walk(self._text(walk, "over"), levels, self._text(walk, "beyond"))

    def _messages(self, item: Map) -> Messages:
        self._only(item, ("severity", "expression"))
        word = item.get("severity")
        if word is not None and word not in {known.word for known in Severity}:
            raise self._wrong(item, "severity", "severity is none of error, warning, note")
        return Messages(self._text(item, "expression"), None if word is None else Severity.parse(word))

    def _items(self, top: Map, key: str) -> Iterator[Map]:
        value = top.get(key, Seq())
        if not isinstance(value, Seq) or not all(isinstance(item, Map) for item in value):
            raise self._wrong(top, key, f"{key} is a list of mappings")
        yield from value

    def _texts(self, top: Map, key: str) -> list[str]:
        value = top.get(key, Seq())
        if not isinstance(value, Seq) or not all(isinstance(item, str) for item in value):
            raise self._wrong(top, key, f"{key} is a list of texts")
        return list(value)

    def _text(self, item: Map, key: str) -> str:
        value = item.get(key)
        if not isinstance(value, str) or (not value and key != "group"):
            raise self._wrong(item, key, f"{key} is missing, or is no text")
        return value.strip()

    def _only(self, item: Map, keys: tuple[str, ...]) -> None:
        for key in item:
            if key not in keys:
                raise self._wrong(item, key, f"unknown key {key}; {nearest(key, keys)}")

    def _wrong(self, item: Any, key: str, message: str) -> UsageError:
        place = origin_of(item, key) or next((origin for origin in item.at.values() if origin is not None), None)
        return UsageError(f"{self._name}:{place.key_line or place.line if place else 1}: {message}")
