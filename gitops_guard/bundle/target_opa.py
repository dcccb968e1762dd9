"""Rules -> the files of an OPA bundle: the policies as they are, what they need, the webhook's answer, and the configuration.

Form: openpolicyagent.org/docs/management-bundles; the archive and the signature are made in archive.py and signing.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..config import Admission as Settings
from ..errors import UsageError
from ..model import Severity
from ..rego_file import RegoFile
from . import waivers
from .canonical import canonical
from .gatekeeper_rego import kind_patterns
from .made import Made
from .modes import ACTIONS
from .opa_rego import OWN, rules_module, strict_module
from .rules import Admission, AdmissionRule

MANIFEST = ".manifest"
DECISION = "gitops_guard/decision"
"""The path of the plain decision, as OPA's API spells it."""

_WEBHOOK = Path(__file__).parent / "webhook"
_PLACES = {"main.rego": "system", "authz.rego": "system", "decision.rego": "gitops_guard", "review.rego": OWN.replace(".", "/")}
_OURS = ("system", "system.authz", "gitops_guard", OWN)
_STATUS = {"deny": "denied", "warn": "warned", "dryrun": "recorded"}


def made(admission: Admission, settings: Settings, called: Mapping[str, int]) -> Made:
    """All files but the signature; `called` are the builtins of the policies, with their numbers of arguments.

    Raises UsageError where a policy is in the way of the bundle's own packages.
    """
    files = {f"{place}/{name}": (_WEBHOOK / name).read_text(encoding="utf-8") for name, place in _PLACES.items()}
    own = _PLACES["review.rego"]
    files[f"{own}/rules.rego"] = rules_module(admission.rules, called)
    files[f"{own}/strict.rego"] = strict_module(called)
    for file in _rego_files(admission.rules):
        files[_path(file, files)] = file.text
    data = _merged(admission.data, {"gitops_guard": {"bundle": {"settings": _settings(admission.rules, settings)}}})
    files["data.json"] = canonical(data)
    roots = sorted({"gitops_guard", "system", *data, *(file.package.split(".")[0] for file in _rego_files(admission.rules))})
    files[MANIFEST] = canonical({
        "revision": _revision(files), "roots": roots, "rego_version": 1, "file_rego_versions": {f"*{own}/rules.rego": 0}})
    return Made(dict(sorted(files.items())), tuple(f"{rule}: {why}" for rule, why in admission.left_out.items()))


def _rego_files(rules: Sequence[AdmissionRule]) -> list[RegoFile]:
    """The policies and their libraries, each once."""
    found = {id(file): file for rule in rules for file in (*rule.policy.files, *rule.libraries)}
    return sorted(found.values(), key=lambda file: (file.package, file.shown))


def _path(file: RegoFile, taken: Iterable[str]) -> str:
    """Where a file lies: by its package, so that the folder that it came from does not matter."""
    package = file.package
    if package in _OURS or package.startswith(f"{OWN}."):
        raise UsageError(f"{file.shown}:{file.line}: the package {package} is the bundle's own; choose another name")
    path = package.replace(".", "/")
    if not all(part.isidentifier() for part in package.split(".")):
        path = hashlib.sha256(package.encode()).hexdigest()[:16]
    names = (f"{path}.rego", *(f"{path}-{number}.rego" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


def _settings(rules: Sequence[AdmissionRule], settings: Settings) -> dict[str, Any]:
    outcomes = {severity.word: _STATUS[action] for severity, action in ACTIONS[settings.mode].items()}
    return {
        "exempt_namespaces": list(settings.exempt_namespaces),
        "outcomes": {Severity.NOTE.word: "noted", **outcomes},
        "rules": {rule.id: {
            "of_requests": rule.of_requests, "kinds": "|".join(kind_patterns(rule.kinds)), "parameters": rule.parameters,
            "severity": rule.severity.word, "overrides": rule.overrides,
            "waivers": [{"object": waivers.pattern(waiver), **({"until": waiver.expires} if waiver.expires else {})}
                        for waiver in rule.waivers],
        } for rule in rules},
    }


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(below)
    for key, value in above.items():
        known = found.get(key)
        found[key] = _merged(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return found


def _revision(files: Mapping[str, str]) -> str:
    """Of all that is in the bundle."""
    whole = canonical({path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()})
    return hashlib.sha256(whole.encode()).hexdigest()[:40]
