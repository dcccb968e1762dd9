"""A builtin that the embedded engine and the real OPA could answer differently has the same value in both, or fails in both."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from builtin_calls import calls, given, missing, policy
from corpus import tell

from gitops_guard.evaluate.builtin_checks import NOT_AS_OPA
from gitops_guard.evaluate.builtin_patch import same
from gitops_guard.evaluate.engine import UNDEFINED, Engine, EngineError
from gitops_guard.evaluate.faithful import LIBRARY, faithful

pytestmark = pytest.mark.real

TEXTS = [
    'indexof("abc", "")', 'indexof("", "")', 'indexof("ab\U0001f600c", "c")', 'indexof("abc", "z")', 'indexof("", "a")',
    'indexof_n("abc", "")', 'indexof_n("aaaa", "aa")', 'indexof_n("a\U0001f600.a.", ".")', 'indexof_n("abc", "z")', 'indexof_n("", "a")',
    'urlquery.decode("%zz")', 'urlquery.decode("%")', 'urlquery.decode("a%2")', 'urlquery.decode("a+b%20c%C3%A9")', 'urlquery.decode("%ff")',
    'count(urlquery.decode("%e2%82x"))', 'urlquery.encode("a b&c/é~*\'()!-_.")', 'urlquery.encode("")',
    'urlquery.decode_object("a=%zz")', 'urlquery.decode_object("a=1&a=2&b&&=x&c=+")', 'urlquery.decode_object("a;b=1")',
    'urlquery.decode_object("")', 'urlquery.decode_object("%41=b=c")',
    'urlquery.encode_object({"a": ["2", "1"], "b": "x y", "~": "~", "c": []})', 'urlquery.encode_object({"a": {"2", "1"}})',
    'urlquery.encode_object({"a": input.number})', "urlquery.encode(input.number)",
    'indexof("abc", input.number)', "indexof(input.number, input.text)",
]
PATCHES = [
    ("{}", '[{"op": "add", "path": "/b", "value": {"c": []}}, {"op": "add", "path": "b/c/-", "value": 1}]'),
    ('{"a": 1, "b": 1.5}', '[{"op": "add", "path": "//d", "value": 2}]'),
    ('{"a": 1}', '[{"op": "remove", "path": "/b"}]'),
    ('{"a": 1}', '[{"op": "replace", "path": "/b", "value": 1}]'),
    ('{"a": 1}', '[{"op": "replace", "path": "", "value": 1}]'),
    ('{"a": 1}', '[{"op": "add", "path": "/b/c", "value": 2}]'),
    ('{"a": "x"}', '[{"op": "add", "path": "/a/b", "value": 2}]'),
    ('{"a": 1}', '[{"op": "test", "path": "/a", "value": 2}]'),
    ('{"a": true}', '[{"op": "test", "path": "/a", "value": 1}]'),
    ('{"a": [1, {"b": null}]}', '[{"op": "test", "path": "/a", "value": [1.0, {"b": null}]}]'),
    ('{"a": [1]}', '[{"op": "add", "path": "/a/0", "value": 2}]'),
    ('{"a": [1]}', '[{"op": "add", "path": ["a", 0], "value": 2}]'),
    ('{"a": [1]}', '[{"op": "add", "path": ["a", true], "value": 2}]'),
    ('{"a": [1]}', '[{"op": "add", "path": "/a/5", "value": 2}]'),
    ('{"a": [1]}', '[{"op": "add", "path": "/a/-1", "value": 2}]'),
    ('{"a": [1]}', '[{"op": "remove", "path": "/a/00"}]'),
    ('{"a": [1]}', '[{"op": "remove", "path": "/a/-"}]'),
    ('{"a": [1, 2]}', '[{"op": "test", "path": "/a/-", "value": 2}]'),
    ('{"a": [1, 2, 3]}', '[{"op": "replace", "path": "/a/1", "value": {"x": []}}, {"op": "add", "path": "/a/1/x/-", "value": 1}]'),
    ('{"a": [1, 2, 3]}', '[{"op": "move", "path": "/a/0", "from": "/a/2"}]'),
    ('{"a": [1]}', '[{"op": "copy", "path": "/b", "from": "/a"}, {"op": "add", "path": "/b/-", "value": 2}]'),
    ('{"a": [1]}', '[{"op": "move", "path": "/a/b", "from": "/a"}]'),
    ('{"a": [1]}', '[{"op": "copy", "path": "/b", "from": "/z"}]'),
    ('{"a": [1]}', '[{"op": "move", "path": "", "from": ""}]'),
    ('{"a": 1}', '[{"op": "bad", "path": "/a"}]'),
    ('{"a": 1}', '[{"path": "/a", "value": 1}]'),
    ('{"a": 1}', '[{"op": "add", "value": 1}]'),
    ('{"a": 1}', '[{"op": "add", "path": "/a"}]'),
    ('{"a": 1}', '[{"op": "move", "path": "/a"}]'),
    ('{"a": 1}', '[{"op": "remove", "path": input.number}]'),
    ('{"a": 1}', "[input.text]"), ('{"a": 1}', "input.text"), ('{"a": 1}', "[]"), ("input.text", "[]"),
    ('{"a~b": {"c/d": 1}, "": 1}', '[{"op": "remove", "path": "/a~0b/c~1d"}, {"op": "remove", "path": "/"}]'),
    ('{"a": {"b", "c"}}', '[{"op": "add", "path": "/a/d", "value": "d"}, {"op": "remove", "path": "/a/b"}]'),
    ('{"a": {1, 2}}', '[{"op": "add", "path": "/a/3", "value": 3}]'),
    ('{"a": {"b"}}', '[{"op": "remove", "path": "/a/d"}]'),
]
OTHERS = [
    'json.marshal("<a href=\'x\'>&\u2028")', 'json.marshal({"<": [">", {"&"}]})', 'json.marshal_with_options({"a": "<"}, {"indent": " "})',
    'yaml.unmarshal("010")', 'yaml.unmarshal("a: 0777\\nb: [1_000, 0x1F, ~, true]")', 'yaml.unmarshal("a: &x {b: 1}\\nc: {<<: *x}")', 'yaml.unmarshal("a: [")',
    'semver.compare("v1.2.3", "1.2.3")', 'semver.compare("1.2.3-rc.10", "v1.2.3-rc.9")', 'semver.compare("1.2.3-a", "1.2.3-a.b")', 'semver.is_valid("v1.2.3")', 'semver.is_valid("vv1.2.3")',
    'semver.compare("1.2", "1.2.3")', "semver.is_valid(input.number)",
    'sprintf("%d", ["a"])', 'sprintf("%d %s", [1.5, 2])', 'sprintf("%s", [])', 'sprintf("%s", ["a", 1, true, null])', 'sprintf("%5.2f|%-8s|%08d|%+d|%x|%q", [1.5, "a", -3, 4, "az", "\u00e9\\t"])',
    'sprintf("%v %v %v", [{"b": [1, null]}, {"a", {"c"}}, set()])', 'sprintf("100%", [])', 'sprintf("%!", [1])', 'sprintf("%t", [true])', 'sprintf("%v", input.text)', "sprintf(input.number, [])",
    'sprintf("%s", [input.text])', 'sprintf("%T %c %U", [1.5, 128512, 65])', 'sprintf("%e %g", [1234567.5, 0.00001])',
    'to_number(" 1")', 'to_number("1e2") + 0', 'to_number("010") + 0', 'to_number(".5") + 0', 'to_number("")', 'to_number("1_000") + 0', 'to_number("inf")', 'to_number("0x")',
    'count("\U0001f468\u200d\U0001f469\u200d\U0001f467")', 'count("e\u0301")', "count(input.number)", 'count({"a": 1})', "count({{1}, {2}})", "count([[]])",
    'regex.split("", "abc")', 'regex.split("", "")', 'regex.split("x*", "axbc")', 'regex.split("a", "")', 'regex.split("a*", "aab")', 'regex.split("b", "abcb")', 'regex.split("(", "a")', 'regex.split("a", input.number)',
    'lower("\u0130\u03a3\u00c9")', 'upper("\u00df\ufb03\u0149\u1f80\u01c6\u0131")', 'lower("\u1fbc\u212a")', "lower(input.number)",
    'strings.count("abc", "")', 'strings.count("", "")', 'strings.count("aaa", "aa")', 'strings.count("\u00e9\U0001f600", "")',
    'regex.match("^a{,3}$", "aaa")', 'regex.match("^a{,3}$", "a{,3}")', 'regex.match("{", "{")', 'regex.match(`^\\d$`, "\u0663")', 'regex.match(`^\\w$`, "\u00e9")', 'regex.match(`^\\s$`, "\u00a0")',
    'regex.match(`\\bx`, "\u00e9x")', 'regex.match(`[a&&b]`, "&")', 'regex.match(`(?i)k`, "\u212a")', 'regex.match(`\\Qa.b\\E`, "a.b")', 'regex.match("a**", "a")', 'regex.match("a{1001}", "a")',
    'regex.replace("a-b", `(\\w)-(?P<n>\\w)`, "$n-$1")', 'regex.find_n(`\\d+`, "1 \u0663 22", -1)', 'regex.find_n("a", "aa", 1.5)', 'regex.is_valid("a{,3}")', 'regex.is_valid("(?=a)")', "regex.is_valid(input.number)",
    'time.parse_duration_ns("1d")', 'time.parse_duration_ns("1w2d3h")', 'time.parse_duration_ns("1y")', 'time.parse_duration_ns("1.5h")', 'time.parse_duration_ns("1")', 'time.parse_duration_ns("-1m")',
    "time.add_date(1709164800000000000, 1, 0, 0)", "time.add_date(1706659200000000000, 0, 1, 0)", 'time.parse_rfc3339_ns("2023-11-14T23:59:60Z")', 'time.parse_rfc3339_ns("2023-11-14t22:13:20z")',
    'units.parse("1Zi")', 'units.parse("100m")', 'units.parse("1.5Gi")', 'units.parse("1h")', 'units.parse_bytes("1Q")', 'units.parse_bytes(".5")', 'units.parse_bytes("1.5MiB")',
    'base64.decode("aGVs\\nbG8=")', 'base64.decode("YQ==YQ==")', "base64.is_valid(input.number)", 'base64url.decode("_-8")', "object.subset([], [])", "object.subset(input.number, [])", 'object.subset({"a": {1, 2}}, {"a": {1}})',
    'json.remove({"a": [1, {"b": 2}]}, ["/a/1/b"])', 'json.filter({"a/b": 1, "c": 2}, ["a~1b"])', 'net.cidr_expand("::ffff:10.0.0.0/127")', 'net.cidr_contains("10.0.0.0/30", "::ffff:10.0.0.1")',
    "array.slice([1, 2, 3], 1, 1.5)", 'substring("abc", 1.5, 1)', 'substring("a\U0001f600c", 1, 1)', 'substring("abc", -1, 1)', "bits.lsh(1, 1.5)", 'trace("x")', 'glob.quote_meta("a\\\\*")', 'strings.replace_n({"a": "b", "b": "c"}, "ab")',
    "round(2.5)", "round(-0.5)", "ceil(-1.5)", "floor(1e2)", "format_int(-1.5, 16)", "format_int(255, 3)",
]
CALLS = [*TEXTS, *OTHERS, *(f"json.patch({value}, {operations})" for value, operations in PATCHES)]
INPUT = {"number": 1, "text": "x"}
FAILS = "it fails"
REFUSED = "it is refused"
MOST = 900
"""Calls in one policy; many errors in one take OPA long."""


class OpaAnswers:
    """What OPA says of rules x0, x1 and so on, one on each line behind the first of a policy."""

    def __init__(self, opa: Path, folder: Path, policy: str, given: str) -> None:
        (folder / "calls.rego").write_text(policy)
        (folder / "input.json").write_text(given)
        done = subprocess.run([str(opa), "eval", "--show-builtin-errors", "--data", "calls.rego", "--input", "input.json", "data.calls"],
                              cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        said = json.loads(done.stdout)
        self._values = said["result"][0]["expressions"][0]["value"]
        self._failed = {error["location"]["row"] - 2 for error in said.get("errors", ())}
        assert {f"x{number}" for number in self._failed}.isdisjoint(self._values)

    def of(self, number: int) -> str:
        """A value as JSON, FAILS, or UNDEFINED."""
        name = f"x{number}"
        return FAILS if number in self._failed else shown(self._values[name]) if name in self._values else UNDEFINED


def shown(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def loaded(policy: str, given: str) -> Engine:
    """The embedded engine with a policy, as a user's is loaded."""
    bare = Engine()
    bare.add("x", policy)
    engine = Engine()
    engine.add("", LIBRARY)
    engine.add("x", faithful(policy, bare.trees()[0], ()))
    engine.give(given)
    return engine


