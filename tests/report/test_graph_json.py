from __future__ import annotations

import json

import jsonschema
import pytest

from gitops_guard import data
from gitops_guard.nodes import Graph
from gitops_guard.report import Options
from gitops_guard.report.graph import FORMATS

from .graphs import EVERYTHING, FLEETS, app, argocd, graph

SCHEMA = json.loads((data.schemas() / "graph.json").read_text())


def shown(found: Graph) -> dict:
    return json.loads(FORMATS["json"](found, Options()).text)


@pytest.mark.parametrize("found", [argocd(), FLEETS, EVERYTHING, Graph()])
def test_it_is_what_the_schema_says(found):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(shown(found))


def objects(part, place=()):
    if isinstance(part, dict):
        if "properties" in part:
            yield place, part
        for key, value in part.items():
            yield from objects(value, (*place, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from objects(value, (*place, index))


@pytest.mark.parametrize(("place", "part"), list(objects(SCHEMA)), ids=str)
def test_the_schema_is_complete(place, part):
    assert part["additionalProperties"] is False
    assert list(part["properties"]) == part["required"]


def test_a_node_has_every_key_in_the_documented_order():
    found = shown(argocd())
    assert list(found) == ["nodes", "edges"]
    assert next(item for item in found["nodes"] if item["name"] == "shop-production") == {
        "id": "argocd/Application/argocd/shop-production", "system": "argocd", "kind": "Application", "namespace": "argocd", "name": "shop-production",
        "status": "resolved", "reason": None, "generated_by": "argocd/ApplicationSet/argocd/shop", "location": {"file": "argocd/shop-production.yaml", "line": 2},
        "source": {"repository": "https://github.com/acme/fleet", "path": "overlays/production", "revision": "main", "chart": None, "tool": "kustomize"},
        "sources": [{"repository": "https://github.com/acme/fleet", "path": "overlays/production", "revision": "main", "chart": None, "tool": "kustomize"}],
        "destination": {"server": None, "name": "production-eu", "namespace": "shop"},
        "automated": False, "prune": False, "self_heal": False, "environment": "production"}
    assert all(list(item) == SCHEMA["$defs"]["node"]["required"] for item in found["nodes"])
    project = next(item for item in found["nodes"] if item["kind"] == "AppProject")
    assert [project[key] for key in ("source", "sources", "destination", "automated", "prune", "self_heal")] == [None, [], None, None, None, None]


def test_the_order_is_that_of_ids():
    found = shown(Graph(EVERYTHING.nodes[::-1], EVERYTHING.edges[::-1]))
    ids = [item["id"] for item in found["nodes"]]
    assert ids == sorted(ids)
    assert len(ids) == len(EVERYTHING.nodes)
    ends = [(item["from"], item["to"], item["type"]) for item in found["edges"]]
    assert ends == sorted(set(ends))
    assert ("argocd/ApplicationSet/argocd/shop", "argocd/Application/argocd/shop-staging", "generates") in ends
    assert {end for pair in ends for end in pair[:2]} <= set(ids)
    assert found == shown(EVERYTHING)


def test_names_stay_as_they_are():
    text = FORMATS["json"](graph([app("we\x1b[31mb", "x")], []), Options()).text
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["nodes"][0]["name"] == "we\x1b[31mb"
