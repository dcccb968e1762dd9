"""What a run ends with: the values that make up the Report, which reporters print and nobody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .model import Finding, ResourceId, Rule, Severity, Target
from .nodes import Graph

if TYPE_CHECKING:
    from .delta import Delta


@dataclass(frozen=True)
class TargetReport:
    """What became of one target."""

    target: Target
    resources: int
    status: str
    """rendered, partial, unresolved or failed"""


@dataclass(frozen=True)
class RuleReport:
    """A rule that ran."""

    rule: Rule
    checked: int
    """How many inputs it judged."""


@dataclass(frozen=True)
class LossReport:
    """An object that a target has no longer."""

    resource: ResourceId
    """As the base side has it."""
    event: str
    """removed, renamed, moved, target-emptied or owner-removed"""
    outcome: str
    """deleted, kept (it stays in the cluster), moved (another owner has it now) or unknown"""
    owner: str | None = None
    """The id of the controller object that deployed it."""
    guarded_by: str | None = None
    """The option that keeps it."""
    successor: ResourceId | None = None
    """The object that has its place."""
    new_owner: str | None = None
    deferred: bool = False
    """Whether its owner is suspended, so that nothing happens before that is resumed."""
    along: tuple[ResourceId, ...] = ()
    """What is deleted with it, sorted."""
    complete: bool = True
    """Whether that is all; else what it deployed isn't known from here."""


@dataclass(frozen=True)
class ChangeReport:
    """What a merge does to one target."""

    target: str
    """The target's id; of an ApplicationSet, its own."""
    before: int
    """How many objects it had."""
    after: int
    created: tuple[ResourceId, ...] = ()
    changed: tuple[ResourceId, ...] = ()
    lost: tuple[LossReport, ...] = ()
    """What is deleted first, what is kept last."""


@dataclass(frozen=True)
class ComparedReport:
    """What was asked of the cluster about one object that Git states."""

    target: str
    resource: ResourceId
    outcome: str
    """compared, missing, unreadable or ignored (its owner is told not to compare it)"""
    cluster: str | None = None


@dataclass(frozen=True)
class IgnoredReport:
    """A difference that somebody is told to leave alone."""

    target: str
    resource: ResourceId
    path: str
    """A JSON pointer; empty for the whole object."""
    by: str
    """Which option, of what."""
    cluster: str | None = None


@dataclass(frozen=True)
class DriftReport:
    """What was compared with live clusters."""

    compared: tuple[ComparedReport, ...] = ()
    """Sorted by target and resource."""
    ignored: tuple[IgnoredReport, ...] = ()
    anonymous: int = 0
    """How many objects came without managedFields, so that who changed them can't be told."""


@dataclass(frozen=True)
class Report:
    """All that a run found out; what every reporter is given."""

    version: str
    """Of the tool."""
    targets: tuple[TargetReport, ...]
    findings: tuple[Finding, ...]
    """Sorted by file, line, column, rule, resource."""
    rules: tuple[RuleReport, ...]
    resources: int
    unresolved: int
    silenced: Mapping[str, int] = field(default_factory=dict)
    """Findings of always-running rules that were switched off by name, counted."""
    passed: tuple[tuple[str, str], ...] = ()
    """(target id, rule id) of what was judged and is clean."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The text of each file that a finding points into, for excerpts; secrets masked already."""
    changes: tuple[ChangeReport, ...] | None = None
    """What the merge does, by target, sorted; None where nothing was compared."""
    delta: Delta | None = None
    """What it changes, field by field; None where nothing was compared, or no format that was asked for shows it."""
    graph: Graph = field(default_factory=Graph)
    """Who deploys what, as far as PATHS take it in."""
    drift: DriftReport | None = None
    """What was compared with live clusters; None where none was asked."""
    idle: bool = False
    """Whether nothing that is staged reaches anything to judge: then there is nothing to say."""

    def count(self, severity: Severity) -> int:
        """Findings of that severity that are neither waived nor known."""
        return sum(1 for finding in self.findings if finding.counts and finding.severity is severity)
