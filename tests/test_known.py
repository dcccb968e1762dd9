from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.fold import fold
from gitops_guard.known import mark
from gitops_guard.model import Location, Occurrence, ResourceId, Rule, Severity, Waiver

WEB = ResourceId("apps/v1", "Deployment", "shop", "web")
RULES = {"a/b": Rule("a/b", "t", Severity.ERROR, Severity.WARNING)}
WAIVER = Waiver(("a/b",), "why", None, Location("w", 1, 1))


def occurrence(line=3, target="one", path="/spec", severity=Severity.ERROR, resource=WEB, message="m", **more):
    return Occurrence("a/b", severity, message, "", Location(more.pop("file", "f.yaml"), line, 5), (), resource, path, target, **more)


@pytest.mark.parametrize(("now", "known"), [
    (occurrence(), True),
    (occurrence(line=9, message="other"), True),
    (occurrence(severity=Severity.WARNING), True),
    (occurrence(resource=WEB._replace(api_version="apps/v1beta1")), True),
    (occurrence(target="two"), False),
    (occurrence(path="/other"), False),
    (occurrence(file="g.yaml"), False),
    (occurrence(resource=WEB._replace(name="api")), False),
])
def test_known_is_what_was_there_before(now, known):
    (found,) = mark([now], [occurrence()])
    assert found.known is known


def test_a_higher_severity_is_new():
    assert not mark([occurrence()], [occurrence(severity=Severity.WARNING)])[0].known


def test_what_was_waived_is_new_without_its_waiver():
    assert not mark([occurrence()], [occurrence(waiver=WAIVER)])[0].known
    assert mark([occurrence(waiver=WAIVER)], [occurrence()])[0].known


def test_as_many_are_known_as_there_were_and_first_those_that_read_the_same():
    before = [occurrence(line=5, message="kubectl apply"), occurrence(line=6, message="helm upgrade")]
    now = [occurrence(line=2, message="kubectl delete"), occurrence(line=5, message="helm upgrade"),
           occurrence(line=7, message="kubectl apply")]
    assert [found.known for found in mark(now, before)] == [False, True, True]


def test_a_hash_of_the_content_is_no_part_of_a_name():
    def config(name, kind="ConfigMap", api="v1"):
        return occurrence(resource=ResourceId(api, kind, "shop", name))

    assert mark([config("web-5gfk7h2mtb")], [config("web-9kb28tdgfh")])[0].known
    assert not mark([config("web-aeiou12345")], [config("web-9kb28tdgfh")])[0].known
    assert not mark([config("web-5gfk7h2mtb", "Deployment", "apps/v1")], [config("web-9kb28tdgfh", "Deployment", "apps/v1")])[0].known


def test_a_finding_is_new_if_any_occurrence_is():
    before = [occurrence(), occurrence(target="two")]
    assert [finding.status for finding in fold(mark(before, before), RULES)] == ["known"]
    more = [*before, occurrence(resource=WEB._replace(name="api"))]
    assert [finding.status for finding in fold(mark(more, before), RULES)] == ["new"]
    fewer = [occurrence(target="two")]
    assert [finding.status for finding in fold(mark(fewer, before), RULES)] == ["known"]


def test_what_is_waived_makes_nothing_new():
    now = [occurrence(), occurrence(target="two", waiver=WAIVER)]
    assert [finding.status for finding in fold(mark(now, [occurrence()]), RULES)] == ["known"]


LISTS = st.lists(st.builds(occurrence, line=st.integers(1, 3), target=st.sampled_from(["one", "two", None]),
                           severity=st.sampled_from(Severity), message=st.sampled_from(["m", "n"]),
                           resource=st.sampled_from([WEB, None])), max_size=8)


@given(LISTS, LISTS)
def test_nothing_is_new_against_itself_and_nothing_is_lost(now, before):
    assert all(found.known for found in mark(now, now))
    found = mark(now, before)
    assert [one.message for one in found] == [one.message for one in now]
    assert sum(one.known for one in found) <= len(before)
