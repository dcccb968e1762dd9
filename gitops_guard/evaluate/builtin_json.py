"""Builtins about JSON and YAML, and about parts of objects, that regorus answers otherwise than OPA, in Python.

OPA's `v1/topdown/json.go`, `subset.go` and `encoding.go`, and `internal/yaml`, are the reference.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from ..errors import SourceError
from ..origin import Origin
from ..scalars import Dialect
from ..source import parse_embedded
from .builtin_checks import refused, text_of, whole
from .builtin_patch import same

_HTML = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_NO_YAML = "expects a text that is YAML"
_BLANK = " \t\r\n"


def escaped(text: Any) -> str:
    """What regorus writes as JSON, with the characters escaped that Go escapes for HTML."""
    return text_of(text).translate(_HTML)


def options_of(value: Any) -> Any:
    """Options of json.marshal_with_options. Raises ValueError for a prefix that `escaped` would take for JSON."""
    if isinstance(value, dict) and any(isinstance(text, str) and text.translate(_HTML) != text for text in value.values()):
        raise refused("a prefix or an indent with <, > or &")
    return value


def _unmarshal(text: Any) -> Any:
    return _sent(_parsed(text_of(text)))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.strip(_BLANK) if not text.startswith("\ufeff") else "", parse_constant=_no_constant)
    except RecursionError:
        raise refused("so deep a nesting") from None
    except ValueError:
        raise ValueError("expects a text that is JSON") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _sent(value: Any) -> Any:
    """A value that the engine has room for. Raises ValueError."""
    if isinstance(value, dict):
        return {_sent(key): _sent(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_sent(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        raise refused("a number without end")
    if isinstance(value, float) and ( value == math.trunc(value) and abs(value) >= 1 << 53):
        raise refused("a number of more than 53 bits with a point or an exponent")
    return whole(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _is_json(text: Any) -> bool:
    try:
        _parsed(text_of(text))
    except TypeError:
        return False
    except ValueError as error:
        if error.args == ("expects a text that is JSON",):
            return False
        raise
    return True


def _yaml(text: Any) -> Any:
    """The first document. Raises ValueError where it is none, and where versions of OPA read it differently."""
    try:
        stream = parse_embedded(text_of(text), Origin("", 0, 1, block=1))
        documents, as_before = ([_sent(one) for one in stream.load(dialect, duplicates=True, any_key=True)[:1]]
                                for dialect in (Dialect.RESOURCE, Dialect.MANIFEST))
    except SourceError:
        raise ValueError(_NO_YAML) from None
    if not same(documents, as_before):
        raise refused("a text that YAML 1.1 and 1.2 read differently")
    try:
        stream.load(Dialect.RESOURCE, duplicates=True)
    except SourceError:
        raise refused("a key that is no text") from None
    return documents[0] if documents else None


def _is_yaml(text: Any) -> bool:
    try:
        _yaml(text)
    except TypeError:
        return False
    except ValueError as error:
        if error.args == (_NO_YAML,):
            return False
        raise
    return True


def _tree(paths: Any) -> dict[Any, Any]:
    """The paths as nested objects, null at the end of each."""
    if not isinstance(paths, (list, set)):
        raise TypeError("expects set or array argument")
    root: dict[Any, Any] = {}
    for path in [_keys(path) for path in paths]:
        node: Any = root
        for key in path[:-1]:
            node = node.setdefault(key, {})
            if node is None:
                break
        if path and node is not None:
            node[path[-1]] = None
    return root


def _keys(path: Any) -> list[Any]:
    if isinstance(path, (list, tuple)):
        return list(path)
    if not isinstance(path, str):
        raise TypeError("expects paths that are texts or arrays")
    return [part.replace("~1", "/").replace("~0", "~") for part in path.lstrip("/").split("/")] if path else []


def _object(value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise TypeError("expects object argument")
    return value


_GONE = object()


def _removed(value: Any, wanted: Any) -> Any:
    if wanted is None:
        return _GONE
    if wanted is _GONE or not isinstance(value, (dict, list, set)):
        return value
    if isinstance(value, dict):
        pairs = ((key, _removed(item, wanted.get(key, _GONE))) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _GONE}
    if isinstance(value, list):
        left = [_removed(item, wanted.get(str(index), _GONE)) for index, item in enumerate(value)]
        return [item for item in left if item is not _GONE]
    return {item for item in (_removed(item, wanted.get(item, _GONE)) for item in value) if item is not _GONE}


def _filtered(value: Any, wanted: Any) -> Any:
    if wanted is None or not isinstance(value, (dict, list, set)):
        return value
    if isinstance(value, dict):
        return {key: _filtered(item, wanted[key]) for key, item in value.items() if key in wanted}
    if isinstance(value, list):
        return [_filtered(item, wanted[str(index)]) for index, item in enumerate(value) if str(index) in wanted]
    return {_filtered(item, wanted[item]) for item in value if item in wanted}


def _subset(whole_of: Any, part: Any) -> bool:
    if isinstance(whole_of, list) and isinstance(part, set):
        return (bool(part) and all(item in whole_of for item in part)) or (not part and bool(whole_of))
    for kind in (dict, list, set):
        if isinstance(whole_of, kind) and isinstance(part, kind):
            return _holds(whole_of, part)
    raise TypeError("expects two values of the same type, or an array and a set")


def _holds(whole_of: Any, part: Any) -> bool:
    if isinstance(whole_of, dict) and isinstance(part, dict):
        return all(key in whole_of and _holds(whole_of[key], item) for key, item in part.items())
    if isinstance(whole_of, set) and isinstance(part, set):
        return part <= whole_of
    if isinstance(whole_of, list) and isinstance(part, list):
        return _runs(whole_of, part)
    return same(whole_of, part)


def _runs(whole_of: list[Any], part: list[Any]) -> bool:
    """Whether the part is found by OPA, which goes on behind what fitted in part."""
    if len(part) > len(whole_of):
        return False
    start = fitting = 0
    while fitting < len(part):
        if start + fitting == len(whole_of):
            return False
        if same(whole_of[start + fitting], part[fitting]):
            fitting += 1
        else:
            start, fitting = start + 1, 0
    return True


JSON_EXTENSIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "json.is_valid": (1, _is_json),
    "json.unmarshal": (1, _unmarshal),
    "yaml.is_valid": (1, _is_yaml),
    "yaml.unmarshal": (1, _yaml),
    "json.filter": (2, lambda value, paths: _filtered(_object(value), _tree(paths))),
    "json.remove": (2, lambda value, paths: _removed(_object(value), _tree(paths))),
    "object.subset": (2, _subset),
}
