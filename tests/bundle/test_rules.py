"""Which rules a cluster enforces, with what, and what is refused instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitops_guard import data
from gitops_guard.bundle import Admission, AdmissionRule
from gitops_guard.bundling import enforceable
from gitops_guard.config import load as load_config
from gitops_guard.errors import UsageError
from gitops_guard.evaluate import evaluate
from gitops_guard.evaluate.engine import UNDEFINED, Engine
from gitops_guard.evaluate.units import units
from gitops_guard.examples import Example, read_examples
from gitops_guard.model import Severity
from gitops_guard.policy import PolicyFolder, PolicySet, load
from gitops_guard.selection import select
from gitops_guard.trials.subjects import subjects_of

BUILTIN = load([PolicyFolder(data.policies(), builtin=True)])
ARGOCD = "system:serviceaccount:argocd:argocd-application-controller"
IDENTITIES = f"rules: {{admission/manual-deploy: {{parameters: {{identities: ['{ARGOCD}']}}}}}}\n"

HOUSE = """\
# METADATA
# title: t
# description: d
# custom:
#   scope: {scope}
#   severity: error
#   remedy: r
#   admission: {admission}
package gitops_guard.house.{name}

{text}
"""


def house(folder: Path, name: str, text: str, scope: str = "resource", admission: str = "true") -> PolicySet:
    path = folder / "policies" / "house" / f"{name}.rego"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HOUSE.format(name=name, text=text, scope=scope, admission=admission), "utf-8")
    return load([PolicyFolder(data.policies(), builtin=True), PolicyFolder(folder / "policies", display="policies")])


def rules_of(policies: PolicySet = BUILTIN, config: str = "", chosen: tuple[str, ...] = (), *, data_files: bool = True) -> Admission:
    read = load_config(config)
    selection = select(policies.rules, read, described=policies.described, chosen=chosen)
    return enforceable(policies, read, selection, chosen, data_files=data_files)


def one(rule: str, **options: Any) -> AdmissionRule:
    return next(found for found in rules_of(**options).rules if found.id == rule)


def test_the_built_in_ones() -> None:
    found = rules_of(config=IDENTITIES)
    assert [rule.id for rule in found.rules] == [
        "admission/manual-deploy", "bypass/drift-tolerated", "bypass/reconcile-suspended", "images/missing-digest", "images/unpinned-tag"]
    assert found.left_out == {}


def test_who_may_write_is_never_guessed() -> None:
    found = rules_of()
    assert "admission/manual-deploy" not in {rule.id for rule in found.rules}
    assert found.left_out == {"admission/manual-deploy":
                              "it needs the parameter identities; write it under rules: admission/manual-deploy: parameters:"}


@pytest.mark.parametrize(("config", "chosen", "message"), [
    ("", ("admission/manual-deploy",), "admission/manual-deploy can't be enforced: it needs the parameter identities"),
    ("rules:\n  admission/manual-deploy: {parameters: {namespaces: [shop]}}", (),
     ".gitops-guard.yaml:2: admission/manual-deploy can't be enforced: it needs the parameter identities"),
    ("rules:\n  admission/manual-deploy:\n    parameters:\n      identities: [alice, '*']", (), ".gitops-guard.yaml:4: admission/manual-deploy: '*' in identities"),
    ("rules: {admission/manual-deploy: {parameters: {identities: ['system:serviceaccount:**']}}}", (), "fits more than ServiceAccounts"),
    ("rules: {admission/manual-deploy: {parameters: {identities: ['']}}}", (), "an item of identities is no name of a user"),
    ("rules: {admission/manual-deploy: {parameters: {identities: [a], controllers: {'cert-*': [/secrets]}}}}", (), "'cert-*' in controllers"),
    ("rules: {admission/manual-deploy: {parameters: {identity: [a]}}}", (), "has no parameter identity; did you mean identities?"),
    ("", ("images/unpinned-source",), "images/unpinned_source.rego:18: images/unpinned-source can't be enforced in the cluster: its scope is repository"),
    ("", ("prune/unguarded-stateful",), "prune/unguarded-stateful can't be enforced in the cluster: it needs the target"),
    ("", ("bypass/cluster-dump",), "it is not marked `admission: true`"),
    ("", ("render/failed",), "render/failed can't be enforced in the cluster: it is no policy with METADATA"),
])
def test_what_is_asked_for_and_impossible(config: str, chosen: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        rules_of(config=config, chosen=chosen)
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "message"), [
    ('deny contains {"msg": "m"} if input.target.environment == "production"', "policies/house/x.rego:11: input.target: the cluster shows object and parameters alone"),
    ('deny contains {"msg": "m"} if {\n\tsome pair in input.facts.embedded\n\tpair.key == "x"\n}', "policies/house/x.rego:12: input.facts: facts are empty in the cluster"),
    ('import input.target as t\n\ndeny contains {"msg": "m"} if t.path == "x"', "policies/house/x.rego:11: input.target"),
    ('deny contains {"msg": "m"} if input["target"].path == "x"', "policies/house/x.rego:11: input.target"),
    ('deny contains {"msg": "m"} if http.send({"url": "x", "method": "get"}).status_code == 200', "policies/house/x.rego:11: http.send"),
    ('deny contains {"msg": "m"} if unknown(input.object)', "policies/house/x.rego:11: no one defines the function unknown"),
])
def test_what_a_cluster_does_not_have(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        rules_of(house(tmp_path, "x", text))
    assert str(caught.value).startswith(message)


def test_guarded_questions_are_fine(tmp_path: Path) -> None:
    policies = house(tmp_path, "x", 'deny contains {"msg": "m"} if count(object.get(input, ["facts", "embedded"], [])) > 0')
    assert "house/x" in {rule.id for rule in rules_of(policies).rules}


def test_data_files(tmp_path: Path) -> None:
    policies = house(tmp_path, "x", 'deny contains {"msg": "m"} if not input.object.kind in data.house.kinds')
    (tmp_path / "policies" / "house" / "data.yaml").write_text("kinds: [Pod]", "utf-8")
    policies = load([PolicyFolder(data.policies(), builtin=True), PolicyFolder(tmp_path / "policies", display="policies")])
    assert "house/x" in {rule.id for rule in rules_of(policies).rules}
    with pytest.raises(UsageError, match=r"^policies/house/x.rego:11: data.house.kinds: there are no data files"):
        rules_of(policies, data_files=False)


def test_only_the_libraries_that_are_needed() -> None:
    assert [file.package for file in one("images/unpinned-tag").libraries] == ["gitops_guard.lib.images", "gitops_guard.lib.result"]
    assert [file.package for file in one("admission/manual-deploy", config=IDENTITIES).libraries] == [
        "gitops_guard.lib.control_plane", "gitops_guard.lib.requests"]


def test_parameters_severities_and_waivers() -> None:
    rule = one("images/missing-digest", config="""
