"""What a user's policy says is what OPA would say: tests/real/test_builtins_of_opa.py has OPA's word for the values here."""

from __future__ import annotations

import json

import pytest

from gitops_guard.evaluate.builtin_checks import NOT_AS_OPA
from gitops_guard.evaluate.builtin_regex import is_pattern, pattern_of
from gitops_guard.evaluate.engine import Engine, EngineError
from gitops_guard.evaluate.faithful import LIBRARY, RewriteError, faithful
from gitops_guard.evaluate.negation import write_out


def rewritten(text: str, own: frozenset[str] = frozenset()) -> str:
    engine = Engine()
    engine.add("x.rego", text)
    return faithful(text, engine.trees()[0], own)


def value(body: str, given: object = None) -> object:
    text = rewritten("package a\n" + body)
    bare = Engine()
    bare.add("x.rego", text)
    engine = Engine()
    engine.add("", LIBRARY)
    engine.add("x.rego", write_out(text, bare.trees()[0]))
    engine.give(json.dumps(given or {}))
    return json.loads(engine.ask("data.a.x"))


@pytest.mark.parametrize(("body", "wanted"), [
    ('x := count("\U0001f468\u200d\U0001f469")', 3),
    ('x := [count(one) | some one in ["\U0001f600", [1], {{1}, {2}}, {}]]', [1, 1, 2, 0]),
    ("x if { not count(input.none) == 0 } else := 1", 1),
    ("x := count([1 | count(input.xs[_]) > 1])", 2),
    ('x := regex.split("", "a\u00e9")', ["a", "\u00e9"]),
    ('x := [one | some one in [`\\d`, `[0-9]`]; regex.match(one, "\u0663")]', []),
    ('x := [`a{,3}` | regex.match(`^a{,3}$`, "aaa")]', []),
    ('x := sprintf("%d of %v", ["a", {{"b": 1}}])', '%!d(string=a) of {{"b": 1}}'),
    ('x := json.marshal({"<": {{1}}})', '{"\\u003c":[[1]]}'),
    ("x := array.slice([1, 2, 3], 1, 5)", [2, 3]),
])
def test_values(body: str, wanted: object) -> None:
    assert value(body, {"xs": [[1, 2], [], [3, 4]]}) == wanted


@pytest.mark.parametrize(("body", "message"), [
    ("x := 1 if count(input.a) > 0", "count: expects array, object, set or string argument"),
    ('\nx := regex.match(input.b, "a")', "regex.match: expects a regular expression"),
    ('\n\nx := regex.split("a", input.a)', "regex.split: expects string argument"),
    ('x := sprintf("%[1]d", [1])', f"sprintf: the verb %[ {NOT_AS_OPA}"),
])
def test_errors_have_the_place_of_the_call(body: str, message: str) -> None:
    with pytest.raises(EngineError) as error:
        value(body, {"a": 1, "b": "a**"})
    assert (error.value.message, error.value.file, error.value.line) == (message, "x.rego", 1 + len(body.split("\n")))


def test_lines_stay() -> None:
    text = 'package a\nx := count(\n\tregex.split("a",\n\t`b\nc`))\n'
    assert rewritten(text).count("\n") == text.count("\n")


def test_functions_of_the_package_and_of_imports_are_their_own() -> None:
    text = "package a\ncount(_) := 7\nx := count(1)\n"
    assert rewritten(text, frozenset(["count"])) == text


@pytest.mark.parametrize("body", ["x := 1 if { count([1], n); n == 1 }", 'x if { y == 1 with sprintf as "a" }\ny := sprintf("b", [])'])
def test_what_can_not_be_written_is_refused_with_its_line(body: str) -> None:
    with pytest.raises(RewriteError) as error:
        rewritten("package a\n" + body)
    assert error.value.line == 2


@pytest.mark.parametrize(("pattern", "wanted"), [
    ("a{,3}", "a\\x{7b},3\\x{7d}"), (r"\d+", "[0-9]+"), (r"[\w-]", r"[[0-9A-Za-z_]\x{2d}]"), (r"\bx", r"(?-u:\b)x"), ("[a&&b]", r"[a\x{26}\x{26}b]"),
    (r"\Qa.b\E", r"a\x{2e}b"), ("(?i)a", "(?i)a"), ("[[:alpha:]]", "[[:alpha:]]"), ("[]a]", r"[\x{5d}a]"), (r"\101", "A"),
])
def test_patterns(pattern: str, wanted: str) -> None:
    assert pattern_of(pattern) == wanted


@pytest.mark.parametrize("pattern", ["a**", "*", "(", ")", "[", "[z-a]", "(?=a)", "(?x)a", "a{1001}", "a{2}{3}", "(a{100}){100}", "\\", r"\1", r"\<\C"])
def test_no_patterns_of_go(pattern: str) -> None:
    assert not is_pattern(pattern)
