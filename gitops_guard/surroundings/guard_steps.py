"""The CI files and hooks of both sides -> the steps that run gitops-guard, and whether they still stop what it finds."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import SourceError
from ..evaluate.files import FileInput
from ..origin import Map, origin_of
from ..source import Dialect, Sources
from ..tree import OutsideError
from .guard_tolerance import stops, tolerated

HOOKS = (".pre-commit-config.yaml", ".pre-commit-config.yml")
_TOOL = re.compile(r"(?:.*/)?gitops[-_]guard(?:(?:==|@|:).*)?")
_LARGEST = 5_000_000
_GUARDED = ("pull_request", "pull_request_target", "push", "merge_group")
_FILTERS = {"paths": "paths-ignore", "branches": "branches-ignore"}
_VALUED = frozenset(f"--{name}" for name in (
    "base", "policy", "select", "ignore", "kubernetes-version", "schema-location", "engine", "opa-url", "format", "report",
    "baseline", "write-baseline", "fail-on", "jobs", "config", "root", "allow-path"))
_RANKS = {"note": 1, "warning": 2, "error": 3}
_REDIRECTED = re.compile(r"\d*[<>].*|[|;&].*")


def steps(old: Sources, old_files: Iterable[FileInput], new: Sources, new_files: Iterable[FileInput]) -> list[dict[str, Any]]:
    """The steps of the base side, each with what the head side has in its stead (None: nothing)."""
    before, after = _all(old, old_files), _all(new, new_files)
    present = frozenset(new.tree.files())
    found = []
    for (file, job), olds in sorted(before.items()):
        news = after.get((file, job), [])
        for index, step in enumerate(olds):
            now = news[index] if index < len(news) else _moved(before, after)
            line = now["line"] if now is not None and now["file"] == file else 1
            found.append({"file": file, "line": line, "gone": file not in present, "before": step, "after": now})
    return found


def _moved(before: Mapping[tuple[str, str], list[dict[str, Any]]],
           after: Mapping[tuple[str, str], list[dict[str, Any]]]) -> dict[str, Any] | None:
    """A step of a file or job that is new: the old one under another name."""
    return next((step for key, found in sorted(after.items()) if key not in before for step in found), None)


def _all(sources: Sources, files: Iterable[FileInput]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    items = list(files)
    starts = {item.path: _starts(item) for item in items}
    for item in items:  # what is called runs when its caller does
        for called in _called(item):
            for path in (called, f"{called}/action.yml", f"{called}/action.yaml"):
                if path in starts:
                    starts[path] = {**starts[path], **starts[item.path]}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item in items:
        for fact in _of_file(sources, item, starts[item.path]):
            found.setdefault((item.path, fact["job"]), []).append(fact)
    for path in HOOKS:
        for fact in _hooks(sources, path):
            found.setdefault((path, fact["job"]), []).append(fact)
    return found


def _called(item: FileInput) -> Iterator[str]:
    """The local workflows and actions that a GitHub workflow uses."""
    documents = item.document["documents"] if item.kind == "github-workflow" else []
    jobs = documents[0].get("jobs") if documents and isinstance(documents[0], Map) else None
    named = [job.get("uses") for job in jobs.values() if isinstance(job, Map)] if isinstance(jobs, Map) else []
    for use in [*named, *(use["action"] for use in item.document["uses"])]:
        if isinstance(use, str) and use.startswith("./"):
            yield posixpath.normpath(use)


def _of_file(sources: Sources, item: FileInput, starts: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines: list[str] | None = None
    documents: list[Any] = []
    found = []
    for index, command in enumerate(item.document["commands"]):
        argv = command["argv"]
        at = next((at for at, word in enumerate(argv) if _TOOL.fullmatch(word) and argv[at - 1:at] != ["install"]), None)
        if at is None or "check" not in argv[at + 1:]:
            continue
        if lines is None:
            lines, documents = _lines(sources, item.path), _documents(sources, item)
        found.append(_fact(item.path, command, stops(item, command, index, lines, documents), argv[at + 1:], starts))
    for use in item.document["uses"]:
        if _TOOL.fullmatch(use["action"].partition("@")[0]):
            given = list(_given(use["inputs"]))
            found.append(_fact(item.path, use, not tolerated(item.document["documents"], item.kind, use), given, starts))
    return found


def _given(inputs: Mapping[str, Any]) -> Iterator[str]:
    """The inputs of action.yml as words of a command line; lists have one entry a line."""
    for name, value in inputs.items():
        for line in filter(None, (text.strip() for text in str(value).splitlines())):
            if f"--{name}" in _VALUED:
                yield from (f"--{name}", line)
            elif name in ("paths", "working-directory"):
                yield line


def _documents(sources: Sources, item: FileInput) -> list[Any]:
    if item.kind != "tekton":
        return list(item.document["documents"])
    try:
        return list(sources.stream(item.path).load(Dialect.RESOURCE, duplicates=True, any_key=True))
    except (SourceError, OutsideError, OSError):
        return []


def _fact(file: str, entry: Mapping[str, Any], fails: bool, words: Sequence[str], starts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "file": file, "line": entry["line"], "job": entry["job"], "fails": fails,
        "fail_on": (_values(words, "--fail-on") or ["error"])[-1],
        "ignored": sorted(_values(words, "--ignore")), "selected": sorted(_values(words, "--select")),
        "baseline": sorted(_values(words, "--baseline")), "policies": sorted(_values(words, "--policy")),
        "builtin": "--no-builtin-policies" not in words, "paths": _paths(words),
        "events": sorted(starts), "filters": [starts[event] for event in sorted(starts)],
    }


def _values(words: Sequence[str], option: str) -> list[str]:
    given = [words[index + 1] for index, word in enumerate(words[:-1]) if word == option]
    return given + [word.partition("=")[2] for word in words if word.startswith(option + "=")]


def _paths(words: Sequence[str]) -> list[str]:
    """The paths that are judged; none: all."""
    named = [word for index, word in enumerate(words)
             if not word.startswith("-") and word != "check" and not (index and words[index - 1] in _VALUED)
             and not _REDIRECTED.fullmatch(word)]
    return [] if "." in named else sorted(named)


def _lines(sources: Sources, path: str) -> list[str]:
    try:
        return sources.text(path).split("\n")
    except (SourceError, OutsideError, OSError):
        return []


def _starts(item: FileInput) -> dict[str, Any]:
    """What of a change starts a GitHub workflow, and on which paths and branches alone (None: on all)."""
    documents = item.document["documents"]
    if item.kind != "github-workflow" or not documents or not isinstance(documents[0], Map):
        return {}
    started = next((documents[0][key] for key in documents[0] if key in ("on", True)), None)
    names = [started] if isinstance(started, str) else list(started) if isinstance(started, list | Map) else []
    found = {}
    for name in names:
        if name in _GUARDED:
            given = started[name] if isinstance(started, Map) and isinstance(started[name], Map) else Map()
            found[str(name)] = {
                "event": str(name),
                "only": {key: _texts(given[key]) for key in _FILTERS if given.get(key)},
                "without": {key: _texts(given[other]) for key, other in _FILTERS.items() if given.get(other)},
            }
    return found


def _texts(value: Any) -> list[str]:
    return sorted(str(item) for item in (value if isinstance(value, list) else [value]))


def _hooks(sources: Sources, path: str) -> Iterator[dict[str, Any]]:
    """pre-commit's hooks that run gitops-guard (pre-commit.com, "Plugins": entry, args, stages, files, exclude)."""
    try:
        documents = sources.stream(path).load(Dialect.MANIFEST, duplicates=True) if sources.tree.kind(path) == "file" else []
    except (SourceError, OutsideError, OSError):
        return
    top = documents[0] if documents and isinstance(documents[0], Map) else Map()
    for repository in top.get("repos") or []:
        for hook in (repository.get("hooks") or []) if isinstance(repository, Map) else []:
            words = _words(hook) if isinstance(hook, Map) else []
            if not any(_TOOL.fullmatch(word) for word in words[:3]) and not _TOOL.fullmatch(str(words and hook.get("id"))):
                continue
            origin = origin_of(hook, "id")
            stages = hook.get("stages") or top.get("default_stages") or ["pre-commit"]
            named = {_stage(name) for name in stages} - {"manual"}
            starts = {stage: {"event": stage, **_files(hook, top)} for stage in sorted(named)}
            at = next((index for index, word in enumerate(words) if _TOOL.fullmatch(word)), 0)
            passes = "|| true" in " ".join(words) or not starts
            entry = {"line": origin.line if origin else 1, "job": str(hook.get("id", ""))}
            yield _fact(path, entry, not passes, words[at + 1:], starts)


