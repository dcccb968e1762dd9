"""Files -> the folders that controller objects in them name, as far as that can be read without rendering anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..errors import SourceError
from ..source import Dialect, Sources
from ..tree import OutsideError, join

_GROUPS = ("argoproj.io", ".toolkit.fluxcd.io")
_DEPTH = 12


def named_folders(sources: Sources, files: Iterable[str]) -> frozenset[str]:
    """Every `path` in the specs of Argo CD's and Flux's objects, variables and templates left out; never raises."""
    bodies = (body for file in files for body in _objects(sources, file))
    return frozenset(join(".", path) for body in bodies for path in _paths(body.get("spec"), 0))


def _objects(sources: Sources, file: str) -> Iterator[dict[str, Any]]:
    if not sources.mentions(file, *_GROUPS):
        return
    try:
        if sources.noted(file, "controllers", lambda: ("some",) if _controllers(sources, file) else ()):
            yield from _controllers(sources, file)
    except (SourceError, OutsideError, OSError):
        return


def _controllers(sources: Sources, file: str) -> list[dict[str, Any]]:
    documents = sources.stream(file).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    return [document for document in documents
            if isinstance(document, dict) and str(document.get("apiVersion")).partition("/")[0].endswith(_GROUPS)]


def _paths(node: Any, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        return
    if isinstance(node, list):
        for item in node:
            yield from _paths(item, depth + 1)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "path" and isinstance(value, str) and "{{" not in value and "${" not in value:
                yield value.lstrip("/") or "."
            else:
                yield from _paths(value, depth + 1)
