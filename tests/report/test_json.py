from __future__ import annotations

import json

import jsonschema
import pytest

from gitops_guard import data
from gitops_guard.report import FORMATS, Options

from . import sample

SCHEMA = json.loads((data.schemas() / "report.json").read_text())


def report_of(report: object) -> dict:
    return json.loads(FORMATS["json"](report, Options()))


@pytest.mark.parametrize("report", [sample.REPORT, sample.CLEAN, sample.NOTHING])
def test_it_is_what_the_schema_says(report):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(report_of(report))


def objects(node, place=()):
    if isinstance(node, dict):
        if "properties" in node:
            yield place, node
        for key, value in node.items():
            yield from objects(value, (*place, key))


@pytest.mark.parametrize(("place", "node"), list(objects(SCHEMA)), ids=lambda value: "/".join(value) if isinstance(value, tuple) else "")
def test_the_schema_is_complete(place, node):
    assert node["additionalProperties"] is False
    optional = {("$defs", "target"): {"cluster"}, (): {"changes", "drift"}, ("$defs", "finding"): {"drift"}}
    assert set(node["properties"]) - set(node["required"]) == optional.get(place, set())


def test_the_order_of_keys_is_the_documented_one():
    found = report_of(sample.REPORT)
    assert list(found) == ["version", "tool", "summary", "targets", "findings", "rules"]
    assert list(found["summary"]) == ["targets", "resources", "unresolved", "findings", "waived", "known", "silenced"]
    assert list(found["findings"][0]) == ["rule", "severity", "message", "remedy", "location", "related", "resource", "path",
                                          "targets", "status", "waiver", "fingerprint"]


def test_counts_waiver_and_null():
    found = report_of(sample.REPORT)
    assert found["summary"]["findings"] == {"error": 3, "warning": 3, "note": 1}
    assert (found["summary"]["waived"], found["summary"]["known"], found["summary"]["silenced"]) == (1, 1, 2)
    waived = next(finding for finding in found["findings"] if finding["waiver"])
    assert waived["waiver"] == {"reason": "mirrored tonight", "expires": "2027-01-31", "location": {
        "file": "overlays/production/kustomization.yaml", "line": 8, "column": 5, "quality": "exact"}}
    assert found["findings"][0]["resource"] is None
    assert [target["cluster"] for target in found["targets"] if "cluster" in target] == ["prod-eu"]
    assert found["findings"][2]["message"].startswith("odd | `text` <b>\x1b[31m")
