from __future__ import annotations

from pathlib import Path

import pytest
from judging import deployments, folder, judge, objects, policy, told

from gitops_guard.errors import UsageError
from gitops_guard.evaluate import Subjects, evaluate
from gitops_guard.evaluate.files import FileInput
from gitops_guard.model import Location, Owner, Severity, Target
from gitops_guard.policy import POLICY_ERROR

NAMED = policy("named", 'deny contains {"path": ["metadata", "name"], "msg": sprintf("name %s", [input.object.metadata.name])}')
ENDLESS = """
    deny contains {"msg": "never"} if {
      input.object.metadata.name == "stuck"
      some i in numbers.range(1, 100000)
      some j in numbers.range(1, 100000)
      i * j == -1
    }
    deny contains {"msg": input.object.metadata.name} if input.object.metadata.name != "stuck"
"""


def test_a_policy_judges_each_object(tmp_path: Path) -> None:
    result = judge(folder(tmp_path, NAMED), deployments("a", "b"))
    assert told(result) == [("house/named", "name a"), ("house/named", "name b")]
    assert [fault.path for fault in result.faults] == [("metadata", "name")] * 2
    assert result.faults[0].severity is None
    assert result.checked == {"house/named": 2}
    assert result.passed == []


def test_equal_objects_are_judged_once_and_found_everywhere(tmp_path: Path) -> None:
    one, two = deployments("a"), deployments("a")
    two[0].target = "u"
    targets = {name: Target(name, "manifests", name) for name in ("t", "u")}
    result = evaluate(folder(tmp_path, NAMED), Subjects([*one, *two], targets))
    assert [fault.target for fault in result.faults] == ["t", "u"]
    assert result.faults[0].resource is one[0]
    assert result.faults[1].resource is two[0]


def test_clean_pairs_have_passed(tmp_path: Path) -> None:
    silent = policy("silent", 'deny contains {"msg": "x"} if input.object.kind == "Pod"')
    result = judge(folder(tmp_path, {**silent, **NAMED}), deployments("a"))
    assert result.passed == [("t", "house/silent")]


@pytest.mark.parametrize(("mentions", "found"), [
    ("[Deploy]", True), ("[Other, 'aa']", True), ("['\"Deploy\"']", False), ("['\"kind\":\"Deployment\"']", True),
    ("['\"kind\": \"Deployment\"']", False), ("[nothing]", False), ("['\"document\":false']", True)])
def test_who_mentions_nothing_is_not_asked(tmp_path: Path, mentions: str, found: bool) -> None:
    rule = policy("named", 'deny contains {"msg": "x"}', more=f"mentions: {mentions}")
    result = judge(folder(tmp_path, rule), deployments("aa"))
    assert bool(result.faults) is found
    assert result.checked == {"house/named": 1}


SCHEMA = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: a.b, annotations: {written: outside}}
spec:
  versions: [{name: v1, schema: {description: inside}}]
