"""Occurrences -> findings: one for each fault at its source position, however many targets and resources it reaches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from .model import Finding, Occurrence, ResourceId, Rule

_ONE_VALUE = "secrets/"
_EACH_OBJECT = "drift/"
"""What lives of one line of Git is as many facts as there are objects."""


def fold(occurrences: Iterable[Occurrence], rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    """The findings, sorted by file, line, column, rule and resource.

    Occurrences of one rule at one position are one finding (where the position is only the nearest, of one field path);
    several results about one resource stay apart. `replaces` of a rule drops other rules' findings at its position. A finding
    is known only if all its occurrences are; those that are waived count only where all are.
    """
    kept = unreplaced(list(occurrences), rules)
    groups: dict[tuple[object, ...], list[Occurrence]] = {}
    for occurrence in sorted(kept, key=_order):
        groups.setdefault(_identity(occurrence), []).append(occurrence)
    merged = _apart(groups)
    counters: dict[str, int] = {}
    findings = []
    for group in sorted(merged, key=lambda group: _order(group[0])):
        base = "\0".join(group[0].identity[:-1])
        counters[base] = counters.get(base, 0) + 1
        fingerprint = hashlib.sha256(f"{base}\0{counters[base]}".encode("utf-8", "surrogatepass")).hexdigest()
        findings.append(_finding(group, fingerprint))
    return tuple(findings)


def _identity(occurrence: Occurrence) -> tuple[object, ...]:
    place = occurrence.location
    if occurrence.rule.startswith(_EACH_OBJECT):
        return (occurrence.rule, place.file, place.line, place.column, occurrence.path, occurrence.target, occurrence.resource)
    path = occurrence.path if place.quality == "nearest" else None
    return (occurrence.rule, place.file, place.line, place.column, path)


def _apart(groups: Mapping[tuple[object, ...], list[Occurrence]]) -> list[list[Occurrence]]:
    """Split a position's occurrences so that results of a rule about one resource in one target are not taken for one.

    Of secrets they are: a value that stands once is one fault, however many fields it goes into.
    """
    merged: list[list[Occurrence]] = []
    for group in groups.values():
        rounds: dict[int, list[Occurrence]] = {}
        seen: dict[tuple[object, ...], int] = {}
        for occurrence in group:
            who = (occurrence.target, occurrence.resource)
            turn = seen[who] = seen.get(who, -1) + 1
            alone = occurrence.resource is None or occurrence.rule.startswith(_ONE_VALUE)
            rounds.setdefault(0 if alone else turn, []).append(occurrence)
        merged.extend(rounds.values())
    return merged


def _finding(group: list[Occurrence], fingerprint: str) -> Finding:
    open_ones = [occurrence for occurrence in group if occurrence.waiver is None]
    first = (open_ones or group)[0]
    return Finding(
        rule=first.rule,
        severity=max(occurrence.severity for occurrence in open_ones or group),
        message=first.message,
        remedy=first.remedy,
        location=first.location,
        related=first.related,
        resource=first.resource,
        path=first.path,
        targets=tuple(sorted({occurrence.target for occurrence in group if occurrence.target is not None})),
        fingerprint=fingerprint,
        status="known" if all(occurrence.known for occurrence in open_ones or group) else "new",
        waiver=None if open_ones else first.waiver,
        deviation=first.deviation,
    )


def unreplaced(occurrences: list[Occurrence], rules: Mapping[str, Rule]) -> list[Occurrence]:
    """The occurrences without those that a more special rule at the same line stands for."""
    dropped = {(other, occurrence.location.file, occurrence.location.line)
               for occurrence in occurrences if occurrence.rule in rules for other in rules[occurrence.rule].replaces}
    return [occurrence for occurrence in occurrences
            if (occurrence.rule, occurrence.location.file, occurrence.location.line) not in dropped]


def _order(occurrence: Occurrence) -> tuple[object, ...]:
    place = occurrence.location
    resource = occurrence.resource or ResourceId("", "", "", "")
    return (place.file, place.line, place.column, occurrence.rule, resource, occurrence.path, occurrence.target or "",
            occurrence.message, -occurrence.severity, place.quality, occurrence.waiver is not None)
