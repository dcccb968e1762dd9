"""Selectors; the label selectors follow Kubernetes' `labels.Parse`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.errors import RenderError
from gitops_guard.origin import Map, Origin
from gitops_guard.render.resource import Gvk, ResMap, Resource
from gitops_guard.render.selecting import Selector, select

HERE = Origin("kustomization.yaml", 1, 1)


def resource(kind="ConfigMap", name="a", namespace="", **labels):
    meta = Map({"name": name, "labels": Map(labels)})
    if namespace:
        meta["namespace"] = namespace
    return Resource(Map({"apiVersion": "v1", "kind": kind, "metadata": meta}), HERE)


@pytest.mark.parametrize(("text", "matches"), [
    ("app=web", True), ("app==web", True), ("app = web", True), ("app!=web", False), ("app!=db", True), ("gone!=x", True),
    ("app", True), ("gone", False), ("!gone", True), ("!app", False), ("app in (web, db)", True), ("app in (db)", False),
    ("app notin (db)", True), ("gone notin (x)", True), ("gone in (x)", False), ("app=web,tier in (1),!x", True),
    ("app=web,tier=2", False), ("tier>0", True), ("tier<1", False), ("app>1", False), ("", True), ("app=", False), ("gone=", False),
    ("inner=1", True), ("app in (web),inner", True),
])
def test_label_selectors(text, matches):
    wanted = Map({"labelSelector": text})
    found = select(ResMap([resource(app="web", tier="1", inner="1")]), wanted, HERE)
    assert bool(found) is matches


@pytest.mark.parametrize("text", ["app web", "app in web", "app in (a", ",", "app=web,", "=x", "app>x", "(a)", "app=a=b"])
def test_label_selectors_that_are_none(text):
    with pytest.raises(RenderError):
        Selector(Map({"labelSelector": text}), HERE)


@pytest.mark.parametrize(("field", "pattern", "matches"), [
    ("name", "web", True), ("name", "we", False), ("name", "we.*", True), ("name", "db|web", True), ("name", "[[:alpha:]]+", True),
    ("kind", "Deploy.*", True), ("kind", "deployment", False), ("group", "apps", True), ("version", "v1", True), ("namespace", "n1", True),
    ("namespace", "default", False),
])
def test_patterns_are_anchored(field, pattern, matches):
    item = Resource(Map({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": Map({"name": "web", "namespace": "n1"})}), HERE)
    assert bool(select(ResMap([item]), Map({field: pattern}), HERE)) is matches


def test_no_namespace_is_default_and_a_cluster_scoped_kind_is_in_none():
    items = ResMap([resource(), resource("Namespace")])
    assert [item.kind for item in select(items, Map({"namespace": "default"}), HERE)] == ["ConfigMap"]


def test_former_names_count_but_the_first_and_the_last_only():
    item = resource(name="a")
    for name in ("b", "c"):
        item.remember()
        item.body["metadata"]["name"] = name
    assert [bool(select(ResMap([item]), Map({"name": name}), HERE)) for name in "abc"] == [True, False, True]


@pytest.mark.parametrize("pattern", ["a(", "(?=a)", "a\\1", "x" * 2000])
def test_patterns_that_are_refused(pattern):
    with pytest.raises(RenderError):
        Selector(Map({"name": pattern}), HERE)


@given(st.text(alphabet="abc-.", min_size=1, max_size=12))
def test_a_plain_name_selects_itself(name):
    text = name.replace(".", "\\.")
    assert Selector(Map({"name": text}), HERE).names(name)


def test_an_empty_selector_selects_everything():
    wanted = Selector(Map(), HERE)
    assert wanted.empty
    assert wanted.names_gvk(Gvk("a", "b", "c"))
