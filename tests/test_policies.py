"""Every built-in policy: METADATA, unit tests, and examples that it judges as they say. `-k unpinned_tag` runs one."""

from __future__ import annotations

import dataclasses
import functools
import json
import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema
import pytest
from trees import MemoryTree, sources

from gitops_guard import data, manifests, promotion
from gitops_guard.config import FILE_NAME, Config
from gitops_guard.config import load as load_config
from gitops_guard.evaluate import Subjects, evaluate
from gitops_guard.evaluate.engine import Engine
from gitops_guard.evaluate.files import read_files
from gitops_guard.evaluate.lint import World, cycles, examine
from gitops_guard.evaluate.negation import write_out
from gitops_guard.evaluate.unit_tests import run_tests
from gitops_guard.evaluate.units import units
from gitops_guard.examples import Example, read_examples
from gitops_guard.governance import surroundings
from gitops_guard.guard import compared
from gitops_guard.locate import locate
from gitops_guard.merge import merged
from gitops_guard.model import Fault, Resource, Target
from gitops_guard.nodes import Graph
from gitops_guard.policy import Policy, PolicyFolder, PolicySet, load
from gitops_guard.rego_file import RegoFile
from gitops_guard.render import Renderer
from gitops_guard.sealing import declared_names, encrypted, plugins
from gitops_guard.side import Clone, build_side
from gitops_guard.source import Sources
from gitops_guard.targets import Built

