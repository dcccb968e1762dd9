"""Tekton tasks and pipelines -> what their steps run.

Syntax: tekton.dev/docs/pipelines/tasks: a step has a `script` (sh where no `#!` names another program) or command and args.
"""

from __future__ import annotations

import re
from typing import Any

from gitops_guard import shell
from gitops_guard.origin import Map, Seq

from .log import Log, items, line_at, lines_of, literals, mapping, name_of
from .script import is_shell

_VARIABLE = re.compile(r"\$\([\w-]+(?:\.[\w-]+|\[[^\]\n]*\])+\)")


def read(log: Log, documents: list[Any]) -> None:
    """Collect the steps of every Task, embedded taskSpec and StepAction."""
    for document in documents:
        body = mapping(document)
        if not str(body.get("apiVersion", "")).startswith("tekton.dev/"):
            continue
        spec = mapping(body.get("spec"))
        name = str(mapping(body.get("metadata")).get("name") or "")
        if body.get("kind") == "StepAction":
            _step(log, spec, name, {})
        _task(log, spec, name)
        _task(log, mapping(spec.get("taskSpec")), name)
        for pipeline in (spec, mapping(spec.get("pipelineSpec"))):
            for task in [*items(pipeline.get("tasks")), *items(pipeline.get("finally"))]:
                _task(log, mapping(task.get("taskSpec")), f"{name}/{task.get('name')}")


def _task(log: Log, spec: Map, job: str) -> None:
    template = mapping(spec.get("stepTemplate"))
    for step in items(spec.get("steps")):
        _step(log, step, job, {**_env(template), **_env(step)})


def _env(holder: Map) -> dict[str, str]:
    named = [item for item in items(holder.get("env")) if "name" in item and "value" in item]
    return literals(Map((str(item["name"]), item["value"]) for item in named))


def _step(log: Log, step: Map, job: str, env: dict[str, str]) -> None:
    script = step.get("script")
    if isinstance(script, str):
        if is_shell(script, default=True):
            marks = shell.Marks()
            log.shell(marks.hide(script, _VARIABLE), lines_of(step, "script"), job=job, step=name_of(step), env=env, marks=marks)
        return
    words = [word for key in ("command", "args") if isinstance(step.get(key), Seq) for word in step[key]]
    if words:
        key = "command" if step.get("command") else "args"
        image = re.sub(r"[:@][^/]*\Z", "", str(step.get("image") or ""))
        known = shell.program(image)
        # An image called kubectl or helm has that program as its entry point.
        entry = [known] if key == "args" and known in ("kubectl", "helm", "helmfile", "argocd", "flux") else []
        log.words([*entry, *words], line_at(step, key), job=job, step=name_of(step))
