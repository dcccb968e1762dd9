"""Which job, script or recipe makes a throw-away cluster of its own; what it means is decided in Rego.

A script or recipe that a job calls counts as part of it; one that is not in the repository counts by its name, the only thing
known about it. kind.sigs.k8s.io, k3d.io, minikube.sigs.k8s.io and controller-runtime's envtest are what makes such clusters.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from gitops_guard.shell.prefixes import SHELLS

from .log import Log

Load = Callable[[str], Log | None]
"""path -> what that file runs; None where it is not in the repository or runs nothing"""

_MAKERS = ("kind", "k3d", "minikube", "envtest", "microk8s", "k3s")
_VERBS = frozenset({"create", "start", "up", "setup", "install", "launch", "cluster", "bootstrap", "init"})
_DEPTH = 5


def mark(log: Log, load: Load) -> None:
    """Set `cluster` of every command and use of a file."""
    made: dict[str, str | None] = {}
    for entry in [*log.commands, *log.uses]:
        job = entry["job"]
        if job not in made:
            made[job] = _made(log, job, load, 0, set())
        entry["cluster"] = made[job]


def _made(log: Log, job: str, load: Load, depth: int, seen: set[tuple[str, str]]) -> str | None:
    """The kind of cluster that a job makes, itself or through what it calls."""
    if depth > _DEPTH or (log.path, job) in seen:
        return None
    seen.add((log.path, job))
    for use in log.uses:
        if use["job"] == job and (kind := _by_action(use["action"]) or _local_action(use["action"], load, depth, seen)):
            return kind
    for command in log.commands:
        if command["job"] == job and (kind := _by_command(command) or _called(log, command, load, depth, seen)):
            return kind
    for needed in log.needs.get(job, []):
        kind = _made(log, needed, load, depth + 1, seen)
        if kind:
            return kind
    return None


def _by_action(action: str) -> str | None:
    tokens = re.split(r"[^a-z0-9]+", action.partition("@")[0].lower())
    return next((kind for kind in _MAKERS if kind in tokens), None)


def _local_action(action: str, load: Load, depth: int, seen: set[tuple[str, str]]) -> str | None:
    """What a composite action of this repository makes."""
    if not action.startswith("./"):
        return None
    folder = posixpath.normpath(action)
    found = [log for name in ("action.yml", "action.yaml") if (log := load(f"{folder}/{name}")) is not None]
    return next((kind for log in found if (kind := _made(log, "", load, depth + 1, seen))), None)


def _by_command(command: dict[str, Any]) -> str | None:
    program, words = command["program"], command["argv"][1:]
    if (program == "kind" and {"create", "cluster"} <= set(words)) or (program == "k3d" and "create" in words) \
            or (program == "minikube" and "start" in words) or (program == "ctlptl" and {"create", "apply"} & set(words)):
        return str(program) if program != "ctlptl" else "kind"
    return "envtest" if program == "setup-envtest" else None


def _called(log: Log, command: dict[str, Any], load: Load, depth: int, seen: set[tuple[str, str]]) -> str | None:
    """What a called script, make target, just recipe or task makes."""
    program, words = command["program"], [word for word in command["argv"][1:] if not word.startswith("-")]
    if program in ("make", "gmake", "just", "task", "go-task"):
        names = {"just": ("justfile", ".justfile", "Justfile"), "task": ("Taskfile.yml", "Taskfile.yaml"),
                 "go-task": ("Taskfile.yml", "Taskfile.yaml")}.get(program, ("Makefile", "GNUmakefile", "makefile"))
        files = [found for name in names if (found := log if log.path == name else load(name)) is not None]
        for target in words:
            kind = next((kind for file in files if (kind := _made(file, target, load, depth + 1, seen))), None)
            unknown = not any(target in file.needs for file in files)
            if kind or (unknown and (kind := _by_name(target))):
                return kind
        return None
    script = words[0] if words and (program in SHELLS or program in ("source", ".")) else command["argv"][0]
    if "/" not in script and not script.endswith((".sh", ".bash")):
        return None
    folder = posixpath.dirname(log.path)
    for path in (posixpath.normpath(script), posixpath.normpath(posixpath.join(folder, script))):
        called = load(path) if not path.startswith(("/", "..")) else None
        if called is not None:
            return _made(called, "", load, depth + 1, seen)
    return _by_name(posixpath.basename(script))


def _by_name(name: str) -> str | None:
    tokens = set(re.split(r"[^a-z0-9]+", name.lower()))
    return next((kind for kind in _MAKERS[:4] if kind in tokens), None) if tokens & _VERBS else None
