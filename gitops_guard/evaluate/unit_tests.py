"""Policies and their `_test.rego` files -> which of their `test_*` rules hold, each file judged in a process of its own.

As `opa test` has it: every file is loaded, so that tests may use each other's helpers; a rule holds if it is `true`; a rule
`todo_test_*` is skipped.
"""

from __future__ import annotations

import faulthandler
import json
import multiprocessing
import os
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from ..needs import needed
from ..policy import PolicySet
from ..rego_file import RegoFile
from .coverage import Coverage
from .engine import UNDEFINED, Engine, EngineError
from .faithful import LIBRARY, asks_library
from .job import Covered, Job
from .pool import run
from .syntax import name_of, statements, text_of
from .world import rules_of

SECONDS = 10.0
"""For one test, as for one policy and input in check."""

PASSED, FAILED, ERROR, SKIPPED = "passed", "failed", "error", "skipped"

_LOADING = 60.0

_ALL = re.compile("")
_PRINTED = re.compile(r"([0-9]+):([0-9]+): ")
_KINDS = {bool: "false", int: "a number", float: "a number", str: "a text", list: "a list or set", dict: "an object",
          type(None): "null"}


class Rejected(NamedTuple):
    """A file that can't be used."""

    file: RegoFile
    message: str
    line: int


@dataclass(frozen=True)
class Examined:
    """What can be run."""

    policies: PolicySet
    """With their tests; of each file the text that the engine gets, negations written out, and marked as built in: it need not
    be examined again."""
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True)
class TestResult:
    """One rule `test_*`, or a file that can't be run (then without a rule)."""

    __test__ = False  # no test of ours, whatever its name says

    rule: str
    line: int
    outcome: str = PASSED
    message: str = ""
    stopped: int = 0
    """Where it failed: the line of the last statement that was evaluated; 0 where that is not known."""
    printed: tuple[str, ...] = ()


def examine(policies: PolicySet, *, builtin: bool = False, timeout: float = 10.0) -> Examined:
    """Everything but what an engine, or we, refuse to load; with `builtin`, also built-in files are looked at.

    Raises ToolError where the engine can't work at all.
    """
    files = _files(policies)
    heads = {id(policy.files[0]) for policy in policies.policies if not policy.conftest}
    ours = {number for number, file in enumerate(files) if id(file) in heads}
    looked_at = [replace(file, builtin=False) for file in files] if builtin else files
    prepared = run(Job(looked_at, ours, [], [], [], timeout, data=policies.data), 1).prepared
    out = {entry.file for entry in prepared.rejected}
    # Those that are built in are tested as check takes them.
    texts = {number: text for number, text in prepared.texts.items() if not files[number].builtin}
    usable = {id(file): replace(file, text=texts.get(number, file.text), builtin=True)
              for number, file in enumerate(files) if number not in out}

    def left(group: Sequence[RegoFile]) -> tuple[RegoFile, ...]:
        return tuple(usable[id(file)] for file in group if id(file) in usable)
    kept = tuple(replace(policy, files=left(policy.files)) for policy in policies.policies if left(policy.files))
    found = replace(policies, policies=kept, libraries=left(policies.libraries), tests=left(policies.tests))
    return Examined(found, tuple(Rejected(files[entry.file], entry.message, entry.line) for entry in prepared.rejected))


@dataclass(frozen=True)
class Wanted:
    """Which rules of a file are run: those in whose full name, `<subject> <rule>`, the pattern is found."""

    subject: str = ""
    pattern: re.Pattern[str] = _ALL
    done: frozenset[str] = frozenset()
    """Not these."""

    def __call__(self, rule: str) -> bool:
        """Whether it is."""
        return rule not in self.done and self.pattern.search(f"{self.subject} {rule}") is not None


def run_tests(examined: Examined, test: RegoFile, wanted: Wanted = Wanted(),
              timeout: float | None = None) -> tuple[list[TestResult], Coverage]:
    """The rules of one file of `examined.policies.tests` that are wanted, by line; and the lines that they evaluated.

    A rule that does not end within `timeout` seconds, or ends the engine, is an error, and the others go on.
    """
    timeout = SECONDS if timeout is None else timeout
    files = needed(_files(examined.policies), [test])
    number = files.index(test)
    found: list[TestResult] = []
    coverage = Coverage()
    while True:
        said, last = _isolated(_Load(files, number, examined.policies.data), wanted, timeout)
        found += [result for result in said if isinstance(result, TestResult)]
        coverage += Coverage.of(files, [covered for covered in said if isinstance(covered, Covered)])
        if last is None:
            break
        ended = "it crashed the engine" if last.outcome == ERROR else f"it did not end within {timeout:g} s"
        found.append(replace(last, outcome=ERROR, message=ended))
        if not last.rule:
            break
        wanted = replace(wanted, done=frozenset(result.rule for result in found))
    return sorted(found, key=lambda result: (result.line, result.rule)), coverage


