"""The examples of the rules that a cluster enforces -> samples: each document alone, and what the embedded engine finds in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..bundle import AdmissionRule
from ..bundle.sample import Found, Sample
from ..errors import UsageError
from ..evaluate import Subjects, evaluate
from ..examples import Example, read_examples
from ..model import Resource
from ..origin import Map
from ..policy import POLICY_ERROR, PolicySet
from .subjects import subjects_of


def samples(policies: PolicySet, rules: Sequence[AdmissionRule]) -> list[Sample]:
    """The samples of all rules, at their own severities, in the order of rules and examples.

    Raises UsageError where a policy fails on an example, and InputError where an example can't be read.
    """
    return [sample for rule, example in _examples(policies, rules) for sample in _of_example(policies, rule, example)]


def documents(policies: PolicySet, rules: Sequence[AdmissionRule]) -> Iterator[tuple[str, Map]]:
    """The objects and AdmissionReviews of all examples, each with a name for people. Raises InputError and UsageError."""
    for rule, example in _examples(policies, rules):
        yield from ((f"{rule.id}, {example.name}", document.body) for document in _documents(policies, rule, example))


def _examples(policies: PolicySet, rules: Sequence[AdmissionRule]) -> Iterator[tuple[AdmissionRule, Example]]:
    for rule in rules:
        if rule.id in policies.examples:
            yield from ((rule, example) for example in read_examples(policies.examples[rule.id]))


def _documents(policies: PolicySet, rule: AdmissionRule, example: Example) -> list[Resource]:
    whole = subjects_of(example, policies.rules)
    return list(whole.requests if rule.of_requests else whole.resources)


def _of_example(policies: PolicySet, rule: AdmissionRule, example: Example) -> list[Sample]:
    documents = _documents(policies, rule, example)
    # Each on a target of its own: in the cluster nothing is known of the others.
    alone = [replace(document, target=str(number)) for number, document in enumerate(documents)]
    subjects = Subjects(requests=alone) if rule.of_requests else Subjects(alone)
    found = evaluate(policies, subjects, enabled={rule.id}, parameters={rule.id: example.parameters})
    failed = [fault for fault in found.faults if fault.rule == POLICY_ERROR]
    if failed:
        raise UsageError(f"{rule.id}, {example.name}: {failed[0].message}")
    of_document: dict[str | None, set[Found]] = {}
    for fault in found.faults:
        severity = fault.severity or rule.rule.severity
        of_document.setdefault(fault.target, set()).add(Found(fault.message, severity, fault.path))
    return [_sample(rule, example, document, len(alone), sorted(of_document.get(document.target, ()), key=str))
            for document in alone]


def _sample(rule: AdmissionRule, example: Example, document: Resource, count: int, found: list[Found]) -> Sample:
    name = f"{'good' if example.good else 'bad'}-{example.number}" + (f"-{int(document.target or 0) + 1}" if count > 1 else "")
    parameters = {**rule.policy.metadata.parameters, **example.parameters}
    return Sample(rule.id, name, example.title, document.body, parameters, tuple(found))
