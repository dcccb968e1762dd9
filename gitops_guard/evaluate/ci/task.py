"""Taskfiles -> what their tasks run.

Syntax: taskfile.dev/docs/reference/schema. Templates are Go's: `{{.NAME}}` counts where it is a literal of the file, control
structures (`{{if …}}`) leave all their branches standing.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from gitops_guard import shell
from gitops_guard.origin import Map, Seq

from .log import Log, line_at, lines_of, literals, mapping

_VALUE = re.compile(r"\{\{-?(?!\s*(?:if|else|end|range|with|/\*)\b)(.*?)-?\}\}", re.DOTALL)
_CONTROL = re.compile(r"\{\{-?\s*(?:if|else|end|range|with|/\*).*?\}\}", re.DOTALL)


def read(log: Log, documents: list[Any]) -> None:
    """Collect the commands of every task: cmds, preconditions, status, and variables that a shell computes."""
    document = mapping(documents[0] if documents else None)
    shared = _known(document, {})
    _computed(log, document, "", shared)
    for include in mapping(document.get("includes")).values():
        path = include.get("taskfile") if isinstance(include, Map) else include
        if isinstance(path, str) and "{{" not in path and "://" not in path:
            whole = posixpath.normpath(posixpath.join(posixpath.dirname(log.path), path))
            log.includes += [whole] if whole.endswith((".yml", ".yaml")) else [f"{whole}/Taskfile.yml", f"{whole}/Taskfile.yaml"]
    tasks = mapping(document.get("tasks"))
    for name, task in tasks.items():
        log.needs[name] = []
        if isinstance(task, str):
            _run(log, tasks, name, name, shared)
            continue
        body = task if isinstance(task, Map) else Map({"cmds": task}, {"cmds": tasks.at[name]})
        known = _known(body, shared)
        _computed(log, body, name, known)
        for key in ("deps", "cmds", "cmd", "preconditions", "status"):
            _commands(log, body, key, name, known)


def _commands(log: Log, holder: Any, key: Any, job: str, known: dict[str, str]) -> None:
    value = holder[key] if isinstance(holder, Seq) else holder.get(key)
    if isinstance(value, Seq):
        for index in range(len(value)):
            if key == "deps" and isinstance(value[index], str):
                log.needs[job].append(value[index])
            else:
                _commands(log, value, index, job, known)
    elif isinstance(value, str):
        _run(log, holder, key, job, known)
    elif isinstance(value, Map):
        for part in ("cmd", "sh", "defer"):
            if part in value:
                _commands(log, value, part, job, known)
        if isinstance(value.get("task"), str):
            log.needs[job].append(value["task"].lstrip(":"))


def _computed(log: Log, holder: Map, job: str, known: dict[str, str]) -> None:
    for key in ("vars", "env"):
        for value in mapping(holder.get(key)).values():
            if isinstance(value, Map) and isinstance(value.get("sh"), str):
                _run(log, value, "sh", job, known)


def _known(holder: Map, above: dict[str, str]) -> dict[str, str]:
    own = {**mapping(holder.get("vars")), **mapping(holder.get("env"))}
    return {**{key: value for key, value in above.items() if key not in own}, **literals(holder.get("vars"), holder.get("env"))}


def _run(log: Log, holder: Any, key: str | int, job: str, known: dict[str, str]) -> None:
    marks = shell.Marks()
    text = _CONTROL.sub(" ", holder[key])
    hidden = marks.hide(text, _VALUE, lambda match: known.get(match.group(1).strip().lstrip(".")))
    lines = lines_of(holder, key) or [line_at(holder, key)]
    log.shell(hidden, lines, job=job, env=known, marks=marks)
