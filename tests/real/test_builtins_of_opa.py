"""A builtin that the embedded engine and the real OPA could answer differently has the same value in both, or fails in both."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops_guard.evaluate.engine import Engine, EngineError

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
CALLS = [*TEXTS, *(f"json.patch({value}, {operations})" for value, operations in PATCHES)]
INPUT = {"number": 1, "text": "x"}
FAILS = "it fails"


@pytest.fixture(scope="module")
def answers(tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What OPA says of each call: a value as JSON, or FAILS."""
    folder = tmp_path_factory.mktemp("calls")
    (folder / "calls.rego").write_text("package calls\n" + "".join(f"x{number} := {call}\n" for number, call in enumerate(CALLS)))
    (folder / "input.json").write_text(json.dumps(INPUT))
    done = subprocess.run([str(tool("opa")), "eval", "--show-builtin-errors", "--data", "calls.rego", "--input", "input.json", "data.calls"],
                          cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    said = json.loads(done.stdout)
    values = said["result"][0]["expressions"][0]["value"]
    failed = {error["location"]["row"] - 2 for error in said["errors"]}
    assert {f"x{number}" for number in failed}.isdisjoint(values)
    return {call: FAILS if number in failed else json.dumps(values[f"x{number}"], sort_keys=True) for number, call in enumerate(CALLS)}


@pytest.mark.parametrize("call", CALLS)
def test_both_engines_answer_the_same(call: str, answers: dict[str, str]) -> None:
    engine = Engine()
    engine.add("x", f"package calls\nx := {call}")
    engine.give(json.dumps(INPUT))
    if answers[call] == FAILS:
        with pytest.raises(EngineError, match=f"^{call.partition('(')[0]}: "):
            engine.ask("data.calls.x")
    else:
        assert json.dumps(json.loads(engine.ask("data.calls.x")), sort_keys=True) == answers[call]
