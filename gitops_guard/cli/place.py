"""The command line's paths -> the repository's root and paths relative to it."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import UsageError


def root_of(given: str | None, paths: tuple[str, ...]) -> Path:
    """The repository's root: the option, else git's top level of the first path, else the current folder if it holds the path.

    Else the path itself. Raises UsageError where a path does not exist.
    """
    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"there is no file or folder {path!r}")
    if given is not None:
        if not os.path.isdir(given):
            raise UsageError(f"--root {given!r} is no folder")
        return Path(os.path.realpath(given))
    first = Path(os.path.realpath(paths[0] if paths else "."))
    folder = first if first.is_dir() else first.parent
    from .. import git  # noqa: PLC0415 (start-up: it brings what runs programs)

    top = git.top_level(folder)
    if top is not None:
        return Path(os.path.realpath(top))
    here = Path(os.path.realpath("."))
    return here if first.is_relative_to(here) else folder


def relative(root: Path, path: str) -> str:
    """A path of the command line, relative to the root, POSIX; the root itself is `.`. Raises UsageError for one outside."""
    # The last part may be a link inside the repository: only what leads to it is resolved.
    parent, name = os.path.split(os.path.abspath(path))
    full = os.path.join(os.path.realpath(parent), name) if name else os.path.realpath(path)
    if os.path.realpath(full) == str(root):
        return "."
    found = os.path.relpath(full, root).replace(os.sep, "/")
    if found == ".." or found.startswith("../"):
        raise UsageError(f"{path!r} lies outside the repository {str(root)!r}; name its root with --root")
    return found
