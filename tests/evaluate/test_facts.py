"""One manifest -> the facts about it."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_guard.evaluate.facts import facts_for
from gitops_guard.origin import Map, Origin
from gitops_guard.source import Dialect, parse


def load(text):
    return parse(text.encode(), "a.yaml").load(Dialect.RESOURCE)[0]


def places(body):
    found = facts_for(body)["embedded"]
    return {("/".join(map(str, fact["path"])), fact["line"], fact["key"], fact["value"]) for fact in found}


def b64(data):
    return base64.b64encode(data).decode()


def test_decoded():
    body = Map({"kind": "Secret", "data": Map({
        "text": b64(b"hunter2"), "folded": b64(b"x" * 90)[:70] + "\n" + b64(b"x" * 90)[70:] + "\n",
        "binary": b64(b"\xff\xfe\x00"),
        "control": b64(b"a\x00b"), "reference": "${PASSWORD}", "null": None, "number": 7})})
    assert facts_for(body)["decoded"] == {
        "text": {"text": "hunter2"}, "folded": {"text": "x" * 90}, "binary": {"binary": True},
        "control": {"binary": True}, "reference": {"text": "${PASSWORD}"}, "null": {"text": ""}, "number": {"text": "7"}}


def test_only_secrets_are_decoded():
    assert facts_for(Map({"kind": "ConfigMap", "data": Map({"a": b64(b"x")})}))["decoded"] == {}


def test_sops():
    block = Map({"mac": "ENC[x]", "encrypted_regex": "^stringData$"})
    body = Map({"kind": "Secret", "stringData": Map({"a": "x"}), "sops": block})
    assert facts_for(body)["sops"] == {"document": True, "plain": [["stringData", "a"]]}
    assert facts_for(Map({"kind": "Secret"}))["sops"] == {"document": False, "plain": []}


@pytest.mark.parametrize(("value", "expected"), [
    (b64((512).to_bytes(2, "big") + b"r" * 512 + b"c" * 20), True),
    (b64((256).to_bytes(2, "big") + b"r" * 256 + b"c" * 16), True),
    (b64((512).to_bytes(2, "big") + b"r" * 512 + b"c" * 3), False),
    (b64(b"hunter2"), False), ("hunter2", False), ("", False), (None, False)])
def test_sealed(value, expected):
    body = Map({"kind": "SealedSecret", "spec": Map({"encryptedData": Map({"a": value})})})
    assert facts_for(body)["sealed"] == {"a": expected}


def test_lines_of_a_literal_block_are_known():
    body = load("kind: ConfigMap\ndata:\n  a.properties: |\n    x=1\n    password=hunter2\n")
    assert places(body) == {("data/a.properties", 2, "password", "hunter2")}


def test_lines_of_a_quoted_text_are_not():
    body = load('kind: ConfigMap\ndata:\n  a.properties: "x=1\\npassword=hunter2\\n"\n')
    assert places(body) == {("data/a.properties", 0, "password", "hunter2")}


def test_lines_of_a_packed_file_are_known():
    origin = Origin("kustomization.yaml", 7, 5, exact=False, packed="a.properties")
    value = "x=1\npassword=hunter2\n"
    encoded = b64(value.encode())
    inner = {("data/a", 2, "password", "hunter2")}
    assert places(Map({"kind": "ConfigMap", "data": Map({"a": value}, {"a": origin})})) == inner
    assert places(Map({"kind": "Secret", "data": Map({"a": encoded}, {"a": origin})})) == inner
    assert places(Map({"kind": "Secret", "data": Map({"a": encoded})})) == {("data/a", 0, "password", "hunter2")}


def test_env_and_arguments():
    body = load("""
kind: Pod
spec:
  containers:
    - env: [{name: DB_PASSWORD, value: hunter2}, {name: A, value: b}]
      args: [--api-token, abc, --password=x]
      command: [sh, -c, "PASSWORD=hunter2 run"]
