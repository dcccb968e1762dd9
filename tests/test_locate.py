from dataclasses import replace

import pytest

from gitops_guard.locate import locate, related
from gitops_guard.model import Fault, Location, Resource
from gitops_guard.origin import Origin, clone, label
from gitops_guard.source import Dialect, parse

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  labels: {}
data:
  plain: value
  text: |
    one
    two
  quoted: "one\\ntwo"
list:
  - a
  - b: 1
"""


def resource():
    stream = parse(TEXT.encode(), "a.yaml")
    body = clone(stream.load(Dialect.RESOURCE)[0])
    return Resource(body, "t", body.at["kind"])


@pytest.mark.parametrize(("path", "line", "expected"), [
    (("data", "plain"), 0, (7, 10, "exact")),
    (("metadata", "labels"), 0, (5, 3, "exact")),
    (("data",), 0, (6, 1, "exact")),
    (("list", 0), 0, (13, 5, "exact")),
    (("list", 1), 0, (14, 5, "exact")),
    (("list", 1, "b"), 0, (14, 8, "exact")),
    (("list", 7), 0, (2, 7, "nearest")),
    (("spec", "replicas"), 0, (2, 7, "nearest")),
    (("data", "text"), 2, (10, 5, "nearest")),
    (("data", "quoted"), 2, (11, 3, "exact")),
    ((), 0, (2, 7, "exact")),
])
def test_field(path, line, expected):
    place = locate(Fault("a/b", "m", resource=resource(), path=path, line=line))
    assert (place.line, place.column, place.quality) == expected


def test_a_deleted_field_is_at_its_deletion():
    item = resource()
    item.body["data"].drop("plain", Origin("patch.yaml", 4, 9))
    assert locate(Fault("a/b", "m", resource=item, path=("data", "plain")))[:3] == ("patch.yaml", 4, 9)


def test_a_deleted_item_is_at_its_deletion():
    item = resource()
    item.body["list"].remove_at(0, Origin("patch.yaml", 4, 9))
    assert locate(Fault("a/b", "m", resource=replace(item, body=clone(item.body)), path=("list", "a")))[:3] == ("patch.yaml", 4, 9)
    assert locate(Fault("a/b", "m", resource=item, path=("list", "other")))[:3] == ("a.yaml", 2, 7)


@pytest.mark.parametrize(("item", "called"), [
    ("a", "a"), (5, "5"), ({"value": 1, "name": "a"}, "a"), ({"protocol": "TCP", "containerPort": 80}, "80"), ({"value": 1}, ""),
    (None, ""), (["a"], ""),
])
def test_what_an_item_is_told_apart_by(item, called):
    assert label(item) == called


def test_a_packed_file_is_at_its_inner_line():
    item = resource()
    item.body["data"].put("conf", "a\nb\n", Origin("kustomization.yaml", 5, 7, exact=False, packed="app.conf"))
    assert locate(Fault("a/b", "m", resource=item, path=("data", "conf"), line=2))[:2] == ("app.conf", 2)
    assert locate(Fault("a/b", "m", resource=item, path=("data", "conf")))[:2] == ("kustomization.yaml", 5)


def test_the_declaration_is_related_where_it_lies_elsewhere():
    fault = Fault("a/b", "m", resource=resource(), path=("data", "plain"))
    assert related(fault, Location("a.yaml", 7, 10)) == ()
    assert related(fault, Location("patch.yaml", 1, 1))[0].location[:2] == ("a.yaml", 2)


def test_a_fault_about_nothing_is_refused():
    with pytest.raises(ValueError, match="neither"):
        locate(Fault("a/b", "m"))
