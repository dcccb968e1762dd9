"""The formats of trials: what a person, a program and a CI system read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable

import jsonschema
import pytest

from gitops_guard import data
from gitops_guard.evaluate.coverage import Coverage, Lines
from gitops_guard.report import Options
from gitops_guard.trials import Problem, Subject, Trial, Trials
from gitops_guard.trials.formats import FORMATS
from gitops_guard.trials.text import spans

FILE = "policies/house/owner_label.rego"
TRIALS = Trials((
    Subject("conftest/main", ("policies/main.rego", "policies/more.rego"), (), (
        ("policies/main.rego", Lines(frozenset(), frozenset({3, 4, 5, 9}))), ("policies/more.rego", Lines(frozenset({3}), frozenset()))),
        ("unit tests",)),
    Subject("house/owner-label", (FILE,), (
        Trial("test", "test_none", "policies/house/owner_label_test.rego", 5),
        Trial("test", "test_some", "policies/house/owner_label_test.rego", 9, "failed",
              (Problem("it is undefined: not all of it is true", "policies/house/owner_label_test.rego", 11, "\tcount(found) == 2"),),
              ("policies/house/owner_label_test.rego:10: set()",)),
        Trial("test", "todo_test_more", "policies/house/owner_label_test.rego", 14, "skipped"),
        Trial("example", "bad example 1: no \x1b[31mowner", "policies/house/owner_label.yaml", 3, "failed", (
            Problem("marked, and nothing was found here", "policies/house/owner_label.yaml", 7, "    kind: Deployment # <- here"),
            Problem("not marked, and this was found here: ::error::no", "policies/house/owner_label.yaml", 12, ""))),
    ), ((FILE, Lines(frozenset({10, 11, 12, 13}), frozenset({16, 17, 18, 20}))),)),
    Subject("policies/house/broken.rego", (), (
        Trial("file", "policies/house/broken.rego", "policies/house/broken.rego", 4, "error",
              (Problem("expecting expression", "policies/house/broken.rego", 4),)),)),
))
CLEAN = Trials((Subject("house/owner-label", (FILE,), (Trial("test", "test_none", "x_test.rego", 5),), ((FILE, Lines(frozenset({1}))),)),))


@pytest.mark.parametrize(("format_", "suffix"), [("text", "txt"), ("json", "json"), ("junit", "xml")])
def test_formats(golden: Callable[[str, str], None], format_: str, suffix: str) -> None:
    golden(f"trials.{suffix}", FORMATS[format_](TRIALS, Options()))


def test_text_of_what_holds_is_short() -> None:
    assert FORMATS["text"](CLEAN, Options()) == ("policy             tests  examples  coverage\n"
                                                 "house/owner-label      1         0     100 %\n\n1 passed, coverage 100 %\n")


def test_without_coverage_there_is_no_column() -> None:
    subject = Subject("a/b", ("x.rego",), (Trial("test", "test_a", "x_test.rego", 1),))
    assert FORMATS["text"](Trials((subject,)), Options()) == "policy  tests  examples\na/b         1         0\n\n1 passed\n"
    assert json.loads(FORMATS["json"](Trials((subject,)), Options()))["summary"]["coverage"] is None


def test_colours_are_for_what_failed_and_what_is_missing() -> None:
    text = FORMATS["text"](TRIALS, Options(color=True))
    assert "\x1b[1;31mhouse/owner-label " in text
    assert "\x1b[1;33mconftest/main " in text
    assert "\x1b[31m" not in text


@pytest.mark.parametrize("trials", [TRIALS, CLEAN, Trials(())])
def test_json_satisfies_its_schema(trials: Trials) -> None:
    schema = json.loads((data.schemas() / "trials.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(FORMATS["json"](trials, Options())))


def test_junit_has_a_suite_for_each_policy_that_was_tried() -> None:
    root = ET.fromstring(FORMATS["junit"](TRIALS, Options()))  # noqa: S314 (our own text)
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) for suite in root] == [
        ("house/owner-label", "4", "2", "0", "1"), ("policies/house/broken.rego", "1", "0", "1", "0")]


@pytest.mark.parametrize(("lines", "text"), [
    (set(), ""), ({3}, "3"), ({3, 4}, "3-4"), ({1, 3, 4, 5, 9}, "1, 3-5, 9"),
])
def test_spans(lines: set[int], text: str) -> None:
    assert spans(frozenset(lines)) == text


@pytest.mark.parametrize(("covered", "missed", "percent"), [(0, 0, 100), (0, 3, 0), (3, 0, 100), (1, 2, 33), (11999, 1, 99)])
def test_percent_is_rounded_down(covered: int, missed: int, percent: int) -> None:
    assert Lines(frozenset(range(covered)), frozenset(range(-missed, 0))).percent == percent


def test_coverage_adds_up() -> None:
    one = Coverage({"a": Lines(frozenset({1}), frozenset({2, 3}))})
    two = Coverage({"a": Lines(frozenset({2}), frozenset({1, 3})), "b": Lines(frozenset(), frozenset({1}))})
    assert one + two == two + one == Coverage({"a": Lines(frozenset({1, 2}), frozenset({3})), "b": Lines(frozenset(), frozenset({1}))})


def test_lines_of_a_text_that_was_never_evaluated() -> None:
    assert Lines.of_text("# x\npackage a\n\nimport data.b\n\nx if {\n\ty\n}\nz := {\n\t1,\n}]\n").missed == {6, 7, 9, 10}
