"""A few policies and objects for the tests of evaluation."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from trees import sources

from gitops_guard import data, manifests
from gitops_guard.evaluate import Evaluation, Subjects, evaluate
from gitops_guard.model import Resource, Target
from gitops_guard.policy import PolicyFolder, PolicySet, load

METADATA = """
# METADATA
# title: A house rule
# description: Why it matters.
# custom:
#   scope: {scope}
#   severity: {{production: error, else: warning}}
#   remedy: Do something.
{more}package gitops_guard.house.{name}

{body}
"""

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{}}
"""


def policy(name: str, body: str, scope: str = "resource", more: str = "") -> dict[str, str]:
    """A policy of ours, by its path; `more` are further lines of `custom`."""
    lines = "".join(f"#   {line}\n" for line in more.splitlines())
    text = METADATA.format(name=name, scope=scope, more=lines, body=textwrap.dedent(body).strip())
    return {f"house/{name}.rego": text.lstrip("\n")}


def folder(path: Path, files: dict[str, str], *, builtin: bool = False) -> PolicySet:
    """The policies in these files, with the built-in libraries."""
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return load([PolicyFolder(data.policies(), builtin=True, rego=False), PolicyFolder(path, display="policies", builtin=builtin)])


def objects(*texts: str, target: str | None = "t") -> list[Resource]:
    tree = sources({f"{number:03}.yaml": text for number, text in enumerate(texts)})
    return [resource for path in tree.tree.files() for resource in manifests.read(tree, path, target)]


def deployments(*names: str) -> list[Resource]:
    return objects(*(DEPLOYMENT.format(name=name) for name in names))


def judge(policies: PolicySet, resources: list[Resource], **options: Any) -> Evaluation:
    targets = {"t": Target("t", "manifests", ".", "production")}
    return evaluate(policies, Subjects(resources, targets), **options)


def told(result: Evaluation) -> list[tuple[str, str]]:
    """(rule, message) of each fault."""
    return [(fault.rule, fault.message) for fault in result.faults]
