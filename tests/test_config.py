from __future__ import annotations

import dataclasses
import json

import jsonschema
import pytest

from gitops_guard import config, data, source
from gitops_guard.config_clusters import LiveCluster
from gitops_guard.errors import UsageError
from gitops_guard.model import Location, Severity, Waiver
from gitops_guard.scalars import Dialect

FULL = """\
kubernetes-version: "1.34"
environments:                      # first match wins
  production: ["**/prod/**", "clusters/prod-*"]
  staging: ["**/staging/**"]
exclude: ["docs/**", vendor]
assume-prune: false
policies: [policies]
schema-locations: [schemas/crds]
rules:
  images/unpinned-tag: {severity: warning, parameters: {allow: ["registry.example.com/dev/*"]}}
  promotion/*: {enabled: false}
waivers:
  - {rule: prune/unguarded-stateful, resource: "PersistentVolumeClaim/cache/*", reason: "rebuilt in minutes", expires: 2027-01-31}
  - rule: secrets/*
    file: docs/example.yaml
argocd:
  version: "3.4"
  kustomize-build-options: "--load-restrictor LoadRestrictionsNone"
  clusters: [{name: prod, server: "https://prod.example.com", labels: {env: prod}}]
flux: {version: "v2.9.1", variables: {CLUSTER_NAME: prod-1}}
admission: {mode: warn, exempt-namespaces: [kube-system, argocd]}
repositories: {"https://github.com/acme/charts": ../charts}
clusters:
  prod: prod-eu
  stage: {context: stage-eu, targets: ["overlays/stage/**"]}
"""


def schema() -> jsonschema.Draft202012Validator:
    body = json.loads((data.schemas() / "config.json").read_text())
    jsonschema.Draft202012Validator.check_schema(body)
    return jsonschema.Draft202012Validator(body)


def error_of(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        config.load(text, "conf/.gitops-guard.yaml")
    message = str(caught.value)
    assert message.startswith("conf/.gitops-guard.yaml:")
    return message.removeprefix("conf/.gitops-guard.yaml:")


def test_every_key_is_read():
    found = config.load(FULL)
    assert found.kubernetes_version == "1.34"
    assert list((found.environments or {}).items()) == [("production", ("**/prod/**", "clusters/prod-*")),
                                                        ("staging", ("**/staging/**",))]
    assert found.exclude == ("docs/**", "vendor")
    assert found.assume_prune is False
    assert (found.policies, found.schema_locations) == (("policies",), ("schemas/crds",))
    assert [rule for rule, _ in found.rules] == ["images/unpinned-tag", "promotion/*"]
    assert found.rules[0][1] == config.RuleSettings(Location(".gitops-guard.yaml", 10, 3), None, Severity.WARNING,
                                                    {"allow": ["registry.example.com/dev/*"]})
    assert found.waivers == (
        Waiver(("prune/unguarded-stateful",), "rebuilt in minutes", "2027-01-31", Location(".gitops-guard.yaml", 13, 5),
               "PersistentVolumeClaim/cache/*", None),
        Waiver(("secrets/*",), "", None, Location(".gitops-guard.yaml", 14, 5), None, "docs/example.yaml"),
    )
    assert found.argocd == config.ArgoCD("3.4", "--load-restrictor LoadRestrictionsNone",
                                         (config.Cluster("prod", "https://prod.example.com", {"env": "prod"}),))
    assert found.admission == config.Admission("warn", ("argocd", "kube-system"))
    assert found.flux == config.Flux("2.9.1", {"CLUSTER_NAME": "prod-1"})
    assert found.repositories == {"https://github.com/acme/charts": "../charts"}
    assert found.clusters == (LiveCluster("prod", "prod-eu"), LiveCluster("stage", "stage-eu", ("overlays/stage/**",)))


def test_every_key_has_its_schema():
    document = source.parse(FULL.encode(), "x").load(Dialect.MANIFEST)[0]
    schema().validate(document)
    assert set(document) == set(config._KEYS) == set(schema().schema["properties"])


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "waivers:\nrules:\nenvironments:\npolicies:\nargocd:\n"])
def test_what_is_not_there_has_its_default(text):
    found = dataclasses.replace(config.load(text), path=None)
    assert found == config.Config()
    assert found.assume_prune is True
    assert found.environments is None
    schema().validate(source.parse(text.encode(), "x").load(Dialect.MANIFEST)[0] if ":" in text else None)


