"""A rule -> the Rego modules of its ConstraintTemplate: one that adapts Gatekeeper's input, then the policy and its libraries.

Gatekeeper's input is {"review": AdmissionRequest, "parameters": the Constraint's}; of DELETE `review.object` is a copy of
`oldObject` (pkg/target/target.go setObjectOnDelete), and audit and `gator test` know neither user nor operation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ..model import Severity
from ..re2 import quoted
from ..rego_file import RegoFile
from .rego_place import below_lib
from .rules import AdmissionRule

OWN = "gitops_guard"
"""The parameter that says what a Constraint tells, and what it leaves alone."""

_OWN_SEVERITY = re.compile(r'"severity"(?:\s*:\s*"(error|warning|note)")?')

_ENTRY = """\
package template

import data.lib.{package}

violation contains {{"msg": line, "details": {{"rule": "{rule}", "path": object.get(fault, "path", [])}}}} if {{
  judged
  not waived
  some fault in faults
  told(fault)
  line := trim_space(regex.replace(fault.msg, `[\\s\\x00-\\x1f\\x7f-\\x9f\\pZ]+`, " "))
}}

faults := found if {{
  found := {name}.deny with input as asked
}}

parameters := {{name: object.get(input.parameters, name, value) | some name, value in {defaults}}}

settings := object.union(
  {{"severity": "{severity}", "overrides": false, "tells": "everything", "waivers": []}},
  object.get(input.parameters, "{own}", {{}}),
)

told(fault) if {{
  settings.tells == "everything"
  severity(fault) in {{"error", "warning"}}
}} else if {{
  settings.tells == "refusals"
  severity(fault) == "error"
  not fault.msg in kept
}} else if {{
  settings.tells == "warnings"
  severity(fault) == "warning"
}} else if {{
  settings.tells == "warnings"
  severity(fault) == "error"
  fault.msg in kept
}}

severity(fault) := settings.severity if {{
  settings.overrides
}} else := object.get(fault, "severity", settings.severity)

waived if {{
  some waiver in settings.waivers
  regex.match(waiver.object, concat("/", [input.review.kind.kind, object.get(input.review, "namespace", ""), object_name]))
  not over(waiver)
}}

over(waiver) if {{
  [year, month, day] := time.date(time.now_ns())
  sprintf("%04d-%02d-%02d", [year, month, day]) > object.get(waiver, "until", "9999")
}}

object_name := object.get(input.review.object, ["metadata", "name"], object.get(input.review, "name", ""))

operation := object.get(input.review, "operation", "")
"""

_OF_OBJECTS = """
# The object as it would be stored; what goes was there before, and a status is no manifest.
judged if {{
  operation != "DELETE"
  object.get(input.review, "subResource", "") in {{"", "ephemeralcontainers"}}
  is_object(input.review.object)
  some pattern in {kinds}
  regex.match(pattern, concat("/", [input.review.kind.group, input.review.kind.kind]))
}}

asked := {{"object": input.review.object, "parameters": parameters}}

# What an object had before a change, nobody is kept from leaving as it is.
kept contains fault.msg if {{
  some fault in earlier
}}

earlier := found if {{
  operation == "UPDATE"
  is_object(input.review.oldObject)
  found := {name}.deny with input as {{"object": input.review.oldObject, "parameters": parameters}}
}}
"""

_OF_REQUESTS = """
# Without a user it is no request: an audit, or gator test.
judged if object.get(input.review, ["userInfo", "username"], "") != ""

asked := {"request": object.union(input.review, {"object": null}), "parameters": parameters} if {
  operation == "DELETE"
} else := {"request": input.review, "parameters": parameters}

kept := set()
"""


def modules(rule: AdmissionRule) -> tuple[str, list[str]]:
    """The entry, and the libraries."""
    name = rule.package.rpartition(".")[2]
    entry = _ENTRY.format(
        package=rule.package, name=name, rule=rule.id, own=OWN, severity=rule.severity.word,
        defaults=json.dumps(rule.policy.metadata.parameters, sort_keys=True, ensure_ascii=False))
    entry += _OF_REQUESTS if rule.of_requests else _OF_OBJECTS.format(name=name, kinds=json.dumps(kind_patterns(rule.kinds)))
    return entry, [_module(file) for file in (*rule.policy.files, *rule.libraries)]


def may_find(rule: AdmissionRule) -> frozenset[Severity]:
    """The severities of what the rule can find, as far as its text tells: all where it works them out."""
    if rule.overrides:
        return frozenset({rule.severity})
    words = [word for file in (*rule.policy.files, *rule.libraries) for word in _OWN_SEVERITY.findall(_body(file))]
    if not all(words):
        return frozenset(Severity)
    return frozenset({rule.severity, *(Severity.parse(word) for word in words)})


def kind_patterns(kinds: Sequence[str]) -> list[str]:
    """Kinds of METADATA as regular expressions for group/Kind; `*` stands for anything, also in a part of a word."""
    found = []
    for text in kinds:
        group, slash, kind = text.rpartition("/")
        found.append("^" + "/".join(quoted(part).replace(r"\*", ".*") for part in (group if slash else "*", kind)) + "$")
    return found


def _module(file: RegoFile) -> str:
    return below_lib(_body(file)).rstrip() + "\n"


def _body(file: RegoFile) -> str:
    """From the package on: METADATA is said elsewhere."""
    return "\n".join(file.text.split("\n")[file.line - 1:])
