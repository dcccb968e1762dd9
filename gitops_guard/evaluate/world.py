"""What the packages and data files of a run define: where a name that a policy speaks of leads to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .syntax import head, line_of, name_of


@dataclass
class World:
    """Every package there is, with the names it defines."""

    closed: Collection[str] = ()
    """Packages of which only the name is known: whatever is asked of them is taken as there."""
    packages: dict[str, dict[str, set[int | None]]] = field(default_factory=dict)
    """Package -> name -> numbers of arguments; None for what is no function."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What data files hold."""

    def add(self, package: str, tree: Any) -> None:
        """Take in the rules of a file."""
        known = self.packages.setdefault(package, {})
        for rule in tree["ast"]["rules"]:
            kind, held, _reference = head(rule)
            count = len(held["args"]) if kind == "Func" or (kind == "Default" and held.get("args")) else None
            known.setdefault(name_of(rule), set()).add(count)

    def find(self, words: list[str]) -> tuple[str, str] | None:
        """(package, name) that `data.<words>` speaks of; the name is empty for a package, or a part of one. None: nothing."""
        path = ".".join(words)
        for package in (*self.packages, *self.closed):
            if package == path or package.startswith(path + "."):
                return package, ""
        for cut in range(len(words) - 1, 0, -1):
            package = ".".join(words[:cut])
            if package in self.closed:
                return package, ""
            if words[cut] in self.packages.get(package, {}):
                return package, words[cut]
        return (path, "") if _has(self.data, words) else None

    def shadowed(self, package: str, tree: Any) -> Iterator[tuple[str, int]]:
        """(name, line) of the rules of a file that data files have a value for: OPA refuses both."""
        for rule, line in rules_of(tree):
            name = f"{package}.{rule}"
            if _has(self.data, name.split(".")):
                yield f"data.{name}", line


def _has(data: Any, words: list[str]) -> bool:
    """Whether data files hold something at a path. In a list, and below a text, nothing has a name."""
    for word in words:
        if isinstance(data, list):
            return True  # `data.teams[0]`
        if not isinstance(data, dict) or word not in data:
            return False
        data = data[word]
    return True


def rules_of(tree: Any) -> list[tuple[str, int]]:
    """(name, line) of every rule, in the order of the file."""
    return [(name_of(rule), line_of(rule)) for rule in tree["ast"]["rules"]]
