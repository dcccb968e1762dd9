"""A workload -> what its containers run, where a program that reaches clusters is named; what it means is decided in Rego.

A script in a ConfigMap is there to be run by whoever mounts it. One that a generator packed is a file of its own, judged as such.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitops_guard import shell
from gitops_guard.origin import origin_of

from .ci.script import SUFFIXES, is_shell

Path = tuple[str | int, ...]

_TOOLS = re.compile(r"\b(kubectl|oc|helm|helmfile|flux|argocd|kapp|kustomize)\b")
_TEMPLATES: Mapping[str, tuple[Path, ...]] = {
    "Pod": (("spec",),),
    "CronJob": (("spec", "jobTemplate", "spec", "template", "spec"),),
    "CronWorkflow": (("spec", "workflowSpec", "templates"),),
    "Workflow": (("spec", "templates"),),
    "WorkflowTemplate": (("spec", "templates"),),
    "ClusterWorkflowTemplate": (("spec", "templates"),),
    **dict.fromkeys(("Job", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"), (("spec", "template", "spec"),)),
}
_MAX = 500
"""Commands of one object: more tells nothing new."""


def commands(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The commands, each with the path of the text it stands in, and its line there (0: the text is one line)."""
    if body.get("kind") == "ConfigMap":
        yield from _mounted(body.get("data"))
    count = 0
    for path in _TEMPLATES.get(str(body.get("kind")), ()):
        for place, container in _containers(_at(body, path), path):
            for found in _of_container(container, place):
                count += 1
                if count > _MAX:
                    return
                yield found


def _mounted(data: Any) -> Iterator[dict[str, Any]]:
    for key, text in data.items() if isinstance(data, Mapping) else ():
        if isinstance(text, str) and is_shell(text, default=str(key).endswith(SUFFIXES)) and _TOOLS.search(text):
            origin = origin_of(data, key)
            if origin is None or not origin.packed:
                yield from itertools.islice(_script(text, ("data", key), data), _MAX)


def _containers(node: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(node, list):  # the templates of a workflow
        for index, template in enumerate(node):
            for key in ("container", "script") if isinstance(template, Mapping) else ():
                if isinstance(template.get(key), Mapping):
                    yield (*path, index, key), template[key]
    elif isinstance(node, Mapping):
        for key in ("initContainers", "containers"):
            items = node.get(key)
            for index, item in enumerate(items if isinstance(items, list) else ()):
                if isinstance(item, Mapping):
                    yield (*path, key, index), item


def _of_container(container: Mapping[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    words: list[tuple[Path, Any, str]] = []
    for key in ("command", "args"):
        value = container.get(key)
        if isinstance(value, list):
            words += [((*path, key, index), value, str(item))
                      for index, item in enumerate(value) if isinstance(item, (str, int, float))]
    image = str(container.get("image", "")).rpartition("/")[2]
    source = container.get("source")
    if isinstance(source, str) and _TOOLS.search(source):
        yield from _script(source, (*path, "source"), container)
    texts = [word for _path, _node, word in words]
    if not words or not _TOOLS.search(" ".join([*texts, image])):
        return
    first = shell.program(texts[0]) if "command" in container else ""
    if first in ("sh", "bash", "ash", "dash", "zsh", "ksh", "busybox", "env") or (not first and texts[0] in ("-c", "-ec")) \
            or texts[0].endswith("/sh"):
        for place, node, text in words:
            if _TOOLS.search(text) and (" " in text or "\n" in text):
                yield from _script(text, place, node)
        return
    argv = texts if first else [image.partition(":")[0].partition("@")[0], *texts]
    yield _entry(words[0][0], 0, argv)


def _script(text: str, path: Path, node: Any) -> Iterator[dict[str, Any]]:
    origin = origin_of(node, path[-1])
    known = origin is None or origin.block or origin.packed
    for command in shell.parse(text).commands:
        yield _entry(path, command.line if known and "\n" in text.strip() else 0, list(command.argv))


def _entry(path: Path, line: int, argv: list[str]) -> dict[str, Any]:
    return {"path": list(path), "line": line, "argv": argv, "program": shell.program(argv[0]), "providers": []}


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node
