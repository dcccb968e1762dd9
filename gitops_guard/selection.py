"""Configuration and command line -> which rules run, how severe they are and with which parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import near
from . import parameters as parameters_of
from .config import Config
from .errors import UsageError
from .globs import any_matches, matches
from .metadata import Metadata
from .model import Rule, Severity

ALWAYS = ("render", "source", "engine", "waiver")
"""Categories that say what was not judged: choosing among policies does not switch them off."""
LIVE = "drift"
"""The category of rules that need a cluster; a run has either these or the others."""


@dataclass(frozen=True)
class Selection:
    """What runs."""

    enabled: frozenset[str]
    """The rules whose findings are reported."""
    silenced: frozenset[str] = frozenset()
    """Rules of ALWAYS that were switched off by name: their findings are counted, not shown."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def select(rules: Mapping[str, Rule], config: Config, *, described: Mapping[str, Metadata], chosen: Sequence[str] = (),
           ignored: Sequence[str] = (), live: bool = False) -> Selection:
    """What runs, of `rules`: the command line (`--select`, `--ignore`) beats the configuration.

    `live` says whether the repository is compared with a cluster: then the rules about that run, else all others. `described`
    says which parameters each rule has. Raises UsageError where an id or glob fits no rule, and for a parameter
    that a rule does not have, or of another type; the message names the nearest.
    """
    _all_fit((pattern for pattern, _settings in config.rules), rules, lambda pattern: _place(config, pattern))
    _all_fit(chosen, rules, lambda _pattern: "--select")
    _all_fit(ignored, rules, lambda _pattern: "--ignore")
    parameters_of.check(config, described)
    if chosen and not any(_is_live(rule) is live and any_matches(chosen, rule) for rule in rules):
        raise UsageError(f"--select chooses no rule that `{'drift' if live else 'check'}` has; "
                         f"rules of {LIVE}/* run in `gitops-guard drift`, all others in `gitops-guard check`")
    enabled: set[str] = set()
    silenced: set[str] = set()
    severities: dict[str, Severity] = {}
    parameters: dict[str, Mapping[str, Any]] = {}
    for rule in rules:
        settings = config.settings(rule)
        if settings.severity is not None:
            severities[rule] = settings.severity
        # A glob may bring parameters that others of its rules have.
        own = {name: value for name, value in settings.parameters.items()
               if rule in described and name in described[rule].parameters}
        if own:
            parameters[rule] = own
        if rule.partition("/")[0] in ALWAYS:
            off = rule in ignored or _named_off(config, rule)
            (silenced if off else enabled).add(rule)
        elif _is_live(rule) is live and _runs(rule, settings.enabled, chosen, ignored):
            enabled.add(rule)
    return Selection(frozenset(enabled), frozenset(silenced), severities, parameters)


def _is_live(rule: str) -> bool:
    return rule.partition("/")[0] == LIVE


def _runs(rule: str, configured: bool | None, chosen: Sequence[str], ignored: Sequence[str]) -> bool:
    wanted = any_matches(chosen, rule) if chosen else configured is not False
    return wanted and not any_matches(ignored, rule)


def _named_off(config: Config, rule: str) -> bool:
    """Whether the configuration switches a rule off by its own id; a glob over many is no such decision."""
    said = [settings.enabled for pattern, settings in config.rules if pattern == rule and settings.enabled is not None]
    return bool(said) and not said[-1]


def _place(config: Config, pattern: str) -> str:
    where = config.location("rules", pattern)
    return f"{where.file}:{where.line}: rules"


def _all_fit(patterns: Iterable[str], rules: Mapping[str, Rule], where: Callable[[str], str]) -> None:
    for pattern in patterns:
        if any(matches(pattern, rule) for rule in rules):
            continue
        families = {f"{rule.partition('/')[0]}/*" for rule in rules} if "*" in pattern else ()
        close = near.nearest(pattern, [*rules, *sorted(families)], 0.5)
        hint = f"; did you mean {close!r}?" if close else "; `gitops-guard policies list` prints the rules"
        raise UsageError(f"{where(pattern)}: there is no rule {pattern!r}{hint}")
