"""The process that judges: it loads the policies, and answers batches of units until it is told to stop.

A timer of the kernel ends the process when one policy takes too long over one input, or one file over its loading: an engine
that loops for ever lets no Python run. `progress` then tells the parent what it was at.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import re
import resource
import signal
import traceback
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from ..origin import Map
from ..policy import Policy
from ..rego_file import RegoFile
from .engine import UNDEFINED, Engine, EngineError
from .facts import facts_for
from .prepare import Prepared, prepare
from .twins import answers_of, groups_of, rule_of, text_of
from .units import Unit

LOADING = -1
"""The unit in `progress` while policies are loaded; the policy is then the number of the file."""
FACTS = -1
"""The policy in `progress` while the facts of an object are worked out."""
_MEMORY = 3_000_000_000
_COMPACT = json.JSONEncoder(separators=(",", ":"))
"""That is how the `mentions` of policies are looked for."""
_SCHEMA_KIND = "CustomResourceDefinition"
_PREFIX = re.compile(r"^(violation|deny|warn)_")


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
    out: Mapping[int, str] = field(default_factory=dict)
    """Files that ended a worker while it loaded them, and why."""
    coverage: bool = False
    """Whether each batch of answers comes with the lines that were evaluated."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the policies' data files hold."""


@dataclass(frozen=True)
class Covered:
    """The lines that a worker has evaluated so far, and those it has not: by the number of the file."""

    lines: Mapping[str, tuple[Sequence[int], Sequence[int]]]


def work(job: Job, link: Connection, progress: Any, strangers: Sequence[Connection]) -> None:
    """Serve until the parent closes the link. `strangers` are other workers' links that a fork copied."""
    for other in strangers:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # The engine prints remarks of its own about policies; what matters of them is examined and told.
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _limit()
    try:
        judge = Judge(job, progress)
        link.send(judge.prepared)
        while True:
            start, stop, ends, skipped = link.recv()
            answers = [answer for number in range(start, stop) for answer in judge.unit(number, ends, skipped)]
            if job.coverage:
                link.send(judge.covered())
            link.send(answers)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except BaseException:  # noqa: BLE001 (a bug of ours: told to the parent, which raises it)
        with contextlib.suppress(OSError):
            link.send(traceback.format_exc())


