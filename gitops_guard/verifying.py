"""Requests to a cluster -> what the embedded engine makes of them, and where what was bundled answers otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bundle import Admission
from .bundle.verdict import Found, Verdict, is_exempt, objects_of, verdict
from .config import Admission as Settings
from .config import Config
from .evaluate import Subjects, evaluate
from .model import Fault, Resource
from .origin import Map, Origin
from .policy import POLICY_ERROR, PolicySet
from .side import build_side, clone_of, work_tree


@dataclass(frozen=True)
class Case:
    """A request."""

    name: str
    """For people."""
    review: Map
    """The AdmissionReview."""
    creates: bool = False
    """Whether it was made of an object alone, which somebody creates."""


@dataclass(frozen=True)
class Disagreement:
    """A case of which two engines say different things; None is a failure to judge it."""

    case: Case
    embedded: Verdict | None
    other: Verdict | None


def of_repository(root: Path, config: Config, named: Sequence[str], allowed: Sequence[Path]) -> list[tuple[str, Map]]:
    """Every distinct object that the repository's targets render, where PATHS take the target in; each with a name."""
    side = build_side(work_tree(root, config, named), config, named, clone_of(root, config, allowed=allowed))
    found: dict[str, tuple[str, Map]] = {}
    for item in side.wanted(named):
        for resource in item.resources:
            found.setdefault(json.dumps(resource.body), (f"{item.target.id}: {resource.id}", resource.body))
    return list(found.values())


def case_of(name: str, document: Map, number: int) -> Case:
    """The case of an AdmissionReview, or of an object that somebody creates."""
    return Case(name, document) if document.get("kind") == "AdmissionReview" else creation(name, document, number)


def creation(name: str, body: Map, number: int) -> Case:
    """The case in which somebody creates an object."""
    origin = Origin(name, 1, 1)
    group, _slash, version = str(body.get("apiVersion", "")).rpartition("/")
    request = mapping(origin, uid=f"00000000-0000-0000-0000-{number:012x}", operation="CREATE",
                   kind=mapping(origin, group=group, version=version, kind=str(body.get("kind", ""))),
                   userInfo=mapping(origin, username="gitops-guard"), object=body)
    metadata = body.get("metadata")
    namespace = metadata.get("namespace") if isinstance(metadata, Map) else None
    if isinstance(namespace, str) and namespace:
        request.put("namespace", namespace, origin)
    return Case(name, as_review(request, origin), creates=True)


def as_review(request: Map, origin: Origin) -> Map:
    """The AdmissionReview that asks about a request."""
    return mapping(origin, apiVersion="admission.k8s.io/v1", kind="AdmissionReview", request=request)


def embedded(policies: PolicySet, admission: Admission, settings: Settings, cases: Sequence[Case], today: str,
             ) -> list[Verdict | None]:
    """What the embedded engine says of each; None where a policy fails."""
    engine = _Engine(policies, admission)
    requests = [case.review["request"] for case in cases]
    found = engine.faults({number: (objects_of(request)[0], cases[number].review) for number, request in enumerate(requests)
                           if not is_exempt(request, settings)})
    answers = [_verdict(admission, settings, request, found.get(number, []), [], today)
               for number, request in enumerate(requests)]
    # What was wrong before matters to what would be refused alone.
    before = engine.faults({number: (objects_of(requests[number])[1], None) for number, answer in enumerate(answers)
                            if answer is not None and answer.denied})
    return [_verdict(admission, settings, request, found[number], before[number], today) if number in before else answers[number]
            for number, request in enumerate(requests)]


class _Engine:
    """The embedded engine, asked as the cluster asks."""

    def __init__(self, policies: PolicySet, admission: Admission) -> None:
        self._policies = policies
        self._enabled = {rule.id for rule in admission.rules}
        self._parameters = {rule.id: rule.parameters for rule in admission.rules}

    def faults(self, asked: Mapping[int, tuple[Any, Map | None]]) -> dict[int, Sequence[Fault] | None]:
        """What is found in objects and AdmissionReviews, by their numbers; None where a policy fails."""
        objects = [resource for number, (body, _review) in asked.items() for resource in _resource(body, number)]
        reviews = [resource for number, (_body, review) in asked.items() for resource in _resource(review, number)]
        evaluation = evaluate(self._policies, Subjects(objects, requests=reviews), enabled=self._enabled,
                              parameters=self._parameters)
        if any(fault.rule == POLICY_ERROR for fault in evaluation.faults):
            return self._apart(list(asked.items()))
        found: dict[int, list[Fault]] = {number: [] for number in asked}
        for fault in evaluation.faults:
            found[int(fault.target or 0)].append(fault)
        return {**found}

    def _apart(self, asked: list[tuple[int, tuple[Any, Map | None]]]) -> dict[int, Sequence[Fault] | None]:
        """A policy that fails is told once for all: which of them it fails on is found by halves."""
        if len(asked) == 1:
            return {asked[0][0]: None}
        half = len(asked) // 2
        return {**self.faults(dict(asked[:half])), **self.faults(dict(asked[half:]))}


def compared(cases: Sequence[Case], ours: Sequence[Verdict | None], others: Sequence[Verdict | None]) -> list[Disagreement]:
    """The cases of which the two say different things."""
    return [Disagreement(*one) for one in zip(cases, ours, others, strict=True) if one[1] != one[2]]


def _verdict(admission: Admission, settings: Settings, request: Map, faults: Sequence[Fault] | None,
             before: Sequence[Fault] | None, today: str) -> Verdict | None:
    if faults is None or before is None:
        return None
    found = [Found(fault.rule, fault.message, fault.severity) for fault in faults]
    return verdict(admission, settings, request, found, {(fault.rule, fault.message) for fault in before}, today)


def _resource(body: Any, number: int) -> list[Resource]:
    return [Resource(body, str(number), body.at.get("kind") or Origin("", 1, 1))] if isinstance(body, Map) else []


def mapping(origin: Origin, **values: Any) -> Map:
    """A mapping with one origin for all of it."""
    made = Map()
    for key, value in values.items():
        made.put(key, value, origin)
    return made
