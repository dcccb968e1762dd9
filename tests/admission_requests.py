"""Requests to a cluster, and what each of them must be answered: for the reference in Python, for OPA, and for OPA as a webhook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gitops_guard.bundle import Admission
from gitops_guard.bundle.made import Made
from gitops_guard.bundle.verdict import Verdict
from gitops_guard.bundling import enforceable, for_opa
from gitops_guard.config import Config, load
from gitops_guard.origin import Map
from gitops_guard.policy import PolicyFolder, PolicySet
from gitops_guard.policy import load as load_policies
from gitops_guard.selection import select
from gitops_guard.source import Dialect, parse

TODAY = "2026-11-21"

# Each finds what the object says that it should find.
_HOUSE = """# METADATA
# title: t
# description: d
# custom:
#   scope: {scope}
#   severity: {severity}
#   remedy: r
{more}package gitops_guard.house.{name}

"""
_SAYS = 'deny contains fault if some fault in input.object.spec.%s\n\ndeny contains {"msg": "long"} if count(input.object.spec.list) > 2\n'
HOUSE = {
    "house/strict.rego": _HOUSE.format(scope="resource", severity="error", name="strict", more="#   admission: true\n#   kinds: [acme/Thing]\n") + _SAYS % "strict",
    "house/loose.rego": _HOUSE.format(scope="resource", severity="warning", name="loose", more="#   admission: true\n#   kinds: ['*.io/*']\n") + _SAYS % "loose",
    "house/asker.rego": _HOUSE.format(scope="admission", severity="error", name="asker", more="#   parameters: {denied: [mallory]}\n")
    + 'deny contains {"msg": sprintf("not %s", [input.request.userInfo.username])} if input.request.userInfo.username in input.parameters.denied\n',
}


@dataclass(frozen=True)
class Asked:
    name: str
    request: dict[str, Any]
    denied: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    config: str = ""
    fails: bool = False
    """It can't be judged."""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def review(self) -> Map:
        request = {"uid": "0b5e", "operation": "CREATE", "namespace": "shop", "userInfo": {"username": "alice"}, **self.request}
        text = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request})
        return parse(text.encode(), "review.json").load(Dialect.MANIFEST)[0]

    @property
    def verdict(self) -> Verdict | None:
        return None if self.fails else Verdict(self.denied, self.warnings)


