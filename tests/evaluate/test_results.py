from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from judging import deployments, folder, policy

from gitops_guard.evaluate.files import FileInput
from gitops_guard.evaluate.results import ShapeError, read
from gitops_guard.evaluate.units import Unit
from gitops_guard.model import Fault, Location, Severity

FILE = FileInput("ci.yaml", "gitlab-ci", {
    "commands": [{"argv": ["kubectl"], "line": 7}],
    "generators": [{"file": "secret.env", "line": 2, "column": 5, "pairs": [{"key": "a", "line": 9}]}],
})


def faults(tmp_path: Path, scope: str, results: Any) -> list[Fault]:
    judged = folder(tmp_path, policy("x", 'deny contains {"msg": "x"}', scope=scope)).policies[0]
    unit = Unit((0,), "", file=FILE) if scope == "file" else Unit((0,), "", "{}", None, tuple(deployments("a", "b")), "t")
    return list(read(judged, unit, "deny", json.dumps(results)))


@pytest.mark.parametrize(("result", "location"), [
    ({"msg": "m"}, Location("ci.yaml", 1, 1, "nearest")),
    ({"msg": "m", "line": 7}, Location("ci.yaml", 7, 1)),
    ({"msg": "m", "file": "ci.yaml", "line": 7, "column": 3}, Location("ci.yaml", 7, 3)),
    ({"msg": "m", "file": "secret.env", "line": 2, "column": 5}, Location("secret.env", 2, 5)),
    ({"msg": "m", "file": "secret.env", "line": 9}, Location("secret.env", 9, 1)),
])
def test_places_that_the_input_gave(tmp_path: Path, result: dict[str, Any], location: Location) -> None:
    (fault,) = faults(tmp_path, "file", [result])
    assert fault.location == location


@pytest.mark.parametrize("result", [
    {"msg": "m", "line": 8}, {"msg": "m", "file": "other.yaml"}, {"msg": "m", "file": "other.yaml", "line": 7},
    {"msg": "m", "file": "secret.env", "line": 7}, {"msg": "m", "line": "7"}, {"msg": "m", "line": True}, {"msg": "m", "file": 3},
    {"msg": "m", "path": ["a"]}, {"msg": "m", "related": [{"file": "ci.yaml", "line": 3, "msg": "x"}]}, {"msg": "m", "related": {}},
])
def test_other_places_are_no_results(tmp_path: Path, result: dict[str, Any]) -> None:
    with pytest.raises(ShapeError):
        faults(tmp_path, "file", [result])


def test_related_places(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "file", [{"msg": "m", "line": 7, "related": [{"file": "secret.env", "line": 2, "msg": "from here"}]}])
    assert [(related.location, related.message) for related in fault.related] == [(Location("secret.env", 2, 1), "from here")]


def test_paths_severities_and_lines(tmp_path: Path) -> None:
    found = faults(tmp_path, "resource", [{"msg": " m ", "path": ["data", "a.yaml", 0], "line": 4, "severity": "note"}])
    assert [(fault.path, fault.line, fault.severity, fault.message) for fault in found] == [
        (("data", "a.yaml", 0), 4, Severity.NOTE, "m")] * 2


@pytest.mark.parametrize("result", [
    {"msg": ""}, {"msg": 3}, {"msg": "m", "path": [1.5]}, {"msg": "m", "path": [-1]}, {"msg": "m", "path": [True]},
    {"msg": "m", "path": [["a"]]}, {"msg": "m", "line": 3}, {"msg": "m", "file": "a.yaml"}, {"msg": "m", "severity": 1},
    {"msg": "m", "resource": {}}, [], "m", None,
])
def test_what_is_no_result(tmp_path: Path, result: Any) -> None:
    with pytest.raises(ShapeError):
        faults(tmp_path, "resource", [result])


def test_scope_target_names_a_resource(tmp_path: Path) -> None:
    identity = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "", "name": "b"}
    (fault,) = faults(tmp_path, "target", [{"msg": "m", "resource": identity, "path": ["spec"]}])
    assert fault.resource is not None
    assert (fault.resource.id.name, fault.target) == ("b", "t")
    for wrong in ({**identity, "name": "c"}, "b", None):
        with pytest.raises(ShapeError):
            faults(tmp_path, "target", [{"msg": "m", "resource": wrong}])


def test_more_results_than_anybody_reads(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="more than 10000 results"):
        faults(tmp_path, "resource", [{"msg": str(number)} for number in range(10_001)])
