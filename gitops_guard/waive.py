"""Occurrences + waivers -> occurrences marked waived, and a fault for each waiver that is bad.

A waiver is a comment, `# gitops-guard: ignore[rule-id] reason (until 2027-01-31)`, or an entry of `waivers:` in the
configuration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from .config import is_date
from .model import Fault, Location, Occurrence, Waiver
from .source import Comment

_MARK = re.compile(r"#\s*gitops-guard:")
_FORM = re.compile(r"#\s*gitops-guard:\s*ignore\[([^\]]*)\]\s*(.*?)\s*(?:\(until ([^)]*)\))?\s*$")
_REMEDY = "write `# gitops-guard: ignore[rule-id] reason (until YYYY-MM-DD)`"

Matches = Callable[[str, str], bool]
"""(pattern, text): `*` does not cross `/`, `**` does"""


@dataclass(frozen=True)
class Waived:
    """What waiving left."""

    occurrences: tuple[Occurrence, ...]
    faults: tuple[Fault, ...]


def inline(file: str, comments: Iterable[Comment]) -> list[Waiver]:
    """The waivers in a file's comments. One that stands alone on its line covers the next line, too."""
    found = []
    for comment in comments:
        if not _MARK.match(comment.text):
            continue
        match = _FORM.match(comment.text)
        rules, reason, expires = match.groups() if match else ("", "", None)
        found.append(Waiver(
            rules=tuple(rule.strip() for rule in rules.split(",") if rule.strip()),
            reason=reason,
            expires=expires,
            location=Location(file, comment.line, comment.column),
            file=file,
            lines=(comment.line, comment.line + 1) if comment.alone else (comment.line,),
        ))
    return found


def waive(occurrences: Sequence[Occurrence], waivers: Sequence[Waiver], *, today: str, matches: Matches,
          complete: Callable[[str], bool], known: Collection[str]) -> Waived:
    """Mark what a good waiver covers.

    `today` is YYYY-MM-DD. `complete(rule)` says whether the run judged everything by the rule, so that a waiver of it that
    covers nothing is unused. `known` are all rule ids. A bad waiver waives nothing and is one fault: no reason, before
    expired, before unused.
    """
    faults: list[Fault] = []
    good: list[Waiver] = []
    for waiver in waivers:
        problem = _problem(waiver, today)
        if problem is None:
            good.append(waiver)
        else:
            faults.append(problem)
    used: set[int] = set()
    marked = []
    for occurrence in occurrences:
        cover = [index for index, waiver in enumerate(good) if _covers(waiver, occurrence, matches)]
        used.update(cover)
        marked.append(replace(occurrence, waiver=good[cover[0]]) if cover else occurrence)
    for index, waiver in enumerate(good):
        if index not in used:
            faults.extend(_unused(waiver, matches, complete, known))
    return Waived(tuple(marked), tuple(faults))


def _problem(waiver: Waiver, today: str) -> Fault | None:
    if not waiver.rules:
        message = "a waiver that names no rule, so it waives nothing"
        return Fault("waiver/no-reason", message, location=waiver.location, remedy=_REMEDY)
    names = ", ".join(waiver.rules)
    if not waiver.reason.strip():
        return Fault("waiver/no-reason", f"the waiver of {names} gives no reason, so it waives nothing", location=waiver.location)
    if waiver.expires is not None:
        if not is_date(waiver.expires):
            return Fault("waiver/expired", f"the waiver of {names} ends on no date of the calendar, so it waives nothing",
                         location=waiver.location, remedy="write the last day as YYYY-MM-DD")
        if waiver.expires < today:
            return Fault("waiver/expired", f"the waiver of {names} expired on {waiver.expires}", location=waiver.location)
    return None


def _unused(waiver: Waiver, matches: Matches, complete: Callable[[str], bool], known: Collection[str]) -> Iterable[Fault]:
    covered = [[rule for rule in known if matches(pattern, rule)] for pattern in waiver.rules]
    unknown = [pattern for pattern, rules in zip(waiver.rules, covered, strict=True) if not rules]
    if unknown:
        yield Fault("waiver/unused", f"there is no rule {', '.join(unknown)}", location=waiver.location,
                    remedy="`gitops-guard policies list` prints the rules")
    elif all(complete(rule) for rules in covered for rule in rules):
        names = ", ".join(waiver.rules)
        yield Fault("waiver/unused", f"the waiver of {names} covers nothing", location=waiver.location)


def _covers(waiver: Waiver, occurrence: Occurrence, matches: Matches) -> bool:
    if not any(matches(pattern, occurrence.rule) for pattern in waiver.rules):
        return False
    if waiver.lines:
        return occurrence.location.file == waiver.file and occurrence.location.line in waiver.lines
    # A waiver that names neither would cover the rule everywhere; the configuration has `enabled: false` for that.
    return (waiver.resource is not None or waiver.file is not None) \
        and (waiver.resource is None or _covers_resource(waiver.resource, occurrence, matches)) \
        and (waiver.file is None or matches(waiver.file, occurrence.location.file))


def _covers_resource(pattern: str, occurrence: Occurrence, matches: Matches) -> bool:
    resource = occurrence.resource
    if resource is None:
        return False
    parts = pattern.split("/")
    if len(parts) == 2:
        return not resource.namespace and matches(parts[0], resource.kind) and matches(parts[1], resource.name)
    if len(parts) != 3:
        return False
    kind, namespace, name = parts
    # `*` also matches an object that names no namespace.
    inside = matches(namespace, resource.namespace) if resource.namespace else namespace in ("*", "**")
    return matches(kind, resource.kind) and inside and matches(name, resource.name)
