"""Rego files -> an engine that holds those which can judge, and what is wrong with the others, each at its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..rego_file import RegoFile
from .engine import Engine, EngineError
from .faithful import LIBRARY, RewriteError, asks_library, faithful
from .lint import cycles, examine
from .negation import NegationError, write_out
from .syntax import imported
from .world import World, rules_of

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
    texts: Mapping[int, str] = field(default_factory=dict)
    """File -> its text as this engine must have it to answer as OPA, where that is another one."""


Watch = Callable[[int], None]


def prepare(files: Sequence[RegoFile], ours: Collection[int], known: Prepared | None, out: Mapping[int, Rejected],
            watch: Watch, *, data: Mapping[str, Any], more: str = "", coverage: bool = False) -> tuple[Engine, Prepared]:
    """The engine with every file that is right.

    `ours` are the files that must have a set `deny`; `known` is what another worker found, `out` the files that can't be
    used as was found elsewhere; `watch` is told which file is next; `data` is what data files hold; `more` is a file of our own
    making.

    Built-in files are taken as they are: the tests examine them. Raises EngineError where one of them can't be loaded.
    """
    if known is None:
        known = _examined(files, ours, out, watch, data)
    while True:
        rejected = {entry.file for entry in known.rejected}
        engine = Engine(coverage=coverage)
        engine.know(data)
        for number, file in enumerate(files):
            if number not in rejected:
                watch(number)
                engine.add(str(number), known.texts.get(number, file.text))
        if more:
            engine.add("", more)
        if asks_library([*known.texts.values(), *(file.text for file in files)]):
            engine.add("", LIBRARY)
        watch(-1)
        try:
            engine.analyse()
        except EngineError as error:
            if not error.file or files[int(error.file)].builtin:
                raise
            found = Rejected(int(error.file), error.message, error.line, error.column)
            known = Prepared((*known.rejected, found), known.rules, known.texts)
            continue
        return engine, known


def _examined(files: Sequence[RegoFile], ours: Collection[int], out: Mapping[int, Rejected], watch: Watch,
              data: Mapping[str, Any]) -> Prepared:
    """Parse and examine each file that is not built in."""
    if all(file.builtin for file in files):
        return Prepared()
    trees: dict[int, Any] = {}
    texts: dict[int, str] = {}
    rejected = list(out.values())
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
    names: dict[str, set[str]] = {}
    for number, tree in trees.items():
        names.setdefault(files[number].package, set()).update(name for name, _line in rules_of(tree))
    for number, tree in list(trees.items()):
        file = files[number]
        if file.builtin:
            continue
        watch(number)
        try:
            texts[number] = _rewritten(file, tree, names[file.package] | {alias for alias, _words, _node in imported(tree)})
        except (NegationError, RewriteError) as error:
            rejected.append(Rejected(number, error.message, error.line, error.column))
            del trees[number]
    for entry in _unsafe(files, trees, watch):
        rejected.append(entry)
        del trees[entry.file]
    known = {file.package for number, file in enumerate(files) if file.builtin and number not in trees}
    while True:
        # A file that is out takes with it those which need what it defines.
        world = World(known, data=data)
        for number, tree in trees.items():
            world.add(files[number].package, tree)
        found = _problems(files, ours, trees, world, watch)
        if not found:
            break
        rejected += found
        for entry in found:
            trees.pop(entry.file, None)
    rules: dict[str, set[str]] = {}
    for number, tree in trees.items():
        wanted = {name for name, _line in rules_of(tree) if _CONFTEST_RULE.fullmatch(name)}
        rules.setdefault(files[number].package, set()).update(wanted)
    return Prepared(tuple(rejected), {package: tuple(sorted(names)) for package, names in sorted(rules.items())}, texts)


def _problems(files: Sequence[RegoFile], ours: Collection[int], trees: Mapping[int, Any], world: World,
              watch: Watch) -> list[Rejected]:
    found = []
    users = [number for number in trees if not files[number].builtin]
    for number in users:
        watch(number)
        found += [Rejected(number, problem.message, problem.line, problem.column, problem.remedy or _REMEDY)
                  for problem in examine(trees[number], files[number].package, world, policy=number in ours)]
        found += [Rejected(number, f"the data files have a value for {name}, too", line, 1, "choose another name for one of them")
                  for name, line in world.shadowed(files[number].package, trees[number])]
    loops = cycles([(files[number].package, trees[number]) for number in users], world)
    looping = {(package, rule): line for package, rule, line in loops}
    for number in users:
        found += [Rejected(number, f"the rule {rule} needs itself: recursion is no Rego", line, 1, _REMEDY)
                  for rule, line in rules_of(trees[number]) if looping.get((files[number].package, rule)) == line]
    return found


def _rewritten(file: RegoFile, tree: Any, own: Collection[str]) -> str:
    """The text of a file that is not built in. Raises NegationError and RewriteError."""
    text = faithful(file.text, tree, own)
    return write_out(text, tree if text == file.text else _tree(replace(file, text=text)))


def _tree(file: RegoFile) -> Any:
    engine = Engine()
    engine.add(file.name, file.text)
    return engine.trees()[0]


def _unsafe(files: Sequence[RegoFile], parsed: Collection[int], watch: Watch) -> list[Rejected]:
    """The files in which the engine finds something unsafe; those of one package know each other's rules."""
    packages: dict[str, list[int]] = {}
    for number in parsed:
        packages.setdefault(files[number].package, []).append(number)
    found = []
    for left in packages.values():
        while left:
            watch(left[0])
            engine = Engine()
            for number in left:
                engine.add(str(number), files[number].text)
            try:
                engine.analyse()
                break
            except EngineError as error:
                at = int(error.file) if error.file else left[0]
                found.append(_refused(at, files[at], error))
                left.remove(at)
    return found


def _refused(number: int, file: RegoFile, error: EngineError) -> Rejected:
    try:
        Engine(v0=True).add(file.name, file.text)
    except EngineError:
        return Rejected(number, error.message, error.line or file.line, error.column)
    return Rejected(number, f"this is Rego v0: {error.message}", error.line or file.line, error.column, _V0_REMEDY)
