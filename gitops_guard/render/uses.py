"""What a kustomization names, without building it: a folder goes in, the folders and files of its own entries come out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import InputError
from ..tree import OutsideError, join
from .kustomization import Kustomization, find
from .load import is_url

if TYPE_CHECKING:
    from .build import Builder

_ENTRIES = ("resources", "components", "crds", "configurations", "generators", "transformers", "validators",
            "patchesStrategicMerge")
_PATHS = ("patches", "patchesJson6902", "replacements")


def uses(builder: Builder, folder: str) -> tuple[frozenset[str], frozenset[str]]:
    """Folders and files that lie in the repository; never raises for missing or broken ones."""
    files: set[str] = set(find(builder.loader, folder))
    try:
        kustomization = builder.kustomization(folder, None)
    except (InputError, OutsideError):
        return frozenset(), frozenset(files)
    folders: set[str] = set()
    for entry in _named(kustomization):
        kind = None if is_url(entry) else builder.loader.exists(folder, entry)
        if kind is not None:
            (folders if kind == "dir" else files).add(builder.loader.tree.real(join(folder, entry)))
        elif not is_url(entry) and _leaves(builder, join(folder, entry)):
            files.add(join(folder, entry))  # the build tells of it, at the entry
    return frozenset(folders), frozenset(files)


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
