"""What our own builtins say where the engine has others of the same name."""

from __future__ import annotations

import json

import pytest

from gitops_guard.evaluate.engine import Engine, EngineError


def asked(call: str) -> bool:
    engine = Engine()
    engine.add("p.rego", f"package p\nanswer := {call}")
    answer: bool = json.loads(engine.ask("data.p.answer"))
    return answer


@pytest.mark.parametrize(("call", "wanted"), [
    ('glob.match("**/x", ["/"], "x")', False), ('glob.match("**/x", ["/"], "a/x")', True), ('glob.match("x{a,}y", [], "xy")', True),
    ('glob.match("a:*", [":"], "a:b")', True), ('glob.match("a:*", [":"], "a:b:c")', False), ('glob.match("a}b", null, "a}b")', True),
    ('glob.match("*", [], "a.b")', False), ('glob.match("*", null, "a.b")', True), ('glob.match("*", ["/", ":"], "a.b")', True),
])
def test_globs(call: str, wanted: bool) -> None:
    assert asked(call) is wanted


@pytest.mark.parametrize(("call", "message"), [
    ('glob.match("[secret", [], "x")', "expects a glob"), ('glob.match(1, [], "x")', "expects string argument"),
    ('glob.match("x", ["ab"], "x")', "characters as delimiters"), ('glob.match("x", "/", "x")', "characters as delimiters"),
])
def test_what_is_no_glob(call: str, message: str) -> None:
    with pytest.raises(EngineError, match=message) as raised:
        asked(call)
    assert "secret" not in raised.value.message
