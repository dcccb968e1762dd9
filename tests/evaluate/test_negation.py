from __future__ import annotations

import json

import pytest

from gitops_guard.evaluate.engine import UNDEFINED, Engine, EngineError
from gitops_guard.evaluate.negation import NegationError, write_out


def written_out(text: str) -> str:
    engine = Engine()
    engine.add("x.rego", text)
    return write_out(text, engine.trees()[0])


def value(body: str, given: object) -> object:
    engine = Engine()
    engine.add("x.rego", written_out("package a\nf(x) if x > 1\ng(x) := x + 1 if x > 0\n" + body))
    engine.give(json.dumps(given))
    answer = engine.ask("data.a.deny")
    return None if answer == UNDEFINED else json.loads(answer)


@pytest.mark.parametrize(("body", "given", "wanted"), [
    # What OPA says: the compiler binds the arguments first.
    ('deny contains 1 if not startswith(input.x, "a")', {}, []),
    ('deny contains 1 if not startswith(input.x, "a")', {"x": "b"}, [1]),
    ('deny contains 1 if not startswith(input.x, "a")', {"x": "a"}, []),
    ('deny contains 1 if { not startswith(input.x, "a") }', {}, []),
    ("deny contains 1 if not f(input.x)", {}, []),
    ("deny contains 1 if not f(input.x)", {"x": 1}, [1]),
    ("deny contains 1 if not f(g(input.x))", {"x": 0}, []),
    ("deny contains 1 if not f(g(input.x))", {"x": 1}, []),
    ("deny contains 1 if not input.x > 3", {}, []),
    ("deny contains 1 if not input.x > 3", {"x": 2}, [1]),
    ("deny contains 1 if not (input.x > 3)", {}, []),
    ("deny contains 1 if not count(input.x) == 0", {}, []),
    ("deny contains 1 if not input.x in input.xs", {"xs": []}, []),
    ("deny contains 1 if not input.x in input.xs", {"x": 1, "xs": []}, [1]),
    ("deny contains 1 if not input.map[input.key]", {"map": {}}, []),
    ("deny contains 1 if not input.map[input.key]", {"map": {}, "key": "a"}, [1]),
    ('deny contains 1 if not f({"a": input.x})', {}, []),
    # What both say anyway: equality and plain references are negated as they stand.
    ('deny contains 1 if not input.x == "a"', {}, [1]),
    ("deny contains 1 if not input.x", {}, [1]),
    ("deny contains 1 if not f(2 + 1)", {}, []),
    ("deny contains 1 if not count([y | y := input.xs[_]]) == 1", {}, [1]),
    # Where it stands.
    ('deny contains 1 if { input.y; not startswith(input.x, "a"); input.z }', {"y": 1, "z": 1, "x": "b"}, [1]),
    ('deny contains 1 if not f(input.x) with input as {"x": 0}', {}, [1]),
    ("deny contains 1 if not f(input.x) with input as {}", {"x": 0}, []),
    ("deny contains x if { x := [y | some y in input.ys; not f(y.z)] }", {"ys": [{}, {"z": 0}]}, [[{"z": 0}]]),
    ("deny := 1 if input.y else := 2 if not f(input.x)", {"x": 0}, 2),
    ("deny := 1 if input.y else := 2 if not f(input.x)", {}, None),
    ('deny contains "é" if not contains(input["é"], "é")', {"é": "e"}, ["é"]),
    ("deny if every y in input.ys { not f(y.z) }", {"ys": [{"z": 0}]}, True),
    ("deny if every y in input.ys { not f(y.z) }", {"ys": [{}]}, None),
])
def test_a_negation_means_what_opa_means(body: str, given: object, wanted: object) -> None:
    assert value(body, given) == wanted


def test_lines_stay() -> None:
    text = 'package a\n\ndeny contains 1 if {\n\tinput.y\n\tnot startswith(input.x, "a")\n\tnot f(input.z, input.w)\n}\n'
    assert written_out(text).split("\n")[:4] == text.split("\n")[:4]
    assert written_out(text).count("\n") == text.count("\n")
    assert '\t__bound_0__ = input.x; not startswith(__bound_0__, "a")' in written_out(text)
    assert "\t__bound_1__ = input.z; __bound_2__ = input.w; not f(__bound_1__, __bound_2__)" in written_out(text)


def test_what_needs_nothing_is_left_alone() -> None:
    text = 'package a\n\ndeny contains 1 if { x := input.x; not startswith(x, "a"); not input.y == 1 }\n'
    assert written_out(text) == text


def test_a_wildcard_can_not_be_bound() -> None:
    with pytest.raises(NegationError) as caught:
        written_out("package a\n\ndeny contains 1 if not f(input.xs[_])\n")
    assert caught.value.line == 3


def test_errors_of_the_engine_have_a_place() -> None:
    with pytest.raises(EngineError) as caught:
        Engine().add("x.rego", "package a\n\ndeny contains if {\n")
    assert (caught.value.file, caught.value.line) == ("x.rego", 3)
