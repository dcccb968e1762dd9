"""`gitops-guard bundle --target gatekeeper --verify`: what the real gator says of the written folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..bundle import Admission
from ..bundle.gatekeeper import template_path
from ..config import Config
from ..errors import NothingToCheckError, ToolError
from ..gator_program import answers, is_own, is_readable, program, suite
from ..origin import Map
from ..policy import PolicySet
from ..trials.samples import documents
from ..verifying import compared, embedded
from .bundle_verify import SHOWN, asked, counts, is_json, show, shown, table, tell


def verify(policies: PolicySet, found: Admission, config: Config, output: Path, objects: Sequence[tuple[str, Map]],
           today: str) -> int:
    """Compare what the real gator makes of the written folder with the embedded engine; print both counts; the exit code.

    `gator test` knows no user: rules about requests are judged by the suite alone, whose wanted messages are those of the
    embedded engine. Raises ToolError where there is no gator, or it does not take the folder; NothingToCheckError where
    there is no rule, or nothing to ask about.
    """
    path = program()
    if not (output / "constraints").is_dir():
        raise NothingToCheckError("--verify: the cluster enforces no rule, so there is nothing to verify")
    of_objects = [rule for rule in found.rules if not rule.of_requests]
    # A rule that finds only notes has no template, and no case in the suite.
    of_requests = [rule for rule in found.rules if rule.of_requests and (output / template_path(rule)).is_file()]
    requests = sum(1 for _ in documents(policies, of_requests))
    examples = list(documents(policies, of_objects))
    cases = asked(examples, objects)
    other = [case for case in cases if not is_own(case.review["request"]["object"])]
    fit = [case for case in other if is_json(case.review) and is_readable(case.review["request"]["object"])]
    if not fit and not requests:
        raise NothingToCheckError("--verify: the rules have no examples, so there is nothing to ask about; name PATHS")
    settings, told = shown(config.admission)
    ours = embedded(policies, replace(found, rules=tuple(of_objects)), settings, fit, today)
    apart = compared(fit, ours, answers(path, output, [case.review["request"]["object"] for case in fit]))
    of_suite = suite(path, output)
    cases_of_suite = of_suite.passed + len(of_suite.failed)
    if requests and not cases_of_suite:
        raise ToolError("gator verify did not say what it ran, so nothing about requests was verified")
    tell("gator", apart)
    for name, why in of_suite.failed[:SHOWN]:
        show(f"suite.yaml, {name}", {"gator": why})
    table({
        "examples": len(examples),
        "objects of the repository": len(objects),
        **counts(ours, told),
        "not judged (no object)": len(other) - len(fit),
        "not judged (Gatekeeper's)": len(cases) - len(other),
        "requests, by the suite alone": requests,
        "cases of the suite": cases_of_suite,
        "disagreements": len(apart) + len(of_suite.failed),
    })
    return 1 if apart or of_suite.failed else 0
