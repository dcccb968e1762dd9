"""The managedFields of a live object -> who wrote what, walked beside the object itself.

The form is structured-merge-diff's `fieldpath` in JSON: `f:name` is a field, `k:{…}` an item of a list by its keys, `v:…` an item
of a set by its value, `i:0` one by its place; `.` says that the manager wrote the structure itself, `{}` that it wrote all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Entry:
    """One manager's entry."""

    manager: str
    operation: str
    """Apply or Update"""
    time: str = ""
    """RFC 3339; of the last change that this manager made to anything, not of one field."""
    subresource: str = ""


class Share(NamedTuple):
    """What one manager wrote at and below one value."""

    entry: Entry
    fields: Mapping[str, Any]
    whole: bool = False
    """Whether an ancestor is owned as a whole: then all below it is this manager's."""

    @property
    def owns(self) -> bool:
        """Whether the manager wrote the value itself, and not only something inside of it."""
        return self.whole or not self.fields or "." in self.fields

    def field(self, name: str) -> Share | None:
        """Its share of a field; None where it has none."""
        if self.whole:
            return self
        return self._inner(f"f:{name}")

    def item(self, value: Any, index: int) -> Share | None:
        """Its share of an item of a list."""
        if self.whole:
            return self
        for name in self.fields:
            if name.startswith("k:"):
                keys = _parsed(name[2:])
                if isinstance(keys, dict) and isinstance(value, dict) and keys and all(
                        key in value and value[key] == wanted for key, wanted in keys.items()):
                    return self._inner(name)
            elif (name.startswith("v:") and _parsed(name[2:]) == value) or name == f"i:{index}":
                return self._inner(name)
        return None

    def as_whole(self) -> Share:
        """The share of what is owned as a whole, where the manager wrote it."""
        return Share(self.entry, self.fields, whole=True) if self.owns else self

    def _inner(self, name: str) -> Share | None:
        found = self.fields.get(name)
        return Share(self.entry, found) if isinstance(found, dict) else None


def shares(live: Mapping[str, Any]) -> list[Share]:
    """What each manager wrote of an object, but for its status; empty where the object does not say."""
    metadata = live.get("metadata")
    listed = metadata.get("managedFields") if isinstance(metadata, dict) else None
    return list(_shares(listed)) if isinstance(listed, list) else []


def _shares(listed: Sequence[Any]) -> Iterator[Share]:
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("fieldsV1"), dict) or one.get("subresource") == "status":
            continue
        entry = Entry(str(one.get("manager") or "unknown"), str(one.get("operation") or "Update"),
                      str(one.get("time") or ""), str(one.get("subresource") or ""))
        yield Share(entry, one["fieldsV1"])


def at(found: Sequence[Share], live: Any, path: Sequence[str | int]) -> list[Share]:
    """The shares of a value, by its path in the live object; of one that nobody wrote by name, those of what holds it."""
    now = list(found)
    for step in path:
        if isinstance(live, list) and isinstance(step, int):
            inside = [inner for share in now if (inner := share.item(live[step] if step < len(live) else None, step)) is not None]
            live = live[step] if step < len(live) else None
        else:
            inside = [inner for share in now if (inner := share.field(str(step))) is not None]
            live = live.get(step) if isinstance(live, dict) else None
        if not inside:
            # An atomic list or map is written as a whole: who wrote it wrote what is in it.
            return [share for share in now if share.whole or not share.fields]
        now = inside
    return now


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
