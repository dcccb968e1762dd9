"""ValidatingAdmissionPolicies: their form. What they decide is shown by a real API server (tests/real/test_bundle_vap.py)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gitops_guard import data
from gitops_guard.bundle import AdmissionRule, cel, target_vap, vap, waivers
from gitops_guard.bundle.cel_before import before
from gitops_guard.bundle.cel_walk import unrolled
from gitops_guard.bundling import enforceable
from gitops_guard.config import Admission as Settings
from gitops_guard.config import load as load_config
from gitops_guard.errors import UsageError
from gitops_guard.model import Location, Waiver
from gitops_guard.policy import PolicyFolder, load
from gitops_guard.selection import select
from gitops_guard.source import Dialect, parse
from gitops_guard.twin import Seen, Twin, Variable, Walk, read_twin

BUILTIN = load([PolicyFolder(data.policies(), builtin=True)])
ARGOCD = "system:serviceaccount:argocd:argocd-application-controller"
MANUAL = f"rules: {{admission/manual-deploy: {{parameters: {{identities: ['{ARGOCD}'], resources: [apps/deployments, apps/*, /pods/exec]}}}}}}\n"


def made(rule: str, config: str = "", **settings: Any) -> list[dict[str, Any]]:
    read = load_config(config)
    found = enforceable(BUILTIN, read, select(BUILTIN.rules, read, described=BUILTIN.described), (), data_files=False)
    one = next(one for one in found.rules if one.id == rule)
    return vap.policies(one, twin(one), Settings(**settings))


def twin(rule: AdmissionRule) -> Twin:
    return read_twin(BUILTIN.twins[rule.id.replace("-", "_")], BUILTIN.twins)


def variables(policy: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["expression"] for one in policy["spec"]["variables"]}


def test_a_policy_and_its_binding() -> None:
    policy, binding = made("images/unpinned-tag")[:2]
    assert (policy["metadata"]["name"], binding["spec"]["policyName"]) == ("gitops-guard-images-unpinned-tag",) * 2
    assert policy["spec"]["failurePolicy"] == "Fail"
    assert policy["spec"]["matchConstraints"]["resourceRules"] == [
        {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["pods/ephemeralcontainers"]},
        {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": ["*"]}]
    (condition,) = policy["spec"]["matchConditions"]
    assert condition["expression"].startswith("(request.kind.group + '/' + request.kind.kind).matches(\"^.*/Pod$|")
    assert "matchConditions" not in made("bypass/reconcile-suspended")[0]["spec"]
    (validation,) = policy["spec"]["validations"]
    assert (validation["expression"], validation["reason"], validation["message"]) == ("variables.faults.size() == 0", "Forbidden", "An image tag moves")
    assert binding["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"] == [
        {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-node-lease", "kube-public", "kube-system"]}]
    assert "matchResources" not in made("images/unpinned-tag", exempt_namespaces=())[1]["spec"]


@pytest.mark.parametrize(("rule", "config", "mode", "actions"), [
    ("images/unpinned-tag", "", "deny", {"images-unpinned-tag": "Deny", "images-unpinned-tag-warnings": "Warn"}),
    ("images/unpinned-tag", "", "warn", {"images-unpinned-tag": "Warn"}),
    ("images/unpinned-tag", "", "dryrun", {"images-unpinned-tag": "Audit"}),
    ("images/unpinned-tag", "rules: {images/*: {severity: warning}}", "deny", {"images-unpinned-tag-warnings": "Warn"}),
    ("images/unpinned-tag", "rules: {images/*: {severity: note}}", "deny", {}),
    ("images/missing-digest", "", "deny", {"images-missing-digest": "Deny", "images-missing-digest-warnings": "Warn"}),
    ("bypass/drift-tolerated", "", "deny", {"bypass-drift-tolerated-warnings": "Warn"}),
    ("admission/manual-deploy", MANUAL, "deny", {"admission-manual-deploy": "Deny", "admission-manual-deploy-warnings": "Warn"}),
    ("admission/manual-deploy", MANUAL, "dryrun", {"admission-manual-deploy": "Audit"}),
])
def test_the_configuration_says_what_becomes_of_faults(rule: str, config: str, mode: str, actions: dict[str, str]) -> None:
    found = made(rule, config, mode=mode)
    assert {one["metadata"]["name"]: one["spec"]["validationActions"] for one in found[1::2]} == {
        f"gitops-guard-{name}": [action] for name, action in actions.items()}


def test_a_severity_of_the_configuration_takes_in_every_message() -> None:
    one = made("images/missing-digest", "rules: {images/missing-digest: {severity: error}}")[0]
    assert variables(one)["errors"].count("has no digest") == 1
    assert "must carry a digest" in variables(one)["errors"]
    assert "has no digest" not in variables(made("images/missing-digest")[0])["errors"]


def test_what_was_there_before_is_worked_out_from_the_old_object() -> None:
    refusals, _, warnings, _ = made("images/unpinned-tag")
    for policy in (refusals, warnings):
        found = variables(policy)
        assert "object.kind" in found["place"]
        assert found["placeBefore"] == found["place"].replace("object.", "oldObject.")
        assert found["foundBefore"].startswith("(variables.rootsBefore).map(node0, ")
        assert "variables.movingBefore" in found["kept"]
        assert "variables.allow" in found["kept"]
    assert "!(m in variables.kept)" in variables(refusals)["faults"]
    assert "(m in variables.kept)" not in variables(warnings)["faults"]
    assert "kept" not in variables(made("images/unpinned-tag", mode="warn")[0])
    assert "kept" not in variables(made("admission/manual-deploy", MANUAL)[0])


@pytest.mark.parametrize(("text", "wanted"), [
    ("object.a == oldObject.a", "oldObject.a == oldObject.a"), ("x.object.y", "x.object.y"), ("x.?object", "x.?object"), ("[object]", "[oldObject]"),
    ("'object' + \"object\" + r'object\\' + object.b", "'object' + \"object\" + r'object\\' + oldObject.b"), ("r'''a'object''' + object", "r'''a'object''' + oldObject"),
    ("'it\\'s object' + object", "'it\\'s object' + oldObject"), ("variables.a + variables.b", "variables.aBefore + variables.b"), ("variables.ab", "variables.ab"),
    ("variables . a", "variables.aBefore"), ("anobject.a + object_b", "anobject.a + object_b"),
])
def test_expressions_about_the_old_object(text: str, wanted: str) -> None:
    assert before(text, {"a"}) == wanted


def test_a_walk_is_written_out() -> None:
    walk = Variable("found", "f(node, 'node') + x.node + node.map(child, deeper)", Walk("[object.spec]", 2, "g(child)"))
    assert unrolled(walk) == ("([object.spec]).map(node0, f(node0, 'node') + x.node + node0.map(node1, "
                              "(f(node1, 'node') + x.node + node1.map(node2, (g(node2))))))")
    assert unrolled(Variable("plain", "node")) == "node"


def test_a_twin_may_judge_some_of_the_kinds() -> None:
    read = load_config("")
    found = enforceable(BUILTIN, read, select(BUILTIN.rules, read, described=BUILTIN.described), (), data_files=False)
    rule = next(one for one in found.rules if one.id == "images/unpinned-tag")
    assert target_vap.uncovered(rule, twin(rule)) == []
    pods = replace(twin(rule), resources=(Seen("", "v1", "pods", "Pod"),))
    assert target_vap.uncovered(rule, pods) == [kind for kind in rule.kinds if kind != "Pod"]


def test_parameters_are_variables() -> None:
    found = variables(made("images/missing-digest", "rules: {images/missing-digest: {parameters: {allow: ['a.io/*', 'b/**']}}}")[0])
    assert found["allow"] == r'["(?s)^a\\.io/[^/]*$", "(?s)^b/.*$"]'
    assert found["require_digest"] == "[]"


def test_what_is_no_glob_is_refused() -> None:
    with pytest.raises(UsageError, match="the parameter allow of images/unpinned-tag: a brace without its other half"):
        made("images/unpinned-tag", "rules: {images/unpinned-tag: {parameters: {allow: ['{a']}}}")


@pytest.mark.parametrize("name", ["kept", "allow", "specBefore"])
def test_names_of_variables_that_are_taken(name: str) -> None:
    read = load_config("")
    found = enforceable(BUILTIN, read, select(BUILTIN.rules, read, described=BUILTIN.described), (), data_files=False)
    rule = next(one for one in found.rules if one.id == "images/unpinned-tag")
    with pytest.raises(UsageError, match=f"the variable {name} of its twin in CEL has a name that is taken"):
        vap.policies(rule, replace(twin(rule), variables=(Variable(name, "1"),)), Settings())


def test_resources_of_the_configuration_bring_their_scale() -> None:
    rules = made("admission/manual-deploy", MANUAL)[0]["spec"]["matchConstraints"]["resourceRules"]
    assert [(one["apiGroups"], one["resources"]) for one in rules] == [
        ([""], ["pods/exec"]), (["apps"], ["*", "*/scale", "deployments", "deployments/scale"])]
    assert all(one["operations"] == ["CREATE", "UPDATE", "DELETE", "CONNECT"] for one in rules)


@pytest.mark.parametrize(("value", "wanted"), [
    (None, "null"), (True, "true"), (1, "1"), (1.0, "1.0"), ('a"\n\\é', '"a\\"\\n\\\\é"'), ([], "[]"), (["a", "b"], '["a", "b"]'), ({"a": [1]}, '{"a": dyn([1])}'),
    ([1, "a"], '[dyn(1), dyn("a")]'), ({"a": 1, "b": 2}, '{"a": 1, "b": 2}'), ("\x7f", '"\\u007f"'),
])
def test_literals(value: Any, wanted: str) -> None:
    assert cel.literal(value) == wanted


HERE = Location("x", 1, 1)


@pytest.mark.parametrize(("resource", "wanted"), [
    ("Pod/shop/web", "^Pod/shop/web$"), ("Pod/*/w?b", "^Pod/[^/]*/w[^/]b$"), ("Namespace/shop", "^Namespace//shop$"), ("**/a.b/x", r"^.*/a\.b/x$"),
])
def test_waivers_as_patterns(resource: str, wanted: str) -> None:
    assert waivers.pattern(Waiver(("a",), "r", None, HERE, resource)) == wanted


def folder(config: str, today: str = "2026-11-21") -> target_vap.Made:
    read = load_config(config)
    found = enforceable(BUILTIN, read, select(BUILTIN.rules, read, described=BUILTIN.described), (), data_files=False)
    twins = {name: path for name, path in BUILTIN.twins.items() if name != "bypass/drift_tolerated"}
    return target_vap.made(found, read.admission, twins, today)


def test_what_is_not_enforced_is_said() -> None:
    out = folder("rules: {images/missing-digest: {severity: note}}\n"
                 "waivers: [{rule: images/*, resource: Pod/shop/web, reason: r, expires: 2026-12-24}, {rule: images/*, resource: Pod/shop/old, reason: r, expires: 2026-11-20}]")
    assert set(out.files) == {"README.md", "bypass-reconcile-suspended.yaml", "images-missing-digest.yaml", "images-unpinned-tag.yaml"} - {"images-missing-digest.yaml"}
    assert "bypass/drift-tolerated: it has no twin in CEL (bypass/drift_tolerated.cel.yaml beside the policy)" in out.notes
    assert "images/missing-digest: all that it finds are notes, which are for reviews alone" in out.notes
    assert not [note for note in out.notes if "of the kinds" in note]
    assert [note for note in out.notes if "2026-12-24" in note and note.startswith("images/unpinned-tag")]
    assert not [note for note in out.notes if "2026-11-20" in note]
    assert all(f"- {note}" in out.files["README.md"] for note in out.notes)
    assert r"^Pod/shop/web$" in out.files["images-unpinned-tag.yaml"]
    assert "Pod/shop/old" not in out.files["images-unpinned-tag.yaml"]


def test_the_files_are_yaml_and_the_same_each_time() -> None:
    once, again = folder(MANUAL), folder(MANUAL)
    assert once == again
    for path, text in once.files.items():
        if path.endswith(".yaml"):
            kinds = [document["kind"] for document in parse(text.encode(), path).load(Dialect.MANIFEST)]
            assert kinds == ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"] * (len(kinds) // 2)


def test_a_twin_that_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.cel.yaml").write_text("faults: 1\n", "utf-8")
    read = load_config("")
    found = enforceable(BUILTIN, read, select(BUILTIN.rules, read, described=BUILTIN.described), (), data_files=False)
    with pytest.raises(UsageError, match=r"x\.cel\.yaml:1: faults is a list of mappings"):
        target_vap.made(found, read.admission, {"images/unpinned_tag": tmp_path / "x.cel.yaml"}, "2026-11-21")
