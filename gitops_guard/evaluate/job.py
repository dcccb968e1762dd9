"""What judging works on, and what comes of it: a Job goes to the workers, Answers and Covered come back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from ..policy import Policy
from ..rego_file import RegoFile
from .engine import UNDEFINED, Engine, EngineError
from .prepare import Prepared, Rejected
from .units import Unit

LOADING = -1
"""The unit in `progress` while policies are loaded; the policy is then the number of the file."""
FACTS = -1
"""The policy in `progress` while the facts of an object are worked out."""
_PREFIX = re.compile(r"^(violation|deny|warn)_")
_EXCEPTION = "exception"


class Answer(NamedTuple):
    """What one policy said of one unit."""

    unit: int
    policy: int
    """-1: the input itself can't be read."""
    rule: str
    text: str
    """JSON; of a failure, the message."""
    failed: bool = False
    file: str = ""
    line: int = 0
    column: int = 1


@dataclass(frozen=True)
class Covered:
    """The lines that a worker has evaluated so far, and those it has not: by the number of the file."""

    lines: Mapping[str, tuple[Sequence[int], Sequence[int]]]


class Judging(Protocol):
    """What judges in a worker: an engine with all policies."""

    prepared: Prepared

    def units(self, numbers: range, ends: Mapping[int, int], skipped: Collection[int]) -> list[Answer]:
        """What the policies say of units; `ends` tells from which unit on a policy is out, `skipped` units have no facts."""

    def covered(self) -> Covered:
        """Which lines were evaluated."""


@dataclass
class Job:
    """All that a worker needs; forked processes share it with their parent."""

    files: Sequence[RegoFile]
    """Libraries and policies, in the order they are loaded."""
    ours: Collection[int]
    """The files whose input is not the manifest alone: each must have a set `deny`."""
    policies: Sequence[Policy]
    parameters: Sequence[str]
    """Of each policy, as JSON."""
    units: Sequence[Unit]
    timeout: float
    prepared: Prepared | None = None
    """What a worker before this one found out about the files."""
    out: Mapping[int, Rejected] = field(default_factory=dict)
    """Files that can't be used, as was found out elsewhere: they ended a worker that loaded them, or a server refused them."""
    coverage: bool = False
    """Whether each batch of answers comes with the lines that were evaluated."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the policies' data files hold."""
    ready: tuple[Engine, Prepared] | None = None
    """What the parent has loaded already, where workers fork from it."""
    judge: Callable[[Job, Any], Judging] | None = None
    """What judges, where it is not the embedded engine."""

    def broken(self, prepared: Prepared) -> set[int]:
        """The policies of which no file can be used."""
        out = {entry.file for entry in prepared.rejected}
        numbers = {id(file): number for number, file in enumerate(self.files)}
        return {number for number, policy in enumerate(self.policies)
                if all(numbers[id(file)] in out for file in policy.files)}


def rules(policy: Policy, prepared: Prepared) -> list[str]:
    """What is asked of a policy, in this order: `deny`; of Conftest's all that it runs, exceptions first."""
    found = prepared.rules.get(policy.package, ()) if policy.conftest else ("deny",)
    return sorted(found, key=lambda rule: rule != _EXCEPTION)


def judged(unit: int, number: int, policy: Policy, asked: Sequence[str], ask: Callable[[str], str]) -> list[Answer]:
    """What the rules of one policy say of one unit.

    `ask` gives the value of a rule (`data.a.b.deny`) as JSON, or UNDEFINED; it may raise EngineError.
    """
    answers = []
    excepted: frozenset[str] = frozenset()
    for rule in asked:
        if _PREFIX.sub("", rule) in excepted:
            continue
        try:
            text = ask(f"data.{policy.package}.{rule}")
        except EngineError as error:
            answers.append(Answer(unit, number, rule, error.message, True, error.file, error.line, error.column))
            break
        if policy.conftest and rule == _EXCEPTION:
            excepted = _exceptions(text)
        elif text not in ("[]", UNDEFINED):
            answers.append(Answer(unit, number, rule, text))
    return answers


def _exceptions(text: str) -> frozenset[str]:
    """The names of the rules that `exception` switches off: what Conftest asks is `exception[_][_] == "name"`."""
    if text == UNDEFINED:
        return frozenset()
    value = json.loads(text)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    inner = [item.values() if isinstance(item, dict) else item for item in items if isinstance(item, (dict, list))]
    return frozenset(name for names in inner for name in names if isinstance(name, str))