def _limit() -> None:
    """A policy can't take all memory of the machine, nor leave its image on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        used = int(pages) * os.sysconf("SC_PAGE_SIZE")
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = used + _MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


class Judge:
    """An engine with all policies."""

    def __init__(self, job: Job, progress: Any) -> None:
        self._job = job
        self._progress = progress
        self.prepared: Prepared
        self._engine: Engine
        groups = [] if job.coverage else groups_of(job.policies)
        self._group_of = {number: (index, group) for index, group in enumerate(groups) for number in group}
        self._engine, self.prepared = prepare(job.files, job.ours, job.prepared, job.out,
                                              lambda number: self._at(LOADING, number), data=job.data,
                                              more=text_of(job.policies, groups), coverage=job.coverage)
        out = {entry.file for entry in self.prepared.rejected}
        self._numbers = {id(file): number for number, file in enumerate(job.files)}
        self._broken = {number for number, policy in enumerate(job.policies)
                        if all(self._numbers[id(file)] in out for file in policy.files)}
        self._last: tuple[Map, str] | None = None
        self._parameters = _shared(job)
        self._words = [policy.metadata.mentions for policy in job.policies]
        self._all_of_schemas = {number for number, policy in enumerate(job.policies)
                                if not policy.builtin or any(kind.endswith(_SCHEMA_KIND) for kind in policy.metadata.kinds)}
        self._mentioned: tuple[str, str, dict[str, bool]] = ("", "", {})
        self._beside: dict[str, dict[int, bool]] = {}
        self._rest()

    def covered(self) -> Covered:
        """Which lines were evaluated."""
        return Covered(self._engine.covered())

    def _at(self, unit: int, policy: int) -> None:
        self._progress[0], self._progress[1] = unit, policy
        signal.setitimer(signal.ITIMER_REAL, self._job.timeout)

    @staticmethod
    def _rest() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def unit(self, number: int, ends: Mapping[int, int], skipped: Collection[int]) -> list[Answer]:
        """What the policies say of one unit; `ends` tells from which unit on a policy is out, `skipped` units have no facts."""
        unit = self._job.units[number]
        answers: list[Answer] = []
        facts = ""
        given: tuple[str | None, ...] = ()
        beside = unit.beside
        done: Collection[int] = ()
        for policy in unit.policies:
            if policy in self._broken or number >= ends.get(policy, number + 1) or policy in done:
                continue
            conftest = self._job.policies[policy].conftest
            if unit.body is not None and not conftest and not facts:
                if number in skipped:
                    continue
                self._at(number, FACTS)
                facts = self._facts_of(unit.body)
            if self._words[policy] and not self._mentions(unit, beside, policy, facts):
                continue
            wanted = None if conftest else self._parameters[policy]
            if wanted == "{}" and given not in ((), (None,)):
                wanted = given[0]  # who has no parameters reads none
            self._at(number, policy)
            try:
                if given != (wanted,):
                    self._engine.give(unit.input(wanted, facts))
                    given = (wanted,)
            except EngineError as error:
                answers.append(Answer(number, FACTS, "", error.message, failed=True))
                break
            index, group = self._group_of.get(policy, (0, ()))
            if group and not any(number >= ends.get(other, number + 1) for other in group):
                together = self._together(number, index)
                if together is not None:
                    done = group
                    answers += together
                    continue
            answers += self._judged(number, policy)
        self._rest()
        return answers

    def _facts_of(self, body: Map) -> str:
        """Units of one object follow each other, so that the last facts are remembered."""
        if self._last is None or self._last[0] is not body:
            self._last = (body, _COMPACT.encode(facts_for(body)))
        return self._last[1]

    def _mentions(self, unit: Unit, beside: str, policy: int, facts: str) -> bool:
        """Whether the input holds one of the texts without which the policy finds nothing. Nothing is searched twice."""
        if unit.manifest is not self._mentioned[0]:
            self._mentioned = (unit.manifest, _without_schemas(unit), {})
        known, manifest = self._mentioned[2], self._mentioned[1]
        if manifest is not unit.manifest and policy in self._all_of_schemas:
            return _has_one(self._words[policy], unit.manifest) or _has_one(self._words[policy], facts + beside)
        for word in self._words[policy]:
            if word not in known:
                known[word] = word in manifest or word in facts
            if known[word]:
                return True
        told = self._beside.setdefault(beside, {})
        if policy not in told:
            told[policy] = _has_one(self._words[policy], beside)
        return told[policy]

    def _together(self, number: int, index: int) -> list[Answer] | None:
        """What the policies of a group say; None where one fails, and each must be asked alone."""
        try:
            text = self._engine.ask(rule_of(index))
        except EngineError:
            return None
        return [Answer(number, policy, "deny", denied) for policy, denied in answers_of(text).items()]

    def _judged(self, number: int, policy: int) -> list[Answer]:
        entry = self._job.policies[policy]
        rules = self.prepared.rules.get(entry.package, ()) if entry.conftest else ("deny",)
        answers = []
        excepted: frozenset[str] = frozenset()
        # "exception" comes after "deny" in the alphabet, and must be known first.
        for rule in sorted(rules, key=lambda rule: rule != "exception"):
            if _PREFIX.sub("", rule) in excepted:
                continue
            try:
                text = self._engine.ask(f"data.{entry.package}.{rule}")
            except EngineError as error:
                answers.append(Answer(number, policy, rule, error.message, True, error.file, error.line, error.column))
                break
            if entry.conftest and rule == "exception":
                excepted = _exceptions(text)
            elif text not in ("[]", UNDEFINED):
                answers.append(Answer(number, policy, rule, text))
        return answers


def _without_schemas(unit: Unit) -> str:
    """The JSON text of an object; of a CustomResourceDefinition without what its versions look like.

    Such a schema is a hundred times as long as other objects, holds every word, and no built-in policy reads one.
    """
    body = unit.body
    spec = body.get("spec") if body is not None and body.get("kind") == _SCHEMA_KIND else None
    if body is None or not isinstance(spec, Mapping):
        return unit.manifest
    return _COMPACT.encode({**body, "spec": {key: value for key, value in spec.items() if key not in ("versions", "validation")}})


def _shared(job: Job) -> Sequence[str]:
    """The parameters of each policy, where the built-in ones of scope resource have one set: each reads its own by their names.

    To hand over an object costs as much as to judge it. What two policies have under one name with other values stays apart.
    """
    together: dict[str, Any] = {}
    members = []
    for number, policy in enumerate(job.policies):
        own = json.loads(job.parameters[number])
        if policy.builtin and policy.metadata.scope == "resource" and all(together.get(key, own[key]) == own[key] for key in own):
            together.update(own)
            members.append(number)
    text = json.dumps(together, sort_keys=True)
    return [text if number in members and own != "{}" else own for number, own in enumerate(job.parameters)]


def _has_one(words: Sequence[str], text: str) -> bool:
    for word in words:  # noqa: SIM110 (twice as quick as any())
        if word in text:
            return True
    return False


def _exceptions(text: str) -> frozenset[str]:
    """The names of the rules that `exception` switches off: what Conftest asks is `exception[_][_] == "name"`."""
    if text == UNDEFINED:
        return frozenset()
    value = json.loads(text)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    inner = [item.values() if isinstance(item, dict) else item for item in items if isinstance(item, (dict, list))]
    return frozenset(name for names in inner for name in names if isinstance(name, str))
