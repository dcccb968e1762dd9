"""Rules -> the two Rego modules that the webhook asks them through: `rules` names each of them, `strict` guards the builtins.

OPA lets a builtin that refuses its arguments pass for "no fault" where a webhook asks (POST / knows no strict-builtin-errors).
So each builtin that the policies call is replaced, by `with`, by a function that calls it and ends the evaluation where it gives
nothing: two values of one rule are an error that OPA never passes over.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from .rules import AdmissionRule

OWN = "gitops_guard.bundle"
"""The packages of what is made here begin so."""

_RULES = f"""\
# Each rule, asked about one input. This file is Rego v0 (.manifest says so), in which `contains` is no keyword.
package {OWN}.rules

import data.{OWN}.strict

deny(id, asked) = found {{
	found := verdict(id) with input as asked{{guards}}
}}
"""

_STRICT = f"""\
# Builtins that end the evaluation where they refuse what they are given; a rule that is passed over would find nothing.
package {OWN}.strict

failed := "a builtin refuses what a policy gives it"

failed := "so it is not known whether this is allowed"
"""

_WITHOUT_VALUE = {
    "max": "not a in {[], set()}", "min": "not a in {[], set()}", "uuid.parse": "not is_string(a)",
}
"""Builtins that may have no value without an error -> when there is one all the same."""

NEVER_FAIL = frozenset({
    "is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string", "print", "time.now_ns", "trace",
    "type_name", "walk",
})


def rules_module(rules: Sequence[AdmissionRule], called: Collection[str]) -> str:
    """The module `rules`; `called` are the builtins that the policies and their libraries call, operators included."""
    guards = "".join(f" with {name} as strict.{_guard(name)}" for name in _guarded(called))
    return _RULES.replace("{guards}", guards) + "".join(
        f"\nverdict({json.dumps(rule.id)}) = data.{rule.package}.deny\n" for rule in rules)


def strict_module(called: Mapping[str, int]) -> str:
    """The module `strict`; `called` are the builtins with their numbers of arguments."""
    found = [_STRICT]
    for name in _guarded(called):
        arguments = ", ".join("abcdef"[:called[name]])
        found.append(f"{_guard(name)}({arguments}) := value if {{\n\tvalue := {name}({arguments})\n}} else := failed"
                     + (f" if {_WITHOUT_VALUE[name]}" if name in _WITHOUT_VALUE else "") + "\n")
    return "\n".join(found)


def _guarded(called: Collection[str]) -> list[str]:
    return sorted(set(called) - NEVER_FAIL)


def _guard(name: str) -> str:
    return f"strict_{name.replace('.', '_')}"
