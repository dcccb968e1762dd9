"""Units -> what is asked: which policies, about which input; the same for every engine.

A policy is not asked about an input that mentions none of the words without which it finds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..origin import Map
from .engine import EngineError
from .facts import facts_for
from .job import FACTS, Answer, Job
from .units import Unit

_COMPACT = json.JSONEncoder(separators=(",", ":"))
"""That is how the `mentions` of policies are looked for."""
_SCHEMA_KIND = "CustomResourceDefinition"


class Questions:
    """The questions of a job, unit by unit."""

    def __init__(self, job: Job, broken: Collection[int], watch: Callable[[int, int], None]) -> None:
        """`broken` policies are asked nothing; `watch` is told (unit, FACTS) before the facts of an object are worked out."""
        self._job = job
        self._broken = broken
        self._watch = watch
        self._last: tuple[Map, str] | None = None
        self._parameters = _shared(job)
        self._words = [policy.metadata.mentions for policy in job.policies]
        self._all_of_schemas = {number for number, policy in enumerate(job.policies)
                                if not policy.builtin or any(kind.endswith(_SCHEMA_KIND) for kind in policy.metadata.kinds)}
        self._mentioned: tuple[str, str, dict[str, bool]] = ("", "", {})
        self._beside: dict[str, dict[int, bool]] = {}

    def of(self, number: int, ends: Mapping[int, int], skipped: Collection[int]) -> Iterator[tuple[int, str]]:
        """(policy, input as JSON) of one unit; policies that follow each other share one text where their input is equal.

        `ends` tells from which unit on a policy is out, `skipped` units have no facts.
        """
        unit = self._job.units[number]
        facts = text = ""
        given: tuple[str | None, ...] = ()
        beside = unit.beside
        for policy in unit.policies:
            if policy in self._broken or number >= ends.get(policy, number + 1):
                continue
            conftest = self._job.policies[policy].conftest
            if unit.body is not None and not conftest and not facts:
                if number in skipped:
                    continue
                self._watch(number, FACTS)
                facts = self._facts_of(unit.body)
            if self._words[policy] and not self._mentions(unit, beside, policy, facts):
                continue
            wanted = None if conftest else self._parameters[policy]
            if wanted == "{}" and given not in ((), (None,)):
                wanted = given[0]  # who has no parameters reads none
            if given != (wanted,):
                given, text = (wanted,), unit.input(wanted, facts)
            yield policy, text

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


def given(asked: Iterable[tuple[int, str]], unit: int, give: Callable[[str], None],
          answers: list[Answer]) -> Iterator[tuple[int, str]]:
    """The questions about a unit, each when the engine has its input; where it can't read one, that is the last answer."""
    last = ""
    for policy, text in asked:
        try:
            if text is not last:
                give(text)
                last = text
        except EngineError as error:
            answers.append(Answer(unit, FACTS, "", error.message, failed=True))
            return
        yield policy, text


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
