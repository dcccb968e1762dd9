"""One side, built -> what it reads from elsewhere: this repository's own addresses, remote bases and charts, image policy marks.

These are facts for the policies of scope repository; whether anything of it moves or names nothing is decided there.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..errors import SourceError
from ..graph.expand import is_controller
from ..manifests import KUSTOMIZATION_FILES
from ..model import Resource
from ..origin import Map, Origin, Seq, origin_of
from ..render.repospec import parse as parse_url
from ..source import Dialect, Sources
from ..targets import Built
from ..tree import OutsideError

_MARK = "$imagepolicy"
_YAML = (".yaml", ".yml")
_ENTRIES = ("resources", "bases", "components")
_FILE = re.compile(r"https?://[^?]*\.(?:ya?ml|json)", re.IGNORECASE)
_MAX_DEPTH = 12


def references(sources: Sources, built: Sequence[Built], is_home: Callable[[str], bool],
               generated: Iterable[Resource] = ()) -> dict[str, Any]:
    """`input.references` of scope repository. `is_home` says of a URL that it names this repository."""
    objects = (*(resource for item in built for resource in item.resources), *generated)
    return {
        "own": sorted({url for url in _addresses(objects) if is_home(url)}),
        "remotes": [entry for item in built for entry in _remotes(sources, item, is_home)],
        "marks": [mark for path in sources.tree.files() if path.endswith(_YAML) for mark in _marks(sources, path)],
    }


def _addresses(objects: Iterable[Resource]) -> Iterator[str]:
    """The URLs that controller objects name."""
    for resource in objects:
        if is_controller(resource):
            yield from _urls(resource.body.get("spec"), _MAX_DEPTH)


def _urls(node: Any, depth: int) -> Iterator[str]:
    if depth and isinstance(node, dict):
        for key, value in node.items():
            if key in ("repoURL", "url") and isinstance(value, str):
                yield value
            else:
                yield from _urls(value, depth - 1)
    elif depth and isinstance(node, list):
        for value in node:
            yield from _urls(value, depth - 1)


def _remotes(sources: Sources, item: Built, is_home: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """What the kustomizations of a target name by URL."""
    for path in sorted(item.read):
        if posixpath.basename(path) not in KUSTOMIZATION_FILES or sources.mount_of(path):
            continue
        document = _kustomization(sources, path)
        entries = ((_remote(entry, is_home), origin) for entry, origin in _entries(document))
        for found, origin in (*entries, *_charts(document)):
            yield {"target": item.target.id, **found, "file": path, "line": origin.line, "column": origin.column}


def _kustomization(sources: Sources, path: str) -> Map:
    try:
        documents = sources.stream(path).load(Dialect.RESOURCE, duplicates=True, any_key=True)
    except (SourceError, OutsideError, OSError):
        return Map()  # the build tells of it
    first = documents[0] if documents else None
    return first if isinstance(first, Map) else Map()


def _entries(document: Map) -> Iterator[tuple[str, Origin]]:
    for field in _ENTRIES:
        entries = document.get(field)
        for index, entry in enumerate(entries if isinstance(entries, Seq) else ()):
            origin = origin_of(entries, index)
            if isinstance(entry, str) and origin is not None and "\n" not in entry and (_FILE.match(entry) or parse_url(entry)):
                yield entry, origin


def _remote(entry: str, is_home: Callable[[str], bool]) -> dict[str, Any]:
    """A file that is read over HTTP has no revision but what its address says."""
    spec = parse_url(entry)
    if spec is None or ("?" not in entry and _FILE.match(entry)):
        return {"kind": "file", "url": entry, "own": False}
    return {"kind": "base", "url": spec.url, "revision": spec.ref, "own": is_home(spec.url)}


def _charts(document: Map) -> Iterator[tuple[dict[str, Any], Origin]]:
    charts = document.get("helmCharts")
    for index, chart in enumerate(charts if isinstance(charts, Seq) else ()):
        if not isinstance(chart, Map) or not isinstance(chart.get("repo"), str) or not isinstance(chart.get("name"), str):
            continue
        version = chart.get("version")
        origin = origin_of(chart, "version") or origin_of(chart, "name") or origin_of(charts, index)
        if origin is not None:
            yield {"kind": "chart", "url": chart["repo"], "chart": chart["name"],
                   "version": version if isinstance(version, str) else ""}, origin


def _marks(sources: Sources, path: str) -> Iterator[dict[str, Any]]:
    """The comments by which Flux knows which image policy writes a value.

    A comment is one if it is a JSON object with that key and nothing else stands before it (kyaml, setters2).
    """
    try:
        comments = sources.stream(path).comments() if sources.mentions(path, _MARK) else []
    except (SourceError, OutsideError, OSError):
        return  # what Flux can't read either
    for comment in comments:
        text = comment.text.lstrip("#").strip()
        if comment.embedded or _MARK not in text or not text.startswith("{"):
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        policy = value.get(_MARK) if isinstance(value, dict) else None
        yield {"policy": policy if isinstance(policy, str) else "", "file": path, "line": comment.line, "column": comment.column}
