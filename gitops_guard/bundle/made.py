"""What a target makes of the rules: files of a folder, and what has to be told about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..yaml_text import to_yaml

README = "README.md"


@dataclass(frozen=True)
class Made:
    """The output for one target."""

    files: Mapping[str, str]
    """Path in the output -> text, sorted."""
    notes: tuple[str, ...] = ()
    """What is not enforced, or otherwise than in `check`; each a line for people. The README says it, too."""


def as_text(*documents: Any) -> str:
    """Documents as a YAML file."""
    return "---\n".join(f"{to_yaml(document)}\n" for document in documents)


def readme(target: str, usage: Sequence[str], enforced: Iterable[tuple[str, str, str]], notes: Sequence[str]) -> str:
    """The page beside the files; `enforced` are rule, what happens to a fault, and what is judged."""
    lines = ["# What the cluster enforces", "",
             f"Written by `gitops-guard bundle --target {target}`; make it again instead of editing it.", "",
             *usage, "", "| rule | a fault is | judged |", "|---|---|---|"]
    lines += [f"| {rule} | {happens} | {judged} |" for rule, happens, judged in enforced]
    if notes:
        lines += ["", "Not enforced, or otherwise than by `check`:", "", *(f"- {note}" for note in notes)]
    return "\n".join(lines) + "\n"
