"""The one message of an API server: as cel.py's expressions put it (tests/real/test_bundle_vap_verify.py has real ones)."""

import pytest

from gitops_guard.bundle.cel import LONGEST, MOST
from gitops_guard.bundle.told import as_told
from gitops_guard.bundle.verdict import Verdict

TITLES = {"a/b": "A title", "c/d": "Another"}
MANY = [f"message {number:03}" for number in range(MOST + 1)]


@pytest.mark.parametrize(("messages", "told"), [
    (["z", "a: b; c", "z"], "a: b; c; z"),
    (MANY[:-1], "; ".join(MANY[:-1])),
    (MANY, "; ".join(MANY[:-1]) + "; and more"),
    (["a" * (LONGEST - 3), "b"], "a" * (LONGEST - 3) + "; b"),
    (["a" * LONGEST, "b"], "a" * LONGEST + "; and more"),
    (["é" * 2600, "z"], "A title"),
    (["a" * 6000], "A title"),
])
def test_messages_of_a_rule(messages, told):
    assert as_told(Verdict(tuple(f"a/b: {text}" for text in messages)), TITLES) == Verdict((f"a/b: {told}",))


def test_rules_stand_apart():
    verdict = Verdict(("a/b: x", "c/d: y", "a/b: w"), ("a/b: v",))
    assert as_told(verdict, TITLES) == Verdict(("a/b: w; x", "c/d: y"), ("a/b: v",))
