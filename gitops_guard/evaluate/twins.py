"""Built-in policies that are asked about the same inputs -> one rule that asks them all.

An engine forgets what it worked out as soon as a rule is answered. What two policies share (which images an object names) is
worked out once where they are members of one value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ..policy import Policy

_PACKAGE = "gitops_guard.twins"


def groups_of(policies: Sequence[Policy]) -> list[tuple[int, ...]]:
    """The numbers of policies of scope resource with equal kinds and equal mentions, where there are several."""
    found: dict[tuple[object, ...], list[int]] = {}
    for number, policy in enumerate(policies):
        metadata = policy.metadata
        if policy.builtin and metadata.scope == "resource" and metadata.mentions:
            found.setdefault((metadata.kinds, metadata.mentions, metadata.needs_target), []).append(number)
    return [tuple(numbers) for numbers in found.values() if len(numbers) > 1]


def text_of(policies: Sequence[Policy], groups: Sequence[Sequence[int]]) -> str:
    """The Rego file that asks them: a rule for each group, an object of the policies' numbers and what they deny."""
    lines = [f"package {_PACKAGE}"] if groups else []
    for index, numbers in enumerate(groups):
        members = ", ".join(f'"{number}": data.{policies[number].package}.deny' for number in numbers)
        lines.append(f"group_{index} := {{{members}}}")
    return "\n".join(lines)


def rule_of(index: int) -> str:
    """The rule of a group."""
    return f"data.{_PACKAGE}.group_{index}"


def answers_of(text: str) -> Mapping[int, str]:
    """The value of such a rule -> what each policy denies, as JSON; those that deny nothing are left out."""
    return {int(number): json.dumps(denied) for number, denied in json.loads(text).items() if denied}
