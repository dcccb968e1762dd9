"""The CI files of both sides -> the steps that run gitops-guard, and whether they still stop what it finds."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .errors import SourceError
from .evaluate.files import FileInput
from .origin import Map, origin_of
from .source import Sources
from .tree import OutsideError

_TOOL = re.compile(r"(?:.*/)?gitops[-_]guard(?:(?:==|@|:).*)?")
_EXCUSED = re.compile(r"\|\|\s*(?:true|:|exit\s+0|echo|printf)(?:\s|$|['\";)])")
_NEVER = re.compile(r"\(\s*(?:\$\{\{\s*)?false\b")
_LARGEST = 5_000_000
_GUARDED = ("pull_request", "pull_request_target", "push", "merge_group")


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
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item in files:
        for fact in _of_file(sources, item):
            found.setdefault((item.path, fact["job"]), []).append(fact)
    return found


def _of_file(sources: Sources, item: FileInput) -> list[dict[str, Any]]:
    lines: list[str] | None = None
    found = []
    for index, command in enumerate(item.document["commands"]):
        argv = command["argv"]
        at = next((at for at, word in enumerate(argv) if _TOOL.fullmatch(word) and argv[at - 1:at] != ["install"]), None)
        if at is None or "check" not in argv[at + 1:]:
            continue
        if lines is None:
            lines = _lines(sources, item.path)
        fails = not _excused(lines, command["line"]) and not _ignores_errors(item.document["commands"], index)
        found.append(_fact(item, command, fails, argv[at + 1:]))
    for use in item.document["uses"]:
        if _TOOL.fullmatch(use["action"].partition("@")[0]):
            given = [part for key, value in use["inputs"].items() for part in (f"--{key}", str(value))]
            found.append(_fact(item, use, True, given))
    return found


def _fact(item: FileInput, entry: Mapping[str, Any], fails: bool, words: Sequence[str]) -> dict[str, Any]:
    never = _tolerated(item, entry["job"], entry["line"]) or _NEVER.search(entry["when"]) is not None
    return {
        "file": item.path, "line": entry["line"], "job": entry["job"],
        "fails": fails and not never,
        "fail_on": (_values(words, "--fail-on") or ["error"])[-1],
        "ignored": sorted(_values(words, "--ignore")), "selected": sorted(_values(words, "--select")),
        "baseline": sorted(_values(words, "--baseline")), "builtin": "--no-builtin-policies" not in words,
        "events": _events(item),
    }


def _values(words: Sequence[str], option: str) -> list[str]:
    given = [words[index + 1] for index, word in enumerate(words[:-1]) if word == option]
    return given + [word.partition("=")[2] for word in words if word.startswith(option + "=")]


def _lines(sources: Sources, path: str) -> list[str]:
    try:
        return sources.text(path).split("\n")
    except (SourceError, OutsideError, OSError):
        return []


def _excused(lines: Sequence[str], line: int) -> bool:
    """Whether `|| true` follows the command, on its line or where it is continued."""
    text = ""
    for row in lines[line - 1:]:
        text += row
        if not row.rstrip().endswith("\\"):
            break
    return _EXCUSED.search(text) is not None


def _ignores_errors(commands: Sequence[Mapping[str, Any]], index: int) -> bool:
    """Whether `set +e` stands before the command in its step, and its status is not handed on after it."""
    own = (commands[index]["job"], commands[index]["step"])
    before = [command["argv"] for command in commands[:index] if (command["job"], command["step"]) == own]
    after = [command["argv"] for command in commands[index + 1:] if (command["job"], command["step"]) == own]
    handed_on = any(argv[0] == "exit" and len(argv) > 1 and argv[1].startswith("$") for argv in after)
    return ["set", "+e"] in before and bool(after) and not handed_on


def _tolerated(item: FileInput, job: str, line: int) -> bool:
    """Whether the job, or its step at a line, may fail without consequence."""
    documents = item.document["documents"]
    top = documents[0] if documents and isinstance(documents[0], Map) else Map()
    jobs = top.get("jobs") if item.kind == "github-workflow" else top
    body = jobs.get(job) if isinstance(jobs, Map) else None
    if not isinstance(body, Map):
        return False
    if item.kind == "gitlab-ci":
        return bool(body.get("allow_failure")) or body.get("when") == "manual"
    if item.kind != "github-workflow":
        return False
    inside = [step for step in body.get("steps") or [] if isinstance(step, Map) and _begins(step) <= line]
    return any(str(holder.get("continue-on-error", "")).lower() == "true" or str(holder.get("if", "")).lower() == "false"
               for holder in (body, *inside[-1:]))


def _begins(step: Map) -> int:
    return min((origin.key_line or origin.line for key in step if (origin := origin_of(step, key)) is not None), default=1)


def _events(item: FileInput) -> list[str]:
    """What of a change starts a GitHub workflow."""
    documents = item.document["documents"]
    if item.kind != "github-workflow" or not documents or not isinstance(documents[0], Map):
        return []
    started = next((documents[0][key] for key in documents[0] if key in ("on", True)), None)
    names = [started] if isinstance(started, str) else list(started) if isinstance(started, list | Map) else []
    return sorted(str(name) for name in names if name in _GUARDED)


def baselines(old: Sources, new: Sources) -> list[dict[str, Any]]:
    """The baseline files of the head side that list more than before, at the first finding that is new there."""
    found = []
    for path in new.tree.files():
        if path.endswith(".json") and "baseline" in posixpath.basename(path).lower():
            after, before = _fingerprints(new, path), _fingerprints(old, path)
            added = sorted(after - before)
            if added:
                rows = _lines(new, path)
                line = min((index for index, row in enumerate(rows, 1) if any(text in row for text in added)), default=1)
                found.append({"file": path, "line": line, "added": len(added)})
    return found


def _fingerprints(sources: Sources, path: str) -> frozenset[str]:
    if sources.tree.kind(path) != "file":
        return frozenset()
    try:
        content = sources.tree.read(path)
        document = json.loads(content) if len(content) < _LARGEST else None
    except (OutsideError, OSError, SourceError, ValueError, RecursionError):
        return frozenset()
    listed = document.get("findings") if isinstance(document, dict) else None
    return frozenset(entry["fingerprint"] for entry in (listed if isinstance(listed, list) else [])
                     if isinstance(entry, dict) and isinstance(entry.get("fingerprint"), str))