""")
    prefix = "spec/containers/0"
    assert {(path, key, value) for path, _, key, value in places(body)} >= {
        (f"{prefix}/env/0/value", "DB_PASSWORD", "hunter2"), (f"{prefix}/args/1", "api-token", "abc"),
        (f"{prefix}/args/2", "password", "x"), (f"{prefix}/command/2", "PASSWORD", "hunter2")}


def test_json_in_an_annotation():
    value = json.dumps({"data": {"password": "aHVudGVyMg=="}}) + "\n"
    body = Map({"kind": "Secret", "metadata": Map({"annotations": Map({"last": value})})})
    assert ("metadata/annotations/last", 1, "data.password", "aHVudGVyMg==") in places(body)


def test_binary_data_that_is_text():
    body = Map({"kind": "ConfigMap", "binaryData": Map({"a": b64(b"x=1\npassword=hunter2"), "b": b64(b"\xff")})})
    assert places(body) == {("binaryData/a", 0, "password", "hunter2")}


def test_what_is_left_out():
    assert places(load("kind: CustomResourceDefinition\nspec: {password: hunter2}\n")) == set()
    assert places(load("kind: X\nsops: {password: hunter2}\nmetadata: {managedFields: [{password: hunter2}]}\n")) == set()
    assert places(load("kind: SealedSecret\nspec: {encryptedData: {password: AgBx}}\n")) == set()


@pytest.mark.parametrize("body", [
    Map(), Map({"kind": 7}), Map({"kind": "Secret", "data": []}), Map({"kind": "Secret", "data": "x", "stringData": 1}),
    Map({"kind": "Secret", "stringData": Map({"a": None, "b": Map()})}), Map({"kind": "SealedSecret", "spec": None}),
    Map({"kind": "ConfigMap", "binaryData": "x", "data": None}),
    Map({"metadata": None, "sops": Map({"mac": 1, "encrypted_regex": 7})})])
def test_odd_input(body):
    json.dumps(facts_for(body))


keys = st.sampled_from(["data", "name", "value", "args", "password", "spec", "sops", "mac"])
values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=30),
                      lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["Secret", "ConfigMap", "SealedSecret", "Pod"]), values)
def test_facts_are_data_for_any_body(kind, value):
    json.dumps(facts_for(Map({"kind": kind, "data": value, "stringData": value, "spec": value})))


def test_scripts_in_config_maps():
    text = """\
kind: ConfigMap
metadata: {name: a}
data:
  run.sh: |
    echo kubectl apply
    kubectl -n shop apply -f -
  other: |
    #!/bin/bash
    helm upgrade a b
  notes.md: kubectl delete x
"""
    found = facts_for(load(text))["commands"]
    assert [(one["path"], one["line"], one["program"]) for one in found] == [
        (["data", "run.sh"], 1, "echo"), (["data", "run.sh"], 2, "kubectl"), (["data", "other"], 2, "helm")]


def test_references_of_plugins_are_no_pairs():
    body = load("kind: ConfigMap\nmetadata:\n  annotations:\n    avp.kubernetes.io/path: kv/data/app\n"
                "data:\n  url: <path:kv/data/app#url>\n  block: |\n    a: 1\n    password: <path:kv/data/app#password>\n  name: <user>\n")
    found = facts_for(body)["references"]
    assert [(fact["path"], fact["line"], fact["form"], fact["text"]) for fact in found] == [
        (["data", "url"], 0, "placeholder", "<path:kv/data/app#url>"),
        (["data", "block"], 2, "placeholder", "<path:kv/data/app#password>"),
        (["data", "name"], 0, "placeholder", "<user>")]


def test_annotations_of_plugins_below_the_object_are_references():
    inner = "kind: Deployment\nspec:\n  template:\n    metadata:\n      annotations:\n        avp.kubernetes.io/path: kv/data/app\n"
    assert facts_for(load(inner))["references"] == [{
        "path": ["spec", "template", "metadata", "annotations", "avp.kubernetes.io/path"], "line": 0, "form": "annotation",
        "text": "avp.kubernetes.io/path"}]


def test_without_references_there_is_no_such_fact():
    assert "references" not in facts_for(load("kind: ConfigMap\ndata:\n  a: b < c\n"))


@pytest.mark.parametrize(("gone", "expected"), [
    (None, []), ({"namePrefix": Origin("k.yaml", 1, 1)}, ["namePrefix"]), ({"labels": Origin("k.yaml", 1, 1)}, []),
    ({"nameSuffix": Origin("k.yaml", 2, 1), "namePrefix": Origin("k.yaml", 1, 1)}, ["namePrefix", "nameSuffix"])])
def test_what_lengthened_the_name_of_a_sealed_secret(gone, expected):
    body = Map({"kind": "SealedSecret", "metadata": Map({"name": "a"})})
    body["metadata"].gone = gone
    assert facts_for(body)["lengthened"] == expected


def test_only_of_sealed_secrets_it_matters_what_lengthened_the_name():
    assert "lengthened" not in facts_for(Map({"kind": "Secret", "metadata": Map({"name": "a"})}))


def test_values_that_only_name_a_variable_are_no_pairs():
    body = load("kind: ConfigMap\ndata:\n  password: $(PASSWORD)\n  a.sh: |\n    run --password $PASSWORD --token=${TOKEN}\n"
                "  other: |\n    password=${PASSWORD:-hunter2}\n")
    assert {value for _path, _line, _key, value in places(body)} == {"${PASSWORD:-hunter2}"}


@pytest.mark.parametrize(("value", "found"), [
    ("db-password", False), ("DB_PASSWORD", False), ("username", False), ("a1b2c3d4e5f6", True), ("abcdefabcdefabcdefab", True),
    ("${X:-a1b2c3d4e5f6}", True), ("AKIAABCDEFGHIJKLMNOP", True),
])
def test_what_a_secret_key_names(value, found):
    body = load(f"kind: ExternalSecret\nspec:\n  data:\n  - secretKey: {value}\n")
    assert bool(facts_for(body)["embedded"]) is found
