"""Files of a repository -> inputs of the policies of scope file: what they hold, and what they run.

Which files are read as what is decided by their names, as the CI systems do it; Tekton's objects by their apiVersion. A file that
can't be read is an input with an entry in `errors`, never left out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gitops_guard.errors import SourceError
from gitops_guard.globs import matches
from gitops_guard.origin import Map
from gitops_guard.source import Dialect, Sources, Words
from gitops_guard.tree import OutsideError

from .ci import azure, circleci, clusters, github, gitlab, jenkins, just, make, providers, script, task, tekton
from .ci.log import Log
from .generators import generator_facts
from .secret_files import SecretFiles

_MAX_PROBE = 200_000
"""A file without a suffix that is longer is no script that anyone wrote by hand."""

_READERS: dict[str, Callable[[Log, list[Any]], None]] = {
    "github-workflow": github.read_workflow, "github-action": github.read_action, "gitlab-ci": gitlab.read,
    "azure-pipeline": azure.read, "circleci": circleci.read, "tekton": tekton.read, "taskfile": task.read,
}
_TEXT_READERS: dict[str, Callable[[Log, str], None]] = {
    "makefile": make.read, "justfile": just.read, "jenkinsfile": jenkins.read, "script": script.read,
}
_BY_PATH = (
    ("github-workflow", re.compile(r"(?:.*/)?\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml")),
    ("github-action", re.compile(r"(?:.*/)?action\.ya?ml")),
    ("gitlab-ci", re.compile(r"(?:.*/)?(?:[^/]*\.)?gitlab-ci\.ya?ml|\.gitlab/ci/.*\.ya?ml")),
    ("azure-pipeline", re.compile(r"(?:.*/)?[^/]*azure-pipelines?[^/]*\.ya?ml"
                                  r"|(?:.*/)?\.?(?:azure-pipelines|azuredevops|vsts-ci)/.*\.ya?ml")),
    ("circleci", re.compile(r"\.circleci/.*\.ya?ml")),
    ("taskfile", re.compile(r"(?:.*/)?[Tt]askfile(?:\.dist)?\.ya?ml")),
    ("jenkinsfile", re.compile(r"(?:.*/)?Jenkinsfile(?:[.-][\w.-]+)?|.*\.[Jj]enkinsfile")),
    ("makefile", re.compile(r"(?:.*/)?(?:GNU)?[Mm]akefile(?:\.\w+)?|.*\.(?:mk|mak)")),
    ("justfile", re.compile(r"(?:.*/)?\.?[Jj]ustfile|.*\.just")),
    ("script", re.compile(r".*\.(?:sh|bash|zsh|ksh)")),
    ("kustomization", re.compile(r"(?:.*/)?(?:kustomization\.ya?ml|Kustomization)")),
    ("codeowners", re.compile(r"(?:(?:\.github|\.gitlab|docs)/)?CODEOWNERS")),
)
_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class FileInput:
    """One file as policies see it."""

    path: str
    kind: str
    """github-workflow, script, kustomization … (`type` in the document)"""
    document: dict[str, Any]
    """`input.file`, as schemas/input-file.json describes it."""


def read_files(sources: Sources, paths: Iterable[str], wanted: Callable[[str], bool] = lambda _path: True,
               searched: Callable[[str], bool] | None = None) -> list[FileInput]:
    """The file inputs among these paths, sorted by path, with those that they include. Never raises on bad content.

    Only those that are `wanted` are made; what the others include and define counts all the same. `searched` are those that
    are read for secrets, if these are others.
    """
    return _Reader(sources).inputs(sorted(set(paths)), wanted, searched or wanted)


@lru_cache(maxsize=65_536)
def _by_path(path: str) -> str | None:
    return next((kind for kind, pattern in _BY_PATH if pattern.fullmatch(path)), None)


class _Reader:
    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.logs: dict[str, Log | None] = {}
        self.kinds: dict[str, str] = {}
        self.everything = frozenset(sources.tree.files())

    def inputs(self, paths: list[str], wanted: Callable[[str], bool],
               searched: Callable[[str], bool]) -> list[FileInput]:
        asked, waiting = paths, [path for path in paths if self.kind(path) is not None]
        chosen: set[str] = set()
        while waiting:
            path = waiting.pop()
            log = self.log(path) if path not in chosen else None
            chosen.add(path)
            for included in [] if log is None else self.included(log):
                if included not in chosen:
                    self.kinds[included] = self.kinds[path]
                    self.logs.pop(included, None)
                    waiting.append(included)
        found = [(path, log) for path in sorted(chosen) if (log := self.log(path)) is not None]
        providers.mark([log for _, log in found], self.sources, self.everything)
        for _, log in found:
            clusters.mark(log, self.log)
        inputs = [FileInput(path, self.kinds[path], self.document(path, log)) for path, log in found if wanted(path)]
        return self.with_secrets(inputs, [path for path in sorted({*asked, *chosen}) if searched(path)])

    def with_secrets(self, inputs: list[FileInput], paths: list[str]) -> list[FileInput]:
        """The inputs with what they hold of secrets; a file that is an input for nothing else is of type `text`."""
        reader = SecretFiles(self.sources)
        known = {item.path: item for item in inputs}
        for path in paths:
            facts = reader.facts(path)
            if facts and path in known:
                known[path].document["secrets"] = facts
            elif facts:
                known[path] = FileInput(path, "text", {"path": path, "type": "text", "documents": [], "comments": [],
                                                       "commands": [], "uses": [], "errors": [], "secrets": facts})
        return [known[path] for path in sorted(known)]

    def included(self, log: Log) -> list[str]:
        """The files that a file includes and that are there; GitLab's patterns may have `*`."""
        return sorted({path for wanted in log.includes for path in
                       ([path for path in self.everything if matches(wanted, path)] if "*" in wanted else [wanted])
                       if path in self.everything})

    def kind(self, path: str) -> str | None:
        """The type of a file, or None where it is no input."""
        if path not in self.kinds:
            found = _by_path(path) or self.by_content(path)
            if found is None:
                return None
            self.kinds[path] = found
        return self.kinds[path]

    def by_content(self, path: str) -> str | None:
        base = posixpath.basename(path)
        try:
            if path.endswith(_YAML):
                return "tekton" if self.sources.mentions(path, "tekton.dev/") else None
            if "." in base.lstrip(".") or self.sources.tree.kind(path) != "file":
                return None
            return next(iter(self.sources.noted(path, "script", lambda: self.script(path))), None)
        except (SourceError, OutsideError, OSError):
            return None

    def script(self, path: str) -> Words:
        """Whether a file is a script by what it begins with."""
        head = self.sources.tree.read(path)
        text = head[:200].decode("utf-8", "replace")
        return ("script",) if len(head) < _MAX_PROBE and script.is_shell(text, default=False) else ()

    def log(self, path: str) -> Log | None:
        """What a file of the repository runs; None where there is none of that name, or it is no input."""
        if path not in self.logs:
            self.logs[path] = None
            kind = self.kind(path) if path in self.everything else None
            if kind is not None:
                log = Log(path)
                try:
                    self.read(log, kind)
                except SourceError as error:
                    log.fail(error.line, self.excerpt(path))
                except (OutsideError, OSError):
                    log = None  # type: ignore[assignment]
                self.logs[path] = log
        return self.logs[path]

    def read(self, log: Log, kind: str) -> None:
        if kind in _READERS:
            _READERS[kind](log, self.documents(log.path))
        elif kind in _TEXT_READERS:
            _TEXT_READERS[kind](log, self.sources.text(log.path))

    def documents(self, path: str) -> list[Any]:
        return self.sources.stream(path).load(Dialect.RESOURCE, duplicates=True, any_key=True)

    def excerpt(self, path: str) -> str:
        """The text of a file that is no YAML, as far as it is text at all."""
        try:
            return self.sources.text(path)[:20_000]
        except (SourceError, OutsideError, OSError):
            return ""

    def document(self, path: str, log: Log) -> dict[str, Any]:
        kind = self.kinds[path]
        found: dict[str, Any] = {"path": path, "type": kind, "documents": [], "comments": [], "commands": log.commands,
                                 "uses": log.uses, "errors": log.errors}
        try:
            if kind in _READERS or kind == "kustomization":
                found["documents"] = self.documents(path) if kind != "tekton" else []
                found["comments"] = [{"line": one.line, "text": one.text} for one in self.sources.stream(path).comments()]
            if kind == "kustomization":
                found["generators"] = [fact for document in found["documents"] if isinstance(document, Map)
                                       for fact in generator_facts(self.sources, path, document)]
            elif kind == "codeowners":
                found["lines"] = self.sources.text(path).split("\n")
        except SourceError as error:
            if not log.errors:
                log.fail(error.line, self.excerpt(path))
        except (OutsideError, OSError):
            if not log.errors:
                log.fail(1, "")
        return found
