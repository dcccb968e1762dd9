from __future__ import annotations

from typing import Any

import pytest

from gitops_guard.evaluate.builtin_names import ARITIES, REFUSED
from gitops_guard.evaluate.engine import Engine, EngineError
from gitops_guard.evaluate.lint import cycles, examine
from gitops_guard.evaluate.world import World

LIBRARY = """
package lib.things
limit := 3
double(x) := 2 * x
pair(x, y) := [x, y]
default half(_) := 0
half(x) := x / 2 if x > 0
"""


def tree(text: str) -> Any:
    engine = Engine()
    engine.add("x.rego", text)
    return engine.trees()[0]


def problems(body: str, *, policy: bool = False) -> list[str]:
    world = World({"closed.package"})
    world.add("lib.things", tree(LIBRARY))
    here = tree("package here\n" + body)
    world.add("here", here)
    return [f"{problem.line}: {problem.message}" for problem in examine(here, "here", world, policy=policy)]


@pytest.mark.parametrize("body", [
    "deny contains 1 if { some x in input.xs; x > 1 }",
    "deny contains x if { some k, x in input.xs; k != 2 }",
    "deny contains x if input.xs[x]",
    "deny contains x if { x := input.y }",
    "deny contains x if { x = input.y }",
    "deny contains x if { [x, _] = input.y }",
    'deny contains x if { {"a": x} = input.y }',
    "deny contains x if { walk(input, [path, x]); count(path) == 1 }",
    'deny contains x if { split("a,b", ",", x) }',
    "deny contains [x | some x in input.xs]",
    "deny contains y if { y := {k: v | v := input.xs[k]} }",
    "deny contains y if { some i; y := input.xs[i].z }",
    "deny if every k, v in input.xs { k == v }",
    'f([a, b], {"k": c}) := a + b + c',
    "f(x) := x if x > 1 else := 2",
    "import data.lib.things\ndeny if things.double(2) == things.limit",
    "import data.lib.things.double as twice\ndeny if twice(2) == 4",
    "deny if data.lib.things.pair(1, 2) == [1, 2]",
    "deny if data.lib.things.half(3) == 1.5",
    "deny if data.lib.things[input.x] == 3",
    "deny if data.closed.package.anything(1)",
    "import rego.v1\nimport input.spec\ndeny if spec.replicas > 2",
    "deny if print(input.x, 1, 2)",
    'deny if glob.match("a:*", [".", ":"], input.x)',
    "deny if data.lib.things.pair(1, 2, out)",
    "p[x] contains y if some x, y in input.xs",
    "deny contains 1 if { count({1} | {2}) == 2; not 3 in input.xs }",
    "later := earlier\nearlier := 1",
    'deny contains x if { xs := input.xs with input as {"xs": [1]}; some x in xs }',
    'deny contains x if { x := input.xs[_] with input as {"xs": [1]} }',
    'deny if { not input.x with input as {"x": false}; every x in input.xs { x > 1 } with input as {"xs": [2]} }',
])
def test_right_policies(body: str) -> None:
    assert problems(body) == []


@pytest.mark.parametrize(("body", "message"), [
    ("deny contains x if { input.a == 1 }", "2: no one defines x"),
    ('deny contains 1 if { input.never; inptu.kind == "Pod" }', "2: no one defines inptu"),
    ("deny contains 1 if { input.never; starts_with(input.a, 1) }", "2: no one defines the function starts_with; did you mean startswith?"),
    ("deny contains 1 if { input.never\n count(input.a, 1, 2) }", "3: count takes 1 arguments, not 3"),
    ("f(x) := x\ndeny if f(1, 2, 3)", "3: f takes 1 arguments, not 3"),
    ("x := 1\ndeny if x(2)", "3: x is no function"),
    ("import data.nowhere\ndeny if nowhere.x", "2: nothing defines data.nowhere: no package, no data file"),
    ("deny if data.services.ports[0] == 1", "2: nothing defines data.services.ports: no package, no data file"),
    ("deny if data.lib.things.lmit == 1", "2: nothing defines data.lib.things.lmit: no package, no data file"),
    ("deny if data.lib.things.triple(2)", "2: no package defines the function data.lib.things.triple"),
    ('deny contains x if { input.a\n some x in input.xs with input as {"xs": [1]} }', "3: with behind some … in …: the two engines answer it differently"),
    ("xs := [x | some x in input.xs with data.lib.things.limit as 1]", "2: with behind some … in …: the two engines answer it differently"),
    ('deny if http.send({"method": "get"})', "2: http.send: a verdict can't depend on the machine or the network"),
    ("deny if opa.runtime().env.HOME", "2: opa.runtime: a verdict can't depend on the machine or the network"),
    ("deny if rego.metadata.rule()", "2: rego.metadata.rule: only one of the two engines has it"),
    ('deny if io.jwt.decode("x")', "2: io.jwt.decode: only one of the two engines has it"),
])
def test_wrong_policies(body: str, message: str) -> None:
    assert message in problems(body)


@pytest.mark.parametrize(("body", "message"), [
    ("deny contains 1", []), ("deny := {1}", []),
    ("allow := 1", ["1: there is no rule deny"]),
    ('deny["x"] := 1', ["2: deny is no set: write deny contains {…} if {…}"]),
    ("deny(x) := x", ["2: deny is no set: write deny contains {…} if {…}"]),
])
def test_policies_of_ours_have_a_set_deny(body: str, message: list[str]) -> None:
    assert problems(body, policy=True) == message


@pytest.mark.parametrize(("body", "found"), [
    ("p if q\nq if p", [("here", "p", 2), ("here", "q", 3)]),
    ("f(x) := f(x - 1)", [("here", "f", 2)]),
    ("p if data.here.p", [("here", "p", 2)]),
    ("p if q\nq if r\nr := 1", []),
    ("deny contains 1 if { deny := input.x; deny }", []),
])
def test_recursion(body: str, found: list[tuple[str, str, int]]) -> None:
    here = tree("package here\n" + body)
    world = World()
    world.add("here", here)
    assert cycles([("here", here)], world) == found


def answer_of(name: str, count: int) -> str:
    """What the engine says of a call with that many arguments."""
    engine = Engine()
    engine.add("x", f"package a\nx := {name}({', '.join(['1'] * max(count, 0))})")
    try:
        return engine.ask("data.a.x")
    except EngineError as error:
        return error.message


def test_the_engine_has_each_builtin_that_is_allowed() -> None:
    assert not set(ARITIES) & set(REFUSED)
    assert [name for name, count in ARITIES.items() if "could not find function" in answer_of(name, count)] == []


def test_the_engine_takes_that_many_arguments() -> None:
    assert [name for name, count in ARITIES.items() if count > 0 and answer_of(name, count) == answer_of(name, count + 2)] == []
