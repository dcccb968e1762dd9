"""Azure pipelines -> what their steps run.

Syntax: learn.microsoft.com, "YAML schema reference for Azure Pipelines".
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from gitops_guard import shell
from gitops_guard.origin import Map, Seq

from .log import GITHUB_EXPRESSION, Log, items, line_at, lines_of, literals, mapping, name_of

_MACRO = re.compile(r"\$\((\w+(?:\.\w+)+)\)")
_SCRIPTS = ("script", "bash")
_OTHERS = ("pwsh", "powershell")
"""Steps in a language that is not read."""
_INLINE = ("inlineScript", "script", "inline", "Inline")
_MAX_DEPTH = 30


def read(log: Log, documents: list[Any]) -> None:
    """Collect every step, in whatever stage, job, deployment strategy or condition it stands."""
    for document in documents:
        top = mapping(document)
        _walk(log, top, "", _variables(top.get("variables")), 0)


def _walk(log: Log, node: Map, job: str, variables: dict[str, str], depth: int) -> None:
    """A mapping that may hold stages, jobs or steps. Keys are templates (`${{ if … }}:`) at times, so every one is followed."""
    if depth > _MAX_DEPTH:
        log.fail(1, "")
        return
    for key in ("job", "deployment"):
        if isinstance(node.get(key), str):
            job = node[key]
    known = {**variables, **_variables(node.get("variables"))}
    template = node.get("template")
    if isinstance(template, str) and "@" not in template and "${" not in template:
        log.includes.append(template.lstrip("/") if template.startswith("/")
                            else posixpath.normpath(posixpath.join(posixpath.dirname(log.path), template)))
    if any(isinstance(node.get(key), str) for key in (*_SCRIPTS, *_OTHERS, "task")):
        _step(log, node, job, known)
        return
    for key, value in node.items():
        if key in ("variables", "parameters", "resources", "trigger", "pr", "pool", "inputs", "env", "schedules"):
            continue
        for child in _mappings(value):
            _walk(log, child, job, known, depth + 1)


def _mappings(value: Any) -> list[Map]:
    if isinstance(value, Map):
        return [value]
    return [child for item in value for child in _mappings(item)] if isinstance(value, Seq) else []


def _step(log: Log, step: Map, job: str, variables: dict[str, str]) -> None:
    name = name_of(step)
    env = {**variables, **literals(step.get("env"))}
    for key in _SCRIPTS:
        if isinstance(step.get(key), str):
            _run(log, step[key], lines_of(step, key), job, name, env)
    for key in _OTHERS:
        if isinstance(step.get(key), str):
            log.unread(step[key], lines_of(step, key))
    task = step.get("task")
    if isinstance(task, str):
        inputs = mapping(step.get("inputs"))
        log.use(task, inputs, line_at(step, "task"), job=job, step=name)
        kind = task.partition("@")[0].lower()
        shell_kind = str(inputs.get("scriptType") or "bash").lower()
        known = kind in ("bash", "azurecli", "shellscript", "cmdline", "awsshellscript")
        for key in _INLINE if known or kind in ("powershell", "azurepowershell", "pythonscript") else ():
            if not isinstance(inputs.get(key), str):
                continue
            if known and shell_kind in ("bash", "batch", "inline"):
                _run(log, inputs[key], lines_of(inputs, key), job, name, env)
            else:
                log.unread(inputs[key], lines_of(inputs, key))


def _run(log: Log, text: str, lines: list[int], job: str, step: str | None, env: dict[str, str]) -> None:
    marks = shell.Marks()
    hidden = marks.hide(text, GITHUB_EXPRESSION)
    hidden = marks.hide(hidden, _MACRO)
    hidden = re.sub(r"\$\((\w+)\)", lambda match: env.get(match.group(1), match.group()), hidden)
    log.shell(hidden, lines, job=job, step=step, env=env, marks=marks)


def _variables(value: Any) -> dict[str, str]:
    """`variables:` as a mapping, or as a list of name and value."""
    if isinstance(value, Map):
        return literals(value)
    return literals(Map((str(item["name"]), item["value"]) for item in items(value) if "name" in item and "value" in item))
