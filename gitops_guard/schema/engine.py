"""JSON Schema -> is an object valid, and if not, what is wrong where; the only module that knows jsonschema-rs."""

from __future__ import annotations

import base64
import binascii
import datetime
import functools
import ipaddress
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ..model import FieldPath
from .keyed import Plan, Repeat, plan, repeats, resolve

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DURATION = re.compile(r"[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)\s*[A-Za-zµμ]+\s*)+)")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


class Problem(NamedTuple):
    """What one keyword of a schema says about one value."""

    path: FieldPath
    keyword: str
    """The JSON Schema keyword that is broken, or `unknown` (a field that isn't in `properties`)."""
    detail: Any
    """The keyword's own: the types, the words of an enum, the name of a required field, a limit."""
    schema: dict[str, Any]
    """The schema that holds the keyword; empty where it can't be found."""
    parents: tuple[dict[str, Any], ...]
    """The schemas above it, outermost first."""
    branches: tuple[tuple[Problem, ...], ...] = ()
    """Of anyOf and oneOf: what each alternative says."""


class BrokenSchemaError(Exception):
    """A schema can't be compiled."""


class Checker:
    """One compiled schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        """`schema` is one that `convert` made. Raises BrokenSchemaError."""
        import jsonschema_rs  # noqa: PLC0415 (start-up)

        self.schema = schema
        try:
            self._validator = jsonschema_rs.Draft202012Validator(
                schema, formats=_FORMATS, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions(), offline=True)
        except (ValueError, TypeError, RecursionError) as error:
            raise BrokenSchemaError(str(error).split("\n", 1)[0][:200]) from None
        self._plan: Plan | None = plan(schema)

    def is_valid(self, value: Any) -> bool:
        """Whether nothing is wrong."""
        try:
            if not self._validator.is_valid(value):
                return False
        except UnicodeEncodeError:
            return False
        return self._plan is None or not self.repeats(value)

    def repeats(self, value: Any) -> list[Repeat]:
        """Every second item with the same keys, in order."""
        found: list[Repeat] = []
        if self._plan is not None and isinstance(value, dict | list):
            repeats(self._plan, value, (), found)
        return found

    def problems(self, value: Any) -> list[Problem]:
        """All that is wrong but for repeated items, in the order of the schema."""
        try:
            errors = list(self._validator.iter_errors(value))
        except UnicodeEncodeError:
            errors = list(self._validator.iter_errors(_encodable(value)))
        return [problem for error in errors for problem in self._read(error)]

    def _read(self, error: Any) -> list[Problem]:
        kind = error.kind
        name: str = kind.name
        path: FieldPath = tuple(error.instance_path)
        schema, parents = self._trail(error.evaluation_path)
        if name in ("additionalProperties", "unevaluatedProperties"):
            return [Problem((*path, field), "unknown", field, schema, parents) for field in kind.unexpected]
        branches: tuple[tuple[Problem, ...], ...] = ()
        if name in ("anyOf", "oneOf"):
            branches = tuple(tuple(problem for inner in branch for problem in self._read(inner)) for branch in kind.context)
        detail = schema.get(name) if name != "required" else kind.property
        return [Problem(path, name, detail, schema, parents, branches)]

    def _trail(self, path: list[str | int]) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """The schema that holds the last step of an evaluation path, and the object schemas passed on the way."""
        node: Any = self.schema
        passed: list[dict[str, Any]] = []
        for step in list(path)[:-1]:
            if step == "$ref" and isinstance(node, dict) and isinstance(node.get("$ref"), str):
                node = resolve(self.schema, node["$ref"])
                continue
            if step == "properties" and isinstance(node, dict):
                passed.append(node)
            node = _step(node, step)
        return (node if isinstance(node, dict) else {}), tuple(passed)


def _encodable(value: Any) -> Any:
    """A copy in which no text has a half of a surrogate pair, which `!!binary` can bring and no JSON can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(inner) for key, inner in value.items()}
    return [_encodable(inner) for inner in value] if isinstance(value, list) else value


def _step(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(str(step))
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


@functools.lru_cache(maxsize=4096)
def usable_pattern(pattern: str) -> bool:
    """Whether the engine can compile a regular expression (Go's syntax, which CRDs use, is nearly Rust's)."""
    import jsonschema_rs  # noqa: PLC0415 (start-up)

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
    except ValueError:
        return False
    return True


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    if not match:
        return False
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    try:
        datetime.datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True
    return check


_FORMATS: dict[str, Callable[[str], bool]] = {
    "k8s-byte": _is_base64,
    "k8s-date-time": _is_time,
    "k8s-date": _is_date,
    "k8s-duration": lambda text: bool(_DURATION.fullmatch(text.strip())),
    "k8s-ipv4": _parses(ipaddress.IPv4Address),
    "k8s-ipv6": _parses(ipaddress.IPv6Address),
    "k8s-cidr": _parses(ipaddress.ip_interface),
    "k8s-uuid": lambda text: bool(_UUID.fullmatch(text)),
}
