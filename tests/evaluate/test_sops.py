"""SOPS' own rule for which leaves are encrypted."""

import pytest

from gitops_guard.evaluate.sops import is_encrypted, metadata, plain_leaves

CIPHER = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"


def document(selector, **fields):
    return {**fields, "sops": {"mac": CIPHER, "lastmodified": "2026-01-01T00:00:00Z", **selector}}


@pytest.mark.parametrize(("selector", "fields", "plain"), [
    ({}, {"a": "x", "b": CIPHER, "c": "", "d": None}, [("a",)]),
    ({}, {"a_unencrypted": {"b": "x"}, "c": CIPHER}, []),
    ({"unencrypted_suffix": "_p"}, {"a_p": "x", "b": ["x"]}, [("b", 0)]),
    ({"encrypted_suffix": "_s"}, {"a": "x", "b_s": {"c": "x"}}, [("b_s", "c")]),
    ({"encrypted_regex": "^(data|stringData)$"}, {"kind": "Secret", "stringData": {"a": "x", "b": CIPHER}},
     [("stringData", "a")]),
    ({"encrypted_regex": "data"}, {"metadata": {"name": "x"}}, [("metadata", "name")]),
    ({"unencrypted_regex": "^(kind|metadata)$"}, {"kind": "X", "l": [{"metadata": {"n": 1}, "p": "x"}]},
     [("l", 0, "p")]),
    ({"unencrypted_regex": "^a", "encrypted_regex": "b"}, {"a": {"b": "x"}, "c": "x"}, [("a", "b")]),
    ({"encrypted_regex": "("}, {"a": "x"}, []),
    ({"encrypted_regex": "(a+)+$"}, {"a" * 60 + "b": "x"}, []),
    ({"encrypted_comment_regex": "sops:enc"}, {"a": "x"}, []),
    ({"encrypted_regex": ""}, {"a": 1, "b": True, "c": 1.5}, [("a",), ("b",), ("c",)]),
])
def test_plain_leaves(selector, fields, plain):
    assert plain_leaves(document(selector, **fields)) == plain


@pytest.mark.parametrize("value", [{}, {"sops": {}}, {"sops": "x"}, {"sops": {"age": []}}, [], None, "x"])
def test_no_sops_document(value):
    assert metadata(value) is None


@pytest.mark.parametrize(("value", "expected"), [
    (CIPHER, True), ("", True), (None, True), ("x", False), (0, False), (False, False), ("ENC[x]", False), (" " + CIPHER, False)])
def test_is_encrypted(value, expected):
    assert is_encrypted(value) is expected
