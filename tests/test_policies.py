"""Every built-in policy: METADATA, unit tests, and examples that it judges as they say. `-k unpinned_tag` runs one."""

from __future__ import annotations

import functools
import json
from typing import Any

import jsonschema
import pytest

from gitops_guard import data
from gitops_guard.evaluate.unit_tests import examine, run_tests
from gitops_guard.evaluate.units import units
from gitops_guard.examples import Example, read_examples
from gitops_guard.policy import Policy, PolicyFolder, load
from gitops_guard.rego_file import RegoFile
from gitops_guard.trials.example import try_example
from gitops_guard.trials.subjects import subjects_of

LOADED = load([PolicyFolder(data.policies(), builtin=True)])
EXAMINED = examine(LOADED, builtin=True)
POLICIES = {policy.metadata.rule.id.replace("-", "_"): policy for policy in LOADED.policies}
EXAMPLES = [(policy, example) for policy in LOADED.policies if policy.id in LOADED.examples
            for example in read_examples(LOADED.examples[policy.id])]


def name_of(value: Any) -> str:
    return value.id.replace("-", "_") if isinstance(value, Policy) else f"{value.number}_line_{value.line}"


def test_every_file_is_right() -> None:
    assert [f"{fault.location}: {fault.message}" for fault in LOADED.faults] == []
    assert POLICIES


@pytest.mark.parametrize("policy", LOADED.policies, ids=name_of)
def test_has_unit_tests_and_examples(policy: Policy) -> None:
    tests = {file.package for file in LOADED.tests}
    assert policy.package + "_test" in tests, "no unit tests"
    assert policy.id in LOADED.examples, "no examples"
    kinds = {example.good for example in read_examples(LOADED.examples[policy.id])}
    assert kinds == {True, False}, "at least one good and one bad example"


@pytest.mark.parametrize("rule", sorted(set(LOADED.rules) - {policy.id for policy in LOADED.policies}))
def test_rules_without_rego_have_examples(rule: str) -> None:
    assert read_examples(LOADED.examples[rule])


@pytest.mark.parametrize("engine", ["regorus", "opa"])
@pytest.mark.parametrize(("policy", "example"), EXAMPLES, ids=name_of)
def test_example(policy: Policy, example: Example, engine: str) -> None:
    # With negations as OPA reads them, and as regorus does: nothing may depend on that.
    trial, _covered = try_example(LOADED if engine == "regorus" else EXAMINED.policies, policy, example, "examples")
    assert trial.problems == ()


@pytest.mark.parametrize(("policy", "example"), EXAMPLES, ids=name_of)
def test_inputs_of_examples_satisfy_their_schema(policy: Policy, example: Example) -> None:
    found, faults = units([policy], [0], subjects_of(example, LOADED.rules))
    assert faults == []
    for unit in found:
        facts = {"decoded": {}, "sops": {"document": False, "plain": []}, "sealed": {}, "embedded": []}
        validator = schema_of("change" if unit.change is not None else policy.metadata.scope)
        validator.validate(json.loads(unit.input("{}", json.dumps(facts))))


def test_no_policy_has_what_is_refused_in_others() -> None:
    assert EXAMINED.rejected == ()


@functools.cache
def schema_of(scope: str) -> Any:
    schema = json.loads((data.schemas() / f"input-{scope}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("file", EXAMINED.policies.tests, ids=lambda file: file.name.removesuffix(".rego"))
def test_unit_tests_hold(file: RegoFile) -> None:
    results, _covered = run_tests(EXAMINED, file)
    assert results
    assert [f"{file.name}:{result.line} {result.rule} {result.message}" for result in results if result.message] == []
