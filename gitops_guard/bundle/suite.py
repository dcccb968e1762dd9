"""Samples -> a suite that `gator verify` runs (test.gatekeeper.sh/v1alpha1), with the objects and Constraints that it names.

pkg/gator/verify: a case has one object, or an AdmissionReview; its assertions are about the messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..config import Admission as Settings
from ..model import Severity
from ..re2 import quoted
from . import gatekeeper, names
from .modes import REFUSALS
from .rules import AdmissionRule
from .sample import Found, Sample

SUITE = "suite.yaml"
_PLAIN = Settings(mode="deny", exempt_namespaces=())


def suite(rules: Sequence[AdmissionRule], samples: Sequence[Sample]) -> Mapping[str, dict[str, Any]]:
    """Path in the output -> document: the suite and all that it names but the templates."""
    files: dict[str, dict[str, Any]] = {}
    tests = []
    for rule in rules:
        # As its author describes it: what the configuration makes of it is in the Constraints beside.
        plain = replace(rule, severity=rule.rule.severity, overrides=False, waivers=())
        of_rule = [sample for sample in samples if sample.rule == rule.id]
        groups: list[tuple[Mapping[str, Any], list[Sample]]] = []
        for sample in of_rule:
            group = next((held for parameters, held in groups if parameters == sample.parameters), None)
            if group is None:
                groups.append((sample.parameters, [sample]))
            else:
                group.append(sample)
        for number, (parameters, held) in enumerate(groups, 1):
            tests += list(_tests(replace(plain, parameters=parameters), number, held, files))
    files[SUITE] = {"apiVersion": "test.gatekeeper.sh/v1alpha1", "kind": "Suite", "metadata": {"name": "gitops-guard"},
                    "tests": tests}
    return files


def _tests(rule: AdmissionRule, number: int, samples: Sequence[Sample],
           files: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    folder = f"samples/{names.dashed(rule.id)}"
    for constraint in gatekeeper.constraints(rule, _PLAIN):
        name = constraint["metadata"]["name"]
        told = Severity.ERROR if constraint["spec"]["parameters"][gatekeeper.OWN]["tells"] == REFUSALS else Severity.WARNING
        path = f"{folder}/{name}-{number}.yaml"
        files[path] = constraint
        cases = []
        for sample in samples:
            files[f"{folder}/{sample.name}.yaml"] = sample.document
            wanted = [found for found in sample.found if found.severity is told]
            cases.append({"name": sample.name, "object": f"{folder}/{sample.name}.yaml", "assertions": list(_assertions(wanted))})
        yield {"name": f"{name}-{number}", "template": gatekeeper.template_path(rule), "constraint": path, "cases": cases}


def _assertions(found: Sequence[Found]) -> Iterator[dict[str, Any]]:
    yield {"violations": len({(one.message, one.path) for one in found})}
    for message in sorted({one.message for one in found}):
        yield {"violations": len({one.path for one in found if one.message == message}),
               "message": f"^{quoted(message)}$"}