def _words(hook: Map) -> list[str]:
    try:
        entry = shlex.split(str(hook.get("entry") or hook.get("id") or ""))
    except ValueError:
        entry = str(hook.get("entry")).split()
    given = hook.get("args")
    return entry + [str(word) for word in (given if isinstance(given, list) else [])]


def _stage(name: Any) -> str:
    """The old names of stages are without `pre-`."""
    return {"commit": "pre-commit", "push": "pre-push", "merge-commit": "pre-merge-commit"}.get(str(name), str(name))


def _files(hook: Map, top: Map) -> dict[str, Any]:
    only = [str(holder["files"]) for holder in (hook, top) if holder.get("files")]
    without = [str(holder["exclude"]) for holder in (hook, top) if holder.get("exclude") not in (None, "", "^$")]
    return {"only": {"files": only} if only else {}, "without": {"files": without} if without else {}}


def baselines(old: Sources, new: Sources, named: Container[str] = ()) -> list[dict[str, Any]]:
    """The baseline files of the head side that list more than before, at the first finding that is new there.

    They are JSON files, and those of a name in `named`, whatever folder a step calls them from.
    """
    found = []
    for path in new.tree.files():
        if (path.endswith(".json") or posixpath.basename(path) in named) and (after := _known(new, path)):
            before = _known(old, path)
            added = {text for text, entries in after.items() if any(_is_new(entry, before.get(text, ())) for entry in entries)}
            if added:
                rows = _lines(new, path)
                line = min((index for index, row in enumerate(rows, 1) if any(text in row for text in added)), default=1)
                found.append({"file": path, "line": line, "added": len(added)})
    return found


def _is_new(entry: tuple[int, str], before: Iterable[tuple[int, str]]) -> bool:
    return not any(place == entry[1] and rank >= entry[0] for rank, place in before)


def _known(sources: Sources, path: str) -> dict[str, frozenset[tuple[int, str]]]:
    """What a baseline file declares known: of each fingerprint how severe it may be, and in which targets."""
    if sources.tree.kind(path) != "file":
        return {}
    try:
        content = sources.tree.read(path)
        document = json.loads(content) if len(content) < _LARGEST and b'"fingerprint"' in content else None
    except (OutsideError, OSError, SourceError, ValueError, RecursionError):
        return {}
    listed = document.get("findings") if isinstance(document, dict) and "summary" not in document else None
    found: dict[str, frozenset[tuple[int, str]]] = {}
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("fingerprint"), str):
            targets = entry.get("targets")
            places = targets if isinstance(targets, list) and targets else [""]
            found[entry["fingerprint"]] = found.get(entry["fingerprint"], frozenset()) | {
                (_RANKS.get(str(entry.get("severity")), 0), str(place)) for place in places}
    return found
