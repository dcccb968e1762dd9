"""glob.match of the embedded engine and of the real OPA, on many random globs, texts and delimiters."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from corpus import tell

from gitops_guard.evaluate.engine import Engine, EngineError

pytestmark = pytest.mark.real

PARTS = (
    "*", "**", "***", "?", "a", "b", "c", "/", ":", ".", ",", "-", "!", "|", "$", "^", "\n", "é", "{", "}", "\\", "\\*", "{a,b}", "{a,}", "{a*,/b}",
    "{*,**}b", "{{a,b},c}", "{[ab],c:*}", "[ab]", "[!a]", "[a-b]", "[!a-c]", "[b-a]", "[:/]", "[&&]", "[a&&b]", "[a-]", "[-a]", "[!!]", "[^a]", "[ab-c]",
    "[ab-]", "[!-a]", "[--b]", "[-]", "[!-]", "[a!]", "[]", "[!]",
)
DELIMITERS = (None, [], ["."], ["/"], [":"], ["/", ":"], [".", ":"], ["a"], ["-", "]"], ["é"], ["&", "&"])
COUNT = 6_000


def cases() -> list[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311 (no secret is made of it)
    return [{"glob": "".join(chance.choices(PARTS, k=chance.randint(0, 5))), "delimiters": chance.choice(DELIMITERS),
             "text": "".join(chance.choices("abc/.,*:é-\n", k=chance.randint(0, 6)))} for _ in range(COUNT)]


def test_equal_answers(tool: Callable[[str], Path], tmp_path: Path) -> None:
    asked = cases()
    policy, given = tmp_path / "p.rego", tmp_path / "input.json"
    policy.write_text("package p\nanswer[number] := glob.match(one.glob, one.delimiters, one.text) if some number, one in input\n")
    given.write_text(json.dumps(asked))
    done = subprocess.run([str(tool("opa")), "eval", "-d", str(policy), "-i", str(given), "data.p.answer", "--format", "raw"],
                          capture_output=True, text=True, check=True, timeout=120)
    wanted = json.loads(done.stdout)
    engine = Engine()
    engine.add("p.rego", "package p\nanswer := glob.match(input.glob, input.delimiters, input.text)\n")
    differing = []
    for number, one in enumerate(asked):
        engine.give(json.dumps(one))
        try:
            answer = json.loads(engine.ask("data.p.answer"))
        except EngineError:
            answer = None  # For OPA an error is undefined here.
        if answer is not wanted.get(str(number)):
            differing.append((one, wanted.get(str(number)), answer))
    tell(f"{len(asked)} globs, {sum(map(bool, wanted.values()))} fit, {len(asked) - len(wanted)} are none, {len(differing)} disagreements")
    assert not differing, differing[:3]
    assert 500 < len(wanted) < len(asked)