ERRORS = [
    ("polices: [x]", '1:1: unknown key "polices"; did you mean "policies"?'),
    ("\n\nassume_prune: true", '3:1: unknown key "assume_prune"; did you mean "assume-prune"?'),
    ("Exclude: []", '1:1: unknown key "Exclude"; did you mean "exclude"?'),
    ("zzz: 1", '1:1: unknown key "zzz"; known: kubernetes-version, environments,'),
    ("kubernetes-version: 1.30", '1:21: kubernetes-version is read as a number; put it in quotes: "1.30"'),
    ("kubernetes-version: newest", '1:21: kubernetes-version is no version; write one such as "1.34"'),
    ("argocd: {version: 3.10}", '1:19: version is read as a number; put it in quotes: "3.10"'),
    ("flux: {vars: {}}", '1:8: flux: unknown key "vars"; did you mean "variables"?'),
    ("flux: {variables: {PORT: 80}}", "1:26: variables: PORT must be a text, not a number; put it in quotes"),
    ("exclude: docs/**", "1:10: exclude must be a list, not a text; put it in brackets: [...]"),
    ("exclude: [docs, 1]", "1:17: exclude must be a list of texts; this is a number; put it in quotes"),
    ("exclude: ['']", "1:11: exclude must be a list of texts; this is nothing"),
    ("environments: [prod]", "1:15: environments must be a mapping of names and lists of patterns, not a list"),
    ("environments: {production: prod}", "1:28: production must be a list, not a text"),
    ('assume-prune: "no"', "1:15: assume-prune must be true or false, not a text"),
    ("rules: {images/unpinned-tag: off}", "1:30: images/unpinned-tag must be a mapping of settings, such as {severity:"),
    ("rules: {images/unpinned-tag: {severity: warn}}", '1:41: no severity; did you mean "warning"?'),
    ("rules: {images/unpinned-tag: {severity: info}}", "1:41: no severity; known: error, warning, note"),
    ("rules: {images/unpinned-tag: {severity: off}}", "1:41: a severity can't switch a rule off; write enabled: false"),
    ("rules:\n  a/b:\n    enable: false", '3:5: rules: a/b: unknown key "enable"; did you mean "enabled"?'),
    ("rules: {a/b: {parameters: [x]}}", "1:27: parameters must be a mapping of names and values, not a list"),
    ("waivers: {rule: x}", "1:10: waivers must be a list of waivers, each with rule and reason, not a mapping"),
    ("waivers: [x]", "1:11: waivers must be a list of waivers, each with rule and reason; this is a text"),
    ("waivers:\n  - reason: x", "2:5: a waiver without a rule; add rule: with an id or a glob"),
    ("waivers: [{rule: a/b, reson: x}]", '1:23: waivers: unknown key "reson"; did you mean "reason"?'),
    ("waivers: [{rule: a/b, expires: 20270228}]", "1:32: no date;"),
    ("waivers: [{rule: a/b, expires: 2027-2-3}]", "1:32: no date;"),
    ("waivers: [{rule: a/b, resource: web}]", "1:33: no name of a resource; write Kind/namespace/name or Kind/name"),
    ("argocd: {clusters: [{name: a}]}", "1:21: a cluster without server; add it, as in Argo CD's cluster Secret"),
    ("admission: {mode: audit}", "1:19: no mode of enforcement; known: deny, warn, dryrun"),
    ("admission: {modus: deny}", '1:13: admission: unknown key "modus"; did you mean "mode"?'),
    ("admission: {exempt-namespaces: [kube-*]}", "1:33: no name of a namespace; write each one, without wildcards"),
    ("repositories: {a: 1}", "1:19: repositories: a must be a text, not a number; put it in quotes"),
    ("clusters: [a]", "1:11: clusters must be a mapping of names and contexts of a kubeconfig, not a list"),
    ("clusters: {a: 1}", "1:15: a must be a text, not a number; put it in quotes"),
    ("clusters: {a: {targets: [x]}}", "1:12: clusters: a without a context; name one of your kubeconfig"),
    ("clusters: {a: {context: x, server: y}}", '1:28: clusters: a: unknown key "server"; known: context, targets'),
    ("- a", "1:1: a configuration is a mapping of keys; known keys:"),
]