rules:
  images/missing-digest: {severity: warning, parameters: {require_digest: ["registry.example/*"]}}
waivers:
  - {rule: images/*, resource: Deployment/shop/web, reason: "rebuilt every night"}
  - {rule: images/missing-digest, file: "overlays/**", reason: "a file is nothing in the cluster"}
  - {rule: images/missing-digest, resource: Deployment/shop/api, reason: ""}
  - {rule: prune/*, resource: Deployment/shop/api, reason: "another rule's"}
""")
    assert rule.parameters == {"require_digest": ["registry.example/*"], "allow": []}
    assert (rule.severity, rule.severity_of(Severity.ERROR), rule.severity_of(None)) == (Severity.WARNING, Severity.WARNING, Severity.WARNING)
    assert [waiver.resource for waiver in rule.waivers] == ["Deployment/shop/web"]


def test_a_result_says_how_grave_it_is() -> None:
    rule = one("images/missing-digest")
    assert (rule.severity_of(None), rule.severity_of(Severity.ERROR)) == (Severity.NOTE, Severity.ERROR)


def test_what_counts_in_production_counts_in_the_cluster() -> None:
    assert one("images/unpinned-tag").severity is Severity.ERROR


def test_break_glass_stays_a_warning() -> None:
    rule = one("admission/manual-deploy", config=IDENTITIES.replace("parameters", "severity: error, parameters"))
    assert rule.severity_of(Severity.WARNING) is Severity.WARNING


def test_a_rule_that_is_off_is_not_enforced() -> None:
    assert "images/unpinned-tag" not in {rule.id for rule in rules_of(config="rules: {images/unpinned-tag: {enabled: false}}").rules}
    assert [rule.id for rule in rules_of(chosen=("images/*",)).rules] == ["images/missing-digest", "images/unpinned-tag"]


OBJECTS = [(policy, example) for policy in BUILTIN.policies if policy.metadata.admission
           for example in read_examples(BUILTIN.examples[policy.id])]


@pytest.mark.parametrize("served", [False, True], ids=["as written", "as the API server has it"])
@pytest.mark.parametrize(("policy", "example"), OBJECTS, ids=lambda value: value.id if hasattr(value, "id") else f"{value.number}")
def test_the_verdict_needs_nothing_but_the_object(policy: Any, example: Example, served: bool) -> None:
    """What `check` says of an example, the cluster says without facts, and of an object that the API server has filled in."""
    subjects = subjects_of(example, BUILTIN.rules)
    found = evaluate(BUILTIN, subjects, enabled={policy.id}, parameters={policy.id: example.parameters})
    expected = sorted(fault.message for fault in found.faults)
    engine = Engine()
    for file in (*BUILTIN.libraries, *policy.files):
        engine.add(file.name, file.text)
    messages = []
    for unit in units([policy], [0], subjects)[0]:
        manifest = json.loads(unit.manifest)
        body = {"object": as_served(manifest) if served else manifest, "parameters": {**policy.metadata.parameters, **example.parameters}}
        engine.give(json.dumps(body))
        answer = engine.ask(f"data.{policy.package}.deny")
        messages += [] if answer == UNDEFINED else [fault["msg"] for fault in json.loads(answer)]
    assert sorted(messages) == expected


def as_served(manifest: dict[str, Any]) -> dict[str, Any]:
    """As it comes out of the API server: what it fills in, and what kubectl left."""
    metadata = manifest.get("metadata", {})
    notes = {**metadata.get("annotations", {}), "kubectl.kubernetes.io/last-applied-configuration": json.dumps(manifest)}
    fields = {"f:spec": {"f:suspend": {}, "f:ignoreDifferences": {}, "f:template": {"f:spec": {"f:containers": {}}}}}
    manager = {"manager": "kubectl-edit", "operation": "Update", "apiVersion": manifest.get("apiVersion"), "fieldsType": "FieldsV1",
               "fieldsV1": fields, "time": "2026-01-01T00:00:00Z"}
    filled = {**metadata, "annotations": notes, "uid": "6f1c1f5e-0000-4000-8000-000000000000", "resourceVersion": "7", "generation": 2,
              "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [manager]}
    status = {"observedGeneration": 2, "conditions": [{"type": "Ready", "status": "False", "message": "suspended, image: nginx:latest"}],
              "containerStatuses": [{"image": "nginx:latest", "name": "web"}]}
    return {**manifest, "metadata": filled, "status": status}