def _files(policies: PolicySet) -> list[RegoFile]:
    return [*policies.libraries, *(file for policy in policies.policies for file in policy.files), *policies.tests]


@dataclass(frozen=True)
class _Load:
    """What another process loads."""

    files: list[RegoFile]
    number: int
    """Of the file whose tests are run."""
    data: Mapping[str, Any]


def _isolated(load: _Load, wanted: Wanted, timeout: float) -> tuple[list[TestResult | Covered], TestResult | None]:
    """What another process says; and, where that ended before its time, what it was at: an error if it crashed."""
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    arguments = (load, wanted, theirs, timeout)
    process: Any = context.Process(target=_serve, args=arguments, daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    found: list[TestResult | Covered] = []
    last: TestResult | None = TestResult("", load.files[load.number].line)
    try:
        while (said := ours.recv()) is not None:
            if isinstance(said, _Begun):
                last = said.test
            else:
                found.append(said)
        last = None
    except EOFError:
        process.join()
        if last is not None and process.exitcode != -signal.SIGALRM:
            last = replace(last, outcome=ERROR)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    return found, last


@dataclass(frozen=True)
class _Begun:
    """What the other process is at."""

    test: TestResult


def _serve(load: _Load, wanted: Wanted, link: Connection, timeout: float) -> None:
    """Send what is begun, each result, what was covered, then None. The kernel's timer ends a test that does not end."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, _LOADING)
    faulthandler.disable()
    files, number = load.files, load.number
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        engine = Engine(coverage=True)
        engine.know(load.data)
        for at, file in enumerate(files):
            engine.add(str(at), file.text)
        if asks_library(file.text for file in load.files):
            engine.add("", LIBRARY)
        engine.analyse()
        for said in _said(engine, files, number, wanted):
            if isinstance(said, _Begun):
                signal.setitimer(signal.ITIMER_REAL, timeout)
            link.send(said)
    except EngineError as error:
        link.send(TestResult("", error.line or files[number].line, ERROR, error.message))
    link.send(None)


def _said(engine: Engine, files: Sequence[RegoFile], number: int,
          wanted: Wanted) -> Iterator[TestResult | Covered | _Begun]:
    test, tree = files[number], engine.trees()[number]
    rules: dict[str, int] = {}
    for name, line in rules_of(tree):
        if name.startswith(("test_", "todo_test_")):
            rules.setdefault(name, line)
    if not rules:
        yield TestResult("", test.line, FAILED, "it has no rule test_*")
    for name, line in rules.items():
        if not wanted(name):
            continue
        if name.startswith("todo_"):
            yield TestResult(name, line, SKIPPED)
            continue
        yield _Begun(TestResult(name, line))
        rule = f"data.{test.package}.{name}"
        outcome, message, at = _verdict(engine, rule, number, files)
        printed = tuple(_shown(text, files) for text in engine.printed)
        if outcome == FAILED:
            # Evaluated once more, alone, to see how far it comes.
            yield Covered(engine.covered())
            engine.forget()
            _verdict(engine, rule, number, files)
            at = _stopped(tree, name, engine.covered()[str(number)][0])
        yield TestResult(name, line, outcome, message, at, printed)
    yield Covered(engine.covered())


def _verdict(engine: Engine, rule: str, number: int, files: Sequence[RegoFile]) -> tuple[str, str, int]:
    """Outcome, message, and the line of the test's file where that is known."""
    try:
        engine.give("{}")
        value = engine.ask(rule)
    except EngineError as error:
        if error.file == str(number):
            return ERROR, error.message, error.line
        where = f"{files[int(error.file)].shown}:{error.line}: " if error.file.isdecimal() else ""
        return ERROR, f"{where}{error.message}", 0
    if value == "true":
        return PASSED, "", 0
    if value == UNDEFINED:
        return FAILED, "it is undefined: not all of it is true", 0
    return FAILED, f"it is {_KINDS[type(json.loads(value))]}, not true", 0


def _stopped(tree: Any, rule: str, covered: Sequence[int]) -> int:
    """The line of the last statement of a rule that was evaluated; 0 where there is none."""
    source = tree["source"]["contents"].encode("utf-8")
    lines = frozenset(covered)
    found = 0
    for entry in tree["ast"]["rules"]:
        for statement in statements(entry) if name_of(entry) == rule else ():
            first = int(statement["span"]["line"])
            last = first + text_of(statement["span"], source).count("\n")
            if not lines.isdisjoint(range(first, last + 1)):
                found = max(found, first)
    return found


def _shown(text: str, files: Sequence[RegoFile]) -> str:
    """What a test printed, with the file's name instead of its number."""
    place = _PRINTED.match(text)
    return f"{files[int(place[1])].shown}:{place[2]}: {text[place.end():]}" if place else text
