"""Rego files -> those that one of them needs: loading the others only costs time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .policy import PolicySet
from .rego_file import SILENT, RegoFile

_DATA = re.compile(r"(?<![\w.])data\b(?:\.([A-Za-z_][\w.]*\w|[A-Za-z_]))?")
_SILENT = re.compile(SILENT)


def needed(files: Sequence[RegoFile], start: Sequence[RegoFile]) -> list[RegoFile]:
    """The files that `start` needs, itself and those of its packages included, in the order of `files`.

    What may speak of everything (`data[x]`) needs everything. More than what is needed may be taken, never less.
    """
    found = {id(file) for file in start}
    waiting = list(start)
    while waiting:
        file = waiting.pop()
        words = _DATA.findall(_SILENT.sub('""', file.text))
        if "" in words:
            return list(files)
        for other in files:
            if id(other) not in found and (other.package == file.package or any(_meets(word, other.package) for word in words)):
                found.add(id(other))
                waiting.append(other)
    return [file for file in files if id(file) in found]


def ordered(files: Sequence[RegoFile]) -> list[RegoFile]:
    """The files, those first that define what others speak of; where they speak of each other, as they come."""
    words = {id(file): _DATA.findall(file.text) for file in files}
    found: dict[int, RegoFile] = {}

    def visit(file: RegoFile, above: frozenset[int]) -> None:
        if id(file) in found or id(file) in above:
            return
        for other in files:
            if other.package == file.package or any(word and _meets(word, other.package) for word in words[id(file)]):
                visit(other, above | {id(file)})
        found[id(file)] = file

    for file in files:
        visit(file, frozenset())
    return list(found.values())


def only(policies: PolicySet, start: Sequence[RegoFile]) -> PolicySet:
    """The policies and libraries that `start` needs."""
    files = [*policies.libraries, *(file for policy in policies.policies for file in policy.files)]
    kept = {id(file) for file in needed(files, start)}
    return replace(policies, tests=(),
                   policies=tuple(policy for policy in policies.policies if any(id(file) in kept for file in policy.files)),
                   libraries=tuple(library for library in policies.libraries if id(library) in kept))


def _meets(word: str, package: str) -> bool:
    """Whether `data.<word>` is of a package, or above it."""
    return word == package or word.startswith(package + ".") or package.startswith(word + ".")
