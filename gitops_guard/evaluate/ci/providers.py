"""terraform, pulumi and ansible commands -> which of them reach a cluster, by what the repository's files declare.

A Terraform configuration reaches one through the providers kubernetes, helm, kubectl, argocd or flux (registry.terraform.io), a
Pulumi program through its Kubernetes package, a playbook through the kubernetes.core collection.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable

from gitops_guard.errors import SourceError
from gitops_guard.source import Sources
from gitops_guard.tree import OutsideError

from .log import Log

_TERRAFORM = re.compile(r"^\s*provider\s+\"(kubernetes|helm|kubectl|argocd|flux)\"", re.MULTILINE)
_PULUMI = re.compile(r"@pulumi/kubernetes|pulumi[-_]kubernetes|type:\s*kubernetes:")
_ANSIBLE = re.compile(r"\b(?:kubernetes\.core|community\.kubernetes|community\.okd)\.(k8s\w*|helm\w*|openshift\w*)"
                      r"|^\s*-?\s*(k8s|helm):", re.MULTILINE)
_PULUMI_FILES = frozenset({"package.json", "requirements.txt", "pyproject.toml", "go.mod", "Pulumi.yaml", "Main.yaml"})


def mark(logs: Iterable[Log], sources: Sources, files: Collection[str]) -> None:
    """Set `providers` of every command that runs one of the three tools."""
    commands = [(log, command) for log in logs for command in log.commands]
    tools = {command["program"] for _, command in commands}
    terraform = _found(sources, files, ".tf", _TERRAFORM) if tools & {"terraform", "terragrunt"} else []
    pulumi = _found(sources, [path for path in files if posixpath.basename(path) in _PULUMI_FILES], "", _PULUMI) \
        if "pulumi" in tools else []
    for log, command in commands:
        if command["program"] in ("terraform", "terragrunt"):
            command["providers"] = terraform
        elif command["program"] == "pulumi":
            command["providers"] = ["kubernetes"] if pulumi else []
        elif command["program"] in ("ansible", "ansible-playbook"):
            command["providers"] = _playbooks(log, command["argv"], sources, files)


def _playbooks(log: Log, argv: list[str], sources: Sources, files: Collection[str]) -> list[str]:
    named = [word for word in argv[1:] if re.fullmatch(r"(?:kubernetes\.core\.)?(?:k8s|helm)\w*", word)]
    folder = posixpath.dirname(log.path)
    paths = [path for word in argv[1:] if word.endswith((".yml", ".yaml"))
             for path in (posixpath.normpath(word), posixpath.normpath(posixpath.join(folder, word))) if path in files]
    return ["kubernetes"] if named or _found(sources, paths, "", _ANSIBLE) else []


def _found(sources: Sources, files: Collection[str], suffix: str, pattern: re.Pattern[str]) -> list[str]:
    found: set[str] = set()
    for path in files:
        if path.endswith(suffix):
            try:
                found.update(group for match in pattern.finditer(sources.text(path)) for group in (match.groups() or ("",))
                             if group is not None)
            except (SourceError, OutsideError, OSError):
                # Whoever can't read the file says so where it is an input; here it declares nothing.
                continue
    return sorted(found)
