"""One side of a repository -> its findings: validate, evaluate, locate, waive, fold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .evaluate import Change, Evaluation, Subjects, evaluate
from .evaluate.files import FileInput, read_files
from .evaluate.placeholders import MARKS as PLUGINS
from .fold import fold, unreplaced
from .globs import matches
from .known import mark
from .locate import locate, related
from .mask import Mask
from .model import VALUES, Deviation, Fault, Finding, Occurrence, Resource, Target, pointer, value_at
from .request import Request
from .schema import Schemas
from .selection import Selection
from .side import Side, is_named
from .source import Stream
from .surroundings.deploys import deployed, generated
from .surroundings.governance import surroundings
from .surroundings.guard import RULE as GUARD_RULE
from .surroundings.guard import Guard, inline_waivers
from .surroundings.handed import handed
from .surroundings.promotion import Promotion
from .surroundings.sealing import declared_names, encrypted, plugins
from .surroundings.values import values
from .targets import Built
from .validate import validate
from .waive import waive

_NAME = re.compile(r"[\w.:/@-]{1,300}")


@dataclass(frozen=True)
class Judged:
    """What judging one side came to."""

    findings: tuple[Finding, ...]
    occurrences: list[Occurrence]
    """What the findings are made of."""
    built: list[Built]
    files: list[FileInput]
    faults: list[Fault]
    judged: Evaluation
    silenced: Counter[str]
    mask: Mask
    anything: bool
    """Whether there was anything to judge."""


@dataclass(frozen=True)
class Beside:
    """What is known besides the side itself."""

    changes: Sequence[Change] = ()
    """What the merge does to each target."""
    faults: Sequence[Fault] = ()
    """What is known to be wrong, or unknown, already."""
    history: Promotion | None = None
    guard: Guard | None = None
    """What the change does to the repository's own guard."""
    before: Sequence[Occurrence] = ()
    """What the base side has."""
    hidden: Mask | None = None
    """What the base side must not show: a change speaks of its values, too."""


def judge(request: Request, side: Side, beside: Beside) -> Judged:
    """Judge a side: validate, evaluate, locate, waive, fold."""
    request = request if beside.guard is None else _guarded(request, beside.guard)
    observer = request.observer
    observer.step("reading other files")
    built, loose = side.wanted(request.named), side.loose(request.named)
    files = read_files(side.sources, side.sources.tree.files(), lambda path: is_named(path, request.named))
    resources = [resource for item in built for resource in item.resources]
    schemas = Schemas(request.kubernetes_version, request.schema_locations, side.crds())
    given = handed(side.graph, side.built)
    observer.step("asking the policies")
    beyond = [*loose, *values(side, request.named)]
    judged = _evaluate(request, side, built, [*resources, *beyond], files, beside, given)
    faults = [*beside.faults, *request.policies.faults, *side.broken(request.named), *side.unclear(request.named)]
    faults += [fault for item in built for fault in item.faults]
    if any(rule.startswith("schema/") for rule in request.selection.enabled):
        observer.step("validating against schemas")
        for count, item in enumerate(built, 1):
            faults += _invalid(item, schemas, given)
            observer.done(count, len(built))
    faults += judged.faults

    observer.step("placing findings")
    mask = _mask(side, [*resources, *loose], files, faults)
    if beside.hidden is not None:
        mask.values_of(beside.hidden)
    targets = {item.target.id: item.target for item in built}
    shown, silenced = _split(faults, request.selection)
    marked = [_occurrence(fault, targets, request, mask) for fault in shown]
    waived = waive([one for one in marked if one.rule != GUARD_RULE],
                   [*request.config.waivers, *inline_waivers(side, built, files, request.named)], today=request.today,
                   matches=matches, complete=lambda rule: rule != GUARD_RULE and _complete(rule, request),
                   known=request.policies.rules.keys())
    more, more_silenced = _split(waived.faults, request.selection)
    guarded = waive([one for one in marked if one.rule == GUARD_RULE], beside.guard.waivers if beside.guard else (),
                    today=request.today, matches=matches, complete=lambda _rule: False, known=request.policies.rules.keys())
    occurrences = [*waived.occurrences, *guarded.occurrences, *(_occurrence(fault, targets, request, mask) for fault in more)]
    masked = [_without_values(occurrence, mask) for occurrence in occurrences]
    kept = mark(unreplaced(masked, request.policies.rules), beside.before)
    return Judged(fold(kept, request.policies.rules), kept, built, files, faults, judged, silenced + more_silenced, mask,
                  bool(built or loose or files or side.found.broken))


def evaluated(request: Request, resources: Sequence[Resource]) -> list[Fault]:
    """What the policies that the request asks report of objects that no target holds: those of a cluster."""
    subjects = Subjects(resources=list(resources), versions=_versions(request))
    return evaluate(request.policies, subjects, enabled=request.selection.enabled, parameters=request.selection.parameters,
                    jobs=request.jobs, engine=request.engine).faults


