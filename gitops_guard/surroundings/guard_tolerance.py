"""A step that runs gitops-guard -> whether what it finds stops anything, as the CI systems and shells decide it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..evaluate.files import FileInput
from ..origin import Map, Seq, origin_of

_EXCUSED = re.compile(r"\|\|\s*(?:true|:|exit\s+0|echo|printf)(?:\s|$|['\";)])")
_NEVER = re.compile(r"\(\s*(?:\$\{\{\s*)?false\b")
_PASSING_BLOCK = re.compile(r"\bwarnError\b|\bcatchError\b(?=.*\bbuildResult\s*:\s*(?:null|['\"](?:SUCCESS|UNSTABLE)))")
_PASSING_CALL = re.compile(r"\breturnStatus\s*:\s*true")
_DASHED = re.compile(r"[\t ]+[@?+]*-")
_PASSING = {
    "continue-on-error": ("true",), "continueOnError": ("true",), "allow_failure": ("true",), "ignore_error": ("true",),
    "onError": ("continue",), "if": ("false", "${{ false }}"), "condition": ("false",), "enabled": ("false",),
    "when": ("manual", "never", "on_fail"),
}
"""Keys and values of steps and jobs: what fails there, or never runs, stops nothing (each CI system knows some of them)."""


def stops(item: FileInput, command: Mapping[str, Any], index: int, lines: Sequence[str], documents: Sequence[Any]) -> bool:
    """Whether the failure of a command of a file, the one at `index`, fails the run. `lines` are those of the file."""
    return not (_excused(lines, command["line"]) or _ignores_errors(item.document["commands"], index)
                or tolerated(documents, item.kind, command) or _in_text(item.kind, lines, command["line"]))


def tolerated(documents: Sequence[Any], kind: str, entry: Mapping[str, Any]) -> bool:
    """Whether the job or the step of an entry may fail without consequence, or never runs."""
    holders = [holder for document in documents for holder in _around(document, entry["line"])]
    job = documents[0].get(entry["job"]) if kind == "gitlab-ci" and documents and isinstance(documents[0], Map) else None
    if isinstance(job, Map):
        holders.append(job)
        if job.get("allow_failure"):
            return True  # also for some exit codes
    return _NEVER.search(entry["when"]) is not None or any(
        str(holder[key]).lower() in values for holder in holders for key, values in _PASSING.items() if key in holder)


def _around(node: Any, line: int) -> Iterator[Map]:
    """The mappings that hold a line of their file, the outermost first."""
    if type(node) is Map:
        yield node
    keys: list[Any] = list(node) if type(node) is Map else list(range(len(node))) if type(node) is Seq else []
    begun = [(begin, number, key) for number, key in enumerate(keys) if (begin := _begin(node, key)) <= line]
    if begun:
        yield from _around(node[max(begun)[2]], line)


def _begin(node: Any, key: Any) -> int:
    origin = origin_of(node, key)
    return 1 if origin is None else origin.key_line or origin.line


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


def _in_text(kind: str, lines: Sequence[str], line: int) -> bool:
    """What Jenkinsfiles, Makefiles and justfiles say: a block that makes failures warnings, a status nobody looks at, `-`."""
    row = lines[line - 1] if line <= len(lines) else ""
    if kind in ("makefile", "justfile"):
        return _DASHED.match(row) is not None
    if kind != "jenkinsfile":
        return False
    opened: list[str] = []
    for text in lines[:line - 1]:
        for part in re.split(r"(?<=[{}])", text):
            if part.endswith("{"):
                opened.append(part)
            elif part.endswith("}") and opened:
                opened.pop()
    return _PASSING_CALL.search(row) is not None or any(_PASSING_BLOCK.search(part) for part in opened)
