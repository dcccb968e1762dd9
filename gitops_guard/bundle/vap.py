"""A rule and its twin in CEL -> ValidatingAdmissionPolicies and bindings: one pair for what is refused, one for what is told.

Form and limits: k8s.io/api/admissionregistration/v1. Variables are worked out when something asks for them, so what nothing
needs costs nothing. Several policies may refuse one request; the API server then tells the message of one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..config import Admission as Settings
from ..errors import UsageError
from ..model import Severity
from ..rego_glob import as_regex
from ..twin import Seen, Twin
from . import cel, names, waivers
from .cel_before import SUFFIX, before
from .cel_walk import unrolled
from .gatekeeper_rego import kind_patterns
from .modes import EVERYTHING, REFUSALS, WARNINGS, Part, parts
from .rules import AdmissionRule

API_VERSION = "admissionregistration.k8s.io/v1"
_OWN = frozenset({"errors", "kept", "faults", "ranks", "told"})
"""Variables that are added; and those that end in SUFFIX."""
_VALIDATION = {"deny": "Deny", "warn": "Warn", "dryrun": "Audit"}


def policies(rule: AdmissionRule, twin: Twin, settings: Settings) -> list[dict[str, Any]]:
    """The documents of a rule; none where all that it finds are notes. Raises UsageError for parameters that CEL can't have."""
    taken = [variable.name for variable in twin.variables
             if variable.name in _OWN or variable.name in rule.parameters or variable.name.endswith(SUFFIX)]
    if taken:
        raise UsageError(f"{rule.id}: the variable {taken[0]} of its twin in CEL has a name that is taken; choose another one")
    found = []
    for part in parts(rule, may_find(rule, twin), settings.mode):
        name = f"gitops-guard-{names.dashed(rule.id)}{part.suffix}"
        found += [_policy(name, rule, twin, part), _binding(name, _VALIDATION[part.action], settings.exempt_namespaces)]
    return found


def may_find(rule: AdmissionRule, twin: Twin) -> frozenset[Severity]:
    """The severities of what the twin finds."""
    return frozenset(rule.severity_of(one.severity) for one in twin.faults)


def _policy(name: str, rule: AdmissionRule, twin: Twin, part: Part) -> dict[str, Any]:
    told = cel.short("variables.told", "variables.faults", "variables.ranks")
    return {
        "apiVersion": API_VERSION, "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name, "labels": names.LABELS,
                     "annotations": {names.RULE: rule.id, names.REMEDY: rule.rule.remedy}},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"matchPolicy": "Equivalent", "resourceRules": _resource_rules(rule, twin)},
            **_conditions(rule, twin),
            "variables": [{"name": variable, "expression": text} for variable, text in _variables(rule, twin, part)],
            "validations": [{"expression": "variables.faults.size() == 0", "reason": "Forbidden", "message": rule.rule.title,
                             "messageExpression": told}],
        },
    }


def _conditions(rule: AdmissionRule, twin: Twin) -> dict[str, Any]:
    """Where the twin asks for all kinds, and the policy does not: those of the policy."""
    if not twin.is_of_all_kinds or rule.kinds == ("*",):
        return {}
    wanted = cel.literal("|".join(kind_patterns(rule.kinds)))
    expression = f"(request.kind.group + '/' + request.kind.kind).matches({wanted})"
    return {"matchConditions": [{"name": "kinds", "expression": expression}]}


def _binding(name: str, action: str, exempt: Sequence[str]) -> dict[str, Any]:
    expressions = [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": list(exempt)}]
    return {
        "apiVersion": API_VERSION, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": name, "labels": names.LABELS},
        "spec": {"policyName": name, "validationActions": [action],
                 **({"matchResources": {"namespaceSelector": {"matchExpressions": expressions}}} if exempt else {})},
    }


def _variables(rule: AdmissionRule, twin: Twin, part: Part) -> Iterator[tuple[str, str]]:
    for parameter, value in rule.parameters.items():
        yield parameter, cel.literal(_regexes(rule, parameter, value) if parameter in twin.globs else value)
    expressions = {variable.name: unrolled(variable) for variable in twin.variables}
    yield from expressions.items()
    errors, warnings = (_sum(rule, twin, severity) for severity in (Severity.ERROR, Severity.WARNING))
    found = {REFUSALS: errors, WARNINGS: warnings, EVERYTHING: cel.joined(errors, warnings)}[part.tells]
    if not rule.of_requests and part.tells != EVERYTHING and errors != cel.NOTHING:
        for name, expression in expressions.items():
            yield name + SUFFIX, before(expression, expressions)
        yield "errors", errors
        yield "kept", f"request.operation == 'UPDATE' ? {before(errors, expressions)} : []"
        found = ("variables.errors.filter(m, !(m in variables.kept))" if part.tells == REFUSALS
                 else cel.joined(warnings, "variables.errors.filter(m, m in variables.kept)"))
    if rule.waivers:
        found = f"{waivers.condition(rule.waivers)} ? [] : {found}"
    yield "faults", cel.lines(found)
    yield "ranks", cel.ranks("variables.faults")
    yield "told", cel.shown("variables.faults", "variables.ranks")


def _sum(rule: AdmissionRule, twin: Twin, severity: Severity) -> str:
    return cel.joined(*(one.expression for one in twin.faults if rule.severity_of(one.severity) is severity))


def _regexes(rule: AdmissionRule, parameter: str, value: Any) -> list[str]:
    try:
        # As the policies do it: what is no text fits nothing.
        return [as_regex(glob, "/") for glob in value if isinstance(glob, str)]
    except ValueError as error:
        raise UsageError(f"the parameter {parameter} of {rule.id}: {error}") from None


def _resource_rules(rule: AdmissionRule, twin: Twin) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, str], set[str]] = {}
    for seen in (*twin.resources, *_asked_for(rule.parameters, twin.asked_for)):
        grouped.setdefault((seen.group, seen.version), set()).add(seen.resource)
    return [{"apiGroups": [group], "apiVersions": [version], "operations": list(twin.operations), "resources": sorted(resources)}
            for (group, version), resources in sorted(grouped.items())]


def _asked_for(parameters: Mapping[str, Any], parameter: str) -> Iterator[Seen]:
    """Resources that the configuration lists, each with its scale."""
    for entry in parameters[parameter] if parameter else ():
        group, _, resource = entry.partition("/")
        yield Seen(group, "*", resource, "*")
        if "/" not in resource:
            yield Seen(group, "*", f"{resource}/scale", "*")
