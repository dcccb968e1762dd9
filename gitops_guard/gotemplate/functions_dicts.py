"""Sprig's functions on maps. `set`, `unset` and the merges change the map that they are given, as in Go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .casts import is_empty, to_text
from .errors import CallError
from .signature import Registry
from .values import NilMap, Slice, StringMap, Unordered, bound, is_list, is_nil, ordered

FUNCTIONS = Registry()


@FUNCTIONS("...any", "dict")
def _dict(*values: Any) -> dict[str, Any]:
    keys = map(to_text, values[::2])
    return dict(zip(keys, (*values[1::2], "") if len(values) % 2 else values[1::2], strict=True))


@FUNCTIONS("map, string", "get")
def _get(data: Mapping[str, Any], key: str) -> Any:
    return data.get(key, "")


@FUNCTIONS("map, string, any", "set")
def _set(data: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    if isinstance(data, NilMap):
        raise CallError("assignment to entry in nil map")
    data[key] = value
    return data


@FUNCTIONS("map, string", "unset")
def _unset(data: dict[str, Any], key: str) -> dict[str, Any]:
    data.pop(key, None)
    return data


@FUNCTIONS("map, string", "hasKey")
def _has_key(data: Mapping[str, Any], key: str) -> bool:
    return key in data


@FUNCTIONS("string, ...map", "pluck")
def _pluck(key: str, *maps: Mapping[str, Any]) -> list[Any]:
    return [data[key] for data in maps if key in data]


@FUNCTIONS("...map", "keys")
def _keys(*maps: Mapping[str, Any]) -> Unordered:
    bound(sum(map(len, maps)))
    return Unordered([key for data in maps for key in ordered(data)], "string")


@FUNCTIONS("map", "values")
def _values(data: Mapping[str, Any]) -> Unordered:
    return Unordered([data[key] for key in ordered(data)])


@FUNCTIONS("map, ...string", "pick")
def _pick(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: data[key] for key in keys if key in data}


@FUNCTIONS("map, ...string", "omit")
def _omit(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in keys}


@FUNCTIONS("...any", "dig")
def _dig(*values: Any) -> Any:
    if len(values) < 3:
        raise CallError("dig needs at least three arguments")
    *keys, default, data = values
    if not all(isinstance(key, str) for key in keys):
        raise CallError("interface conversion: a key is no string")
    for key in keys:
        if not isinstance(data, Mapping) or isinstance(data, StringMap):
            raise CallError("interface conversion: not a map[string]interface {}")
        if key not in data:
            return default
        data = data[key]
    return data


@FUNCTIONS("map, ...map", "merge", "mustMerge")
def _merge(target: dict[str, Any], *sources: Mapping[str, Any]) -> Any:
    for source in sources:
        target = _merged(target, source, overwrite=False)
    return target


@FUNCTIONS("map, ...map", "mergeOverwrite", "mustMergeOverwrite")
def _merge_overwrite(target: dict[str, Any], *sources: Mapping[str, Any]) -> Any:
    for source in sources:
        target = _merged(target, source, overwrite=True)
    return target


def _merged(target: dict[str, Any], source: Mapping[str, Any], *, overwrite: bool) -> dict[str, Any]:
    if isinstance(target, NilMap):
        if is_nil(source):
            return target
        target = {}
    _merge_into(target, source, overwrite=overwrite)
    return target


def _merge_into(target: dict[str, Any], source: Mapping[str, Any], *, overwrite: bool) -> None:
    for key in ordered(source):
        value = source[key]
        if value is None:
            if overwrite:
                target[key] = None
            continue
        before = target.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping) and before:
            if not isinstance(before, dict) or isinstance(before, NilMap):
                raise CallError("cannot merge into this map")
            _merge_into(before, value, overwrite=overwrite)
        elif is_list(value) and is_list(before) and before:
            if overwrite and source:
                target[key] = value
        elif overwrite or key not in target or is_empty(before):
            target[key] = value


@FUNCTIONS("any", "deepCopy", "mustDeepCopy")
def _copied(value: Any) -> Any:
    if value is None:
        raise CallError("call of reflect.Value.Type on zero Value")
    return _deep_copy(value)


def _deep_copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        made = {key: _deep_copy(item) for key, item in value.items()}
        return StringMap(made) if isinstance(value, StringMap) else made
    if is_list(value):
        items = [_deep_copy(item) for item in value]
        return Slice(items, value.elem, nil=value.nil) if isinstance(value, Slice) else items
    return value
