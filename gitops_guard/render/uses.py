"""What a kustomization names, without building it: a folder goes in, the folders and files of its own entries come out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import InputError
from ..source import Words
from ..tree import OutsideError, join
from .kustomization import Kustomization, find
from .load import is_url

if TYPE_CHECKING:
    from .build import Builder

_ENTRIES = ("resources", "components", "crds", "configurations", "generators", "transformers", "validators",
            "patchesStrategicMerge")
_FOLLOWING = ("generators", "transformers", "validators", "helmCharts", "helmChartInflationGenerator")
_PATHS = ("patches", "patchesJson6902", "replacements")


def uses(builder: Builder, folder: str) -> tuple[frozenset[str], frozenset[str]]:
    """Folders and files that lie in the repository; never raises for missing or broken ones."""
    found = find(builder.loader, folder)
    files, folders = set(found), set[str]()
    try:
        entries = _entries(builder, folder, found)
    except (InputError, OutsideError):
        return frozenset(), frozenset(files)
    for entry in entries:
        kind = builder.loader.exists(folder, entry)
        if kind is not None:
            (folders if kind == "dir" else files).add(builder.loader.tree.real(join(folder, entry)))
        elif _leaves(builder, join(folder, entry)):
            files.add(join(folder, entry))  # the build tells of it, at the entry
    return frozenset(folders), frozenset(files)


def follows(builder: Builder, folder: str) -> bool:
    """Whether a kustomization has plugins or charts, which name files themselves. One that can't be read has none."""
    try:
        data = builder.kustomization(folder, None).data
    except (InputError, OutsideError):
        return False
    return any(data.get(field) for field in _FOLLOWING)


def _entries(builder: Builder, folder: str, found: list[str]) -> Words:
    """The paths that a folder's kustomization names. What is there is a path; what else an entry may be, nobody knows."""
    def look() -> Words:
        return tuple(dict.fromkeys(entry for entry in _named(builder.kustomization(folder, None)) if not is_url(entry)))
    if len(found) != 1:
        return look()
    return builder.loader.sources.noted(
        found[0], "named", look, lambda words: all(builder.loader.exists(folder, word) is not None for word in words))


def _leaves(builder: Builder, path: str) -> bool:
    """Whether a path lies in the repository and a link on it leads out."""
    if path.startswith("../"):
        return False
    try:
        builder.loader.tree.real(path)
    except OutsideError:
        return True
    return False


def _named(kustomization: Kustomization) -> Iterator[str]:
    for field in _ENTRIES:
        for entry, _ in kustomization.entries(field):
            if "\n" not in entry:
                yield entry
    for field in _PATHS:
        for entry, _ in kustomization.entries(field):
            if entry.get("path"):
                yield entry["path"]
    for field in ("configMapGenerator", "secretGenerator"):
        for entry, _ in kustomization.entries(field):
            yield from entry.get("envs", ())
            for source in entry.get("files", ()):
                yield source.partition("=")[2] or source
    for entry, _ in kustomization.entries("helmCharts"):
        yield from entry.get("additionalValuesFiles", ())
        if entry.get("valuesFile"):
            yield entry["valuesFile"]
    path = kustomization.data.get("openapi", {}).get("path")
    if path:
        yield path
