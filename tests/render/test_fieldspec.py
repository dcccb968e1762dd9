"""Walking by field specs; the rules are those of kustomize's `filters/fieldspec`."""

from __future__ import annotations

import pytest

from gitops_guard.errors import RenderError
from gitops_guard.origin import Map, Origin, Seq
from gitops_guard.render.fieldspec import FieldSpec, split_path, walk
from gitops_guard.render.resource import Gvk, Resource

HERE = Origin("a.yaml", 1, 1)


def tree(value):
    if isinstance(value, dict):
        return Map({key: tree(item) for key, item in value.items()})
    return Seq([tree(item) for item in value]) if isinstance(value, list) else value


def walked(body, path, *, create=False, blank=str, gvk=("", "", "")):
    resource = Resource(tree({"apiVersion": "apps/v1", "kind": "Deployment", **body}), HERE)
    walk(resource, FieldSpec(path, Gvk(*gvk), create), lambda place: place.put("new", HERE), blank=blank)
    return {key: value for key, value in resource.body.items() if key not in ("apiVersion", "kind")}


@pytest.mark.parametrize(("before", "path", "create", "after"), [
    ({"a": {"b": "old"}}, "a/b", False, {"a": {"b": "new"}}),
    ({"a": {}}, "a/b", False, {"a": {}}),
    ({}, "a/b", True, {"a": {"b": "new"}}),
    ({"a": None}, "a/b", False, {"a": None}),
    ({"a": None}, "a/b", True, {"a": {"b": "new"}}),
    ({"a": {"b": None}}, "a/b", False, {"a": {"b": "new"}}),
    ({"a": [{"b": "old"}, {"c": "d"}]}, "a/b", False, {"a": [{"b": "new"}, {"c": "d"}]}),
    ({"a": [{"b": "old"}, {"c": "d"}]}, "a[]/b", True, {"a": [{"b": "new"}, {"c": "d", "b": "new"}]}),
    ({}, "a[]/b", True, {}),
    ({"a": None}, "a[]/b", False, {"a": []}),
    ({"a": {"x/y": "old"}}, "a/x\\/y", False, {"a": {"x/y": "new"}}),
    ({"a": [[{"b": "old"}]]}, "a/b", False, {"a": [[{"b": "new"}]]}),
])
def test_walking(before, path, create, after):
    assert walked(before, path, create=create) == after


@pytest.mark.parametrize(("gvk", "hit"), [
    (("", "", ""), True), (("apps", "v1", "Deployment"), True), (("apps", "", ""), True), (("", "v1", ""), True),
    (("", "", "Deployment"), True), (("", "", "Pod"), False), (("extensions", "", "Deployment"), False), (("", "v2", ""), False),
])
def test_which_objects(gvk, hit):
    assert walked({"a": "old"}, "a", gvk=gvk) == {"a": "new" if hit else "old"}


def test_nothing_is_created_without_a_blank():
    assert walked({}, "a", create=True, blank=None) == {}


@pytest.mark.parametrize(("body", "path"), [({"a": "scalar"}, "a/b"), ({"a": {}}, "a//b"), ({"a": [1]}, "a/b")])
def test_paths_that_lead_nowhere(body, path):
    with pytest.raises(RenderError):
        walked(body, path, create=True)


@pytest.mark.parametrize(("path", "parts"), [
    ("a/b", ("a", "b")), ("/a/b", ("a", "b")), ("a\\/b/c", ("a/b", "c")), ("a", ("a",)), ("", ("",)), ("a//b", ("a", "", "b")),
])
def test_parts_of_a_path(path, parts):
    assert split_path(path) == parts