"""


@pytest.mark.parametrize(("builtin", "more", "found"), [
    (True, "mentions: [outside]", True),
    (True, "mentions: [inside]", False),
    (True, "mentions: [inside]\nkinds: ['*.k8s.io/CustomResourceDefinition']", True),
    (False, "mentions: [inside]", True),
])
def test_who_is_asked_about_a_schema(tmp_path: Path, builtin: bool, more: str, found: bool) -> None:
    policies = folder(tmp_path, policy("named", 'deny contains {"msg": "x"}', more=more), builtin=builtin)
    assert bool(judge(policies, objects(SCHEMA), enabled={"house/named"}).faults) is found


@pytest.mark.parametrize("builtin", [True, False])
def test_each_policy_has_its_own_parameters(tmp_path: Path, builtin: bool) -> None:
    body = 'deny contains {"msg": sprintf("%v", [input.parameters.word])}'
    rules = [policy(name, body, more=f"parameters: {{word: {name}, {name}: 1}}") for name in ("one", "two")]
    policies = folder(tmp_path, {**rules[0], **rules[1]}, builtin=builtin)
    result = judge(policies, deployments("a"), enabled={"house/one", "house/two"}, parameters={"house/two": {"two": 2}})
    assert told(result) == [("house/one", "one"), ("house/two", "two")]


@pytest.mark.parametrize(("prune", "found"), [(True, True), (False, False)])
def test_the_target_is_mentioned_for_each_target(tmp_path: Path, prune: bool, found: bool) -> None:
    rule = policy("named", 'deny contains {"msg": "x"}', more="needs: [target]\nmentions: ['\"prune\":true']")
    owner = Owner("argocd", "Application", "argocd", "a", automated=True, prune=prune)
    one, two = deployments("a"), deployments("a")
    two[0].target = "u"
    targets = {"t": Target("t", "manifests", "t"), "u": Target("u", "manifests", "u", owners=(owner,))}
    result = evaluate(folder(tmp_path, rule), Subjects([*one, *two], targets))
    assert [fault.target for fault in result.faults] == (["u"] if found else [])


def test_only_enabled_rules_run(tmp_path: Path) -> None:
    other = policy("other", 'deny contains {"msg": "other"}')
    result = judge(folder(tmp_path, {**other, **NAMED}), deployments("a"), enabled={"house/other"})
    assert told(result) == [("house/other", "other")]
    assert result.checked == {"house/other": 1}


@pytest.mark.parametrize(("kinds", "count"), [
    ("[Deployment]", 1), ("[apps/Deployment]", 1), ("[/Deployment]", 0), ("[batch/Deployment]", 0), ("['apps/*']", 1),
    ("['*.io/*']", 0), ("[Pod, '*ment']", 1),
])
def test_kinds(tmp_path: Path, kinds: str, count: int) -> None:
    policies = folder(tmp_path, policy("kinds", 'deny contains {"msg": "x"}', more=f"kinds: {kinds}"))
    assert judge(policies, deployments("a")).checked == {"house/kinds": count}


def test_what_no_target_takes_in_is_for_secrets_alone(tmp_path: Path) -> None:
    secret = {"secrets/mine.rego": next(iter(policy("mine", 'deny contains {"msg": "x"}').values())).replace("house", "secrets")}
    result = judge(folder(tmp_path, {**secret, **NAMED}), objects("{apiVersion: v1, kind: Secret, metadata: {name: a}}", target=None))
    assert told(result) == [("secrets/mine", "x")]
    assert result.checked == {"house/named": 0, "secrets/mine": 1}
    assert result.passed == []


def test_parameters_are_defaults_with_the_configuration_over_them(tmp_path: Path) -> None:
    body = 'deny contains {"msg": sprintf("%v %v", [input.parameters.a, input.parameters.b])}'
    policies = folder(tmp_path, policy("given", body, more="parameters: {a: 1, b: [x]}"))
    assert told(judge(policies, deployments("a"), parameters={"house/given": {"b": ["y"]}})) == [("house/given", '1 ["y"]')]


@pytest.mark.parametrize(("given", "message"), [
    ({"lsit": []}, r"house/given has no parameter lsit; did you mean list\?"),
    ({"list": "x"}, "the parameter list of house/given is a text; it must be a list"),
    ({"flag": 1}, "flag of house/given is a number; it must be true or false"),
])
def test_wrong_parameters_are_refused(tmp_path: Path, given: dict[str, object], message: str) -> None:
    policies = folder(tmp_path, policy("given", 'deny contains {"msg": "x"}', more="parameters: {list: [], flag: true}"))
    with pytest.raises(UsageError, match=message):
        judge(policies, deployments("a"), parameters={"house/given": given})


def test_needs_target_judges_for_each_target(tmp_path: Path) -> None:
    body = 'deny contains {"msg": sprintf("%s %s", [input.target.environment, input.target.owners[0].name])}'
    policies = folder(tmp_path, policy("needy", body, more="needs: [target]"))
    one, two = deployments("a"), deployments("a")
    two[0].target = "u"
    owner = Owner("argocd", "Application", "argocd", "shop", automated=True)
    targets = {"t": Target("t", "manifests", "t", "production", owners=(owner,)),
               "u": Target("u", "manifests", "u", "staging", owners=(owner,))}
    result = evaluate(policies, Subjects([*one, *two], targets))
    assert [(fault.target, fault.message) for fault in result.faults] == [("t", "production shop"), ("u", "staging shop")]


def test_scope_target(tmp_path: Path) -> None:
    body = """
        import data.gitops_guard.lib.result
        deny contains result.of(thing, ["metadata"], "last") if {
          thing := input.resources[count(input.resources) - 1]
          input.target.id == "t"
        }
    """
    result = judge(folder(tmp_path, policy("all", body, scope="target")), deployments("a", "b"))
    assert [(fault.resource.id.name if fault.resource else "", fault.path, fault.target) for fault in result.faults] == \
        [("b", ("metadata",), "t")]
    assert result.checked == {"house/all": 1}


def test_scope_file(tmp_path: Path) -> None:
    body = 'deny contains {"line": input.file.commands[0].line, "msg": "runs", "severity": "note"} if input.file.type == "script"'
    policies = folder(tmp_path, policy("ci", body, scope="file"))
    files = [FileInput("a.sh", "script", {"commands": [{"argv": ["x"], "line": 3}]}), FileInput("Makefile", "makefile", {"commands": []})]
    result = evaluate(policies, Subjects(files=files))
    assert [(fault.location, fault.severity) for fault in result.faults] == [(Location("a.sh", 3, 1), Severity.NOTE)]
    assert result.checked == {"house/ci": 2}


def test_scopes_without_subjects_are_loaded_and_silent(tmp_path: Path) -> None:
    policies = folder(tmp_path, {**policy("later", 'deny contains {"msg": "x"}', scope="change"),
                                 **policy("whole", 'deny contains {"msg": "x"}', scope="repository")})
    assert {"house/later", "house/whole"} <= policies.rules.keys()
    assert told(judge(policies, deployments("a"))) == []


@pytest.mark.parametrize(("name", "body", "message", "line"), [
    ("number", "deny := 3 if input.object", "deny is a number, not a set of objects with msg", 8),
    ("flag", "deny if input.object", "deny is a boolean", 8),
    ("texts", 'deny contains "text"', "deny holds a text, not an object with msg", 8),
    ("silent", 'deny contains {"path": []}', "a result has no msg", 8),
    ("key", 'deny contains {"msg": "x", "pth": []}', "unknown key 'pth'", 8),
    ("path", 'deny contains {"msg": "x", "path": "metadata"}', "path is a text, not a list of keys", 8),
    ("word", 'deny contains {"msg": "x", "severity": "critical"}', "severity is none of error, warning, note", 8),
    ("type", 'deny contains {"msg": "x"} if startswith(input.object.metadata, "secret")', "`startswith`", 10),
])
def test_what_is_no_result_is_an_error_at_the_policy(tmp_path: Path, name: str, body: str, message: str, line: int) -> None:
    result = judge(folder(tmp_path, {**policy(name, body), **NAMED}), deployments("a", "b"))
    errors = [fault for fault in result.faults if fault.rule == POLICY_ERROR]
    assert [fault.location for fault in errors] == [Location(f"policies/house/{name}.rego", line, 1)]
    assert message in errors[0].message
    assert "Deployment/a and 1 more" in errors[0].message
    assert told(result)[:2] == [("house/named", "name a"), ("house/named", "name b")]
    assert result.checked[f"house/{name}"] == 0
    assert ("t", f"house/{name}") not in result.passed


def test_a_failing_builtin_does_not_tell_values(tmp_path: Path) -> None:
    body = 'deny contains {"msg": "x"} if to_number(input.object.data.password) > 1'
    secret = objects("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {password: hunter2}}")
    result = judge(folder(tmp_path, policy("leaky", body)), secret)
    assert [fault.rule for fault in result.faults] == [POLICY_ERROR]
    assert "hunter2" not in result.faults[0].message


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_policy_that_never_ends_is_taken_out(tmp_path: Path, jobs: int) -> None:
    policies = folder(tmp_path, {**policy("endless", ENDLESS), **NAMED})
    names = [f"n{number}" for number in range(40)] + ["stuck"] + [f"z{number}" for number in range(60)]
    result = judge(policies, deployments(*names), timeout=1.5, jobs=jobs)
    errors = [fault for fault in result.faults if fault.rule == POLICY_ERROR]
    assert [fault.location for fault in errors] == [Location("policies/house/endless.rego", 8, 1)]
    assert "house/endless stopped at Deployment/stuck: it did not end within 1.5 s" in errors[0].message
    assert [fault.message for fault in result.faults if fault.rule == "house/endless"] == names[:40]
    assert result.checked == {"house/endless": 40, "house/named": 101}


def test_a_policy_that_ends_the_engine_is_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitops_guard.evaluate.worker._MEMORY", 200_000_000)
    huge = policy("huge", 'deny contains {"msg": "never"} if count(numbers.range(1, 100000000)) == 2')
    result = judge(folder(tmp_path, {**huge, **NAMED}), deployments("a"))
    assert told(result)[0] == ("house/named", "name a")
    assert [fault.rule for fault in result.faults[1:]] == [POLICY_ERROR]
    assert "crashed the engine" in result.faults[1].message


def test_the_order_and_the_number_of_workers_change_nothing(tmp_path: Path) -> None:
    more = {path: text for number in range(5) for path, text in policy(
        f"p{number}", f'deny contains {{"msg": input.object.metadata.name}} if input.parameters.number == {number}',
        more=f"parameters: {{number: {number}}}").items()}
    policies = folder(tmp_path, {**more, **NAMED})
    resources = deployments(*(f"n{number}" for number in range(100)))
    first = judge(policies, resources)
    assert judge(policies, resources, jobs=3) == first
    assert len(first.faults) == 600


@pytest.mark.parametrize("value", [".inf", "!!binary gA=="])
def test_an_object_that_can_not_be_read_is_an_error(tmp_path: Path, value: str) -> None:
    result = judge(folder(tmp_path, NAMED), objects(f"{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{x: {value}}}}}"))
    assert [fault.rule for fault in result.faults] == [POLICY_ERROR]
    assert result.faults[0].resource is not None
    assert result.passed == []


def test_conftest_packages(tmp_path: Path) -> None:
    main = """
        package main
        import rego.v1
        deny contains msg if { input.kind == "Deployment"; msg := "denied" }
        deny_named contains "excepted" if input.metadata.name
        violation_x contains {"msg": "violated", "details": {"a": 1}} if data.helpers.yes
        warn contains "warned" if not startswith(input.metadata.missing, "x")
        warn_too contains "also warned"
        exception contains ["named"] if input.kind == "Deployment"
        denyish contains "never"
    """
    result = judge(folder(tmp_path, {"main.rego": main, "lib/helpers.rego": "package helpers\nyes if 1 == 1\n",
                                     "main_test.rego": "package main_test\n"}), deployments("a"))
    assert sorted((fault.message, fault.severity) for fault in result.faults) == \
        [("also warned", Severity.WARNING), ("denied", None), ("violated", None)]
    assert {fault.rule for fault in result.faults} == {"conftest/main"}
    assert result.checked == {"conftest/main": 1}


def test_no_subjects_start_no_process_for_built_in_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitops_guard.evaluate.run", None)
    assert judge(folder(tmp_path, NAMED, builtin=True), []).checked == {"house/named": 0}


def test_a_house_policy_is_examined_also_without_subjects(tmp_path: Path) -> None:
    result = judge(folder(tmp_path, policy("broken", "deny contains {")), [])
    assert [fault.location for fault in result.faults if fault.location] != []
