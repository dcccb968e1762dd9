"""Which folders of a repository could read a file, by the words of kustomizations: more than do."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from reach_changes import KUSTOMIZATIONS
from remotes import git


def graph_of(root: Path) -> dict[str, set[str]]:
    """Each folder with a kustomization, and what that could name."""
    return {folder: references(root, folder) for folder in folders_of(root)}


def folders_of(root: Path) -> list[str]:
    listed = git(root, "ls-files").splitlines()
    return sorted({posixpath.dirname(path) or "." for path in listed if posixpath.basename(path) in KUSTOMIZATIONS and (root / path).exists()})


def references(root: Path, folder: str) -> set[str]:
    """All that a word of a folder's kustomization could name, and the files beside it that could be one."""
    found = {posixpath.normpath(f"{folder}/{name}") for name in KUSTOMIZATIONS}
    for name in KUSTOMIZATIONS:
        file = root / folder / name
        if file.is_file():
            words = re.findall(r"[^\s'\",\[\]{}=]+", file.read_text(errors="replace"))
            found |= {posixpath.normpath(posixpath.join(folder, word)) for word in words}
    return found


def dependents(graph: dict[str, set[str]], path: str) -> set[str]:
    """The folders that could read a file, whatever way."""
    names = {path, *({posixpath.dirname(path) or "."} if posixpath.basename(path) in KUSTOMIZATIONS else ())}
    above = [path[:at] for at, letter in enumerate(path) if letter == "/"]
    found = {folder for folder, named in graph.items() if names & named or (folder in names)}
    # A folder that is named as a whole, and is no kustomization, may be a chart or a link.
    found |= {folder for folder, named in graph.items() if any(top in named and top not in graph for top in above)}
    waiting = list(found)
    while waiting:
        inner = waiting.pop()
        fresh = {folder for folder, named in graph.items() if inner in named} - found
        found |= fresh
        waiting += fresh
    return found
