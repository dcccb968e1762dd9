"""Parsed YAML as plain dicts and lists that remember, for every value, the place that last wrote it.

A `Map` is a dict and a `Seq` is a list, so json, jsonschema and the policy engines take them as they are. Beside each
value lies its `Origin`; a merge moves both together, so that a patch's value keeps the patch's line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Spelling(NamedTuple):
    """How a scalar is written, where its value does not say it."""

    style: str = ""
    """The quotes (' or "), the mark of a block (| or >), or empty for a plain scalar."""
    text: str | None = None
    """What is written, where the value is another thing or another text."""
    tag: str | None = None
    """What kustomize takes it for, where that is not what the value is: "" is a text until another one is written over it."""


EMPTY_IN_FLOW = Spelling("{", "")
"""Of a null that nothing stands for in a flow collection: kustomize makes an empty text of it, sooner or later."""


class Origin(NamedTuple):
    """Where a value was written."""

    file: str
    """Relative to the repository's root, POSIX."""
    line: int
    """Of the first character of the value, from 1."""
    column: int
    exact: bool = True
    """A scalar (or collection) of the file starts at line and column; else this is the nearest place that can be named."""
    key_line: int = 0
    """Of the value's key, from 1; 0 where the value has none (an item of a list, a document)."""
    key_column: int = 0
    block: int = 0
    """Of a literal block scalar: the column (from 1) where its text begins, on the line after `line`; else 0."""
    packed: str = ""
    """The file whose whole text is the value (a generator packed it); `line` is then the entry that named the file."""
    absent: bool = False
    """The value is a null that nothing stands for (`key:` and no more); kustomize's merges treat it unlike a written null."""
    spelling: Spelling | None = None
    """None for a plain scalar that is written as its value is printed."""
    away: bool = False
    """The value is written outside the repository, or at another revision; this is the entry that brings it, and no more."""


class Map(dict[str, Any]):
    """A mapping with origins."""

    __slots__ = ("at", "gone", "shared")

    def __init__(self, items: Iterable[tuple[str, Any]] | dict[str, Any] = (), at: dict[str, Origin] | None = None) -> None:
        """`at` holds the origin of each key's value; a key without one has no known place."""
        super().__init__(items)
        self.at: dict[str, Origin] = {} if at is None else at
        self.gone: dict[str, Origin] | None = None
        """Keys that a later writer deleted, and where; of an object's metadata also `namePrefix` and `nameSuffix`, where its name
        was lengthened last."""
        self.shared: dict[str, int] | None = None
        """Keys whose value is one with that of other mappings of the same object, and its number (see render/shared.py)."""

    def put(self, key: str, value: Any, origin: Origin | None) -> None:
        """Set a value and its origin."""
        self[key] = value
        if origin is None:
            self.at.pop(key, None)
        else:
            self.at[key] = origin

    def drop(self, key: str, origin: Origin | None = None) -> None:
        """Delete a key if it is there, and remember the place that asked for it."""
        self.pop(key, None)
        self.at.pop(key, None)
        if self.shared is not None:
            self.shared.pop(key, None)
        if origin is not None:
            if self.gone is None:
                self.gone = {}
            self.gone[key] = origin


_LABELS = ("name", "mountPath", "devicePath", "containerPort", "port", "key", "ip", "topologyKey", "type")


def label(item: Any) -> str:
    """What an item of a list is told apart by: a scalar by itself, an object by the first key of these that it has."""
    if isinstance(item, dict):
        return next((str(item[key]) for key in _LABELS if item.get(key) is not None), "")
    return "" if item is None or isinstance(item, list) else str(item)


class Seq(list[Any]):
    """A list with origins; `at` has one entry for each item, always."""

    __slots__ = ("at", "gone")

    def __init__(self, items: Iterable[Any] = (), at: list[Origin | None] | None = None) -> None:
        """`at` must be as long as `items`; without it no item has a known place."""
        super().__init__(items)
        self.at: list[Origin | None] = [None] * len(self) if at is None else at
        self.gone: dict[str, Origin] | None = None
        """The labels of items that a later writer deleted, and where."""

    def add(self, value: Any, origin: Origin | None) -> None:
        """Append an item."""
        self.append(value)
        self.at.append(origin)

    def insert_at(self, index: int, value: Any, origin: Origin | None) -> None:
        """Insert an item before `index`."""
        self.insert(index, value)
        self.at.insert(index, origin)

    def put(self, index: int, value: Any, origin: Origin | None) -> None:
        """Replace an item."""
        self[index] = value
        self.at[index] = origin

    def remove_at(self, index: int, origin: Origin | None = None) -> None:
        """Delete an item, and remember the place that asked for it."""
        self.lose(self[index], origin)
        del self[index]
        del self.at[index]

    def lose(self, item: Any, origin: Origin | None) -> None:
        """Remember the place that deleted an item."""
        if origin is not None and label(item):
            self.gone = {**(self.gone or {}), label(item): origin}


_new_map: Callable[[type[Map]], Map] = dict.__new__
"""A Map that is still to be given its origins; most of the time of a copy would else be its constructor's."""


def clone(value: Any) -> Any:
    """A deep copy that shares nothing mutable; containers which an alias shared come apart."""
    kind = type(value)
    if kind is Map:
        copy = _new_map(Map)
        copy.update(value)
        for key, item in value.items():
            if type(item) is Map or type(item) is Seq:
                copy[key] = clone(item)
        copy.at = value.at.copy()
        copy.gone = value.gone.copy() if value.gone else None
        copy.shared = value.shared.copy() if value.shared else None
        return copy
    if kind is Seq:
        items = [clone(item) if type(item) is Map or type(item) is Seq else item for item in value]
        made = Seq(items, value.at.copy())
        made.gone = value.gone
        return made
    return value


def origin_of(container: Any, key: str | int) -> Origin | None:
    """The origin of one value of a container, or None where it has none."""
    if type(container) is Map:
        return container.at.get(str(key))
    if type(container) is Seq and isinstance(key, int) and -len(container) <= key < len(container):
        return container.at[key]
    return None
