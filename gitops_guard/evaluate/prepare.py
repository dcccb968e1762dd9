"""Rego files -> an engine that holds those which can judge, and what is wrong with the others, each at its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..rego_file import RegoFile
from .engine import Engine, EngineError
from .lint import World, examine, names_of

_CONFTEST_RULE = re.compile(r"(deny|violation|warn)(_[a-zA-Z0-9]+)*|exception")
_V0_REMEDY = "convert it to Rego v1: opa fmt --write --v0-v1"
_REMEDY = "correct the policy; until then it judges nothing"


@dataclass(frozen=True)
class Rejected:
    """Why a file can't be used."""

    file: int
    """Its number."""
    message: str
    line: int
    column: int = 1
    remedy: str = _REMEDY


@dataclass(frozen=True)
class Prepared:
    """What a second worker needn't find out again."""

    rejected: tuple[Rejected, ...] = ()
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Package -> the rules that Conftest runs in it."""


Watch = Callable[[int], None]


def prepare(files: Sequence[RegoFile], known: Prepared | None, out: Mapping[int, str], watch: Watch) -> tuple[Engine, Prepared]:
    """The engine with every file that is right.

    `known` is what another worker found, `out` the files that ended one and why; `watch` is told which file is next.

    Built-in files are taken as they are: the tests examine them. Raises EngineError where one of them can't be loaded.
    """
    if known is None:
        known = _examined(files, out, watch)
    while True:
        rejected = {entry.file for entry in known.rejected}
        engine = Engine()
        for number, file in enumerate(files):
            if number not in rejected:
                watch(number)
                engine.add(str(number), file.text)
        watch(-1)
        try:
            engine.analyse()
        except EngineError as error:
            if not error.file or files[int(error.file)].builtin:
                raise
            more = Rejected(int(error.file), error.message, error.line, error.column)
            known = Prepared((*known.rejected, more), known.rules)
            continue
        return engine, known


def _examined(files: Sequence[RegoFile], out: Mapping[int, str], watch: Watch) -> Prepared:
    """Parse and examine each file that is not built in."""
    if all(file.builtin for file in files):
        return Prepared()
    trees: dict[int, Any] = {}
    rejected = [Rejected(number, why, files[number].line) for number, why in out.items()]
    for number, file in enumerate(files):
        if number in out:
            continue
        watch(number)
        if file.builtin and not file.package.startswith("gitops_guard.lib."):
            continue
        try:
            trees[number] = _tree(file)
        except EngineError as error:
            rejected.append(_refused(number, file, error))
    builtin = {file.package for number, file in enumerate(files) if file.builtin and number not in trees}
    while True:
        # A file that is out takes with it those which need what it defines.
        world = World(builtin)
        for number in trees:
            world.add(files[number].package, names_of(trees[number]))
        found = []
        for number, tree in trees.items():
            if files[number].builtin:
                continue
            watch(number)
            for problem in examine(tree, files[number].package, world):
                found.append(Rejected(number, problem.message, problem.line, problem.column, problem.remedy or _REMEDY))
        if not found:
            break
        rejected += found
        for entry in found:
            trees.pop(entry.file, None)
    rules: dict[str, set[str]] = {}
    for number, tree in trees.items():
        wanted = {name for name in names_of(tree) if _CONFTEST_RULE.fullmatch(name)}
        rules.setdefault(files[number].package, set()).update(wanted)
    return Prepared(tuple(rejected), {package: tuple(sorted(names)) for package, names in sorted(rules.items())})


def _tree(file: RegoFile) -> Any:
    engine = Engine()
    engine.add(file.name, file.text)
    engine.analyse()
    return engine.trees()[0]


def _refused(number: int, file: RegoFile, error: EngineError) -> Rejected:
    try:
        Engine(v0=True).add(file.name, file.text)
    except EngineError:
        return Rejected(number, error.message, error.line or file.line, error.column)
    return Rejected(number, f"this is Rego v0: {error.message}", error.line or file.line, error.column, _V0_REMEDY)
