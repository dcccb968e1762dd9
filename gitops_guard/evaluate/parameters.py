"""Configured parameters over a policy's defaults; what a policy does not have, or of another type, is a UsageError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import UsageError
from ..metadata import nearest
from ..origin import origin_of
from ..policy import Policy

_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"), ((int, float), "a number"), (str, "a text"), (list, "a list"), (dict, "a mapping"))


def effective(policies: Sequence[Policy], configured: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`input.parameters` of each policy. Raises UsageError, also for a rule that has none."""
    return [_of(policy, configured.get(policy.id, {})) for policy in policies]


def _of(policy: Policy, configured: Mapping[str, Any]) -> dict[str, Any]:
    known = policy.metadata.parameters
    for name, value in configured.items():
        where = _where(configured, name)
        if name not in known:
            raise UsageError(f"{where}{policy.id} has no parameter {name}; {nearest(name, sorted(known))}")
        wanted = _type(known[name])
        if _type(value) != wanted:
            raise UsageError(f"{where}the parameter {name} of {policy.id} is {_type(value)}; it must be {wanted}")
    return {**known, **configured}


def _type(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "empty")


def _where(configured: Mapping[str, Any], name: str) -> str:
    origin = origin_of(configured, name)
    if origin is None:
        return ""
    return f"{origin.file}:{origin.key_line or origin.line}:{origin.key_column or origin.column}: "
