"""ConstraintTemplates and Constraints: their form, and what their Rego says when the embedded engine plays Gatekeeper."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gitops_guard import data
from gitops_guard.bundle import AdmissionRule, gatekeeper, target_gatekeeper
from gitops_guard.bundle.gatekeeper_rego import kind_patterns, may_find
from gitops_guard.bundle.parameter_schema import schema_of
from gitops_guard.bundling import enforceable
from gitops_guard.config import Admission as Settings
from gitops_guard.config import load as load_config
from gitops_guard.errors import UsageError
from gitops_guard.evaluate.engine import Engine
from gitops_guard.kinds import cover
from gitops_guard.model import Severity
from gitops_guard.policy import PolicyFolder, PolicySet, load
from gitops_guard.selection import select
from gitops_guard.source import Dialect, parse
from gitops_guard.trials.samples import samples

BUILTIN = load([PolicyFolder(data.policies(), builtin=True)])
ARGOCD = "system:serviceaccount:argocd:argocd-application-controller"
MANUAL = f"admission/manual-deploy: {{parameters: {{identities: ['{ARGOCD}']}}}}"
CONFIG = f"rules: {{{MANUAL}}}\n"


def rules_of(config: str = CONFIG, policies: PolicySet = BUILTIN) -> dict[str, AdmissionRule]:
    read = load_config(config)
    found = enforceable(policies, read, select(policies.rules, read, described=policies.described), (), data_files=False)
    return {rule.id: rule for rule in found.rules}


class Gatekeeper:
    """A template, as the Rego driver runs it."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        source = template["spec"]["targets"][0]["code"][0]["source"]
        assert source["version"] == "v1"
        self._engine = Engine()
        for number, text in enumerate([source["rego"], *source["libs"]]):
            self._engine.add(str(number), text)
        self._engine.analyse()

    def review(self, request: Mapping[str, Any], constraint: Mapping[str, Any]) -> list[str]:
        self._engine.give(json.dumps({"review": request, "parameters": constraint["spec"]["parameters"]}))
        return sorted(item["msg"] for item in json.loads(self._engine.ask("data.template.violation")))


def audit(document: Mapping[str, Any]) -> dict[str, Any]:
    """What Gatekeeper makes of an object that nobody asks about."""
    group, _, version = document["apiVersion"].rpartition("/")
    return {"kind": {"group": group, "version": version, "kind": document["kind"]}, "object": document, "userInfo": {}, "operation": "",
            "name": document["metadata"].get("name", ""), "namespace": document["metadata"].get("namespace", "")}


@pytest.mark.parametrize("rule", sorted(rules_of()))
def test_every_sample_is_judged_as_the_embedded_engine_judges_it(rule: str) -> None:
    plain = rules_of()[rule]
    program = Gatekeeper(gatekeeper.template(plain))
    of_rule = samples(BUILTIN, [plain])
    assert of_rule
    for sample in of_rule:
        request = sample.document["request"] if plain.of_requests else audit(sample.document)
        for constraint in gatekeeper.constraints(plain, Settings()):
            constraint["spec"]["parameters"] |= sample.parameters
            told = {"refusals": Severity.ERROR, "warnings": Severity.WARNING}[constraint["spec"]["parameters"]["gitops_guard"]["tells"]]
            wanted = sorted({found.message for found in sample.found if found.severity is told})
            assert program.review(request, constraint) == wanted, (sample.name, told)


POD = parse(b"{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: a, image: nginx}]}}", "x").load(
    Dialect.MANIFEST)[0]
FOUND = ["container a: image nginx has no tag, which means latest"]


@pytest.mark.parametrize(("change", "found"), [
    ({}, FOUND), ({"operation": "CREATE"}, FOUND), ({"operation": "UPDATE", "subResource": "ephemeralcontainers"}, FOUND),
    ({"operation": "DELETE", "oldObject": POD}, []), ({"operation": "UPDATE", "subResource": "status"}, []), ({"object": None}, []),
    ({"kind": {"group": "", "version": "v1", "kind": "Ghost"}}, []), ({"kind": {"group": "example.com", "version": "v1", "kind": "Ghost"}}, FOUND),
])
def test_what_is_judged(change: Mapping[str, Any], found: list[str]) -> None:
    rule = rules_of()["images/unpinned-tag"]
    refusals, warnings = gatekeeper.constraints(rule, Settings())
    program = Gatekeeper(gatekeeper.template(rule))
    assert program.review({**audit(POD), **change}, refusals) == found
    assert program.review({**audit(POD), **change}, warnings) == []


