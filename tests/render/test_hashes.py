"""The hash suffix; the expected ones are kustomize v5.8.1's."""

from __future__ import annotations

import pytest

from gitops_guard.origin import Map, Origin
from gitops_guard.render.hashes import content_hash, go_json
from gitops_guard.render.resource import Resource

HERE = Origin("a.yaml", 1, 1)


def resource(kind, **fields):
    return Resource(Map({"apiVersion": "v1", "kind": kind, "metadata": Map({"name": "a"}), **fields}), HERE)


@pytest.mark.parametrize(("value", "text"), [
    ({"b": "1", "a": "<&>"}, '{"a":"\\u003c\\u0026\\u003e","b":"1"}'),
    ({"a": "line\u2028é\x7f\x01\b\f\n"}, '{"a":"line\\u2028é\x7f\\u0001\\b\\f\\n"}'),
    ({}, "{}"), ("", '""'),
])
def test_json_as_go_writes_it(value, text):
    assert go_json(value) == text


def test_what_counts():
    plain = content_hash(resource("ConfigMap", data=Map({"a": "b"})))
    assert len(plain) == 10
    assert plain == content_hash(resource("ConfigMap", data=Map({"a": "b"}), immutable=True))
    assert plain != content_hash(resource("ConfigMap", data=Map({"a": "c"})))
    assert plain != content_hash(resource("ConfigMap", data=Map({"a": "b"}), binaryData=Map({"c": "ZA=="})))
    secret = content_hash(resource("Secret", type="Opaque", data=Map({"a": "b"})))
    assert secret != content_hash(resource("Secret", type="other", data=Map({"a": "b"})))
    assert secret != content_hash(resource("Secret", type="Opaque", data=Map({"a": "b"}), stringData=Map({"c": "d"})))
