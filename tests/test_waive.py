import pytest

from gitops_guard.globs import matches
from gitops_guard.model import Location, Occurrence, ResourceId, Severity, Waiver
from gitops_guard.source import Comment, plain_comments
from gitops_guard.waive import inline, waive

RULES = ["images/unpinned-tag", "images/missing-digest", "secrets/plaintext-secret"]
PLACE = Location("w.yaml", 9, 1)


def occurrence(rule="images/unpinned-tag", line=5, kind="Deployment", namespace="shop", name="web"):
    resource = ResourceId("apps/v1", kind, namespace, name)
    return Occurrence(rule, Severity.ERROR, "m", "", Location("f.yaml", line, 5), (), resource, "/x", "t")


def run(waivers, occurrences=None, complete=True):
    found = waive([occurrence()] if occurrences is None else occurrences, waivers, today="2026-06-15", matches=matches,
                  complete=lambda _rule: complete, known=RULES)
    return [item.waiver is not None for item in found.occurrences], [fault.rule for fault in found.faults]


@pytest.mark.parametrize(("text", "rules", "reason", "expires"), [
    ("# gitops-guard: ignore[images/unpinned-tag] one tag only", ("images/unpinned-tag",), "one tag only", None),
    ("#gitops-guard:ignore[a/b,c/d] why (until 2027-01-31)", ("a/b", "c/d"), "why", "2027-01-31"),
    ("# gitops-guard: ignore[ a/b , c/* ]   why not", ("a/b", "c/*"), "why not", None),
    ("# gitops-guard: ignore[a/b]", ("a/b",), "", None),
    ("# gitops-guard: ignore[a/b] (until 2027-01-31)", ("a/b",), "", "2027-01-31"),
    ("# gitops-guard: ignore a/b because", (), "", None),
    ("# gitops-guard: ignore[] because", (), "because", None),
    ("# gitops-guard: off", (), "", None),
])
def test_grammar(text, rules, reason, expires):
    waiver, = inline("f.yaml", [Comment(4, 1, text, True)])
    assert (waiver.rules, waiver.reason, waiver.expires, waiver.lines) == (rules, reason, expires, (4, 5))


@pytest.mark.parametrize("text", ["# gitops guard: ignore[a/b] x", "# see gitops-guard: ignore[a/b] x", "# nothing"])
def test_other_comments_are_none(text):
    assert inline("f.yaml", [Comment(4, 1, text, True)]) == []


def test_a_trailing_comment_covers_its_own_line():
    comments = plain_comments("KEY=x # gitops-guard: ignore[a/b] why\n# gitops-guard: ignore[a/b] why\n")
    assert [waiver.lines for waiver in inline("f", comments)] == [(1,), (2, 3)]


@pytest.mark.parametrize(("pattern", "about", "covered"), [
    ("Deployment/shop/web", {}, True),
    ("Deployment/shop/*", {}, True),
    ("Deployment/sho/*", {}, False),
    ("Deployment/*/web", {}, True),
    ("Deployment/*/web", {"namespace": ""}, True),
    ("Deployment/web", {}, False),
    ("Deployment/web", {"namespace": ""}, True),
    ("StatefulSet/shop/web", {}, False),
    ("*/shop/web", {}, True),
])
def test_resource_patterns(pattern, about, covered):
    waiver = Waiver(("images/*",), "why", None, PLACE, resource=pattern)
    assert run([waiver], [occurrence(**about)])[0] == [covered]


@pytest.mark.parametrize(("rules", "reason", "expires", "waived", "faults"), [
    (("images/unpinned-tag",), "why", None, True, []),
    (("images/unpinned-tag",), "why", "2026-06-15", True, []),
    (("images/unpinned-tag",), "why", "2026-06-14", False, ["waiver/expired"]),
    (("images/unpinned-tag",), "why", "2026-02-30", False, ["waiver/expired"]),
    (("images/unpinned-tag",), "why", "20270614", False, ["waiver/expired"]),
    (("images/unpinned-tag",), " ", "2020-01-01", False, ["waiver/no-reason"]),
    (("images/missing-digest",), "why", None, False, ["waiver/unused"]),
    (("images/missing-digest",), "why", "2020-01-01", False, ["waiver/expired"]),
    (("images/unpined-tag",), "why", None, False, ["waiver/unused"]),
    ((), "why", None, False, ["waiver/no-reason"]),
    (("images/*",), "why", None, True, []),
])
def test_good_and_bad_waivers(rules, reason, expires, waived, faults):
    assert run([Waiver(rules, reason, expires, PLACE, file="f.yaml", lines=(4, 5))]) == ([waived], faults)


def test_unused_only_where_everything_was_judged():
    assert run([Waiver(("images/missing-digest",), "why", None, PLACE, file="f.yaml", lines=(5,))], complete=False)[1] == []


def test_a_file_waiver_needs_its_file():
    assert run([Waiver(("images/*",), "why", None, PLACE, file="apps/**")])[0] == [False]
    assert run([Waiver(("images/*",), "why", None, PLACE, file="*.yaml")])[0] == [True]


def test_file_and_resource_must_both_fit():
    waiver = Waiver(("images/*",), "why", None, PLACE, resource="Deployment/shop/web", file="apps/**")
    assert run([waiver])[0] == [False]
