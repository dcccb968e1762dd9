"""What the cluster answers: the reference in Python, and the bundle's own Rego in the embedded engine."""

import json

import pytest
import regorus
from admission_requests import MALFORMED, REQUESTS, TODAY, Asked, bundled, thing, write_house

from gitops_guard.bundle.verdict import Verdict
from gitops_guard.verifying import Case, embedded


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return write_house(tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="module")
def engines():
    return {}


def answer(house, asked, engines):
    """What the bundle says. The engine is strict without guards, which it does not know as a target of `with`."""
    if asked.config not in engines:
        engine = regorus.Engine()
        for path, text in bundled(house, asked.config)[2].files.items():
            engine.set_rego_v0(path.endswith("bundle/rules.rego"))
            if path == "data.json":
                engine.add_data_json(text)
            elif path.endswith("bundle/rules.rego"):
                engine.add_policy(path, unguarded(text))
            elif path.endswith(".rego"):
                engine.add_policy(path, text)
        engines[asked.config] = engine
    engine = engines[asked.config]
    engine.set_input_json(json.dumps(asked.review))
    return json.loads(engine.eval_rule_as_json("data.system.main"))["response"], json.loads(engine.eval_rule_as_json("data.gitops_guard.decision"))


def unguarded(text):
    return "\n".join(line.partition(" with count")[0] for line in text.split("\n"))


@pytest.mark.parametrize("asked", REQUESTS, ids=lambda asked: asked.name)
def test_the_reference(house, asked):
    found, config, _made = bundled(house, asked.config)
    assert embedded(house, found, config.admission, [Case(asked.name, asked.review)], TODAY) == [asked.verdict]


@pytest.mark.parametrize("asked", [asked for asked in REQUESTS if not asked.fails], ids=lambda asked: asked.name)
def test_the_webhook(house, asked, engines):
    response, decision = answer(house, asked, engines)
    assert response["uid"] == "0b5e"
    assert response["allowed"] is decision["allowed"] is (not asked.denied)
    assert response.get("status", {"code": 403, "reason": "Forbidden", "message": ""}) == {"code": 403, "reason": "Forbidden", "message": "\n".join(asked.denied)}
    assert (tuple(decision["denied"]), tuple(decision["warnings"])) == (asked.denied, asked.warnings)
    assert tuple(response.get("warnings", ())) == asked.warnings


@pytest.mark.parametrize("asked", MALFORMED, ids=lambda asked: asked.name)
def test_what_is_no_fault_is_refused(house, asked, engines):
    """A policy that says something else than faults has not found nothing."""
    response, decision = answer(house, asked, engines)
    assert response["status"]["message"] == "house/strict: the policy says something that is no fault"
    assert decision["findings"] == [{"rule": "house/strict", "severity": "error", "path": [], "status": "denied", "msg": "the policy says something that is no fault"}]
    found, config, _made = bundled(house)
    assert embedded(house, found, config.admission, [Case(asked.name, asked.review)], TODAY) == [None]


def test_everything_that_is_found_is_recorded(house, engines):
    asked = Asked("", {"object": thing(strict=[{"msg": "a"}, {"msg": "w", "severity": "warning"}, {"msg": "n", "severity": "note"}])})
    assert answer(house, asked, engines)[0]["auditAnnotations"] == {"faults": "denied house/strict: a\nwarned house/strict: w"}
    dry = Asked("", asked.request, config="admission: {mode: dryrun}")
    assert answer(house, dry, engines)[0] == {"uid": "0b5e", "allowed": True, "auditAnnotations": {"faults": "recorded house/strict: a\nrecorded house/strict: w"}}


def test_an_object_alone(house, engines):
    answer(house, REQUESTS[0], engines)
    engine = engines[""]
    engine.set_input_json(json.dumps({"object": thing(strict=[{"msg": "a"}])}))
    found = json.loads(engine.eval_rule_as_json("data.gitops_guard.decision"))
    assert (found["denied"], found["evaluated"]) == (["house/strict: a"], ["house/strict"])


@pytest.mark.parametrize("given", [{}, {"kind": "AdmissionReview"}, {"kind": "AdmissionReview", "request": None}, {"kind": "Other", "request": {"uid": "1"}}, {"apiVersion": "v1", "kind": "Pod"}])
def test_what_is_no_request_has_no_answer(house, engines, given):
    answer(house, REQUESTS[0], engines)
    engines[""].set_input_json(json.dumps(given))
    assert engines[""].eval_rule_as_json("data.system.main") == '"<undefined>"'


def test_a_verdict_is_sorted_and_said_once(house):
    found, config, _made = bundled(house)
    asked = Asked("", {"object": thing(strict=[{"msg": "b"}, {"msg": "a", "path": ["x"]}, {"msg": "a", "path": ["y"]}])})
    assert embedded(house, found, config.admission, [Case("", asked.review)], TODAY) == [Verdict(("house/strict: a", "house/strict: b"))]
