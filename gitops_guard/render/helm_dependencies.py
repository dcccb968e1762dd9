"""Charts of the tree that another one needs (`repository: file://../common`): a chart goes in, the files it lacks come out.

Argo CD and Flux run `helm dependency build` for a chart whose `charts/` folder lacks them; what is not fetched for that is here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import SourceError
from ..origin import Map, Seq
from ..source import Dialect, Sources
from ..tree import OutsideError, join
from .helm_run import chart_files

_MAX_CHARTS = 100
_SCHEME = "file://"


def local_charts(sources: Sources, folder: str) -> dict[str, str]:
    """The charts that lie in the tree: path in the chart -> path in the tree. Raises HelmError, OutsideError or SourceError."""
    found: dict[str, str] = {}
    waiting: list[tuple[tuple[str, ...], str]] = [((folder,), "")]
    seen = 0
    while waiting:
        chain, prefix = waiting.pop()
        for name, inner in _dependencies(sources, chain[-1]):
            seen += 1
            if inner in chain or seen > _MAX_CHARTS:
                continue
            into = f"{prefix}charts/{name}/"
            for file in chart_files(sources.tree, inner):
                found.setdefault(into + file, join(inner, file))
            waiting.append(((*chain, inner), into))
    return found


def _dependencies(sources: Sources, folder: str) -> Iterator[tuple[str, str]]:
    """(name, folder) of each chart of the tree that a chart names and does not hold."""
    for file in ("Chart.yaml", "requirements.yaml"):
        for entry in _listed(sources, join(folder, file)):
            name, repository = (entry.get("name"), entry.get("repository")) if type(entry) is Map else (None, None)
            if not isinstance(name, str) or not isinstance(repository, str) or not repository.startswith(_SCHEME):
                continue
            path = repository.removeprefix(_SCHEME)
            inner = join(folder, path)
            if "/" in name or name in {"", ".", ".."} or path.startswith("/") or inner.startswith(".."):
                continue
            missing = sources.tree.kind(join(folder, f"charts/{name}")) is None
            if missing and sources.tree.kind(join(inner, "Chart.yaml")) == "file":
                yield name, inner


def _listed(sources: Sources, file: str) -> list[Any]:
    try:
        documents = sources.stream(file).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except (SourceError, OutsideError, OSError):
        return []  # helm says what is wrong with it
    listed = documents[0].get("dependencies") if documents and type(documents[0]) is Map else None
    return list(listed) if type(listed) is Seq else []
