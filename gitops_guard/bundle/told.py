"""The messages of a rule -> the one message in which an API server tells them, as the expressions of cel.py put it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from .cel import LONGEST, MOST
from .verdict import Verdict

_THROWN_AWAY = 5 * 1024
"""k8s.io/apiserver/pkg/apis/cel/config.go: of what has more bytes, the policy's own message is told."""


def as_told(verdict: Verdict, titles: Mapping[str, str]) -> Verdict:
    """A verdict with one line for each rule; `titles` are those of the rules."""
    return Verdict(_by_rule(verdict.denied, titles), _by_rule(verdict.warnings, titles))


def _by_rule(lines: Sequence[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    messages: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        rule, _colon, message = line.partition(": ")
        messages[rule].add(message)
    return tuple(sorted(f"{rule}: {_one(found, titles[rule])}" for rule, found in messages.items()))


def _one(messages: Collection[str], title: str) -> str:
    listed = sorted(messages)
    text = "; ".join(listed[:MOST]) + ("; and more" if len(listed) > MOST else "")
    if len(text) > LONGEST:
        text = f"{listed[0]}; and more"
    return text if len(text.encode()) <= _THROWN_AWAY else title
