"""Policies that are asked together: who they are, and that the answers are those of each alone."""

import json

import pytest

from gitops_guard import data, evaluate
from gitops_guard.evaluate import Subjects, twins, worker
from gitops_guard.evaluate.engine import EngineError
from gitops_guard.model import Resource, Target
from gitops_guard.origin import Map, Origin
from gitops_guard.policy import PolicyFolder, load

POLICIES = load([PolicyFolder(data.policies(), builtin=True)])
IMAGES = {"images/missing-digest", "images/unpinned-tag"}


def pod(name, image):
    body = Map({"apiVersion": "v1", "kind": "Pod", "metadata": Map({"name": name}),
                "spec": Map({"containers": [Map({"name": "web", "image": image})]})})
    return Resource(body, "overlays/x", Origin("x.yaml", 1, 1))


SUBJECTS = Subjects(resources=[pod("a", "nginx"), pod("b", "nginx:1.27.3"), pod("c", "nginx@sha256:" + "0" * 64)],
                    targets={"overlays/x": Target("overlays/x", "kustomization", "overlays/x")})


def found():
    result = evaluate.evaluate(POLICIES, SUBJECTS, enabled=IMAGES)
    return sorted((fault.rule, fault.resource.id.name) for fault in result.faults)


def test_the_rules_of_images_share_what_an_object_names():
    groups = twins.groups_of(POLICIES.policies)
    assert [{POLICIES.policies[number].id for number in group} for group in groups] == [IMAGES]


def test_answers_are_told_apart():
    assert twins.answers_of('{"3": [{"msg": "x"}], "5": []}') == {3: json.dumps([{"msg": "x"}])}


def test_nothing_is_asked_together_where_there_are_no_twins():
    assert twins.text_of(POLICIES.policies, []) == ""


@pytest.mark.parametrize("fails", [False, True])
def test_what_fails_together_is_asked_alone(monkeypatch, fails):
    if fails:
        def refuse(_index):
            raise EngineError("no")
        monkeypatch.setattr(worker, "rule_of", refuse)
    assert found() == [("images/missing-digest", "b"), ("images/unpinned-tag", "a")]
