"""A directory source: its folder and options go in, the files that Argo CD reads as manifests come out.

Rules: `getPotentiallyValidManifests` of Argo CD's repo-server: files by their suffix, below the folder only with `recurse`;
`exclude` and `include` fit the path from the folder; a file that holds the skip marker is left out.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator

from ...errors import SourceError
from ...source import Sources
from ...tree import OutsideError, Tree, join
from ..fields import flag, text
from ..world import Place
from .patterns import fits
from .problem import ProblemError
from .sources import Part

SUFFIXES = (".yaml", ".yml", ".json", ".jsonnet")
MAX_FILES = 50_000
_MARKER = "+argocd:skip-file-rendering"


def manifests(part: Part, folder: str, place: Place, sources: Sources, *,
              marker: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The manifests of a directory source, and the jsonnet files among them, each sorted. Raises ProblemError.

    `marker` says whether Argo CD knows the marker of files to skip (from 3.1 on).
    """
    recurse = flag(part.body, "directory", "recurse")
    include, exclude = (text(part.body, "directory", field) for field in ("include", "exclude"))
    plain: list[str] = []
    jsonnet: list[str] = []
    for inner in _names(sources.tree, folder, place, recurse=recurse):
        path = join(folder, inner)
        if not inner.endswith(SUFFIXES) or (exclude and fits(exclude, inner)) or (include and not fits(include, inner)):
            continue
        if _is_skipped(sources, path, part, marker=marker):
            continue
        (jsonnet if path.endswith(".jsonnet") else plain).append(path)
    return tuple(sorted(plain)), tuple(sorted(jsonnet))


def _names(tree: Tree, folder: str, place: Place, *, recurse: bool) -> Iterator[str]:
    """The files of a folder, as paths from it; of this repository those that belong to it, links to folders not followed."""
    prefix = "" if folder == "." else f"{folder}/"
    if place.home:
        listed = tree.files()
        for path in listed[bisect.bisect_left(listed, prefix):]:
            if not path.startswith(prefix):
                break
            if recurse or "/" not in path[len(prefix):]:
                yield path[len(prefix):]
        return
    waiting = [""]
    seen = 0
    while waiting:
        inner = waiting.pop()
        for name in tree.names(join(folder, inner or ".")):
            path = f"{inner}/{name}" if inner else name
            kind = tree.kind(join(folder, path))
            seen += 1
            if kind == "file":
                yield path
            elif kind == "dir" and recurse and name != ".git" and tree.real(join(folder, path)) == join(tree.real(folder), path):
                waiting.append(path)
            if seen > MAX_FILES:
                return


def _is_skipped(sources: Sources, path: str, part: Part, *, marker: bool) -> bool:
    """Whether a file is none of the manifests, by what it holds. Raises ProblemError for a link that leaves the repository."""
    try:
        return sources.tree.kind(path) != "file" or (marker and _MARKER in sources.text(path))
    except OutsideError:
        raise ProblemError("failed", f"the link {path} leaves the repository; Argo CD refuses the folder", (*part.path, "path"),
                           "put the file itself there") from None
    except (SourceError, OSError):
        return False  # whoever builds the folder says what is wrong with the file