@pytest.fixture(scope="module")
def answers(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What OPA says of each of the calls that are written here."""
    text = "package calls\n" + "".join(f"x{number} := {call}\n" for number, call in enumerate(CALLS))
    said = OpaAnswers(tool("opa"), tmp_path_factory.mktemp("calls"), text, json.dumps(INPUT))
    return {call: said.of(number) for number, call in enumerate(CALLS)}


@pytest.mark.parametrize("call", CALLS)
def test_both_engines_answer_the_same(call: str, answers: dict[str, str]) -> None:
    engine = loaded(f"package calls\nx := {call}", json.dumps(INPUT))
    if answers[call] == FAILS:
        with pytest.raises(EngineError, match=f"^{call.partition('(')[0]}: |^`|negative offset"):
            engine.ask("data.calls.x")
    else:
        assert shown(json.loads(engine.ask("data.calls.x"))) == answers[call]


def test_every_builtin_at_the_edges(tool: Callable[[str], Path], tmp_path: Path) -> None:
    """Each answers as OPA, fails where OPA fails, or says that it does not answer as OPA would; never anything else."""
    asked = calls()
    assert not missing()
    differing: list[tuple[str, str, str]] = []
    refused: Counter[str] = Counter()
    for first in range(0, len(asked), MOST):
        part = asked[first:first + MOST]
        said = OpaAnswers(tool("opa"), tmp_path, policy(part), given(part))
        engine = loaded(policy(part), given(part))
        for number, call in enumerate(part):
            ours = answer(engine, number)
            if ours == REFUSED and said.of(number) != FAILS:
                refused[call.name] += 1
            elif not equal(ours, said.of(number)):
                differing.append((str(call), said.of(number), ours))
    tell(f"{len(asked)} calls of {len({call.name for call in asked})} builtins, {len(differing)} answered otherwise, {refused.total()} refused")
    assert differing == []
    assert len(asked) > 10_000
    assert refused.total() < len(asked) / 20


def answer(engine: Engine, number: int) -> str:
    try:
        text = engine.ask(f"data.calls.x{number}")
    except EngineError as error:
        return REFUSED if error.message.endswith(NOT_AS_OPA) else FAILS
    return text if text == UNDEFINED else shown(json.loads(text))


def equal(ours: str, theirs: str) -> bool:
    """Numbers may be written in several ways: 1 and 1.0, 1e2 and 100."""
    if {FAILS, UNDEFINED, REFUSED} & {ours, theirs}:
        return ours == theirs or (ours == REFUSED and theirs == FAILS)
    return same(json.loads(ours), json.loads(theirs))
