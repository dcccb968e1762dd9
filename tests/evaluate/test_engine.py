from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from judging import deployments, folder, judge, policy

from gitops_guard.errors import ToolError
from gitops_guard.evaluate.engine import Engine, EngineError
from gitops_guard.model import Location


def value(expression: str) -> Any:
    engine = Engine()
    engine.add("x", f"package a\nx := {expression}")
    return json.loads(engine.ask("data.a.x"))


@pytest.mark.parametrize(("expression", "wanted"), [
    ('crypto.sha256("abc")', "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ('crypto.md5("")', "d41d8cd98f00b204e9800998ecf8427e"),
    ('crypto.sha1("abc")', "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ('crypto.hmac.sha256("what do ya want for nothing?", "Jefe")', "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ('crypto.hmac.equal("a", "a")', True),
    ('crypto.hmac.equal("a", "b")', False),
    ('net.cidr_contains("10.0.0.0/8", "10.1.2.3")', True),
    ('net.cidr_contains("10.0.0.0/8", "10.1.0.0/16")', True),
    ('net.cidr_contains("10.1.0.0/16", "10.0.0.0/8")', False),
    ('net.cidr_contains("10.0.0.0/8", "::1")', False),
    ('net.cidr_intersects("192.168.0.0/16", "192.168.1.0/24")', True),
    ('net.cidr_intersects("192.168.0.0/16", "10.0.0.0/8")', False),
    ('net.cidr_is_valid("192.168.0.1/16")', True),
    ('net.cidr_is_valid("192.168.0.0/33")', False),
    ('net.cidr_is_valid("192.168.0.0")', False),
    ("net.cidr_is_valid(3)", False),
    ('indexof("ab\U0001f600c", "c")', 3),
    ('indexof_n("aaaa", "aa")', [0, 1, 2]),
    ('urlquery.decode("a+b%20c")', "a b c"),
    ('count(urlquery.decode("%e2%82x"))', 3),
    ('urlquery.encode("~*")', "~%2A"),
    ('urlquery.decode_object("a=1&a=2&b")', {"a": ["1", "2"], "b": [""]}),
    ('urlquery.encode_object({"b": {"2", "1"}, "a": "~"})', "a=~&b=1&b=2"),
    ('json.patch({"a": [1, 2]}, [{"op": "move", "from": "/a/1", "path": ["a", 0]}])', {"a": [2, 1]}),
    ('json.patch({"a": {"x"}}, [{"op": "copy", "from": "/a", "path": "/b"}, {"op": "remove", "path": "/a/x"}])', {"a": [], "b": ["x"]}),
])
def test_builtins_that_python_gives(expression: str, wanted: Any) -> None:
    assert value(expression) == wanted


@pytest.mark.parametrize(("expression", "message"), [
    ("crypto.sha256(1)", "crypto.sha256: expects string argument"),
    ('net.cidr_contains("10.0.0.0", "10.0.0.1")', "net.cidr_contains: expects a network in CIDR notation"),
    ('net.cidr_contains("::/0", "x")', "net.cidr_contains: expects an address or a network in CIDR notation"),
    ('net.cidr_contains("::/0", "x/1")', "net.cidr_contains: expects a network in CIDR notation"),
    ('indexof("abc", "")', "indexof: expects a text to look for that is not empty"),
    ('indexof_n("abc", "")', "indexof_n: expects a text to look for that is not empty"),
    ('urlquery.decode("%zz")', "urlquery.decode: invalid URL escape"),
    ('urlquery.decode_object("a;b=%zz")', "urlquery.decode_object: invalid semicolon separator in query"),
    ('urlquery.encode_object({"a": 1})', "urlquery.encode_object: expects string argument"),
    ('json.patch({"a": "s3cret"}, [{"op": "test", "path": "/a", "value": "x"}])', "json.patch: an operation test finds another value"),
    ('json.patch({"a": 1}, [{"op": "remove", "path": "/b"}])', "json.patch: an operation names a path that is not there"),
    ('json.patch({"a": 1}, [{"op": "remove", "path": ""}])', "json.patch: an operation removes the whole value"),
    ('json.patch({"a": {{"b": 1}}}, [])',
     "a set of arrays, objects or sets, or an object with such keys, is not answered as OPA would"),
    ("lower(18446744073709551616)", "a number of more than 64 bits is not answered as OPA would"),
])
def test_their_errors_are_errors(expression: str, message: str) -> None:
    with pytest.raises(EngineError) as error:
        value(expression)
    assert error.value.message == message


@pytest.mark.parametrize("text", ['"\\ud800"', "[" * 200 + "]" * 200, "{"])
def test_inputs_that_the_engine_can_not_take(text: str) -> None:
    with pytest.raises(EngineError):
        Engine().give(text)


@pytest.mark.parametrize(("body", "line", "message"), [
    ("deny[msg] { msg := 1 }", 10, "this is Rego v0"),
    ("deny contains {", 10, "expecting"),
    ('deny contains {"msg": x} if input.a == 1', 10, "no one defines x"),
    ("a if b\nb if a\ndeny contains 1 if a", 10, "the rule a needs itself"),
    ('deny contains {"msg": $"{input.x}"}', 10, "invalid character"),
    ("import data.gitops_guard.lib.nothing\ndeny contains 1", 10, "nothing defines data.gitops_guard.lib.nothing"),
    ('import data.gitops_guard.lib.result\ndeny contains result.violaton([], "x")', 11, "no package defines the function result.violaton"),
    ('import data.gitops_guard.lib.result\ndeny contains result.violation("x")', 11, "result.violation takes 2 arguments, not 1"),
    ("allow := 1", 8, "there is no rule deny"),
])
def test_a_broken_policy_is_left_out_and_told(tmp_path: Path, body: str, line: int, message: str) -> None:
    good = policy("good", 'deny contains {"msg": "good"}')
    result = judge(folder(tmp_path, {**policy("broken", body), **good}), deployments("a"))
    errors = [fault for fault in result.faults if fault.location]
    assert message in errors[0].message
    assert errors[0].location is not None
    assert errors[0].location[:2] == ("policies/house/broken.rego", line)
    assert [fault.message for fault in result.faults if not fault.location] == ["good"]


def test_what_needs_a_broken_library_is_out_with_it(tmp_path: Path) -> None:
    result = judge(folder(tmp_path, {"lib/things.rego": "package things\nx := {", **policy("x", 'deny contains {"msg": data.things.x}')}), [])
    assert [(fault.location and fault.location.file, fault.message[:30]) for fault in result.faults] == [
        ("policies/lib/things.rego", result.faults[0].message[:30]), ("policies/house/x.rego", "nothing defines data.things.x:")]


def test_a_file_that_can_not_be_parsed_in_time_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitops_guard.rego_file.MAX_NESTING", 100)
    deep = policy("deep", "deny contains " + "[" * 24 + "]" * 24)
    result = judge(folder(tmp_path, {**deep, **policy("good", 'deny contains {"msg": "good"}')}), deployments("a"), timeout=1.5)
    assert [fault.message for fault in result.faults] == ["it did not end within 1.5 s", "good"]
    assert result.faults[0].location == Location("policies/house/deep.rego", 8, 1)


def test_an_engine_that_can_not_work_is_no_finding(tmp_path: Path) -> None:
    policies = folder(tmp_path, policy("broken", "deny contains {"), builtin=True)
    with pytest.raises(ToolError):
        judge(policies, deployments("a"))
