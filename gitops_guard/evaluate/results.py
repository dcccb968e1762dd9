"""What policies said, as JSON -> faults; what is not of the shape that schemas/ describe is a fault itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..model import Fault, Location, Related, Resource, ResourceId, Severity
from ..policy import Policy
from .repository import Repository
from .units import Change, Unit

_KEYS = {
    "resource": {"msg", "path", "line", "severity", "related"},
    "target": {"msg", "path", "line", "severity", "related", "resource"},
    "change": {"msg", "path", "severity", "resource"},
    "repository": {"msg", "path", "line", "severity", "related", "resource", "target", "file", "column"},
    "admission": {"msg", "severity"},
    "file": {"msg", "file", "line", "column", "severity", "related"},
}
_WORDS = {severity.word: severity for severity in Severity}
_MESSAGE = 2_000
_MOST = 10_000
"""Results of one policy about one input: more is no verdict that anybody reads."""


class ShapeError(Exception):
    """A result that is none."""


def read(policy: Policy, unit: Unit, rule: str, text: str) -> Iterator[Fault]:
    """The faults that one answer holds. Raises ShapeError, which speaks of shapes and never of values."""
    value = json.loads(text)
    if policy.conftest:
        yield from _conftest(policy, unit, rule, value)
        return
    if not isinstance(value, list):
        raise ShapeError(f"{rule} is {_type(value)}, not a set of objects with msg")
    if len(value) > _MOST:
        raise ShapeError(f"{rule} holds more than {_MOST} results")
    for item in _sorted(value):
        if not isinstance(item, dict):
            raise ShapeError(f"{rule} holds {_type(item)}, not an object with msg")
        yield from _one(policy, unit, item)


def _sorted(value: list[Any]) -> list[Any]:
    """The members of a set, in an order that every engine would give them."""
    return sorted(value, key=lambda item: json.dumps(item, sort_keys=True)) if len(value) > 1 else value


def _one(policy: Policy, unit: Unit, item: Mapping[str, Any]) -> Iterator[Fault]:
    scope = policy.metadata.scope if unit.change is None else "change"
    for key in item:
        if key not in _KEYS[scope]:
            raise ShapeError(f"a result has the unknown key {key!r}"[:200])
    message = _message(item.get("msg"))
    severity = _severity(item)
    if unit.file is not None:
        at = _Positions(unit.file.path, unit.file.document)
        yield Fault(policy.id, message, severity, location=at.location(item), related=tuple(at.related(item)))
        return
    if unit.repository is not None:
        yield _of_repository(unit, item, Fault(policy.id, message, severity, target=_target(unit.repository, item)))
        return
    path, line = _path(item), _number(item, "line") or 0
    if unit.change is not None:
        yield _of_change(unit.change, item, Fault(policy.id, message, severity, path=path, target=unit.target))
        return
    if line and not path:
        raise ShapeError("a result has a line and no path")
    if "related" in item:
        raise ShapeError("a result has related places, but its input gave no lines")
    if scope == "target":
        found = _named(unit, item)
        yield Fault(policy.id, message, severity, resource=found, path=path, line=line, target=unit.target)
        return
    for occurrence in unit.reaches(policy):
        yield Fault(policy.id, message, severity, resource=occurrence, path=path, line=line, target=occurrence.target)


def _of_change(change: Change, item: Mapping[str, Any], fault: Fault) -> Fault:
    """A fault about an object of a change: at the field where a file has it still, at what lost it where it is gone."""
    if "resource" not in item:
        return replace(fault, location=change.place)
    name = _identity(item)
    if name not in change.resources:
        raise ShapeError("a result's resource is none of those in input.change")
    if fault.path and name in change.left:
        return replace(fault, resource=change.left[name])
    return replace(fault, resource=change.resources[name], location=change.places.get(name))


def _of_repository(unit: Unit, item: Mapping[str, Any], fault: Fault) -> Fault:
    """A fault about an object of a target, or about a place that the input gave."""
    at = _Positions("", unit.repository.document if unit.repository is not None else {})
    if "resource" not in item:
        return replace(fault, location=at.location(item), related=tuple(at.related(item)))
    if "file" in item:
        raise ShapeError("a result names a resource and a file")
    name = _identity(item)
    for found in (*unit.resources, *(unit.repository.named if unit.repository is not None else ())):
        if found.id == name and found.target == fault.target:
            return replace(fault, resource=found, path=_path(item), line=_number(item, "line") or 0,
                           related=tuple(at.related(item)))
    raise ShapeError("a result's target and resource are none of input.objects and input.history")


def _target(repository: Repository, item: Mapping[str, Any]) -> str | None:
    name = item.get("target")
    if name is not None and all(name != target["id"] for target in repository.targets):
        raise ShapeError("a result's target is none of input.targets")
    return name


def _conftest(policy: Policy, unit: Unit, rule: str, value: Any) -> Iterator[Fault]:
    """Conftest takes texts and objects with msg; whatever else an object holds is for its reader."""
    if value is False:
        return
    if not isinstance(value, list):
        raise ShapeError(f"{rule} is {_type(value)}, not a set of messages")
    if len(value) > _MOST:
        raise ShapeError(f"{rule} holds more than {_MOST} results")
    severity = Severity.WARNING if rule == "warn" or rule.startswith("warn_") else None
    for item in _sorted(value):
        message = _message(item.get("msg") if isinstance(item, dict) else item)
        for occurrence in unit.reaches(policy):
            yield Fault(policy.id, message, severity, resource=occurrence, target=occurrence.target)


def _message(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ShapeError("a result has no msg" if value is None else f"a result's msg is {_type(value)}, not a text")
    return value.strip()[:_MESSAGE]


def _severity(item: Mapping[str, Any]) -> Severity | None:
    if "severity" not in item:
        return None
    word = item["severity"]
    if not isinstance(word, str) or word not in _WORDS:
        raise ShapeError("a result's severity is none of error, warning, note")
    return _WORDS[word]


def _path(item: Mapping[str, Any]) -> tuple[str | int, ...]:
    value = item.get("path", [])
    if not isinstance(value, list):
        raise ShapeError(f"a result's path is {_type(value)}, not a list of keys")
    for key in value:
        if type(key) is not str and (type(key) is not int or key < 0):
            raise ShapeError(f"a key in a result's path is {_type(key)}")
    return tuple(value)


def _number(item: Mapping[str, Any], key: str) -> int | None:
    value = item.get(key)
    if key not in item:
        return None
    if type(value) is not int or value < 0:
        raise ShapeError(f"a result's {key} is {_type(value)}, not a number from 1")
    return value


def _named(unit: Unit, item: Mapping[str, Any]) -> Resource:
    """Scope target: the resource that a result is about."""
    named = _identity(item)
    for found in unit.resources:
        if found.id == named:
            return found
    raise ShapeError("a result's resource is none of input.resources")


def _identity(item: Mapping[str, Any]) -> ResourceId:
    wanted = item.get("resource")
    if not isinstance(wanted, dict):
        raise ShapeError("a result has no resource; result.identity(object) makes it")
    api, kind, namespace, name = (wanted.get(key) or "" for key in ("apiVersion", "kind", "namespace", "name"))
    return ResourceId(api, kind, namespace, name)


class _Positions:
    """The places that a file's input gave: the only ones that a result may name."""

    def __init__(self, path: str, document: Mapping[str, Any]) -> None:
        self._path = path
        self._known: set[tuple[str, int]] = {(path, 1)}
        self._collect(document, path)
        self._files = {name for name, _line in self._known if name}

    def _collect(self, node: Any, file: str) -> None:
        if isinstance(node, dict):
            own = node.get("file")
            file = own if isinstance(own, str) else file
            line = node.get("line")
            if type(line) is int:
                self._known.add((file, line))
            for item in node.values():
                self._collect(item, file)
        elif isinstance(node, list):
            for item in node:
                self._collect(item, file)

    def location(self, item: Mapping[str, Any]) -> Location:
        """The place of a result; the beginning of the file where it names none."""
        file = item.get("file", self._path)
        line, column = _number(item, "line"), _number(item, "column")
        if not isinstance(file, str):
            raise ShapeError(f"a result's file is {_type(file)}, not a text")
        if line is None:
            return Location(file, 1, 1, "nearest") if file in self._files else self._unknown()
        if (file, line) not in self._known:
            return self._unknown()
        return Location(file, line, max(column or 1, 1))

    def _unknown(self) -> Location:
        raise ShapeError("a result names a file and line that its input did not give")

    def related(self, item: Mapping[str, Any]) -> Iterator[Related]:
        """The related places of a result."""
        value = item.get("related", [])
        if not isinstance(value, list):
            raise ShapeError(f"a result's related is {_type(value)}, not a list")
        for entry in value:
            if not isinstance(entry, dict) or not set(entry) <= {"file", "line", "column", "msg"}:
                raise ShapeError("a related place is not {file, line, msg}")
            yield Related(self.location(entry), _message(entry.get("msg")))


def _type(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
