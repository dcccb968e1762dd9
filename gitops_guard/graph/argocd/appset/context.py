"""What all generators of one ApplicationSet share, and what one of them gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ....model import FieldPath, ResourceId
from ....origin import Map
from ...expansion import Found
from ...fields import text
from ...world import World
from .problem import Budget, SetError
from .templating import Templating


@dataclass
class Produced:
    """The parameter sets of a generator, and why more of them may exist than are known."""

    sets: list[Map] = field(default_factory=list)
    unknown: list[SetError] = field(default_factory=list)

    def add(self, other: Produced) -> None:
        """Take another generator's in."""
        self.sets += other.sets
        self.note(other.unknown)

    def note(self, problems: list[SetError]) -> None:
        """Take problems in, each once."""
        known = {problem.key for problem in self.unknown}
        for problem in problems:
            if problem.key not in known:
                known.add(problem.key)
                self.unknown.append(problem)


@dataclass
class Context:
    """One expansion."""

    found: Found
    world: World
    templating: Templating
    budget: Budget
    evidence: set[str] = field(default_factory=set)
    """Git URLs whose patterns fit something in this tree."""
    listings: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    """Prefix -> the files and the folders below it, seen from there."""

    @property
    def id(self) -> ResourceId:
        """Of the ApplicationSet."""
        return self.found.resource.id

    def setting(self, key: str) -> bool:
        """Whether a flag is on in the ConfigMap `argocd-cmd-params-cm`; the one of the same root and namespace counts first."""
        name = "argocd-cmd-params-cm"
        objects = self.world.objects
        near = objects.get(self.found.scope, "", "ConfigMap", self.id.namespace, name)
        others = [one for one in objects.all("", "ConfigMap") if one.id.name == name]
        body = near.body if near is not None else others[0].body if len(others) == 1 else Map()
        return text(body, "data", key).lower() == "true"

    def listing(self, prefix: str) -> tuple[list[str], list[str]]:
        """The files and the folders of a repository that lies under `prefix`."""
        if prefix not in self.listings:
            head = "" if prefix == "." else prefix + "/"
            files = [path[len(head):] for path in self.world.sources.files_below(prefix) if path.startswith(head)]
            folders = {path[:at] for path in files for at in _slashes(path)}
            self.listings[prefix] = files, sorted(folders, key=lambda path: path.split("/"))
        return self.listings[prefix]

    def spend(self, work: int, path: FieldPath) -> None:
        """See `Budget.spend`."""
        self.budget.spend(work, path)


def listed(node: Map, key: str, path: FieldPath) -> list[Any]:
    """The items of a list; none where there is none. Raises SetError for what the API server refuses as a list."""
    value = node.get(key)
    if value is not None and not isinstance(value, list):
        raise SetError("failed", f"{key}: must be a list", (*path, key))
    return list(value or ())


def _slashes(path: str) -> list[int]:
    return [at for at, one in enumerate(path) if one == "/"]
