"""Generators of an ApplicationSet -> parameter sets: list, matrix and merge here, the others by their own files.

Rules: Argo CD's `applicationset/generators` (`Transform`, `list.go`, `matrix.go`, `merge.go`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....errors import SourceError
from ....model import FieldPath
from ....origin import Map, Seq
from ....scalars import Dialect
from ....source import parse_embedded
from ...fields import text
from . import clusters, git
from .context import Context, Produced, listed
from .params import MismatchError, combined, copy, data, flat, identity, over
from .problem import SetError
from .selectors import read

KINDS = ("list", "clusters", "git", "scmProvider", "clusterDecisionResource", "pullRequest", "matrix", "merge", "plugin")
"""In the order in which Argo CD takes them."""
_COMBINED = ("matrix", "merge")
_MAX_LEVEL = 2
"""How deep a matrix or merge may stand: in one other."""
_SERVERS = {"scmProvider": "a git host's list of repositories", "pullRequest": "a git host's list of pull requests",
            "clusterDecisionResource": "an object in the cluster", "plugin": "a plugin's service"}
_SPLIT = "one entry holds one generator; write each as an entry of its own"


def generate(entry: Any, path: FieldPath, context: Context) -> list[tuple[str, Produced]]:
    """What each generator of one entry of `spec.generators` makes, by its kind. Raises SetError."""
    if type(entry) is not Map:
        raise SetError("failed", "a generator must be a mapping", path, "write one, such as - list: {elements: []}")
    strange = sorted(key for key in entry if key not in (*KINDS, "selector"))
    if strange and not any(entry.get(kind) is not None for kind in KINDS):
        problem = SetError("unresolved", "the generator is of a kind that is not known here", (*path, strange[0]),
                           "check its name; Argo CD generates nothing for one that it doesn't know")
        return [("", Produced(unknown=[problem]))]
    return _transform(entry, path, context, 0, None)


def _transform(entry: Map, path: FieldPath, context: Context, level: int, outer: Map | None) -> list[tuple[str, Produced]]:
    """See `generate`; `outer` are the parameters of the matrix's first generator."""
    selector = read(entry.get("selector"), (*path, "selector"), strict_values=False)
    found = []
    for kind in KINDS:
        if entry.get(kind) is None or (kind in _COMBINED and level >= _MAX_LEVEL):
            continue
        node, where = entry[kind], (*path, kind)
        if type(node) is not Map:
            raise SetError("failed", f"{kind}: must be a mapping", where)
        if outer:
            node = context.templating.deep(Map({kind: node}), outer, lambda below: (*path, *below), generator=True)[kind]
        produced = _one(kind, node, where, context, level)
        if entry.get("selector") is not None:
            context.spend(sum(len(params) for params in produced.sets) * 20, where)
            produced.sets = [params for params in produced.sets if selector.fits(flat(params))]
        context.budget.count(len(produced.sets), where)
        found.append((kind, produced))
    return found


def _one(kind: str, node: Map, path: FieldPath, context: Context, level: int) -> Produced:
    if kind in _SERVERS:
        return Produced(unknown=[SetError("unresolved", f"the generator needs {_SERVERS[kind]}, which is not known here", path)])
    if kind in _COMBINED:
        return (_matrix if kind == "matrix" else _merge)(node, path, context, level)
    simple: dict[str, Callable[[Map, FieldPath, Context], Produced]] = {
        "list": _list, "git": git.generate, "clusters": clusters.generate,
    }
    return simple[kind](node, path, context)


def _list(node: Map, path: FieldPath, context: Context) -> Produced:
    sets = []
    for index, element in enumerate(listed(node, "elements", path)):
        where = (*path, "elements", index)
        if element is not None and type(element) is not Map:
            raise SetError("failed", "an element must be a mapping", where)
        params = Map() if element is None else element
        sets.append(_data(params, where) if context.templating.go else _strings(params, where))
    if node.get("elementsYaml"):
        sets += _written(node, path)
    return Produced(sets)


def _data(value: Any, path: FieldPath) -> Any:
    try:
        return data(value)
    except ValueError as error:
        raise SetError("failed", str(error), path) from None


def _strings(element: Map, path: FieldPath) -> Map:
    """An element's parameters without goTemplate: strings only, those of `values` by `values.name`."""
    params = Map()
    for key, value in element.items():
        if key == "values" and type(value) is Map:
            for name, inner in value.items():
                params.put(f"values.{name}", _string(inner, (*path, key, name)), value.at.get(name))
        else:
            params.put(key, _string(value, (*path, key)), element.at.get(key))
    if "values" in element and type(element["values"]) is not Map:
        raise SetError("failed", "values must be a mapping", (*path, "values"))
    return params


def _string(value: Any, path: FieldPath) -> str:
    if not isinstance(value, str):
        raise SetError("failed", "an element's values must be strings unless goTemplate is on", path, "put it in quotes")
    return value


