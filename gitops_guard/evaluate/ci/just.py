"""justfiles -> what their recipes run.

Syntax: just.systems/man. A recipe that begins with `#!`, or has the attribute `[script]`, is one script; the lines of any other
one are shells of their own, with `@` and `-` before them as in make.
"""

from __future__ import annotations

import re

from gitops_guard import shell

from .log import Log
from .script import is_shell

_ASSIGN = re.compile(r"(?:export\s+)?([A-Za-z_][\w-]*)\s*:=\s*(.*)")
_LITERAL = re.compile(r"'([^']*)'|\"([^\"\\]*)\"")
_HEADER = re.compile(r"@?([A-Za-z_][\w-]*)((?:\s+[^:]*?|\s*))\s*:(?!=)(.*)")
_EXPRESSION = re.compile(r"\{\{(?!\{)(.*?)\}\}", re.DOTALL)
_NOT_SHELLS = re.compile(r"set\s+(?:shell|script-interpreter)\s*:=\s*\[\s*['\"](?:\S*/)?"
                         r"(?:nu|pwsh|powershell(?:\.exe)?|python3?|node|ruby|cmd(?:\.exe)?)['\"]")


def read(log: Log, text: str) -> None:
    """Collect the commands of every recipe, and of backticks in assignments."""
    lines = text.split("\n")
    variables = _variables(lines)
    foreign = {match.group(0).split()[1] for match in _NOT_SHELLS.finditer(text)}
    as_scripts = "set default-script" in text
    attributes: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        header = _HEADER.fullmatch(line) if line[:1] not in (" ", "\t", "#", "") else None
        if line.startswith("["):
            attributes.append(line)
        elif header is not None and not _ASSIGN.fullmatch(line) and not line.startswith(("set ", "alias ", "import ", "mod ")):
            end = at + 1
            while end < len(lines) and (lines[end][:1] in (" ", "\t") or not lines[end].strip()):
                end += 1
            log.needs[header.group(1)] = re.findall(r"[A-Za-z_][\w-]*", re.sub(r"'[^']*'|\"[^\"]*\"", "", header.group(3)))
            script = as_scripts or any("script" in attribute for attribute in attributes)
            if ("script-interpreter" if script else "shell") not in foreign:
                _recipe(log, header.group(1), lines[at + 1:end], at + 2, variables, script)
            attributes = []
            at = end
            continue
        else:
            for command in re.findall(r"`([^`]+)`", line) if _ASSIGN.fullmatch(line) else []:
                _run(log, "", [command], at + 1, variables)
            attributes = attributes if not line.strip() or line.startswith("#") else []
        at += 1


def _variables(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        assigned = _ASSIGN.fullmatch(line.rstrip())
        literal = _LITERAL.fullmatch(assigned.group(2).strip()) if assigned else None
        if assigned and literal:
            found[assigned.group(1)] = literal.group(1) if literal.group(1) is not None else literal.group(2)
    return found


def _recipe(log: Log, name: str, body: list[str], first: int, variables: dict[str, str], script: bool) -> None:
    depth = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
    cut = [line[depth:] for line in body]
    text = "\n".join(cut).strip("\n")
    if script or text.startswith("#!"):
        if is_shell(text, default=True):
            _run(log, name, cut, first, variables)
        return
    at = 0
    while at < len(cut):
        end = at
        while cut[end].endswith("\\") and end + 1 < len(cut):
            end += 1
        # `-` ignores the exit code, `@` and `?` silence; they may stand together.
        _run(log, name, [re.sub(r"\A[@?-]{1,3}(?=\S)", "", cut[at]), *cut[at + 1:end + 1]], first + at, variables)
        at = end + 1


def _run(log: Log, job: str, lines: list[str], first: int, variables: dict[str, str]) -> None:
    marks = shell.Marks()
    hidden = marks.hide("\n".join(lines), _EXPRESSION, lambda match: variables.get(match.group(1).strip()))
    log.shell(hidden, range(first, first + len(lines)), job=job, marks=marks)
