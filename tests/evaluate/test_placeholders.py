"""Placeholders of argocd-vault-plugin."""

import pytest

from gitops_guard.evaluate.placeholders import in_use, placeholders


@pytest.mark.parametrize(("text", "expected"), [
    ("<path:kv/data/a#b>", [(1, "<path:kv/data/a#b>")]), ("x\ny: a<path:kv/data/a>b", [(2, "<path:kv/data/a>")]),
    (" <password> ", [(1, "<password>")]), ("<password | base64encode>", [(1, "<password | base64encode>")]),
    ("a <b>", []), ("<b>x</b>", []), ("<1>", []), ("", [])])
def test_placeholders(text, expected):
    assert list(placeholders(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("avp.kubernetes.io/path: x", True), ("plugin: {name: argocd-vault-plugin}", True), ("a: <path:a#b>", True),
    ("a: <path:a>", False), ("a: <b>", False)])
def test_in_use(text, expected):
    assert in_use(text) is expected
