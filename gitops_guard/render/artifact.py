"""What Flux's source-controller packs of a repository: a tree and the source's own list go in, the tree that Flux sees comes out.

Rules: fluxcd/pkg `sourceignore` and source-controller's archive. Without any pattern the defaults count; with one, from a
`.sourceignore` or the source's `spec.ignore`, they replace the defaults but those of version control. The last pattern that fits
a file decides, also below a folder that an earlier one has left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import SourceError
from ..gopattern import fits
from ..source import Sources, Stream
from ..tree import OutsideError, Tree

IGNORE_FILE = ".sourceignore"
_VERSION_CONTROL = (".git/", ".gitignore", ".gitmodules", ".gitattributes")
_DEFAULTS = (
    "*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip", ".github/", ".circleci/", ".travis.yml",
    ".gitlab-ci.yml", "appveyor.yml", ".drone.yml", "cloudbuild.yaml", "codeship-services.yml", "codeship-steps.yml",
    "**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml",
)


@dataclass(frozen=True)
class Pattern:
    """One line of a list of ignored files."""

    domain: tuple[str, ...]
    """The folder of the list, below the artifact's root: the line counts there alone."""
    parts: tuple[str, ...]
    include: bool
    folders_only: bool

    @classmethod
    def parse(cls, line: str, domain: tuple[str, ...] = ()) -> Pattern:
        """A line that is neither empty nor a comment."""
        include = line.startswith("!")
        line = line[1:] if include else line
        line = line if line.endswith("\\ ") else line.rstrip(" ")
        folders_only = line.endswith("/")
        return cls(domain, tuple(line.removesuffix("/").split("/")), include, folders_only)

    def fits(self, path: tuple[str, ...]) -> bool:
        """Whether it is about the file at a path below the artifact's root."""
        size = len(self.domain)
        if len(path) <= size or path[:size] != self.domain:
            return False
        return self._fits_path(path[size:]) if len(self.parts) > 1 else self._fits_name(path[size:])

    def _fits_name(self, path: tuple[str, ...]) -> bool:
        for at, name in enumerate(path):
            if fits(self.parts[0], name):
                return not (self.folders_only and at == len(path) - 1)
        return False

    def _fits_path(self, path: tuple[str, ...]) -> bool:
        fitted = anywhere = False
        for at, part in enumerate(self.parts):
            if part == "":
                anywhere = False
                continue
            if part == "**":
                if at == len(self.parts) - 1:
                    break
                anywhere = True
                continue
            if "**" in part or not path:
                return False
            if anywhere:
                anywhere = False
                found = next((index for index, name in enumerate(path) if fits(part, name)), None)
                fitted = found is not None
                path = () if found is None else path[found + 1:]
            elif fits(part, path[0]):
                fitted, path = True, path[1:]
            else:
                return False
        return fitted and not (self.folders_only and not path)


def read_patterns(text: str, domain: tuple[str, ...] = ()) -> list[Pattern]:
    """The patterns of a list, in order."""
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    return [Pattern.parse(line, domain) for line in lines if line.strip() and not line.startswith("#")]


class Artifact(Sources):
    """The files of a tree without those that the source leaves out below `root`; what is parsed is the tree's own."""

    def __init__(self, home: Sources, root: str, ignore: str | None) -> None:
        """`ignore` is the source's own list, where it has one; what can't be read of the others counts as empty."""
        hidden, folders = _hidden(home, root, ignore)
        self.hidden = hidden
        super().__init__(_Visible(home.tree, hidden, folders))
        self._home = home

    def stream(self, path: str) -> Stream:
        """See `Sources.stream`."""
        return self._home.stream(path)

    def text(self, path: str) -> str:
        """See `Sources.text`."""
        return self._home.text(path)

    def mount_of(self, path: str) -> str:
        """See `Sources.mount_of`."""
        return self._home.mount_of(path)

    def files_below(self, folder: str) -> Sequence[str]:
        """See `Sources.files_below`."""
        return [path for path in self._home.files_below(folder) if path not in self.hidden]

    @property
    def mounts(self) -> Any:
        """See `mounts.Joined`; None where there is none."""
        return getattr(self._home, "mounts", None)


def _hidden(home: Sources, root: str, ignore: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """The files that are left out, and the folders that nothing is left in."""
    files = home.files_below(root)
    inner = {path: tuple(_below(path, root).split("/")) for path in files}
    patterns: list[Pattern] = []
    for path in sorted((path for path in files if inner[path][-1] == IGNORE_FILE), key=lambda path: inner[path][:-1]):
        try:
            patterns += read_patterns(home.text(path), inner[path][:-1])
        except (SourceError, OutsideError, OSError):
            continue  # whoever reads it for its own sake says so
    if ignore is not None:
        patterns += read_patterns(ignore)
    standard = _VERSION_CONTROL if patterns else (*_VERSION_CONTROL, *_DEFAULTS)
    patterns = [*(Pattern.parse(line) for line in standard), *patterns][::-1]
    hidden = {path for path in files if _leaves_out(patterns, inner[path])}
    kept = _folders(path for path in files if path not in hidden)
    return frozenset(hidden), frozenset(_folders(hidden) - kept)


def _leaves_out(patterns: list[Pattern], path: tuple[str, ...]) -> bool:
    """`patterns` has the last one first."""
    return next((not pattern.include for pattern in patterns if pattern.fits(path)), False)


def _below(path: str, root: str) -> str:
    return path if root == "." else path[len(root) + 1:]


def _folders(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


class _Visible:
    """A tree without some of its files; see `tree.Tree`."""

    def __init__(self, tree: Tree, files: frozenset[str], folders: frozenset[str]) -> None:
        self._tree = tree
        self._hidden = files | folders

    def files(self) -> tuple[str, ...]:
        return tuple(path for path in self._tree.files() if path not in self._hidden)

    def read(self, path: str) -> bytes:
        return self._tree.read(path)

    def kind(self, path: str) -> str | None:
        return None if path in self._hidden else self._tree.kind(path)

    def real(self, path: str) -> str:
        return self._tree.real(path)

    def names(self, folder: str) -> list[str]:
        prefix = "" if folder == "." else folder + "/"
        return [name for name in self._tree.names(folder) if prefix + name not in self._hidden]

    def lacks(self, path: str) -> bool:
        return self._tree.lacks(path)
