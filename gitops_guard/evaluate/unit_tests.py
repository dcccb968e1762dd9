"""The `_test.rego` files of policies -> which of their `test_*` rules hold, judged in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from ..policy import PolicySet
from ..rego_file import RegoFile
from .engine import UNDEFINED, Engine, EngineError
from .lint import rules_of


@dataclass(frozen=True)
class TestResult:
    """One `test_*` rule, or a file that can't be run (then without a rule)."""

    __test__ = False  # no test of ours, whatever its name says

    file: RegoFile
    rule: str
    line: int
    message: str = ""
    """Empty where it holds."""


def run_tests(policies: PolicySet, tests: Sequence[RegoFile] | None = None, timeout: float = 60.0) -> list[TestResult]:
    """Every `test_*` rule in `tests` (None: all test files), by file and line; `todo_test_*` are left out, as OPA does."""
    files = list(policies.libraries)
    for policy in policies.policies:
        files += policy.files
    found = []
    for test in policies.tests if tests is None else tests:
        found += _isolated([*files, test], timeout)
    return found


def _isolated(files: list[RegoFile], timeout: float) -> list[TestResult]:
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    process: Any = context.Process(target=_serve, args=(files, theirs, timeout), daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    found: list[TestResult] = []
    try:
        while True:
            result = ours.recv()
            if result is None:
                break
            found.append(result)
    except EOFError:
        found.append(TestResult(files[-1], "", files[-1].line, f"it crashed the engine or did not end within {timeout:g} s"))
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    return found


def _serve(files: list[RegoFile], link: Connection, timeout: float) -> None:
    """Send each result, then None. The kernel's timer ends the process where a test does not end."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    test = files[-1]
    engine = Engine()
    try:
        for number, file in enumerate(files):
            engine.add(str(number), file.text)
        engine.analyse()
        found = [(name, line) for name, line in rules_of(engine.trees()[-1]) if name.startswith("test_")]
        if not found:
            link.send(TestResult(test, "", test.line, "it has no rule test_*"))
        for name, line in found:
            link.send(TestResult(test, name, line, _verdict(engine, f"data.{test.package}.{name}")))
    except EngineError as error:
        link.send(TestResult(test, "", error.line or test.line, error.message))
    link.send(None)


def _verdict(engine: Engine, rule: str) -> str:
    try:
        engine.give("{}")
        value = engine.ask(rule)
    except EngineError as error:
        return f"line {error.line}: {error.message}"
    return "" if value == "true" else "it is undefined" if value == UNDEFINED else "it is not true"
