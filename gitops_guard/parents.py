"""Flux objects + the patches that their parents apply to them -> the objects with the fields that only a parent gives.

A Flux Kustomization patches what it renders, and so its children: many repositories keep `interval`, `prune` or
`driftDetection` in one parent. Which parent deploys which child is the graph's to say; here a field that a child does not have
is taken from any parent of the repository that patches its kind, and what a child has itself stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .errors import SourceError
from .origin import Map, Origin, Seq, clone
from .source import Dialect, parse_embedded

_GROUP = "kustomize.toolkit.fluxcd.io/"
_DEPTH = 4

Defaults = dict[tuple[str, str], Map]
"""(group, kind) -> the fields that parents set"""


def defaults(bodies: Iterable[Any]) -> Defaults:
    """The fields that the Flux Kustomizations among `bodies` patch into other Flux objects."""
    found: Defaults = {}
    for body in bodies:
        if _is_parent(body):
            for patch in _patches(body, 0):
                key = (_group(patch), str(patch.get("kind")))
                _fill(found.setdefault(key, Map()), _without_identity(patch))
    return found


def filled(body: Map, known: Defaults) -> Map:
    """The object with the fields that a parent gives it; the object itself where there are none."""
    given = known.get((_group(body), str(body.get("kind"))))
    if given is None:
        return body
    copy: Map = clone(body)
    _fill(copy, given)
    return copy


def _is_parent(body: Any) -> bool:
    return isinstance(body, Map) and body.get("kind") == "Kustomization" and str(body.get("apiVersion")).startswith(_GROUP)


def _group(body: Map) -> str:
    return str(body.get("apiVersion")).rpartition("/")[0]


def _patches(body: Map, depth: int) -> Iterator[Map]:
    """The strategic-merge patches of a Flux Kustomization for Flux objects, and those that they patch into its children."""
    spec = body.get("spec")
    entries = spec.get("patches") if isinstance(spec, Map) else None
    for entry in entries if isinstance(entries, Seq) and depth < _DEPTH else ():
        text = entry.get("patch") if isinstance(entry, Map) else None
        origin = entry.at.get("patch") if isinstance(entry, Map) else None
        if not isinstance(text, str):
            continue
        for patch in _documents(text, origin or Origin("", 1, 1, exact=False)):
            if isinstance(patch, Map) and _group(patch).endswith(".fluxcd.io"):
                yield patch
                if _is_parent(patch):
                    yield from _patches(patch, depth + 1)


def _documents(text: str, origin: Origin) -> list[Any]:
    try:
        return parse_embedded(text, origin).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except SourceError:
        return []  # Flux refuses it as well; then the child keeps what it has


def _without_identity(patch: Map) -> Map:
    """A patch's own apiVersion, kind and metadata name its target, not a field."""
    fields = Map()
    for key, value in patch.items():
        if key not in ("apiVersion", "kind", "metadata"):
            fields.put(key, value, patch.at.get(key))
    return fields


def _fill(into: Map, given: Map) -> None:
    for key, value in given.items():
        if key.startswith("$") or value is None:
            continue
        if key not in into:
            into.put(key, clone(value), given.at.get(key))
        elif isinstance(into[key], Map) and isinstance(value, Map):
            _fill(into[key], value)
