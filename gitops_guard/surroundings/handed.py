"""One side, built -> what Flux Kustomizations that can't be followed from here patch into the objects they deploy.

A Kustomization may hand patches down through those that it deploys (fluxcd.io, Kustomization, "Patches"). Where its source is
not known, neither is which objects of this repository get them; but a field that they write is not absent because its file lacks
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import SourceError
from ..graph.expand import is_controller
from ..grow import node_id
from ..later import holding
from ..nodes import Graph
from ..source import Dialect, parse
from ..targets import Built

_KINDS = ("HelmRelease", "Kustomization")
_MAX_DEPTH = 4


def handed(graph: Graph, built: Iterable[Built]) -> dict[str, list[str]]:
    """Of each kind the fields of `spec` that patches of Kustomizations with an unknown source write in objects of that kind."""
    lost = {node.id for node in graph.nodes if node.kind == "Kustomization" and node.status == "unresolved"}
    found: dict[str, set[str]] = {}
    for item in built:
        for resource in holding(item.resources, {"Kustomization"}):
            if resource.id.kind == "Kustomization" and is_controller(resource) and node_id(resource.id) in lost:
                spec = resource.body.get("spec")
                for kind, name in _written(spec.get("patches") if isinstance(spec, dict) else None, _MAX_DEPTH):
                    found.setdefault(kind, set()).add(name)
    return {kind: sorted(names) for kind, names in sorted(found.items())}


def _written(patches: Any, depth: int) -> Iterator[tuple[str, str]]:
    """The (kind, field of spec) that a list of patches writes, with those that it hands further down."""
    for entry in patches if isinstance(patches, list) and depth else ():
        if isinstance(entry, dict) and isinstance(entry.get("patch"), str):
            target = entry.get("target")
            kind = target.get("kind") if isinstance(target, dict) else None
            for document in _documents(entry["patch"]):
                for of, name, value in _fields(document, kind):
                    yield of, name
                    if of == "Kustomization" and name == "patches":
                        yield from _written(value, depth - 1)


def _fields(document: Any, kind: Any) -> Iterator[tuple[str, str, Any]]:
    """The fields of spec that one patch writes: a strategic merge, or JSON 6902 operations on the target's kind."""
    if isinstance(document, dict) and document.get("kind", kind) in _KINDS and isinstance(document.get("spec"), dict):
        yield from ((document.get("kind", kind), str(name), value) for name, value in document["spec"].items())
    for operation in document if isinstance(document, list) and kind in _KINDS else ():
        steps = str(operation.get("path", "")).split("/") if isinstance(operation, dict) else []
        if steps[:2] == ["", "spec"] and len(steps) > 2 and operation.get("op") in ("add", "replace"):
            yield kind, steps[2], operation.get("value")


def _documents(text: str) -> list[Any]:
    try:
        return list(parse(text.encode("utf-8", "surrogateescape"), "patch").load(Dialect.MANIFEST, duplicates=True, any_key=True))
    except SourceError:
        return []  # the build of whoever applies it says so