# What no schema sees.
BEYOND = [
    ("exclude: [*.md]", "1:12: did not find expected alphabetic or numeric character (while scanning an alias); put a pattern"),
    ("exclude: [*md]", "1:11: an alias without its anchor; put a pattern that begins with * in quotes"),
    ("environments: {on: [prod]}", "1:16: a mapping key that is no string; put it in quotes"),
    ("policies: [a]\npolicies: [b]", "2:1: the key policies is already there in this mapping"),
    ("waivers: [{rule: a/b, expires: 2027-02-30}]", "1:32: no date; write the last day on which the waiver holds as YYYY-MM-DD"),
    ("a: b: c", "1:5: mapping values are not allowed in this context"),
    ("policies: [a]\n---\npolicies: [b]", "3:1: a second document; a configuration is one"),
]


@pytest.mark.parametrize(("text", "message"), [*ERRORS, *BEYOND])
def test_a_mistake_is_named_with_its_place_and_remedy(text, message):
    assert error_of(text).startswith(message)


@pytest.mark.parametrize("text", [text for text, _ in ERRORS])
def test_the_schema_refuses_the_same(text):
    assert not schema().is_valid(source.parse(text.encode(), "x").load(Dialect.MANIFEST)[0])


def test_no_value_is_told():
    assert "hunter2" not in error_of("flux: {variables: [hunter2]}") + error_of("argocd: {version: hunter2}")


@pytest.mark.parametrize(("keys", "place"), [
    (("policies",), (7, 1, "exact")),
    (("policies", 0), (7, 12, "exact")),
    (("rules", "promotion/*"), (11, 3, "exact")),
    (("rules", "promotion/*", "severity"), (11, 3, "nearest")),
    (("waivers", 0, "expires"), (13, 111, "exact")),
    (("waivers", 7), (12, 1, "nearest")),
    (("nothing",), (1, 1, "nearest")),
])
def test_the_place_of_a_key(keys, place):
    found = config.load(FULL).location(*keys)
    assert (found.line, found.column, found.quality) == place


def test_without_a_file_there_is_a_place_too():
    assert config.Config().location("policies") == Location(".gitops-guard.yaml", 1, 1, "nearest")


@pytest.mark.parametrize(("path", "out"), [("docs/a", True), ("vendor/a/b", True), ("vendor", True), ("vendored/a", False)])
def test_excluded_paths(path, out):
    assert config.load(FULL).excludes(path) is out


@pytest.mark.parametrize(("file", "path", "expected"), [
    (".gitops-guard.yaml", ".", "."), (".gitops-guard.yaml", "policies/", "policies"), ("conf/g.yaml", "../charts", "charts"),
    ("conf/g.yaml", ".", "conf"), ("g.yaml", "../charts", "../charts"),
])
def test_paths_start_at_the_configuration(file, path, expected):
    assert config.load("", file).resolve(path) == expected


def test_exact_ids_beat_globs_and_later_lines_earlier_ones():
    found = config.load("""\
rules:
  images/unpinned-tag: {severity: note, parameters: {allow: [a]}}
  images/*: {severity: warning, enabled: false, parameters: {allow: [b], strict: true}}
  "*/unpinned-tag": {enabled: true}
""")
    tag = found.settings("images/unpinned-tag")
    assert (tag.severity, tag.enabled, tag.parameters) == (Severity.NOTE, True, {"allow": ["a"], "strict": True})
    assert tag.location.line == 2
    other = found.settings("images/missing-digest")
    assert (other.severity, other.enabled, other.location.line) == (Severity.WARNING, False, 3)
    none = found.settings("secrets/private-key")
    assert (none.severity, none.enabled, none.parameters) == (None, None, {})
