"""A set of policies and what the configuration says of them -> the rules that a cluster enforces, each with all that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..config import Config
from ..errors import UsageError
from ..globs import is_glob, matches
from ..model import Rule, Severity, Waiver
from ..needs import needed
from ..origin import origin_of
from ..parameters import effective
from ..policy import Policy, PolicySet
from ..rego_file import RegoFile
from ..selection import Selection

EVERYTHING = ("*",)
_ACCOUNTS = re.compile(r"system:serviceaccount:[a-z0-9*-]+:[a-z0-9.*-]+")
_USERS = ("identities", "controllers")
"""Parameters of scope admission whose items, or keys, name users."""


@dataclass(frozen=True)
class AdmissionRule:
    """A rule as the cluster enforces it."""

    rule: Rule
    policy: Policy
    libraries: tuple[RegoFile, ...]
    """Those that the policy needs, and those that they need, sorted by package."""
    parameters: Mapping[str, Any]
    """`input.parameters`: each of the rule's, as configured, else its default."""
    severity: Severity
    """Of a result that has none of its own: as without a target, where what counts in production counts, or as configured."""
    overrides: bool = False
    """Whether the severity was configured, and replaces a result's own."""
    waivers: tuple[Waiver, ...] = ()
    """Those of the configuration that may cover something in a cluster: they name a resource, a reason, and no file."""

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.rule.id

    @property
    def package(self) -> str:
        """Of the policy: `data.<package>.deny` is its verdict."""
        return self.policy.package

    @property
    def of_requests(self) -> bool:
        """Whether the input has `request` (scope admission), and not `object`."""
        return self.policy.metadata.scope == "admission"

    @property
    def kinds(self) -> tuple[str, ...]:
        """As METADATA has them; EVERYTHING where it names none. What a rule about requests judges is said by its parameters."""
        return self.policy.metadata.kinds or EVERYTHING

    def severity_of(self, own: Severity | None) -> Severity:
        """The severity of a result, as `check` gives it."""
        return self.severity if own is None or self.overrides else own


@dataclass(frozen=True)
class Admission:
    """All that the cluster enforces."""

    rules: tuple[AdmissionRule, ...]
    """Sorted by id."""
    left_out: Mapping[str, str]
    """Rules that could be enforced and are not: id -> why."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What data files say, where a policy or library that is not built in may ask for it."""


def admission_rules(policies: PolicySet, config: Config, selection: Selection, chosen: Sequence[str] = ()) -> Admission:
    """The enabled rules that make sense in the cluster; `chosen` are those that the command line named (`--select`).

    Raises UsageError for a rule that was named and can't be enforced, and for parameters that are wrong or missing.
    """
    by_id = {policy.id: policy for policy in policies.policies}
    for name in chosen:
        if not is_glob(name) and name in policies.rules:
            _refuse(name, by_id.get(name))
    files = [*policies.libraries, *(file for policy in policies.policies for file in policy.files)]
    rules, left_out = [], {}
    for policy in policies.policies:
        if policy.id not in selection.enabled or policy.conftest or not policy.metadata.in_cluster:
            continue
        configured = selection.parameters.get(policy.id, {})
        parameters = effective([policy], {policy.id: configured})[0]
        missing = [name for name in policy.metadata.required if not parameters[name]]
        if missing:
            why = f"it needs the parameter {missing[0]}; write it under rules: {policy.id}: parameters:"
            if policy.id in chosen or configured:
                raise UsageError(f"{_place(config, policy.id)}{policy.id} can't be enforced: {why}")
            left_out[policy.id] = why
            continue
        if policy.metadata.scope == "admission":
            _check_users(policy, parameters)
        rules.append(_rule(policy, parameters, files, config, selection))
    house = any(not file.builtin for rule in rules for file in (*rule.policy.files, *rule.libraries))
    return Admission(tuple(rules), left_out, policies.data if house else {})


def _rule(policy: Policy, parameters: Mapping[str, Any], files: Sequence[RegoFile], config: Config,
          selection: Selection) -> AdmissionRule:
    own = {id(file) for file in policy.files}
    libraries = [file for file in needed(files, policy.files) if id(file) not in own]
    severity = selection.severities.get(policy.id)
    # What says of itself how grave it is (break-glass: a warning) must not become a refusal because the rule is one.
    overrides = severity is not None and policy.metadata.scope != "admission"
    waivers = tuple(waiver for waiver in config.waivers if waiver.resource is not None and waiver.file is None
                    and waiver.reason and any(matches(pattern, policy.id) for pattern in waiver.rules))
    return AdmissionRule(policy.metadata.rule, policy, tuple(sorted(libraries, key=lambda file: (file.package, file.shown))),
                         parameters, policy.metadata.rule.severity if severity is None else severity, overrides, waivers)


def _refuse(name: str, policy: Policy | None) -> None:
    """Raise UsageError, with the line of the policy, where it can't be enforced in a cluster."""
    if policy is None or policy.conftest:
        raise UsageError(f"{name} can't be enforced in the cluster: it is no policy with METADATA")
    if policy.metadata.in_cluster:
        return
    file, scope = policy.files[0], policy.metadata.scope
    key, why = ("scope", f"its scope is {scope}; the cluster shows one object at a time")
    if policy.metadata.needs_target:
        key, why = "needs", "it needs the target, which the cluster does not know"
    elif scope == "resource":
        key, why = "custom", "it is not marked `admission: true`; see policies/README.md for what such a rule must do without"
    rows = file.metadata.split("\n")
    line = next((number for number, row in enumerate(rows, 1) if row.strip().startswith(f"{key}:")), 0)
    raise UsageError(f"{file.shown}:{file.metadata_line + line}: {name} can't be enforced in the cluster: {why}")


def _place(config: Config, rule: str) -> str:
    where = config.location("rules", rule)
    return f"{where.file}:{where.line}: " if config.path is not None else ""


def _check_users(policy: Policy, parameters: Mapping[str, Any]) -> None:
    """Refuse what would name more users than it seems to: `*` alone, or across namespaces and names."""
    for parameter, text, place in _users(parameters):
        if not isinstance(text, str) or not text:
            raise UsageError(f"{place}{policy.id}: an item of {parameter} is no name of a user")
        if "*" in text and (not _ACCOUNTS.fullmatch(text) or "**" in text):
            raise UsageError(f"{place}{policy.id}: {text!r} in {parameter} fits more than ServiceAccounts; a `*` stands for part "
                             "of a namespace or name: system:serviceaccount:<namespace>:<name>")


def _users(parameters: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """(parameter, name or pattern, its place for messages)."""
    for parameter in _USERS:
        given = parameters.get(parameter, ())
        for key, text in enumerate(given) if isinstance(given, list) else ((name, name) for name in given):
            origin = origin_of(given, key)
            yield parameter, text, f"{origin.file}:{origin.key_line or origin.line}: " if origin is not None else ""
