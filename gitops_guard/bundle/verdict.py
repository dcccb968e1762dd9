"""What the rules find in a request -> what the cluster answers to it: the reference for every target, and for `--verify`.

`webhook/review.rego` says the same to OPA.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..config import Admission as Settings
from ..model import Severity
from . import waivers
from .modes import ACTIONS
from .rules import Admission, AdmissionRule

_WRITES = ("CREATE", "UPDATE")
_WHOLE = ("", "ephemeralcontainers")
"""The subresources with which the object itself is written: none, and that of a pod."""
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
"""Also Unicode's; `\\pZ` says it where regular expressions know no others (webhook/review.rego)."""


class Found(NamedTuple):
    """What a rule finds."""

    rule: str
    message: str
    severity: Severity | None = None
    """None: the rule's own."""


@dataclass(frozen=True)
class Verdict:
    """What the cluster answers: texts of one line, sorted, `rule: message`."""

    denied: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def objects_of(request: Mapping[str, Any]) -> tuple[Any, Any]:
    """The object that rules of scope resource judge, and what it was before; None where there is none."""
    if request.get("operation") not in _WRITES or (request.get("subResource") or "") not in _WHOLE:
        return None, None
    new, old = request.get("object"), request.get("oldObject")
    return (new if isinstance(new, Mapping) else None,
            old if isinstance(old, Mapping) and request["operation"] == "UPDATE" else None)


def is_exempt(request: Mapping[str, Any], settings: Settings) -> bool:
    """Whether nothing is judged where the request writes."""
    return _namespace(request) in settings.exempt_namespaces


def verdict(admission: Admission, settings: Settings, request: Mapping[str, Any], found: Iterable[Found],
            kept: Collection[tuple[str, str]], today: str) -> Verdict:
    """The answer; `kept` are rule and message of what was wrong before the change as well, `today` is YYYY-MM-DD."""
    rules = {rule.id: rule for rule in admission.rules}
    told: dict[str, set[str]] = {"deny": set(), "warn": set()}
    for one in found:
        rule = rules[one.rule]
        action = ACTIONS[settings.mode].get(rule.severity_of(one.severity), "")
        if action == "deny" and (one.rule, one.message) in kept:
            action = "warn"
        if action in told and not _is_waived(rule, request, today):
            told[action].add(f"{one.rule}: {in_one_line(one.message)}")
    return Verdict(tuple(sorted(told["deny"])), tuple(sorted(told["warn"])))


def in_one_line(message: str) -> str:
    """A message as all targets tell it."""
    return _BLANKS.sub(" ", message).strip()


def _is_waived(rule: AdmissionRule, request: Mapping[str, Any], today: str) -> bool:
    name = _identity(request)
    return any(re.fullmatch(waivers.pattern(waiver), name) for waiver in rule.waivers
               if waiver.expires is None or waiver.expires >= today)


def _identity(request: Mapping[str, Any]) -> str:
    subject = _subject(request)
    kind = (request.get("kind") or {}).get("kind", subject.get("kind", ""))
    name = (subject.get("metadata") or {}).get("name", request.get("name", ""))
    return f"{kind}/{_namespace(request)}/{name}"


def _namespace(request: Mapping[str, Any]) -> str:
    return str(request.get("namespace", (_subject(request).get("metadata") or {}).get("namespace", "")))


def _subject(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((side for side in (request.get("object"), request.get("oldObject")) if isinstance(side, Mapping)), {})
