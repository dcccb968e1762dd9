"""CircleCI configurations -> what their jobs and commands run.

Syntax: circleci.com/docs, "Configuration reference".
"""

from __future__ import annotations

import re
from typing import Any

from gitops_guard import shell
from gitops_guard.origin import Map, Seq

from .log import Log, line_at, lines_of, literals, mapping, name_of

_PARAMETER = re.compile(r"<<\s*[\w.#/^-]+\s*>>")
_BUILT_IN = frozenset({"run", "checkout", "save_cache", "restore_cache", "store_artifacts", "store_test_results", "when",
                       "unless", "persist_to_workspace", "attach_workspace", "add_ssh_keys", "setup_remote_docker"})
_MAX_DEPTH = 10


def read(log: Log, documents: list[Any]) -> None:
    """Collect the steps of jobs and of reusable commands."""
    document = mapping(documents[0] if documents else None)
    for group in ("jobs", "commands"):
        for name, job in mapping(document.get(group)).items():
            body = mapping(job)
            _steps(log, body, "steps", name, literals(body.get("environment")), 0)


def _steps(log: Log, holder: Map, key: str, job: str, env: dict[str, str], depth: int) -> None:
    steps = holder.get(key)
    if not isinstance(steps, Seq) or depth > _MAX_DEPTH:
        return
    for index, step in enumerate(steps):
        if isinstance(step, str) and step not in _BUILT_IN:
            log.use(step, {}, line_at(steps, index), job=job)
        for kind, body in mapping(step).items():
            if kind == "run" and isinstance(body, str):
                _run(log, body, lines_of(step, kind), job, None, env)
            elif kind == "run" and isinstance(body, Map) and isinstance(body.get("command"), str):
                _run(log, body["command"], lines_of(body, "command"), job, name_of(body),
                     {**env, **literals(body.get("environment"))})
            elif kind in ("when", "unless"):
                _steps(log, mapping(body), "steps", job, env, depth + 1)
            elif kind not in _BUILT_IN:
                at = step.at.get(kind)
                log.use(kind, body, at.key_line or at.line if at else 1, job=job)
                for nested in [name for name, value in mapping(body).items() if isinstance(value, Seq)]:
                    _steps(log, body, nested, job, env, depth + 1)


def _run(log: Log, text: str, lines: list[int], job: str, step: str | None, env: dict[str, str]) -> None:
    marks = shell.Marks()
    log.shell(marks.hide(text, _PARAMETER), lines, job=job, step=step, env=env, marks=marks)
