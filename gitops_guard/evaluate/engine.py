"""The embedded Rego engine: policies and inputs in, JSON text out; the only module that knows regorus.

What Microsoft's regorus and OPA do differently, and what is refused because of it, is in lint.py. The engine runs in a worker
process alone: it has no time limit of its own, and deep recursion ends its process.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from .builtin_checks import NOT_AS_OPA
from .builtins import EXTENSIONS
from .faithful import HELPERS, PREFIX

UNDEFINED = '"<undefined>"'
"""What the engine answers for a rule that has no value."""

_PLACE = re.compile(r"--> (?P<file>.+):(?P<line>[0-9]+):(?P<column>[0-9]+)\n")
_ERROR = re.compile(r"\nerror: (?P<message>.*?)(?:\n--> |\n\n|\nStack backtrace|$)", re.DOTALL)
_VALUE = re.compile(r"`[^`]*`|\"(?:[^\"\\]|\\.)*\"")
_NAME = re.compile(r"`[a-z_][a-z0-9_.]*`")
_SAME = (
    (re.compile(r"rule conflicts with rule at"), "rules must not produce multiple outputs"),
    (re.compile(r"value for key .* generated multiple times"), "object keys must be unique"),
)
"""What OPA and regorus put in other words, and ours for both (opa/client.py)."""
_OURS = re.compile(rf"extension '(?:{PREFIX}(?P<helped>[a-z0-9_.]+)\.\w+|(?P<name>[a-z0-9_.]+))' raises Python error: \w+: ")
"""Before what a builtin of builtins.py says, or what helps one (faithful.py); OPA puts the name there."""
_UNFIT = (("not an i64", "a number of more than 64 bits"),
          ("TypeError: unhashable type", "a set of arrays, objects or sets, or an object with such keys,"))
"""What is said of a value that can't be handed to a builtin of builtins.py, and ours for it."""
_AFTER = re.compile(r"[.,;:]?\s+(?:[Gg]ot|but found|found|received)\b.*", re.DOTALL)


class EngineError(Exception):
    """The engine refuses a policy, an input or a call; the message holds no value of the input."""

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 1) -> None:
        """`file` and `line` are empty and 0 where the engine names no place."""
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column


class Engine:
    """One engine with its policies."""

    def __init__(self, *, v0: bool = False, coverage: bool = False) -> None:
        # A backtrace of Rust is of no use to anyone here, and costs milliseconds for each error.
        os.environ["RUST_BACKTRACE"] = os.environ["RUST_LIB_BACKTRACE"] = "0"
        import regorus  # noqa: PLC0415 (start-up)

        self._engine: Any = regorus.Engine()
        self._engine.set_policy_length_config(max_col=10_000, max_file_bytes=2_000_000, max_lines=50_000)
        self._engine.set_gather_prints(True)
        self._engine.set_rego_v0(v0)
        self._engine.set_enable_coverage(coverage)
        self.printed: list[str] = []
        """What `print` said while the last rule was asked: `<name of the file>:<line>: <text>`."""
        for name, (arity, function) in (EXTENSIONS | HELPERS).items():
            self._engine.add_extension(name, arity, function)

    def add(self, name: str, text: str) -> None:
        """Parse a policy. Raises EngineError."""
        _call(self._engine.add_policy, name, text)

    def know(self, data: Mapping[str, Any]) -> None:
        """Set what `data` holds besides the packages. Raises EngineError."""
        _call(self._engine.add_data_json, json.dumps(data, sort_keys=True))

    def trees(self) -> list[dict[str, Any]]:
        """The syntax trees of all policies, in the order they were added."""
        found: list[dict[str, Any]] = json.loads(self._engine.get_ast_as_json())
        return found

    def analyse(self) -> None:
        """Let the engine look for what it calls unsafe in all policies. Raises EngineError."""
        _call(self._engine.set_input_json, "{}")
        _call(self._engine.eval_query_as_json, "true")

    def give(self, text: str) -> None:
        """Set the input, as JSON. Raises EngineError where the engine can't take it (nesting, half a surrogate pair)."""
        _call(self._engine.set_input_json, text, mask=True)

    def ask(self, rule: str) -> str:
        """The value of a rule (`data.a.b.deny`) as JSON, or UNDEFINED. Raises EngineError."""
        try:
            answer: str = _call(self._engine.eval_rule_as_json, rule, mask=True)
        finally:
            self.printed = self._engine.take_prints()
        return answer

    def covered(self) -> dict[str, tuple[list[int], list[int]]]:
        """By file: the lines that were evaluated since the beginning, or the last `forget`; and those that were not.

        Files without a name, which are of our own making, are left out.
        """
        report = json.loads(self._engine.get_coverage_report_as_json())
        return {file["path"]: (file["covered"], file["not_covered"]) for file in report["files"] if file["path"]}

    def forget(self) -> None:
        """Begin anew with what is covered."""
        self._engine.clear_coverage_data()


def _call(function: Callable[..., Any], *arguments: str, mask: bool = False) -> Any:
    try:
        return function(*arguments)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 (a panic in Rust arrives as a BaseException of its own)
        raise _told(str(error), mask) from None


def _told(text: str, mask: bool) -> EngineError:
    """The engine's error in our words; with `mask`, without the values of the input that it shows."""
    place = _PLACE.search(text)
    match = _ERROR.search(text)
    message = match.group("message") if match else text.partition("\n\nStack backtrace")[0]
    message = _OURS.sub(lambda found: f"{found['helped'] or found['name']}: ", message)
    message = next((f"{ours} {NOT_AS_OPA}" for theirs, ours in _UNFIT if message.startswith(theirs)), message)
    if mask:
        message = next((ours for theirs, ours in _SAME if theirs.search(message)), masked(message))
    message = " ".join(message.split())[:300] or "the engine failed"
    if place is None:
        return EngineError(message)
    return EngineError(message, place.group("file"), int(place.group("line")), int(place.group("column")))


def masked(text: str) -> str:
    """An engine's message without the values that it shows; the names of builtins stay."""
    return _VALUE.sub(lambda found: found.group() if _NAME.fullmatch(found.group()) else "…", _AFTER.sub("", text))