def _invalid(item: Built, schemas: Schemas, given: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """What a target's resources have against their schemas; a variable that could not be filled in is no value to judge.

    Nor is a field missing that an owner nobody knows may hand down (`given`: kind -> fields of spec).
    """
    for resource in item.resources:
        for fault in validate(resource, schemas, () if item.target.owners else given.get(resource.id.kind, ())):
            value = value_at(resource.body, fault.path)
            if item.status == "rendered" or not (isinstance(value, str) and "${" in value):
                yield fault


def _evaluate(request: Request, side: Side, built: Sequence[Built], resources: Sequence[Resource], files: Sequence[FileInput],
              beside: Beside, given: Mapping[str, Sequence[str]]) -> Evaluation:
    subjects = Subjects(resources=list(resources), targets={item.target.id: item.target for item in built}, files=list(files),
                        changes=list(beside.changes), deploys=deployed(side), generates=generated(side),
                        encrypted=encrypted(side.built), declared=declared_names(side.sources, side.built),
                        plugins=plugins(side.texts(*PLUGINS)), versions=_versions(request),
                        handed=given,
                        repository=surroundings(side.sources, built, side.built, side.graph, files,
                                                None if beside.guard is None else beside.guard.document,
                                                is_home=side.is_home, history=beside.history,
                                                generated=_made(side, built)))
    return evaluate(request.policies, subjects, enabled=request.selection.enabled, parameters=request.selection.parameters,
                    jobs=request.jobs, engine=request.engine, observer=request.observer)


def _versions(request: Request) -> dict[str, str]:
    named = {"argocd": request.config.argocd.version, "flux": request.config.flux.version}
    return {name: version for name, version in named.items() if version}


def _made(side: Side, built: Iterable[Built]) -> list[Resource]:
    """What generators in targets make."""
    targets = {item.target.id for item in built}
    return list({id(made): made for _maker, made, _scope in side.generated if made.target in targets}.values())


def _mask(side: Side, resources: Iterable[Resource], files: Iterable[FileInput], faults: Iterable[Fault]) -> Mask:
    mask = Mask()
    for resource in resources:
        mask.secret(resource)
    for item in files:
        mask.file(item.path, item.document.get("secrets", {}))
        for generator in item.document.get("generators", ()):
            if generator.get("generator") == "Secret":
                mask.generated(generator)
    for fault in faults:
        mask.fault(fault)
    for _path, stream in side.texts("Secret", "secretGenerator", "stringData", question="secrets", test=_declares):
        mask.document(stream)
    return mask


def _declares(stream: Stream) -> bool:
    """Whether a file has a Secret, a patch or a generator of one."""
    found = Mask()
    found.document(stream)
    return bool(found)


def _split(faults: Iterable[Fault], selection: Selection) -> tuple[list[Fault], Counter[str]]:
    """The faults to show, and how many of each rule were switched off by name."""
    shown, silenced = [], Counter[str]()
    for fault in faults:
        if fault.rule in selection.silenced:
            silenced[fault.rule] += 1
        elif fault.rule in selection.enabled:
            shown.append(fault)
    return shown, silenced


def _occurrence(fault: Fault, targets: Mapping[str, Target], request: Request, mask: Mask) -> Occurrence:
    rule = request.policies.rules[fault.rule]
    name = fault.target if fault.target is not None else fault.resource.target if fault.resource is not None else None
    target = targets.get(name) if name is not None else None
    severity = request.selection.severities.get(fault.rule)
    if severity is None:
        severity = fault.severity or rule.severity_in(target.environment if target else None, target is not None)
    location = locate(fault)
    return Occurrence(
        rule=fault.rule,
        severity=severity,
        message=mask.text(fault.message, _names(fault)),
        remedy=mask.text(fault.remedy or rule.remedy),
        location=location,
        related=related(fault, location),
        resource=fault.name or (None if fault.resource is None or fault.resource.id.kind == VALUES else fault.resource.id),
        path=mask.path(pointer(fault.path)),
        target=name,
        deviation=_masked(fault.deviation, mask),
    )


def _masked(deviation: Deviation | None, mask: Mask) -> Deviation | None:
    if deviation is None:
        return None
    shown = [None if value is None else mask.text(value) for value in (deviation.git, deviation.live)]
    return replace(deviation, git=shown[0], live=shown[1])


def _names(fault: Fault) -> set[str]:
    """What a finding is about by name: a value of a Secret may read the same (`postgres`), and says nothing there."""
    found: set[Any] = {step for step in fault.path if isinstance(step, str)}
    if fault.resource is not None:
        found |= {fault.resource.id.name, fault.resource.id.namespace}
        inside = [value_at(fault.resource.body, fault.path[:length]) for length in range(1, len(fault.path) + 1)]
        found |= {part["name"] for part in inside if isinstance(part, dict) and isinstance(part.get("name"), str)}
        if fault.rule.startswith("images/"):
            found |= {part for part in inside[-1:] if isinstance(part, str)}
    return {name for name in found if _NAME.fullmatch(name)}


def _without_values(occurrence: Occurrence, mask: Mask) -> Occurrence:
    """The occurrence with the reason of its waiver masked: people write there what they were told of."""
    waiver = occurrence.waiver
    return occurrence if waiver is None else replace(occurrence, waiver=replace(waiver, reason=mask.text(waiver.reason)))


def _guarded(request: Request, guard: Guard) -> Request:
    """The request, but for the rule that guards the guard, of which the base side's configuration decides."""
    if GUARD_RULE not in request.policies.rules:
        return request
    settings, chosen = guard.before.settings(GUARD_RULE), request.selection
    now = request.config.settings(GUARD_RULE)
    enabled = chosen.enabled | {GUARD_RULE} if settings.enabled is not False and now.enabled is False else chosen.enabled
    severities = {rule: severity for rule, severity in chosen.severities.items() if rule != GUARD_RULE}
    if settings.severity is not None:
        severities[GUARD_RULE] = settings.severity
    return replace(request, selection=replace(chosen, enabled=enabled, severities=severities))


def _complete(rule: str, request: Request) -> bool:
    """Whether everything was judged by the rule, so that a waiver of it that covers nothing is left over."""
    return rule in request.selection.enabled and (not request.named or "." in request.named)
