"""Path expressions of jq, as `del(…)` of Argo CD's ignoreDifferences takes them."""

from __future__ import annotations

import pytest

from gitops_guard.jqpath import Unsupported, parse, paths

BODY = {"spec": {
    "replicas": 3,
    "webhooks": [{"name": "a", "clientConfig": {"caBundle": "x"}}, {"name": "b.io", "clientConfig": {}}],
    "template": {"metadata": {"annotations": {"example.com/date": "now", "keep": "1"}},
                 "containers": [{"name": "web", "image": "web:1", "env": [{"name": "A", "value": "1"}]},
                                {"name": "istio-proxy", "image": "proxy:2"}]},
    "empty": None}}
WEB, PROXY = ("spec", "template", "containers", 0), ("spec", "template", "containers", 1)


@pytest.mark.parametrize(("text", "wanted"), [
    (".", [()]),
    (".spec.replicas", [("spec", "replicas")]),
    ('.spec["replicas"]', [("spec", "replicas")]),
    ('.["spec"].replicas', [("spec", "replicas")]),
    ('."spec"."replicas"', [("spec", "replicas")]),
    ('.spec.template.metadata.annotations."example.com/date"', [("spec", "template", "metadata", "annotations", "example.com/date")]),
    (".spec.webhooks[]?.clientConfig.caBundle", [("spec", "webhooks", 0, "clientConfig", "caBundle"), ("spec", "webhooks", 1, "clientConfig", "caBundle")]),
    (".spec.webhooks[0].name", [("spec", "webhooks", 0, "name")]),
    (".spec.webhooks[-1].name", [("spec", "webhooks", 1, "name")]),
    ('.spec.template.containers[] | select(.name == "istio-proxy")', [PROXY]),
    ('.spec.template.containers[]|select(.name|startswith("istio")).image', [(*PROXY, "image")]),
    ('.spec.template.containers[] | select(.name | test("^w"))', [WEB]),
    ('.spec.template.containers[] | select(.name != "web" and (.image | endswith(":2")))', [PROXY]),
    ('.spec.template.containers[] | select(.name == "x" or .name == "web").env[] | select(.name == "A").value', [(*WEB, "env", 0, "value")]),
    ('.spec.template.containers[] | select(has("env") | not)', [PROXY]),
    (".spec.template.containers[] | select(.env | length > 0)", [WEB]),
    ('.spec.template.containers[] | select(.name | IN("web", "api"))', [WEB]),
    (".spec.template.containers[] | select(any(.name; .) ) ", None),
    (".spec.replicas, .spec.empty", [("spec", "replicas"), ("spec", "empty")]),
    ("(.spec.replicas)", [("spec", "replicas")]),
    (".spec.webhooks[].clientConfig | select(.caBundle)", [("spec", "webhooks", 0, "clientConfig")]),
    ('.. | select(.name? == "A")', [(*WEB, "env", 0)]),
    (".spec.missing.deeper", [("spec", "missing", "deeper")]),
    (".spec.empty[]", []),
    (".spec.empty[]?", []),
    (".spec.replicas.deeper", []),
    (".spec.webhooks.name", []),
    (".metadata.annotations[]", []),
])
def test_paths(text, wanted):
    if wanted is None:
        with pytest.raises(Unsupported):
            paths(parse(text), BODY)
    else:
        assert paths(parse(text), BODY) == wanted


@pytest.mark.parametrize("text", [
    "", ".a |", ".a[", ".[1:2]", "env", "$ENV.HOME", 'import "x" as y; .', "input", "def f: f; f", ".a // .b", "reduce .[] as $x (0; .)",
    ".a = 1", "del(.a)", "[.a]", "{a: 1}", "if .a then .b else .c end", ".a as $x | $x", '"\\(.a)"', "to_entries[]", "path(.a)", ".a.b)",
    "(" * 60 + "." + ")" * 60, "." * 5000, ".[1.5]", '.a["b"', "@base64", "limit(1; .a)",
])
def test_what_is_not_understood_is_said(text):
    with pytest.raises(Unsupported):
        paths(parse(text), BODY)


def test_an_expression_that_gives_a_value_names_no_field():
    with pytest.raises(Unsupported):
        paths(parse(".spec.replicas | tostring"), BODY)


def test_work_is_bounded():
    with pytest.raises(Unsupported):
        paths(parse(" | ".join([".."] * 40)), {"a": {str(n): {str(m): 0 for m in range(20)} for n in range(20)}})