LOADED = load([PolicyFolder(data.policies(), builtin=True)])
POLICIES = {policy.metadata.rule.id.replace("-", "_"): policy for policy in LOADED.policies}
JUDGED = [policy for policy in LOADED.policies if policy.metadata.scope in ("resource", "target", "file", "change", "repository")]
BOTH = ("overlays/production/", "overlays/staging/")
EXAMPLES = [(policy, example) for policy in JUDGED if policy.id in LOADED.examples
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
    subjects = subjects_of(example)
    policies = LOADED if engine == "regorus" else as_opa_reads_them()
    result = evaluate(policies, subjects, enabled={policy.id}, parameters={policy.id: example.parameters})
    assert result.checked[policy.id] > 0 or example.good, "nothing was sent to the policy: its kinds, or the file's name"
    found = {(place.file, place.line) for place in map(locate, result.faults)}
    messages = [f"{locate(fault).file}:{locate(fault).line} {fault.rule} {fault.message}" for fault in result.faults]
    assert {fault.rule for fault in result.faults} <= {policy.id}, messages
    assert found == example.marks, messages
    if example.severity is not None:
        assert {severity_of(fault, policy, example) for fault in result.faults} == {example.severity}


@pytest.mark.parametrize(("policy", "example"), EXAMPLES, ids=name_of)
def test_inputs_of_examples_satisfy_their_schema(policy: Policy, example: Example) -> None:
    validator = schema_of(policy.metadata.scope)
    found, faults = units([policy], [0], subjects_of(example))
    assert faults == []
    for unit in found:
        facts = {"decoded": {}, "sops": {"document": False, "plain": []}, "sealed": {}, "embedded": []}
        validator.validate(json.loads(unit.input("{}", json.dumps(facts))))


@functools.cache
def as_opa_reads_them() -> PolicySet:
    """The policies with OPA's meaning of `not f(input.x)` written out."""
    def rewritten(file: RegoFile) -> RegoFile:
        return dataclasses.replace(file, text=write_out(file.text, tree_of(file)))
    policies = [dataclasses.replace(policy, files=tuple(map(rewritten, policy.files))) for policy in LOADED.policies]
    return dataclasses.replace(LOADED, policies=tuple(policies), libraries=tuple(map(rewritten, LOADED.libraries)))


def tree_of(file: RegoFile) -> Any:
    engine = Engine()
    engine.add(file.name, file.text)
    return engine.trees()[0]


def test_no_policy_has_what_is_refused_in_others() -> None:
    files = [*LOADED.libraries, *(file for policy in LOADED.policies for file in policy.files)]
    trees = [(file.package, tree_of(file)) for file in files]
    world = World()
    for package, tree in trees:
        world.add(package, tree)
    problems = {package: examine(tree, package, world, policy=not package.startswith("gitops_guard.lib."))
                for package, tree in trees}
    assert {package: found for package, found in problems.items() if found} == {}
    assert cycles(trees, world) == []


def severity_of(fault: Fault, policy: Policy, example: Example) -> Any:
    return fault.severity or policy.metadata.rule.severity_in(example.environment, not example.outside)


@functools.cache
def schema_of(scope: str) -> Any:
    schema = json.loads((data.schemas() / f"input-{scope}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def changed(example: Example) -> Subjects:
    before, now = (build_side(MemoryTree(dict(files)), Config(), (), Clone()) for files in (example.before, example.files))
    config = load_config(example.files[FILE_NAME]) if FILE_NAME in example.files else Config()
    files_read = read_files(now.sources, example.files)
    guard = compared(config, before, now, LOADED.rules)
    return Subjects(targets={item.target.id: item.target for item in now.built}, files=files_read,
                    changes=merged(before, now, Config()),
                    repository=surroundings(now.sources, now.built, now.built, now.graph, files_read, guard.document))


def subjects_of(example: Example) -> Subjects:
    if all(any(folder in path for path in example.files) for folder in BOTH):
        return subjects_of_environments(example)
    if example.base:
        return changed(example)
    files: Mapping[str, Any] = {path: text.encode() for path, text in example.files.items()}
    tree = sources(dict(files))
    target = Target("example", "manifests", ".", example.environment, owners=example.owners)
    name = None if example.outside else target.id
    resources, read = rendered(tree, example.files, name)
    resources += [resource for path in example.files if path.endswith(manifests.SUFFIXES) and not is_ci(path) and path not in read
                  for resource in manifests.read(tree, path, name)]
    files_read = read_files(tree, example.files)
    built = Built(target, "rendered", tuple(resources), (), frozenset(example.files))
    return Subjects(resources, {} if example.outside else {target.id: target}, files_read,
                    repository=surroundings(tree, [built], [built], Graph(), files_read),
                    encrypted=encrypted([built]), declared=declared_names(tree, [built]), plugins=plugins(tree))


def rendered(tree: Sources, files: Iterable[str], target: str | None) -> tuple[list[Resource], frozenset[str]]:
    """What the kustomizations of an example that no other one uses build, and the files that they read."""
    renderer = Renderer(tree)
    folders = {posixpath.dirname(path) or "." for path in files if posixpath.basename(path) in manifests.KUSTOMIZATION_FILES}
    built = [renderer.render(folder) for folder in sorted(folders - {used for folder in folders for used in renderer.uses(folder)[0]})]
    return ([dataclasses.replace(resource, target=target) for one in built for resource in one.resources],
            frozenset[str]().union(*(one.read for one in built)))


def subjects_of_environments(example: Example) -> Subjects:
    """The targets of a whole repository with a folder for production, and all of the history of staging."""
    before, now = (build_side(MemoryTree(dict(files)), Config(), (), Clone()) for files in (example.before, example.files))
    words = promotion.Words(None)
    history = promotion.facts(promotion.pairs(now.built, words, promotion.is_chart), words, before.built if example.base else None,
                              lambda _wanted: (promotion.WHOLE, {}))
    return Subjects([resource for item in now.built for resource in item.resources], {item.target.id: item.target for item in now.built},
                    changes=merged(before, now, Config()) if example.base else (),
                    repository=surroundings(now.sources, now.built, now.built, now.graph, [], history=history))


def is_ci(path: str) -> bool:
    return path.endswith(manifests.KUSTOMIZATION_FILES)


@pytest.mark.parametrize("file", LOADED.tests, ids=lambda file: file.name.removesuffix(".rego"))
def test_unit_tests_hold(file: RegoFile) -> None:
    results = run_tests(LOADED, [file])
    assert results
    assert [f"{file.name}:{result.line} {result.rule} {result.message}" for result in results if result.message] == []
