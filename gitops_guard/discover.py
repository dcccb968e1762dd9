"""A repository -> what could be built in it: kustomization folders and folders of plain manifests, and which are targets.

Without controller objects, targets are the kustomization folders that nothing else in the repository uses (never a Component
alone), and the folders of plain manifests that no kustomization or chart takes in. What controller objects take is no target
without an owner. Nothing is rendered here; a kustomization is only asked what it names directly.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from . import manifests
from .errors import SourceError
from .model import Target
from .source import Dialect, Sources, Words
from .tree import OutsideError, is_below, join

Uses = Callable[[str], tuple[frozenset[str], frozenset[str]]]
"""folder of a kustomization -> the kustomization folders and the files that it names directly"""

ENVIRONMENT_WORDS = {
    "production": ("prod", "production", "prd", "live"),
    "staging": ("staging", "stage", "stg", "preprod", "uat"),
    "development": ("dev", "development", "test", "qa", "sandbox", "preview"),
}
_UNREADABLE, _FOREIGN, _COMPONENT = "unreadable", "foreign", "Component"
_BY_TOKEN = {token: name for name, tokens in ENVIRONMENT_WORDS.items() for token in tokens}


@dataclass(frozen=True)
class Taken:
    """What controller objects take in, so that it is no target without an owner."""

    folders: frozenset[str] = frozenset()
    """Kustomization folders that their builds use, or that they name and nobody can build from here."""
    files: frozenset[str] = frozenset()
    """Files that their builds read."""
    covered: frozenset[str] = frozenset()
    """Folders whose plain manifests they deploy or leave out, at any depth."""

    def __or__(self, other: Taken) -> Taken:
        return Taken(self.folders | other.folders, self.files | other.files, self.covered | other.covered)

    @classmethod
    def union(cls, parts: Iterable[Taken]) -> Taken:
        """All of them together."""
        whole = cls()
        for part in parts:
            whole |= part
        return whole


@dataclass(frozen=True)
class Discovery:
    """What a repository holds."""

    direct: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    """Each kustomization folder with the folders and the files that it names itself."""
    components: frozenset[str]
    """Those of them that are Components."""
    plain: Mapping[str, tuple[str, ...]]
    """Each folder of manifests that no kustomization or chart takes in, with its files."""
    manifests: tuple[str, ...]
    """Every YAML or JSON file outside charts, sorted: what could hold objects, whether or not a target takes it in."""
    broken: tuple[SourceError, ...]
    """Files that were meant to hold objects and can't be read, outside kustomizations."""

    def targets(self, named: Sequence[str] = (), taken: Taken | None = None) -> tuple[Target, ...]:
        """The targets without an owner, sorted by path; `named` are folders of the command line, which always are."""
        taken = taken or Taken()
        found = [Target(folder, "kustomization", folder) for folder in _roots(self.direct, self.components, named)
                 if folder in named or folder not in taken.folders]
        read = {posixpath.dirname(path) or "." for path in taken.files} - taken.covered
        for folder, files in self.plain.items():
            if folder not in named and (folder in read or taken.files.issuperset(files)
                                        or any(is_below(folder, owned) for owned in taken.covered)):
                continue
            found.append(Target(folder, "manifests", folder, files=files))
        return tuple(sorted(found, key=lambda target: (target.path, target.kind)))


def environment_of(names: Iterable[str], patterns: Mapping[str, Sequence[str]] | None = None,
                   matches: Callable[[str, str], bool] | None = None) -> str | None:
    """The environment of a target by its path, then its cluster, then its owner's name: `names` in that order.

    `patterns` are the configured environments, first match wins; they replace the built-in words. `matches(pattern, name)`.
    """
    for name in names:
        if patterns is not None and matches is not None:
            for environment, globs in patterns.items():
                if any(matches(glob, name) for glob in globs):
                    return environment
            continue
        for token in re.split(r"[/._-]", name.lower()):
            if token in _BY_TOKEN:
                return _BY_TOKEN[token]
    return None


def discover(sources: Sources, uses: Uses) -> Discovery:
    """What a tree holds."""
    files = sources.tree.files()
    charts = manifests.chart_folders(files)
    folders = _kustomization_folders(sources, files)
    direct = {folder: uses(folder) for folder in folders}
    candidates = tuple(path for path in files if path.endswith(manifests.SUFFIXES) and not manifests.in_chart(path, charts))
    left_out = frozenset[str]().union(*(_left_out(sources, folder) for folder in folders))
    plain, broken = _plain(sources, candidates, direct, _taken(direct), left_out)
    components = frozenset(folder for folder in folders if _is_component(sources, folder))
    return Discovery(direct, components, {folder: tuple(found) for folder, found in plain.items()}, candidates, tuple(broken))


def _kustomization_folders(sources: Sources, files: Sequence[str]) -> list[str]:
    found = set()
    for path in files:
        if posixpath.basename(path) in manifests.KUSTOMIZATION_FILES and _is_kustomization(sources, path):
            found.add(posixpath.dirname(path) or ".")
    return sorted(found)


def _is_kustomization(sources: Sources, path: str) -> bool:
    """Only the API group decides: a Flux Kustomization may lie in a file of that name."""
    return _FOREIGN not in _said(sources, path)