def test_what_was_there_before_is_told() -> None:
    rule = rules_of()["images/unpinned-tag"]
    refusals, warnings = gatekeeper.constraints(rule, Settings())
    (everything,) = gatekeeper.constraints(rule, Settings(mode="warn"))
    program = Gatekeeper(gatekeeper.template(rule))
    added = {**POD["spec"]["containers"][0], "name": "b"}
    after = {**POD, "spec": {"containers": [*POD["spec"]["containers"], added]}}
    change = {**audit(after), "operation": "UPDATE", "oldObject": POD}
    new = [FOUND[0].replace("container a", "container b")]
    assert [program.review(change, one) for one in (refusals, warnings, everything)] == [new, FOUND, [*FOUND, *new]]


def test_an_audit_knows_no_user() -> None:
    rule = rules_of()["admission/manual-deploy"]
    program = Gatekeeper(gatekeeper.template(rule))
    request = {**audit(POD), "kind": {"group": "", "version": "v1", "kind": "Secret"}, "operation": "CREATE",
               "resource": {"group": "", "version": "v1", "resource": "secrets"}}
    errors = gatekeeper.constraints(rule, Settings())[0]
    assert program.review(request, errors) == []
    assert program.review({**request, "userInfo": {"username": "alice"}}, errors) != []


@pytest.mark.parametrize(("resource", "until", "covered"), [
    ("Pod/shop/web", None, True), ("Pod/*/w*", None, True), ("Pod/web", None, False), ("Pod/shop/api", None, False), ("*/shop/**", None, True),
    ("Pod/shop/web", 0, True), ("Pod/shop/web", -2, False), ("Pod/shop/web", 2, True),
])
def test_waivers_hold_until_their_last_day(resource: str, until: int | None, covered: bool) -> None:
    today = datetime.datetime.now(datetime.timezone.utc).date()
    ends = "" if until is None else f", expires: {today + datetime.timedelta(days=until)}"
    rule = rules_of(f"waivers: [{{rule: images/*, resource: '{resource}', reason: it is so{ends}}}]")["images/unpinned-tag"]
    constraint = gatekeeper.constraints(rule, Settings())[0]
    assert (Gatekeeper(gatekeeper.template(rule)).review(audit(POD), constraint) == []) is covered


@pytest.mark.parametrize(("settings", "mode", "actions"), [
    ("", "deny", {"images-unpinned-tag": "deny", "images-unpinned-tag-warnings": "warn"}), ("", "warn", {"images-unpinned-tag": "warn"}), ("", "dryrun", {"images-unpinned-tag": "dryrun"}),
    ("rules: {images/unpinned-tag: {severity: warning}}", "deny", {"images-unpinned-tag-warnings": "warn"}),
    ("rules: {images/unpinned-tag: {severity: note}}", "deny", {}),
])
def test_the_configuration_says_what_becomes_of_faults(settings: str, mode: str, actions: Mapping[str, str]) -> None:
    rule = rules_of(settings)["images/unpinned-tag"]
    made = gatekeeper.constraints(rule, Settings(mode, ("kube-system",)))
    assert {one["metadata"]["name"]: one["spec"]["enforcementAction"] for one in made} == actions
    assert all(one["spec"]["match"]["excludedNamespaces"] == ["kube-system"] for one in made)


def test_a_policy_that_chooses_severities_has_a_constraint_for_each() -> None:
    rules = rules_of()
    assert may_find(rules["images/missing-digest"]) == {Severity.ERROR, Severity.NOTE}
    assert may_find(rules["admission/manual-deploy"]) == {Severity.ERROR, Severity.WARNING}
    assert may_find(rules["bypass/reconcile-suspended"]) == {Severity.WARNING}
    assert may_find(rules_of("rules: {images/missing-digest: {severity: error}}")["images/missing-digest"]) == {Severity.ERROR}


@pytest.mark.parametrize(("kinds", "group", "kind", "wanted"), [
    (["Pod"], "", "Pod", True), (["Pod"], "x.io", "Pod", True), (["/Pod"], "x.io", "Pod", False), (["apps/*"], "apps", "Deployment", True),
    (["*.*/*"], "apps", "Deployment", False), (["*.*/*"], "x.io", "Thing", True), (["*"], "", "Pod", True), (["*Set"], "apps", "StatefulSet", True),
])
def test_kinds_as_regular_expressions(kinds: list[str], group: str, kind: str, wanted: bool) -> None:
    name = f"{group}/{kind}"
    found = any(re.search(pattern, name) for pattern in kind_patterns(kinds))
    assert (found, cover(kinds, group, kind)) == (wanted, wanted)


