"""A rule -> Gatekeeper's ConstraintTemplate with the policy and its libraries, and Constraints with what is configured.

Forms: frameworks/constraint, templates.gatekeeper.sh/v1 and constraints.gatekeeper.sh/v1beta1, as Gatekeeper 3.23 reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..config import Admission as Settings
from ..errors import UsageError
from . import names, waivers
from .gatekeeper_rego import OWN, may_find, modules
from .modes import Part, parts

__all__ = ["OWN", "constraints", "template", "template_path"]
from .parameter_schema import schema_of
from .rules import AdmissionRule

_LONGEST = 63
"""Of a kind: its lower case is the first part of the CustomResourceDefinition's name, and a label."""


def template(rule: AdmissionRule) -> dict[str, Any]:
    """The ConstraintTemplate. Raises UsageError for a rule that Gatekeeper has no name for."""
    kind = names.kind_of(rule)
    if len(kind) > _LONGEST:
        raise UsageError(f"{rule.id}: its kind in Gatekeeper would be {kind}, longer than {_LONGEST} characters")
    if OWN in rule.parameters:
        raise UsageError(f"{rule.id}: Gatekeeper's Constraints need the parameter {OWN} themselves; name the rule's otherwise")
    entry, libraries = modules(rule)
    schema = schema_of({**rule.policy.metadata.parameters, OWN: {}})
    return {
        "apiVersion": "templates.gatekeeper.sh/v1", "kind": "ConstraintTemplate",
        "metadata": {"name": kind.lower(), "labels": names.LABELS, "annotations": {
            "metadata.gatekeeper.sh/title": rule.rule.title, "description": rule.rule.description, names.RULE: rule.id}},
        "spec": {
            "crd": {"spec": {"names": {"kind": kind}, "validation": {"openAPIV3Schema": schema}}},
            "targets": [{"target": "admission.k8s.gatekeeper.sh", "code": [
                {"engine": "Rego", "source": {"version": "v1", "rego": entry, "libs": libraries}}]}],
        },
    }


def template_path(rule: AdmissionRule) -> str:
    """Where the template lies in the output."""
    return f"templates/{names.kind_of(rule).lower()}.yaml"


def constraints(rule: AdmissionRule, settings: Settings) -> list[dict[str, Any]]:
    """A Constraint for what is refused and one for what is told; none where all that the rule finds are notes."""
    return [_constraint(rule, part, settings.exempt_namespaces) for part in parts(rule, may_find(rule), settings.mode)]


def _constraint(rule: AdmissionRule, part: Part, exempt: Sequence[str]) -> dict[str, Any]:
    own: dict[str, Any] = {"severity": rule.severity.word, "overrides": rule.overrides, "tells": part.tells}
    if rule.waivers:
        own["waivers"] = [{"object": waivers.pattern(waiver), "reason": waiver.reason,
                           **({"until": waiver.expires} if waiver.expires else {})} for waiver in rule.waivers]
    match: dict[str, Any] = {"kinds": _kinds(rule)}
    if exempt:
        match["excludedNamespaces"] = list(exempt)
    return {
        "apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": names.kind_of(rule),
        "metadata": {"name": names.dashed(rule.id) + part.suffix, "labels": names.LABELS,
                     "annotations": {names.RULE: rule.id, names.REMEDY: rule.rule.remedy}},
        "spec": {"enforcementAction": part.action, "match": match, "parameters": {**rule.parameters, OWN: own}},
    }


def _kinds(rule: AdmissionRule) -> list[dict[str, list[str]]]:
    """What Gatekeeper can select by itself: whole groups and kinds. The template looks at the rest."""
    found: dict[str, set[str]] = {}
    for group, kind in _groups_and_kinds(rule.kinds):
        found.setdefault("*" if "*" in group else group, set()).add("*" if "*" in kind else kind)
    return [{"apiGroups": [group], "kinds": ["*"] if "*" in kinds else sorted(kinds)} for group, kinds in sorted(found.items())]


def _groups_and_kinds(kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in kinds:
        group, slash, kind = text.rpartition("/")
        yield group if slash else "*", kind