def thing(api_version: str = "acme/v1", kind: str = "Thing", name: str = "one", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


BAD = thing(strict=[{"msg": "a b"}])
MANY = thing(strict=[{"msg": "b"}, {"msg": "a", "severity": "warning"}, {"msg": "n", "severity": "note"}, {"msg": "c", "path": ["spec", 0]}])
WAIVER = "waivers: [{rule: house/strict, resource: %s, reason: r%s}]"

REQUESTS = (
    Asked("nothing is wrong", {"object": thing()}),
    Asked("an error", {"object": BAD}, ("house/strict: a b",)),
    Asked("each severity", {"object": MANY}, ("house/strict: b", "house/strict: c"), ("house/strict: a",)),
    Asked("another kind", {"object": thing(kind="Other", strict=[{"msg": "a"}])}),
    Asked("another group", {"object": thing("other/v1", strict=[{"msg": "a"}])}),
    Asked("kinds by glob", {"object": thing("things.acme.io/v1", "Any", loose=[{"msg": "a"}])}, (), ("house/loose: a",)),
    Asked("a change that breaks", {"operation": "UPDATE", "object": BAD, "oldObject": thing()}, ("house/strict: a b",)),
    Asked("a change that leaves it broken", {"operation": "UPDATE", "object": BAD, "oldObject": BAD}, (), ("house/strict: a b",)),
    Asked("a change that breaks it more", {"operation": "UPDATE", "object": MANY, "oldObject": thing(strict=[{"msg": "b"}])},
          ("house/strict: c",), ("house/strict: a", "house/strict: b")),
    Asked("what was wrong otherwise", {"operation": "UPDATE", "object": BAD, "oldObject": thing(strict=[{"msg": "a  b"}])}, ("house/strict: a b",)),
    Asked("a creation has no past", {"object": BAD, "oldObject": BAD}, ("house/strict: a b",)),
    Asked("a deletion", {"operation": "DELETE", "object": None, "oldObject": BAD}),
    Asked("its status", {"operation": "UPDATE", "subResource": "status", "object": BAD, "oldObject": thing()}),
    Asked("a pod's further containers", {"operation": "UPDATE", "subResource": "ephemeralcontainers", "object": BAD, "oldObject": thing()}, ("house/strict: a b",)),
    Asked("a dry run", {"dryRun": True, "object": BAD}, ("house/strict: a b",)),
    Asked("an exempt namespace", {"namespace": "kube-system", "object": BAD}),
    Asked("another exempt namespace", {"namespace": "kube-system", "object": BAD}, ("house/strict: a b",), config="admission: {exempt-namespaces: [shop-a]}"),
    Asked("mode warn", {"object": MANY}, (), ("house/strict: a", "house/strict: b", "house/strict: c"), "admission: {mode: warn}"),
    Asked("mode dryrun", {"object": MANY}, config="admission: {mode: dryrun}"),
    Asked("a severity is configured", {"object": MANY}, (), tuple(f"house/strict: {text}" for text in "abcn"), "rules: {house/strict: {severity: warning}}"),
    Asked("a note is dropped", {"object": BAD}, config="rules: {house/strict: {severity: note}}"),
    Asked("a rule is switched off", {"object": BAD}, config="rules: {house/strict: {enabled: false}}"),
    Asked("waived", {"object": BAD}, config=WAIVER % ("Thing/shop/one", "")),
    Asked("waived by pattern", {"object": BAD}, config=WAIVER % ("'*/sh?p/o*'", "")),
    Asked("waived until its day", {"object": BAD}, config=WAIVER % ("Thing/shop/one", ", expires: 2999-01-01")),
    Asked("no longer waived", {"object": BAD}, ("house/strict: a b",), config=WAIVER % ("Thing/shop/one", ", expires: 2020-01-01")),
    Asked("another is waived", {"object": BAD}, ("house/strict: a b",), config=WAIVER % ("Thing/shop/on", "")),
    Asked("what has no namespace is waived", {"object": BAD}, ("house/strict: a b",), config=WAIVER % ("Thing/one", "")),
    Asked("without a namespace", {"namespace": "", "object": {**BAD, "metadata": {"name": "one"}}}, config=WAIVER % ("Thing/one", "")),
    Asked("several lines become one", {"object": thing(strict=[{"msg": " a\n\tb\u0007c "}])}, ("house/strict: a b c",)),
    Asked("who asks", {"userInfo": {"username": "mallory"}, "object": thing()}, ("house/asker: not mallory",)),
    Asked("who asks for a deletion", {"operation": "DELETE", "userInfo": {"username": "mallory"}, "oldObject": thing()}, ("house/asker: not mallory",)),
    Asked("who asks for a subresource", {"operation": "CONNECT", "subResource": "exec", "userInfo": {"username": "mallory"}, "object": {"kind": "PodExecOptions"}},
          ("house/asker: not mallory",)),
    Asked("who asks, by parameter", {"userInfo": {"username": "mallory"}, "object": thing()}, config="rules: {house/asker: {parameters: {denied: [alice]}}}"),
    Asked("two rules", {"userInfo": {"username": "mallory"}, "object": BAD}, ("house/asker: not mallory", "house/strict: a b")),
    Asked("a builtin that can", {"object": thing(list=[1, 2, 3])}, ("house/strict: long",)),
    Asked("a builtin that can't", {"object": thing(list=3)}, fails=True),
    Asked("a builtin that can't, for a kind that nobody asks about", {"object": thing(kind="Other", list=3)}),
)

MALFORMED = tuple(Asked(f"malformed: {fault}", {"object": thing(strict=[fault])}) for fault in (
    "text", {}, {"msg": ""}, {"msg": " "}, {"msg": 3}, {"msg": "a", "severity": "bad"}, {"msg": "a", "severity": 1}, {"msg": "a", "more": 1}, {"msg": "a", "path": "x"}))


def write_house(folder: Path) -> PolicySet:
    """The policies, and nothing else: no library, no built-in rule."""
    for name, text in HOUSE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return load_policies([PolicyFolder(folder, display="policies")])


def bundled(policies: PolicySet, text: str = "") -> tuple[Admission, Config, Made]:
    config = load(text)
    found = enforceable(policies, config, select(policies.rules, config, described=policies.described), data_files=True)
    return found, config, for_opa(policies, found, config)


def by_config(requests: tuple[Asked, ...]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for asked in requests:
        found.setdefault(asked.config, []).append(replace(asked))
    return found
