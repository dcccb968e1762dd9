"""The builtin json.patch, in Python: a value and operations -> the value they make, an error where one can't be done.

regorus answers such an operation with no value, so that `not` of it holds. OPA's `v1/topdown/json.go` and `internal/edittree` are
the reference: a path may be an array of keys, leading slashes count for nothing, and an operation has what RFC 6902 asks for.
"""

from __future__ import annotations

import copy
import re
from typing import Any

_NEEDS = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": "path"}
_INDEX = re.compile(r"0|[1-9][0-9]*")


def json_patch(value: Any, operations: Any) -> Any:
    """The value with the operations done in turn. Raises TypeError and ValueError, with nothing of the value in the message."""
    if not isinstance(operations, list):
        raise TypeError("expects array argument")
    root = [value]  # so that the value as a whole has a place, too
    for operation in operations:
        _do(root, operation)
    return root[0]


def _do(root: list[Any], operation: Any) -> None:
    if not isinstance(operation, dict):
        raise TypeError("expects an array of objects")
    for key in ("op", "path"):
        if key not in operation:
            raise ValueError(f"an operation has no {key}")
    name = operation["op"]
    needs = _NEEDS.get(name) if isinstance(name, str) else None
    if needs is None:
        raise ValueError("an operation is none of add, remove, replace, move, copy and test")
    if needs not in operation:
        raise ValueError(f"an operation {name} has no {needs}")
    path = _path(operation["path"])
    given = copy.deepcopy(_find(root, _path(operation["from"])) if needs == "from" else operation.get("value"))
    if name == "test" and not same(_find(root, path), given):
        raise ValueError("an operation test finds another value")
    if name in ("remove", "replace"):
        _remove(root, path, root_too=name == "replace")
    elif name == "move":
        _remove(root, _path(operation["from"]), root_too=True)
    if name not in ("test", "remove"):
        _insert(root, path, given)


def _path(path: Any) -> list[Any]:
    """The keys that lead to a place, that of the whole first."""
    if isinstance(path, list):
        return [0, *path]
    if not isinstance(path, str):
        raise TypeError("expects a path that is a string or an array")
    return [0, *(part.replace("~1", "/").replace("~0", "~") for part in path.lstrip("/").split("/"))] if path else [0]


def _find(root: list[Any], path: list[Any]) -> Any:
    at: Any = root
    for key in path:
        if isinstance(at, list):
            at = at[_index(at, key, len(at) - 1)]
        elif isinstance(at, (dict, set)) and key in at:
            at = at[key] if isinstance(at, dict) else key
        else:
            raise ValueError("an operation names a path that is not there")
    return at


def _remove(root: list[Any], path: list[Any], *, root_too: bool) -> None:
    holder, key = _find(root, path[:-1]), path[-1]
    _find(root, path)
    if holder is root:
        if not root_too:
            raise ValueError("an operation removes the whole value")
        holder.pop()
    elif isinstance(holder, list):
        del holder[_index(holder, key, len(holder) - 1)]
    elif isinstance(holder, dict):
        del holder[key]
    else:
        holder.remove(key)


def _insert(root: list[Any], path: list[Any], value: Any) -> None:
    if len(path) == 1:
        root[:] = [value]
        return
    holder, key = _find(root, path[:-1]), path[-1]
    if isinstance(holder, list):
        holder.insert(_index(holder, key, len(holder)), value)
    elif isinstance(holder, dict):
        holder[key] = value
    elif isinstance(holder, set) and same(key, value):
        holder.add(key)
    else:
        raise ValueError("an operation adds to what holds nothing of that name")


def _index(items: list[Any], key: Any, last: int) -> int:
    """The place in an array that a key names, up to `last`; `-` is the one behind its end."""
    if isinstance(key, str) and key == "-":
        index = len(items)
    elif isinstance(key, str) and _INDEX.fullmatch(key):
        index = int(key) if len(key) < 10 else last + 1
    elif isinstance(key, int) and not isinstance(key, bool):
        index = key
    else:
        raise ValueError("an operation names a place in an array by what is no index")
    if not 0 <= index <= last:
        raise ValueError("an operation names a place outside an array")
    return index


def same(one: Any, other: Any) -> bool:
    """Equal as in Rego, where true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
