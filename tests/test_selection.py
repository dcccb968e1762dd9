import pytest

from gitops_guard.config import load
from gitops_guard.errors import UsageError
from gitops_guard.model import Rule, Severity
from gitops_guard.selection import select

RULES = {name: Rule(name, "t", Severity.ERROR, Severity.WARNING)
         for name in ("images/unpinned-tag", "images/missing-digest", "secrets/plaintext-secret", "render/failed", "render/unresolved")}
ALL = set(RULES)


def chosen(config="", **options):
    return select(RULES, load(config), **options)


@pytest.mark.parametrize(("config", "options", "off"), [
    ("", {}, set()),
    ("", {"chosen": ["images/*"]}, {"secrets/plaintext-secret"}),
    ("", {"chosen": ["images/*"], "ignored": ["images/missing-digest"]}, {"images/missing-digest", "secrets/plaintext-secret"}),
    ("", {"ignored": ["secrets/*"]}, {"secrets/plaintext-secret"}),
    ("", {"ignored": ["render/failed"]}, {"render/failed"}),
    ("", {"ignored": ["render/*"]}, set()),
    ("rules: {'images/*': {enabled: false}}", {}, {"images/unpinned-tag", "images/missing-digest"}),
    ("rules: {images/unpinned-tag: {enabled: true}, 'images/*': {enabled: false}}", {}, {"images/missing-digest"}),
    ("rules: {images/unpinned-tag: {enabled: false}}", {"chosen": ["images/unpinned-tag"]},
     {"images/missing-digest", "secrets/plaintext-secret"}),
    ("rules: {render/unresolved: {enabled: false}}", {}, {"render/unresolved"}),
    ("rules: {'render/*': {enabled: false}}", {}, set()),
])
def test_what_runs(config, options, off):
    selection = chosen(config, **options)
    assert selection.enabled == ALL - off
    assert selection.silenced == {rule for rule in off if rule.startswith("render/")}


def test_severities_and_parameters():
    selection = chosen("rules:\n  'images/*': {severity: note, parameters: {allow: [a]}}\n  images/unpinned-tag: {severity: warning}\n")
    assert selection.severities == {"images/unpinned-tag": Severity.WARNING, "images/missing-digest": Severity.NOTE}
    assert selection.parameters["images/unpinned-tag"] == {"allow": ["a"]}


@pytest.mark.parametrize(("config", "options", "message"), [
    ("", {"chosen": ["images/unpined-tag"]}, "--select: there is no rule 'images/unpined-tag'; did you mean 'images/unpinned-tag'"),
    ("", {"ignored": ["zzz/*"]}, "--ignore: there is no rule 'zzz/\\*'; `gitops-guard policies list`"),
    ("exclude: []\nrules:\n  image/unpinned-tag: {enabled: false}\n", {}, ".gitops-guard.yaml:3: rules: there is no rule"),
])
def test_what_fits_no_rule(config, options, message):
    with pytest.raises(UsageError, match=message):
        chosen(config, **options)