def _written(node: Map, path: FieldPath) -> list[Map]:
    """The elements that `elementsYaml` lists."""
    where = (*path, "elementsYaml")
    origin = node.at.get("elementsYaml")
    written = text(node, "elementsYaml")
    try:
        if origin is None or not written:
            raise SetError("failed", "elementsYaml must be text", where)
        documents = parse_embedded(written, origin).load(Dialect.MANIFEST, duplicates=True, any_key=True)
        found = data(documents[0]) if documents else None
    except SourceError as error:
        raise SetError("failed", f"elementsYaml is no YAML: {error.message}", where) from None
    except ValueError as error:
        raise SetError("failed", f"elementsYaml: {error}", where) from None
    if found is not None and (type(found) is not Seq or any(item is not None and type(item) is not Map for item in found)):
        raise SetError("failed", "elementsYaml must be a list of mappings", where)
    return [Map() if item is None else item for item in found or ()]


def _children(node: Map, path: FieldPath, least: int, most: int | None) -> list[tuple[Map, FieldPath]]:
    found = listed(node, "generators", path)
    if len(found) < least or (most is not None and len(found) > most):
        wanted = f"exactly {least}" if most is not None else f"at least {least}"
        raise SetError("failed", f"{path[-1]} takes {wanted} generators", (*path, "generators") if found else path)
    for index, child in enumerate(found):
        if type(child) is not Map:
            raise SetError("failed", "a generator must be a mapping", (*path, "generators", index))
    return [(child, (*path, "generators", index)) for index, child in enumerate(found)]


def _single(child: Map, path: FieldPath, context: Context, level: int, outer: Map | None) -> Produced:
    """What a child of a matrix or merge makes; it must be one generator."""
    found = _transform(child, path, context, level, outer)
    if len(found) > 1:
        raise SetError("failed", "an entry inside matrix or merge holds more than one generator", path, _SPLIT)
    if not found:
        deep = any(child.get(kind) is not None for kind in _COMBINED)
        message = "matrix and merge may stand in one other, not deeper" if deep else "the entry holds no generator"
        raise SetError("failed", message, path, "put one generator there")
    return found[0][1]


def _matrix(node: Map, path: FieldPath, context: Context, level: int) -> Produced:
    """Every set of the first generator with every one that the second makes for it."""
    (first, first_path), (second, second_path) = _children(node, path, 2, 2)
    produced = _single(first, first_path, context, level + 1, None)
    result = Produced(unknown=produced.unknown)
    for one in produced.sets:
        others = _single(second, second_path, context, level + 1, one)
        result.note(others.unknown)
        for other in others.sets:
            context.spend(20 * (len(one) + len(other)), path)
            try:
                if context.templating.go:
                    both = copy(other)
                    over(both, one)
                else:
                    both = combined(one, other)
            except MismatchError as error:
                raise SetError("failed", f"the parameter {error.key}: {error.message}", path,
                               "rename it in one of them; pathParamPrefix does that for a git generator's path") from None
            result.sets.append(both)
        context.budget.count(len(result.sets), path)
    return result


def _merge(node: Map, path: FieldPath, context: Context, level: int) -> Produced:
    """The first generator's sets, with what the later ones say of those with equal merge keys."""
    children = _children(node, path, 2, None)
    produced = [_single(child, where, context, level + 1, None) for child, where in children]
    keys = [key for key in listed(node, "mergeKeys", path) if isinstance(key, str)]
    if not keys:
        raise SetError("failed", "merge needs mergeKeys", path, "list the parameters that tell the sets apart")
    tables = [_by_key(one.sets, keys, where) for one, (_child, where) in zip(produced, children, strict=True)]
    result = Produced()
    for one in produced:
        result.note(one.unknown)
    if any(one.unknown for one in produced[1:]):
        return result  # what they override is not known
    for key, params in tables[0].items():
        base = copy(params)
        for table in tables[1:]:
            _override(base, table.get(key), path, context)
        result.sets.append(base)
    return result


def _by_key(sets: list[Map], keys: list[str], path: FieldPath) -> dict[str, Map]:
    table: dict[str, Map] = {}
    for params in sets:
        key = identity(params, keys)
        if key in table:
            raise SetError("failed", "two parameter sets of the generator have the same merge keys", path,
                           "add a merge key that tells them apart")
        table[key] = params
    return table


def _override(base: Map, winner: Map | None, path: FieldPath, context: Context) -> None:
    if winner is None:
        return
    context.spend(20 * len(winner), path)
    if not context.templating.go:
        for key, value in winner.items():
            base.put(key, value, winner.at.get(key))
        return
    try:
        over(base, winner)
    except MismatchError as error:
        raise SetError("failed", f"the parameter {error.key}: {error.message}", path) from None
