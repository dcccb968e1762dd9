"""Policies -> what one run loads into OPA: the same texts in packages of their own, and one that asks them.

A server may be shared, with other runs and with policies that it enforces. So every package and every document of a run lies
below `data.<root>.p`, under a name that nobody else has, and a policy's `data` is that. Lines stay what they are.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...needs import needed, ordered
from ..job import Job, rules
from ..prepare import Prepared

_PACKAGE = re.compile(r"[ \t]*package[ \t]+")
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*|(?<![\w.])data\b')
_SUFFIX = ".rego"

_ABOUT = """package {root}.about

answer := {{"version": opa.runtime().version, "proof": {proof}}}
"""
# `found` is empty where a rule has no value, and stands in the answer all the same: what is missing is not taken for clean.
# Under one `with`, OPA works out once what several rules share.
_ASK = """package {root}.ask

answers := [held |
	some question in input.questions
	held := [found | some rule in question.rules; found := [value | value := verdict[rule]]] with input as question.input
]

verdict[""] := [] if false
"""
_RULE = "verdict[{name}] := data.{world}.{rule}\n"


@dataclass(frozen=True)
class Texts:
    """What is loaded."""

    root: str
    """The package above all of it."""
    proof: str
    """What only an OPA with these texts knows."""
    files: Mapping[int, str]
    """By their numbers in the job, with their packages; those that others need come first."""
    about: str
    """A policy that says which OPA this is."""
    ask: str
    """The policy that asks all others."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What lies at `world`, besides the packages."""

    @property
    def about_path(self) -> str:
        """Of the rule that says which OPA this is."""
        return f"{self.root}/about/answer"

    @property
    def ask_path(self) -> str:
        """Of the rule that asks all others."""
        return f"{self.root}/ask/answers"

    @property
    def world(self) -> str:
        """The package that policies take for `data`."""
        return f"{self.root}.p"

    def name(self, number: int) -> str:
        """What OPA calls a file."""
        return f"{self.root}/{number}{_SUFFIX}"



def number_of(name: str) -> int | None:
    """The file that OPA calls so, by its name or its path; None where it is none of the policies."""
    stem = name.rpartition("/")[2].removesuffix(_SUFFIX)
    return int(stem) if stem.isdecimal() else None


def texts_of(job: Job, prepared: Prepared) -> Texts:
    """The files that can judge."""
    root = f"gitops_guard_{secrets.token_hex(8)}"
    proof = secrets.token_hex(16)
    world = f"{root}.p"
    out = {entry.file for entry in prepared.rejected}
    numbers = {id(file): number for number, file in enumerate(job.files) if number not in out}
    start = [file for policy in job.policies for file in policy.files if id(file) in numbers]
    # The long ones late: a server compiles all that it holds with each policy that comes, or goes in the opposite order.
    wanted = sorted(needed([job.files[number] for number in numbers.values()], start), key=lambda file: len(file.text))
    sequence = [numbers[id(file)] for file in ordered(wanted)]
    broken = job.broken(prepared)
    asked = sorted({f"{policy.package}.{rule}" for number, policy in enumerate(job.policies) if number not in broken
                    for rule in rules(policy, prepared)})
    files = {number: moved(job.files[number].text, job.files[number].line, world) for number in sequence}
    about = _ABOUT.format(root=root, proof=json.dumps(proof))
    verdicts = [_RULE.format(name=json.dumps(f"data.{rule}"), world=world, rule=rule) for rule in asked]
    ask = _ASK.format(root=root) + "".join(verdicts)
    return Texts(root, proof, files, about, ask, job.data)


def moved(text: str, line: int, world: str) -> str:
    """A policy's text, whose package stands on `line`, below the package `world`."""
    def place(found: re.Match[str]) -> str:
        return f"data.{world}" if found.group() == "data" else found.group()

    rows = text.split("\n")
    rows[line - 1] = _PACKAGE.sub(lambda found: f"{found.group()}{world}.", rows[line - 1], count=1)
    return _TOKEN.sub(place, "\n".join(rows))