def test_kinds_that_gatekeeper_can_select() -> None:
    constraint = gatekeeper.constraints(rules_of()["images/unpinned-tag"], Settings())[0]
    assert constraint["spec"]["match"]["kinds"] == [{"apiGroups": ["*"], "kinds": ["*"]}]
    assert constraint["kind"] == "GitOpsGuardImagesUnpinnedTag"
    assert gatekeeper.template(rules_of()["admission/manual-deploy"])["metadata"]["name"] == "k8sblockmanualdeploys"


HOUSE = """\
# METADATA
# title: A label is missing
# description: Who owns it?
# custom:
#   scope: resource
#   severity: error
#   remedy: Write it.
#   kinds: [apps/Deployment, apps/StatefulSet, /Pod]
#   parameters: {PARAMETERS}
#   admission: true
package gitops_guard.house.NAME

import rego.v1
import data.house.words

deny contains {"msg": msg, "severity": words.grave} if {
	not input.object.metadata.labels.owner
	msg := "no owner"
}
"""


def house(folder: Path, name: str = "owner", parameters: str = "{label: owner, deep: {a: [1]}, many: [x]}") -> dict[str, AdmissionRule]:
    (folder / "house").mkdir()
    (folder / "house" / f"{name}.rego").write_text(HOUSE.replace("NAME", name).replace("{PARAMETERS}", parameters), "utf-8")
    (folder / "house" / "words.rego").write_text('package house.words\n\ngrave := "warning"\n', "utf-8")
    return rules_of("", load([PolicyFolder(folder, display="policies")]))


def test_a_policy_of_the_house(tmp_path: Path) -> None:
    rule = house(tmp_path)["house/owner"]
    template, made = gatekeeper.template(rule), gatekeeper.constraints(rule, Settings())
    schema = template["spec"]["crd"]["spec"]["validation"]["openAPIV3Schema"]
    free = {"x-kubernetes-preserve-unknown-fields": True}
    assert schema == {"type": "object", "properties": {
        "deep": {"type": "object", **free}, "gitops_guard": {"type": "object", **free}, "label": {"type": "string"},
        "many": {"type": "array", "items": {"type": "string"}}}}
    assert made[0]["spec"]["match"]["kinds"] == [{"apiGroups": [""], "kinds": ["Pod"]}, {"apiGroups": ["apps"], "kinds": ["Deployment", "StatefulSet"]}]
    program = Gatekeeper(template)
    assert [program.review(audit(POD), one) for one in made] == [[], ["no owner"]]


@pytest.mark.parametrize(("name", "parameters", "message"), [
    ("o" * 60, "{}", "its kind in Gatekeeper would be GitOpsGuardHouseOooo"), ("owner", "{gitops_guard: x}", "need the parameter gitops_guard themselves"),
])
def test_what_gatekeeper_can_not_have(tmp_path: Path, name: str, parameters: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        gatekeeper.template(next(iter(house(tmp_path, name, parameters).values())))


@pytest.mark.parametrize(("value", "wanted"), [
    (True, {"type": "boolean"}), (1, {"type": "number"}), (1.5, {"type": "number"}), ("a", {"type": "string"}), (["a"], {"type": "array", "items": {"type": "string"}}),
    ([], {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}}), ([1, "a"], {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}}),
])
def test_the_schema_of_a_parameter(value: Any, wanted: dict[str, Any]) -> None:
    assert schema_of({"p": value}) == {"type": "object", "properties": {"p": wanted}}


def test_the_folder() -> None:
    read = load_config(CONFIG)
    found = enforceable(BUILTIN, read, select(BUILTIN.rules, read, described=BUILTIN.described), (), data_files=False)
    made = target_gatekeeper.made(found, read.admission, samples(BUILTIN, found.rules))
    assert list(made.files) == sorted(made.files)
    suite = parse(made.files["suite.yaml"].encode(), "suite.yaml").load(Dialect.MANIFEST)[0]
    named = {path for test in suite["tests"] for path in (test["template"], test["constraint"], *(case["object"] for case in test["cases"]))}
    assert named <= set(made.files)
    assert {path for path in made.files if path.startswith("templates/")} <= named
    bad = [case for test in suite["tests"] for case in test["cases"] if case["assertions"][0]["violations"]]
    assert bad
    assert all(one["message"].startswith("^") for case in bad for one in case["assertions"][1:])
    assert any("enableDeleteOperations" in note for note in made.notes)
    assert all(f"- {note}" in made.files["README.md"] for note in made.notes)
