"""Configured parameters over a policy's defaults; what a rule does not have, or of another type, is a UsageError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import near
from .config import Config
from .errors import UsageError
from .globs import matches
from .metadata import Metadata
from .origin import origin_of
from .policy import Policy

_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"), ((int, float), "a number"), (str, "a text"), (list, "a list"), (dict, "a mapping"))


def check(config: Config, described: Mapping[str, Metadata]) -> None:
    """Look at the parameters of every entry of `rules:`, whether its rule is enabled or not; `described` are all rules.

    Of a glob's parameters each must be one of some rule that it fits. Raises UsageError with the configuration's line.
    """
    for pattern, settings in config.rules:
        fitting = {rule: metadata.parameters for rule, metadata in described.items() if matches(pattern, rule)}
        if not fitting:
            continue  # there is no such rule, or its policy can't be used: either is told elsewhere
        for name in settings.parameters:
            having = {rule: known for rule, known in fitting.items() if name in known}
            if not having:
                known = {other for parameters in fitting.values() for other in parameters}
                raise UsageError(_where(settings.parameters, name) + _unknown(pattern, name, known))
            for rule, parameters in having.items():
                _typed(rule, settings.parameters, name, parameters[name])


def effective(policies: Sequence[Policy], configured: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`input.parameters` of each policy. Raises UsageError, also for a rule that has none."""
    return [_of(policy, configured.get(policy.id, {})) for policy in policies]


def _of(policy: Policy, configured: Mapping[str, Any]) -> dict[str, Any]:
    known = policy.metadata.parameters
    for name in configured:
        if name not in known:
            raise UsageError(_where(configured, name) + _unknown(policy.id, name, known))
        _typed(policy.id, configured, name, known[name])
    return {**known, **configured}


def _unknown(rule: str, name: str, known: Mapping[str, Any] | set[str]) -> str:
    if not known:
        return f"{rule} has no parameters, so no {name}; remove it"
    close = near.nearest(name.lower().replace("-", "_"), sorted(known))
    return f"{rule} has no parameter {name}; " + (f"did you mean {close}?" if close else f"it has {', '.join(sorted(known))}")


def _typed(rule: str, configured: Mapping[str, Any], name: str, default: Any) -> None:
    value, wanted = configured[name], _type(default)
    if _type(value) != wanted:
        remedy = {"a list": "; put it in brackets: [...]", "a text": "; put it in quotes"}.get(wanted, "")
        remedy = remedy if isinstance(value, str | int | float) else ""
        where = _where(configured, name)
        raise UsageError(f"{where}the parameter {name} of {rule} is {_type(value)}; it must be {wanted}{remedy}")


def _type(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "empty")


def _where(configured: Mapping[str, Any], name: str) -> str:
    origin = origin_of(configured, name)
    if origin is None:
        return ""
    return f"{origin.file}:{origin.key_line or origin.line}:{origin.key_column or origin.column}: "
