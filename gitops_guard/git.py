"""What git knows about a folder: where its work tree begins and which files belong to it."""

from __future__ import annotations

import os
from pathlib import Path

from . import tool
from .errors import ToolError

# A repository's own configuration must not run anything, and a checkout of another user (a container's volume) is only read.
_SAFE = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "safe.directory=*")


def _git(folder: Path, *args: str) -> tool.Done:
    return tool.run(["git", *_SAFE, *args], cwd=folder, env={"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}, error=ToolError)


def top_level(folder: Path) -> Path | None:
    """The root of the work tree that holds `folder`; None where there is none, or no git."""
    if tool.find("git") is None:
        return None
    done = _git(folder, "rev-parse", "--show-toplevel")
    path = done.out.decode("utf-8", "surrogateescape").rstrip("\n")
    return Path(path) if done.code == 0 and path else None


def listing(root: Path) -> list[str] | None:
    """The files below `root` that git tracks or does not ignore, relative to it; None outside a work tree.

    Raises ToolError where git fails in a work tree.
    """
    if top_level(root) is None:
        return None
    done = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if done.code != 0:
        raise ToolError(f"git can't list the files of the repository: {done.err.strip()}")
    names = {name for name in done.out.decode("utf-8", "surrogateescape").split("\0") if name}
    found = []
    for name in names:
        path = os.path.join(root, name)
        # Deleted files are still listed, and so is a submodule (as a folder): neither is a file of this side.
        if os.path.islink(path) or os.path.isfile(path):
            found.append(name)
    return sorted(found)
