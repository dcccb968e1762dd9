"""GitHub workflows and composite actions -> what they run.

Syntax: docs.github.com, "Workflow syntax for GitHub Actions" and "Metadata syntax". Gitea and Forgejo read the same.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

from gitops_guard import shell
from gitops_guard.origin import Map

from .log import GITHUB_EXPRESSION, Log, items, line_at, lines_of, literals, mapping, name_of

_SHELLS = re.compile(r"(?:\S*/)?(?:ba|z|k|da)?sh\b")
# Actions that run a tool with the words of one input.
_TOOL_INPUTS = ("args", "command", "cmd", "run", "script", "commands", "helmfile-args", "tg_command", "exec",
                "inlineScript")
_TOOL_OF = re.compile(r"(?:^|[/_.-])(kubectl|kube-tools|helm|helm-eks|helm3|helmfile|argocd|argo-cd|flux|pulumi|terragrunt|retry"
                      r"|wretry|ssh-action|cli)(?=[/_.:@-]|$)")
_COMMANDS = frozenset({"kubectl", "helm", "helmfile", "argocd", "flux", "pulumi", "terragrunt", "sh", "bash"})
_WHOLE = frozenset({"retry", "wretry", "kube-tools", "helm-eks", "helm3", "ssh-action", "cli"})
_NAMES = {"argo-cd": "argocd"}


def read_workflow(log: Log, documents: list[Any]) -> None:
    """Collect the steps of every job."""
    document = mapping(documents[0] if documents else None)
    for job_name, job in mapping(document.get("jobs")).items():
        body = mapping(job)
        default = mapping(mapping(body.get("defaults")).get("run")).get("shell") \
            or mapping(mapping(document.get("defaults")).get("run")).get("shell")
        _steps(log, body, job_name, default, [document.get("env"), body.get("env")])


def read_action(log: Log, documents: list[Any]) -> None:
    """Collect the steps of a composite action."""
    runs = mapping(mapping(documents[0] if documents else None).get("runs"))
    if runs.get("using") == "composite":
        _steps(log, runs, "", None, [])


def _steps(log: Log, job: Map, job_name: str, default: Any, environments: list[Any]) -> None:
    for step in items(job.get("steps")):
        env = literals(*environments, step.get("env"))
        name = name_of(step)
        shell_name = step.get("shell", default)
        log.when = _when(job, step)
        if isinstance(step.get("run"), str):
            if not isinstance(shell_name, str) or _SHELLS.match(shell_name):
                _run(log, step["run"], lines_of(step, "run"), job_name, name, env)
            else:
                log.unread(step["run"], lines_of(step, "run"))
        uses = step.get("uses")
        if isinstance(uses, str):
            inputs = mapping(step.get("with"))
            log.use(uses, inputs, line_at(step, "uses"), job=job_name, step=name)
            _tool(log, uses, inputs, job_name, name, env)


def _when(job: Map, step: Map) -> str:
    """The conditions of a job and its step, both of which must hold."""
    return " && ".join(f"({text})" for text in (job.get("if"), step.get("if")) if isinstance(text, str))


def _run(log: Log, text: str, lines: list[int], job: str, step: str | None, env: dict[str, str]) -> None:
    marks = shell.Marks()

    def resolve(match: re.Match[str]) -> str | None:
        variable = re.fullmatch(r"\$\{\{\s*env\.(\w+)\s*\}\}", match.group())
        return env.get(variable.group(1)) if variable else None

    log.shell(marks.hide(text, GITHUB_EXPRESSION, resolve), lines, job=job, step=step, env=env, marks=marks)


def _tool(log: Log, uses: str, inputs: Map, job: str, step: str | None, env: dict[str, str]) -> None:
    """An action that runs kubectl, helm or the like with words it is given runs that command."""
    found = _TOOL_OF.search(uses.partition("@")[0].lower())
    if not found:
        return
    tool = _NAMES.get(found.group(1), found.group(1))
    for key in _TOOL_INPUTS:
        text = inputs.get(key)
        if isinstance(text, str) and text.strip():
            starts = tool in _WHOLE or shell.program(text.split()[0]) in _COMMANDS
            more = _words(inputs.get("options")) if tool == "argocd" else ""
            lines = lines_of(inputs, key)
            _run(log, text if starts else f"{tool} {text} {more}", lines, job, step, env)


def _words(value: Any) -> str:
    try:
        return shlex.join(shlex.split(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""