def _said(sources: Sources, path: str) -> Words:
    """What the first document of a file with the name of a kustomization is; of one that can't be read, that alone is known."""
    def look() -> Words:
        try:
            documents = sources.stream(path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
        except SourceError:
            return (_UNREADABLE,)
        document = documents[0] if documents else None
        if not isinstance(document, dict):
            return ()
        version = document.get("apiVersion")
        ours = not isinstance(version, str) or version.startswith("kustomize.config.k8s.io/")
        component = (_COMPONENT,) if document.get("kind") == _COMPONENT else ()
        return component if ours or not manifests.is_manifest(document) else (_FOREIGN, *component)
    try:
        return sources.noted(path, "kustomization", look)
    except (OutsideError, OSError):
        return (_UNREADABLE,)


def _is_component(sources: Sources, folder: str) -> bool:
    for name in manifests.KUSTOMIZATION_FILES:
        said = _said(sources, join(folder, name))
        if _UNREADABLE not in said:
            return _COMPONENT in said
    return False


def _roots(direct: Mapping[str, tuple[frozenset[str], frozenset[str]]], components: frozenset[str],
           named: Sequence[str]) -> list[str]:
    """What nothing uses, what the command line names, and one of each cycle; never a Component alone."""
    used = {inner for folder, (folders, _files) in direct.items() for inner in folders if inner != folder}
    whole = [folder for folder in direct if folder not in components]
    roots = [folder for folder in whole if folder not in used or folder in named]
    seen: set[str] = set()
    for root in roots:
        _reach(root, direct, seen)
    for folder in whole:
        # A cycle hides itself: each of its members is used by another. One of them stands for all.
        if folder not in seen and _in_cycle(folder, direct):
            roots.append(folder)
            _reach(folder, direct, seen)
    return sorted(set(roots))


def _reach(start: str, direct: Mapping[str, tuple[frozenset[str], frozenset[str]]], seen: set[str]) -> None:
    waiting = [start]
    while waiting:
        folder = waiting.pop()
        if folder not in seen:
            seen.add(folder)
            waiting.extend(sorted(direct[folder][0]) if folder in direct else ())


def _in_cycle(folder: str, direct: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> bool:
    seen: set[str] = set()
    for inner in direct[folder][0]:
        _reach(inner, direct, seen)
    return folder in seen


def _taken(direct: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> frozenset[str]:
    """Folders that kustomizations read from: what else lies in them is deliberately left out."""
    folders = set(direct)
    for _folders, files in direct.values():
        folders.update(posixpath.dirname(path) or "." for path in files)
    return frozenset(folders)


def _left_out(sources: Sources, folder: str) -> set[str]:
    """Files that a kustomization names in a comment: entries that somebody commented out, often patches that are no objects."""
    found: set[str] = set()
    for name in manifests.KUSTOMIZATION_FILES:
        path = join(folder, name)
        try:
            words = sources.noted(path, "commented", partial(_commented, sources, path)) \
                if sources.tree.kind(path) == "file" else ()
        except (SourceError, OutsideError, OSError):
            continue
        # Only below the folder: what lies elsewhere has a deployer of its own.
        found.update(below for word in words if is_below(below := join(folder, word), folder))
    return found


def _commented(sources: Sources, path: str) -> Words:
    """The names of YAML and JSON files in the comments of a file."""
    return tuple(sorted({word for comment in sources.stream(path).comments()
                         for word in re.findall(r"[\w./-]+\.(?:ya?ml|json)\b", comment.text)}))


def _plain(sources: Sources, candidates: Sequence[str], direct: Mapping[str, tuple[frozenset[str], frozenset[str]]],
           taken: frozenset[str], left_out: frozenset[str]) -> tuple[dict[str, list[str]], list[SourceError]]:
    read = frozenset().union(*(files for _folders, files in direct.values())) if direct else frozenset()
    plain: dict[str, list[str]] = {}
    broken: list[SourceError] = []
    for path in candidates:
        if path in read:
            continue  # it belongs to a kustomization, which tells of its faults
        folder = posixpath.dirname(path) or "."
        try:
            holds = sources.noted(path, "objects", partial(_objects, sources, path))
        except OutsideError:
            broken.append(SourceError("source/hostile-input", "a symbolic link that leaves the repository", path,
                                      remedy="replace the link by the file, or leave it out with exclude:"))
            continue
        except PermissionError:
            broken.append(SourceError("source/hostile-input", "the file can't be read: permission denied", path,
                                      remedy="make it readable, or leave it out with exclude:"))
            continue
        except OSError:
            continue  # a dangling link, or a folder behind one: nothing to read there
        except SourceError as error:
            if _meant_as_manifest(sources, path, error):
                broken.append(error)
                if folder not in taken:
                    plain.setdefault(folder, []).append(path)
            continue
        if folder not in taken and path not in left_out and holds:
            plain.setdefault(folder, []).append(path)
    return plain, broken


def _objects(sources: Sources, path: str) -> Words:
    """Whether a file holds objects for the API server."""
    documents = sources.stream(path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    return ("some",) if any(manifests.is_manifest(document) for document in documents) else ()


def _meant_as_manifest(sources: Sources, path: str, error: SourceError) -> bool:
    if error.rule == "source/hostile-input":
        return True
    # Also where the bytes are no text: what is read of them decides whether somebody meant an object.
    text = sources.tree.read(path).decode("ascii", "ignore").replace("\0", "").replace("\r", "\n")
    return manifests.looks_like_manifest(text)


def narrow(targets: Iterable[Target], read: Mapping[str, frozenset[str]], paths: Sequence[str]) -> list[Target]:
    """The targets that PATHS stand for: those at or below a folder, and those that read a named file.

    `read` holds, for each target id, the files its build read.
    """
    wanted = [path for path in paths if path != "."]
    if not wanted or len(wanted) != len(paths):
        return list(targets)
    return [target for target in targets
            if any(is_below(target.path, path) or path in read.get(target.id, frozenset()) for path in wanted)]
