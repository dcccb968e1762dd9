"""Repositories for tests of fetching: local, bare, reached by file:// URLs, so that no test needs the network."""

from __future__ import annotations

import os
import shutil
import subprocess
import textwrap
from pathlib import Path

ENV = {**{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
       "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}


def git(folder: Path, *args: str) -> str:
    return subprocess.run(["git", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", *args], cwd=folder, env=ENV,
                          check=True, capture_output=True, text=True).stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text).lstrip("\n"))


def repository_of(folder: Path, place: Path) -> Path:
    """A copy of a folder as a repository of its own, so that nothing depends on the branch that this checkout is on."""
    shutil.copytree(folder, place, symlinks=True)
    return committed(place, {})


def committed(place: Path, files: dict[str, str]) -> Path:
    """A folder as a repository with one commit of all that is in it, the files among it."""
    place.mkdir(exist_ok=True)
    git(place, "init", "--quiet")
    write(place, files)
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "x")
    return place


class Remote:
    """A repository with one commit for each call of `commit`."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet")
        self.first = self.commit(files)

    def commit(self, files: dict[str, str], tag: str = "") -> str:
        write(self.folder, files)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", "x")
        if tag:
            git(self.folder, "tag", "--annotate", "--message", "x", tag)
        return git(self.folder, "rev-parse", "HEAD")

    @property
    def url(self) -> str:
        return f"file://{self.folder}"
