"""The mode of the configuration and the severity of a fault -> what becomes of it in the cluster, and what tells it.

In mode deny what an object had before a change is no reason to refuse it: it is told, or nobody could mend one thing at a time,
and a controller could not even note a status. Notes are for reviews alone.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple

from ..model import Severity
from .rules import AdmissionRule

ACTIONS: Mapping[str, Mapping[Severity, str]] = {
    "deny": {Severity.ERROR: "deny", Severity.WARNING: "warn"},
    "warn": {Severity.ERROR: "warn", Severity.WARNING: "warn"},
    "dryrun": {Severity.ERROR: "dryrun", Severity.WARNING: "dryrun"},
}
"""As Gatekeeper calls them."""

REFUSALS, WARNINGS, EVERYTHING = "refusals", "warnings", "everything"
_WORDS = {"deny": "refused", "warn": "told", "dryrun": "recorded"}


class Part(NamedTuple):
    """What one object in the cluster tells of a rule's faults."""

    tells: str
    """REFUSALS: new errors; WARNINGS: warnings, and errors that were there before; EVERYTHING: errors and warnings."""
    action: str
    """deny, warn or dryrun"""

    @property
    def suffix(self) -> str:
        """Of its name."""
        return "-warnings" if self.tells == WARNINGS else ""


def parts(rule: AdmissionRule, found: Container[Severity], mode: str) -> list[Part]:
    """The objects that a rule needs, which may find these severities."""
    errors, warnings = Severity.ERROR in found, Severity.WARNING in found
    if mode != "deny":
        return [Part(EVERYTHING, mode)] if errors or warnings else []
    told = warnings or (errors and not rule.of_requests)
    return [Part(REFUSALS, "deny")] * errors + [Part(WARNINGS, "warn")] * told


def in_words(mode: str, found: Container[Severity]) -> str:
    """What becomes of the severities that a rule may find: `error: refused, warning: told`."""
    return ", ".join(f"{severity.word}: {_WORDS[action]}" for severity, action in ACTIONS[mode].items() if severity in found)
