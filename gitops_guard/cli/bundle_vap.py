"""`gitops-guard bundle --target vap --verify`: what a real API server says of the written folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import click

from ..bundle import Admission, AdmissionRule, names
from ..bundle.told import as_told
from ..bundle.verdict import Verdict
from ..config import Config
from ..errors import NothingToCheckError
from ..origin import Map
from ..policy import PolicySet
from ..source import Dialect, parse
from ..trials.samples import documents
from ..twin import Twin, read_twin
from ..vap_program import Asked, answers, programs
from ..verifying import compared, embedded
from .bundle_verify import asked, counts, is_json, shown, table, tell
from .terminal import one_line


def verify(policies: PolicySet, found: Admission, config: Config, output: Path, objects: Sequence[tuple[str, Map]],
           today: str) -> int:
    """Compare what a real API server makes of the written folder with the embedded engine; print both counts; the exit code.

    What it can't be asked, or refuses before it asks any policy, is named and counted. Raises ToolError where a program is
    missing, or does not take the folder; NothingToCheckError where there is no policy, or nothing that is judged.
    """
    paths = programs()
    written = [document for path in sorted(output.glob("*.yaml"))
               for document in parse(path.read_bytes(), path.name).load(Dialect.MANIFEST)]
    enforced = {document["metadata"]["name"]: document["metadata"]["annotations"][names.RULE] for document in written
                if document["kind"] == "ValidatingAdmissionPolicy"}
    if not enforced:
        raise NothingToCheckError("--verify: the cluster enforces no rule, so there is nothing to verify")
    rules = [rule for rule in found.rules if rule.id in enforced.values()]
    twins = {rule.id: read_twin(policies.twins[rule.id.replace("-", "_")], policies.twins) for rule in rules}
    examples = list(documents(policies, rules))
    cases = asked(examples, objects)
    if not cases:
        raise NothingToCheckError("--verify: the rules have no examples, so there is nothing to ask about; name PATHS")
    fit = [case for case in cases if is_json(case.review)]
    answered = answers(paths, written, enforced, fit, _plurals(twins.values(), examples))
    judged = [one for one in answered if one.verdict is not None]
    settings, word = shown(config.admission)
    ours = embedded(policies, replace(found, rules=tuple(rules)), settings, [one.case for one in judged], today)
    seen = [_seen(one, verdict, rules, twins) for one, verdict in zip(judged, ours, strict=True)]
    titles = {rule.id: rule.rule.title for rule in rules}
    expected = [None if one is None else as_told(one, titles) for one in seen]
    theirs = [_whole(one, wanted) for one, wanted in zip(judged, expected, strict=True)]
    apart = compared([one.case for one in judged], expected, theirs)
    unseen = [one for one, all_of_it, part in zip(judged, ours, seen, strict=True) if all_of_it != part]
    _tell_unjudged([(case.name, "an API server can't be sent it") for case in cases if not is_json(case.review)],
                   [(one.case.name, one.why) for one in answered if one.verdict is None],
                   [(one.case.name, "check finds a fault by a rule whose twin does not look at this kind") for one in unseen])
    tell("kube-apiserver", apart)
    table({
        "examples": len(examples),
        "objects of the repository": len(objects),
        **counts(expected, word),
        "not judged (no JSON)": len(cases) - len(fit),
        "not judged (refused before)": len(fit) - len(judged),
        "not judged (no twin)": len(unseen),
        "disagreements": len(apart),
    })
    if not judged:
        raise NothingToCheckError("--verify: nothing of this could be judged")
    return 1 if apart else 0


def _whole(one: Asked, wanted: Verdict | None) -> Verdict | None:
    """The verdict, with what of it was cut short as long as what is wanted begins so."""
    if one.verdict is None or wanted is None:
        return one.verdict
    lines = [*wanted.denied, *wanted.warnings]
    longer = {cut: next((line for line in lines if line.startswith(cut)), cut) for cut in one.cut}
    return Verdict(*(tuple(sorted(longer.get(line, line) for line in told))
                     for told in (one.verdict.denied, one.verdict.warnings)))


def _tell_unjudged(*reasons: Iterable[tuple[str, str]]) -> None:
    for name, why in chain(*reasons):
        click.echo(one_line(f"not judged: {name}: {why}"))


def _seen(one: Asked, verdict: Verdict | None, rules: Sequence[AdmissionRule], twins: Mapping[str, Twin]) -> Verdict | None:
    """What is found by the rules whose twins look at such an object."""
    if verdict is None:
        return None
    kind = one.case.review["request"]["kind"]
    covering = tuple(f"{rule.id}: " for rule in rules if _looks_at(twins[rule.id], kind))
    return Verdict(*(tuple(line for line in lines if line.startswith(covering)) for lines in (verdict.denied, verdict.warnings)))


def _looks_at(twin: Twin, kind: Mapping[str, Any]) -> bool:
    return bool(twin.asked_for) or any(seen.kind in ("*", kind.get("kind")) and seen.group in ("*", kind.get("group"))
                                       for seen in twin.resources)


def _plurals(twins: Iterable[Twin], examples: Sequence[tuple[str, Map]]) -> dict[tuple[str, str], str]:
    """What twins and requests call the resources of kinds."""
    found = {(seen.group, seen.kind): seen.resource for twin in twins for seen in twin.resources
             if "*" not in seen.resource and "/" not in seen.resource}
    for _name, document in examples:
        request = document.get("request")
        if isinstance(request, Map) and isinstance(request.get("kind"), Map) and isinstance(request.get("resource"), Map):
            resource, kind = request["resource"], request["kind"]
            if not request.get("subResource"):
                found[str(resource.get("group") or ""), str(kind.get("kind"))] = str(resource.get("resource"))
    return found
