"""Dumps of a cluster: what they hold, what they can't tell, and what is cut off."""

from __future__ import annotations

import json

import pytest

from gitops_guard.dump import DumpReader
from gitops_guard.errors import UsageError
from gitops_guard.live import Identity, Want

A = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "shop"}, "data": {"x": "1"}}
B = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "b", "namespace": "shop"}}
NODE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
TEXT = """\
apiVersion: v1
items:
- apiVersion: v1
  data:
    x: "1"
  kind: ConfigMap
  metadata:
    name: a
    namespace: shop
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: b
    namespace: shop
kind: List
metadata:
  resourceVersion: ""
"""


def want(kind, name, namespace="shop", api_version="v1"):
    return Want(api_version, kind, namespace, name, {})


def read(tmp_path, text, *wants, name="live.yaml", complete=False):
    (tmp_path / name).write_text(text)
    return DumpReader([str(tmp_path / name)], complete=complete).read(wants)


def names(state):
    return sorted(key.name for key in state.objects)


@pytest.mark.parametrize(("text", "wanted"), [
    (TEXT, ["a", "b"]), (json.dumps({"apiVersion": "v1", "kind": "List", "items": [A, B]}), ["a", "b"]), (json.dumps(A), ["a"]),
    (json.dumps(A) + "\n" + json.dumps(B, indent=2), ["a", "b"]), ("---\n" + json.dumps(A) + "\n---\n" + json.dumps(B) + "\n---\n", ["a", "b"]),
    (json.dumps({"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": A["metadata"]}]}), ["a"]),
    (json.dumps({"kind": "List", "items": [{"kind": "List", "items": [A]}, NODE]}), ["a", "shop"]), ("", []),
])
def test_what_kubectl_prints(tmp_path, text, wanted):
    state = read(tmp_path, text)
    assert names(state) == wanted
    assert state.unreadable == ()


@pytest.mark.parametrize(("text", "wanted"), [
    (TEXT[:TEXT.index("kind: List")], ["a"]),  # whole as YAML, and yet not all of it
    (TEXT[:TEXT.index("  kind: Deployment")], ["a"]), (TEXT[:TEXT.index("name: b") + 4], ["a"]),
    (TEXT[:TEXT.index("  kind: ConfigMap")], []), (TEXT.replace("kind: Deployment", 'kind: "Dep'), ["a"]),
    (json.dumps({"apiVersion": "v1", "items": [A, B], "kind": "List"})[:-60], ["a"]),
    (json.dumps({"apiVersion": "v1", "items": [A, B], "kind": "List"}, indent=4)[:-20], ["a", "b"]),
    (json.dumps(A) + "\n" + json.dumps(B)[:30], ["a"]), (json.dumps(A)[:-1], []), ("[1, 2]", []), ("text", []),
    (json.dumps(A) + "\n---\n{}", None),
])
def test_a_dump_that_is_cut_off(tmp_path, text, wanted):
    state = read(tmp_path, text, want("ConfigMap", "z"))
    assert wanted is None or names(state) == wanted
    assert state.unreadable
    assert not state.was_read(Identity("", "ConfigMap", "shop", "z"))
    assert "live.yaml" in state.unreadable[0].reason


@pytest.mark.parametrize("length", range(0, len(TEXT) - len('\nmetadata:\n  resourceVersion: ""\n'), 3))
def test_no_beginning_of_a_dump_is_taken_for_all_of_it(tmp_path, length):
    state = read(tmp_path, TEXT[:length], want("Deployment", "b", api_version="apps/v1"))
    key = Identity("apps", "Deployment", "shop", "b")
    assert key in state.objects or not state.was_read(key)


def test_what_is_not_there_is_missing_where_its_kind_was_dumped(tmp_path):
    state = read(tmp_path, TEXT, want("ConfigMap", "z"), want("Service", "web"), want("ConfigMap", "z", "other"))
    assert state.was_read(Identity("", "ConfigMap", "shop", "z"))
    assert not state.was_read(Identity("", "Service", "shop", "web"))
    assert not state.was_read(Identity("", "ConfigMap", "other", "z"))
    reason = state.unread(Identity("", "Service", "shop", "web"))
    assert reason is not None
    assert "no Service" in reason.reason


def test_a_kind_in_several_namespaces_was_dumped_everywhere(tmp_path):
    other = {**A, "metadata": {"name": "a", "namespace": "other"}}
    state = read(tmp_path, json.dumps({"kind": "List", "items": [A, other]}), want("ConfigMap", "z", "third"))
    assert state.was_read(Identity("", "ConfigMap", "third", "z"))


def test_a_dump_can_be_said_to_hold_everything(tmp_path):
    state = read(tmp_path, TEXT, want("Service", "web"), complete=True)
    assert state.was_read(Identity("", "Service", "shop", "web"))
    assert state.unreadable == ()


def test_folders(tmp_path):
    (tmp_path / "x").mkdir()
    for name, body in (("a.json", A), ("x/b.yaml", B), ("readme.md", NODE)):
        (tmp_path / name).write_text(json.dumps(body))
    assert names(DumpReader([str(tmp_path)]).read([])) == ["a", "b"]


def test_what_is_no_dump(tmp_path):
    for path in ("nothing.yaml", ""):
        with pytest.raises(UsageError):
            DumpReader([str(tmp_path / path)])
