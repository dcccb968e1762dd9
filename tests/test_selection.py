import pytest

from gitops_guard.config import load
from gitops_guard.errors import UsageError
from gitops_guard.metadata import Metadata
from gitops_guard.model import Rule, Severity
from gitops_guard.selection import select

RULES = {name: Rule(name, "t", Severity.ERROR, Severity.WARNING)
         for name in ("images/unpinned-tag", "images/missing-digest", "secrets/plaintext-secret", "render/failed", "render/unresolved")}
ALL = set(RULES)
PARAMETERS = {"images/unpinned-tag": {"allow": [], "depth": 3}, "images/missing-digest": {"allow": ["x"], "strict": True}}
DESCRIBED = {name: Metadata(rule, "resource", parameters=PARAMETERS.get(name, {})) for name, rule in RULES.items()}


def chosen(config="", **options):
    return select(RULES, load(config), described=DESCRIBED, **options)


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


def test_a_glob_may_bring_parameters_that_some_of_its_rules_have():
    selection = chosen("rules:\n  '*/*': {parameters: {strict: false}}\n  images/*: {parameters: {allow: [a]}}\n")
    assert selection.parameters == {"images/unpinned-tag": {"allow": ["a"]}, "images/missing-digest": {"strict": False, "allow": ["a"]}}


@pytest.mark.parametrize(("entry", "message"), [
    ("images/unpinned-tag: {parameters: {alow: []}}", "2:38: images/unpinned-tag has no parameter alow; did you mean allow?"),
    ("images/unpinned-tag: {parameters: {zzz: []}}", "2:38: images/unpinned-tag has no parameter zzz; it has allow, depth"),
    ("images/unpinned-tag: {enabled: false, parameters: {strict: true}}",
     "2:54: images/unpinned-tag has no parameter strict; it has allow, depth"),
    ("images/unpinned-tag: {parameters: {allow: a}}",
     "2:38: the parameter allow of images/unpinned-tag is a text; it must be a list; put it in brackets: [...]"),
    ("images/unpinned-tag: {parameters: {depth: '3'}}", "2:38: the parameter depth of images/unpinned-tag is a text; it must be a number"),
    ("images/unpinned-tag: {parameters: {depth: true}}",
     "2:38: the parameter depth of images/unpinned-tag is true or false; it must be a number"),
    ("images/unpinned-tag: {parameters: {depth: null}}", "2:38: the parameter depth of images/unpinned-tag is empty; it must be a number"),
    # A rule that is no policy has none.
    ("render/failed: {parameters: {allow: []}}", "2:32: render/failed has no parameters, so no allow; remove it"),
    ("'images/*': {parameters: {alow: []}}", "2:29: images/* has no parameter alow; did you mean allow?"),
    ("'images/*': {parameters: {strict: 1}}", "2:29: the parameter strict of images/missing-digest is a number; it must be true or false"),
])
def test_parameters_are_looked_at_before_anything_is_judged(entry, message):
    with pytest.raises(UsageError) as error:
        chosen(f"rules:\n  {entry}\n", ignored=["*/*"])
    assert str(error.value) == f".gitops-guard.yaml:{message}"
