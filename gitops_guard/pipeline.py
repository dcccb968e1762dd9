"""What `check` does, in order: discover, render, validate, evaluate, locate, waive, fold -> a Report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import manifests
from .config import Config
from .errors import NothingToCheckError, SourceError
from .evaluate import Evaluation, Subjects, evaluate
from .evaluate.files import FileInput, read_files
from .fetch import Fetcher
from .fold import fold
from .globs import matches
from .locate import locate, related
from .mask import Mask
from .model import Fault, Occurrence, Report, Resource, RuleReport, Target, TargetReport, Waiver, pointer
from .policy import PolicySet
from .schema import Schemas
from .selection import Selection
from .side import Side, build_side, is_named, work_tree
from .source import Dialect, Sources, plain_comments
from .targets import Built
from .tree import OutsideError
from .validate import validate
from .waive import inline, waive

# Where the structure of a file, or of a text in it, is unknown, so is which line holds a secret.
_UNREADABLE = ("source/invalid-yaml", "source/hostile-input")


@dataclass(frozen=True)
class Request:
    """What a check is asked for."""

    root: Path
    named: tuple[str, ...]
    """The paths of the command line, relative to the root; `.` is all of it."""
    config: Config
    policies: PolicySet
    selection: Selection
    kubernetes_version: str | None
    schema_locations: tuple[str, ...]
    jobs: int
    today: str
    """YYYY-MM-DD, for waivers."""
    version: str
    """Of the tool."""
    allow_remote: bool = False
    """Whether remote bases, files and charts are fetched."""


def check(request: Request) -> Report:
    """Check a repository. Raises NothingToCheckError, UsageError or ToolError; bad input is in the report."""
    side = build_side(work_tree(request.root, request.config, request.named), request.config, request.named,
                      fetcher=Fetcher() if request.allow_remote else None)
    built, loose = side.wanted(request.named), side.loose(request.named)
    files = [item for item in read_files(side.sources, side.sources.tree.files()) if is_named(item.path, request.named)]
    if not built and not loose and not files and not side.found.broken:
        raise NothingToCheckError("nothing was checked: there is no target and no file of a known type")

    resources = [resource for item in built for resource in item.resources]
    schemas = Schemas(request.kubernetes_version, request.schema_locations, side.crds())
    judged = _judge(request, built, [*resources, *loose], files)
    faults = [*request.policies.faults, *side.broken(request.named)]
    faults += [fault for item in built for fault in item.faults]
    faults += [fault for resource in resources for fault in validate(resource, schemas)]
    faults += judged.faults

    mask = _mask(side.sources, [*resources, *loose], files, faults)
    targets = {item.target.id: item.target for item in built}
    shown, silenced = _split(faults, request.selection)
    waived = waive([_occurrence(fault, targets, request, mask) for fault in shown],
                   [*request.config.waivers, *_inline_waivers(side.sources, built, files, request.named)], today=request.today,
                   matches=matches, complete=lambda rule: _complete(rule, request), known=request.policies.rules.keys())
    more, more_silenced = _split(waived.faults, request.selection)
    occurrences = [*waived.occurrences, *(_occurrence(fault, targets, request, mask) for fault in more)]
    findings = fold((_without_values(occurrence, mask) for occurrence in occurrences), request.policies.rules)
    return Report(
        version=request.version,
        targets=tuple(TargetReport(item.target, len(item.resources), item.status) for item in built),
        findings=findings,
        rules=_rules(request, judged, built, files),
        resources=len(resources),
        unresolved=sum(1 for fault in faults if fault.rule == "render/unresolved"),
        silenced=dict(sorted((silenced + more_silenced).items())),
        passed=_passed(judged, built, faults, request.selection),
        sources=_Excerpts(side, mask, {place.file for finding in findings
                                       for place in (finding.location, *(other.location for other in finding.related))}
                          - {finding.location.file for finding in findings if finding.rule in _UNREADABLE}),
    )


def _judge(request: Request, built: Sequence[Built], resources: Sequence[Resource], files: Sequence[FileInput]) -> Evaluation:
    subjects = Subjects(resources=list(resources), targets={item.target.id: item.target for item in built}, files=list(files))
    return evaluate(request.policies, subjects, enabled=request.selection.enabled, parameters=request.selection.parameters,
                    jobs=request.jobs)


def _mask(sources: Sources, resources: Iterable[Resource], files: Iterable[FileInput], faults: Iterable[Fault]) -> Mask:
    mask = Mask()
    for resource in resources:
        mask.secret(resource)
    for item in files:
        for generator in item.document.get("generators", ()):
            if generator.get("generator") == "Secret":
                mask.generated(generator)
    for fault in faults:
        mask.fault(fault)
    for _path, stream in sources.parsed():
        if any(word in stream.text for word in ("Secret", "secretGenerator", "stringData")):
            mask.document(stream)
    return mask


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
        message=mask.text(fault.message),
        remedy=mask.text(fault.remedy or rule.remedy),
        location=location,
        related=related(fault, location),
        resource=fault.resource.id if fault.resource is not None else None,
        path=mask.path(pointer(fault.path)),
        target=name,
    )


def _without_values(occurrence: Occurrence, mask: Mask) -> Occurrence:
    """The occurrence with the reason of its waiver masked: people write there what they were told of."""
    waiver = occurrence.waiver
    return occurrence if waiver is None else replace(occurrence, waiver=replace(waiver, reason=mask.text(waiver.reason)))


def _inline_waivers(sources: Sources, built: Sequence[Built], files: Iterable[FileInput],
                    named: Sequence[str]) -> list[Waiver]:
    found: list[Waiver] = []
    parsed = set()
    read = {path for item in built for path in item.read}
    for path, stream in sources.parsed():
        parsed.add(path)
        if "gitops-guard:" in stream.text and (path in read or is_named(path, named)):
            found += inline(path, stream.comments())
    for path in sorted({*(item.path for item in files), *read} - parsed):
        try:
            text = sources.text(path)
        except (SourceError, OutsideError, OSError):
            continue  # a binary file has no comments
        if "gitops-guard:" in text:
            found += inline(path, plain_comments(text))
    return found


def _complete(rule: str, request: Request) -> bool:
    """Whether everything was judged by the rule, so that a waiver of it that covers nothing is left over."""
    return rule in request.selection.enabled and (not request.named or "." in request.named)


def _rules(request: Request, judged: Evaluation, built: Sequence[Built], files: Sequence[FileInput]) -> tuple[RuleReport, ...]:
    count = {"render": len(built), "schema": sum(len(item.resources) for item in built),
             "source": len({path for item in built for path in item.read} | {item.path for item in files})}
    return tuple(RuleReport(rule, judged.checked.get(rule.id, count.get(rule.id.partition("/")[0], 0)))
                 for _id, rule in sorted(request.policies.rules.items()) if rule.id in request.selection.enabled)


def _passed(judged: Evaluation, built: Iterable[Built], faults: Iterable[Fault],
            selection: Selection) -> tuple[tuple[str, str], ...]:
    failed = {(fault.target or (fault.resource.target if fault.resource else None), fault.rule) for fault in faults}
    done = set(judged.passed)
    for item in built:
        if item.status == "rendered":
            done.update((item.target.id, rule) for rule in selection.enabled
                        if rule.partition("/")[0] in ("render", "schema"))
    return tuple(sorted(pair for pair in done if pair not in failed))


class _Excerpts(Mapping[str, str]):
    """The text of files, masked, for the reports that show some of it: each is read when it is asked for."""

    def __init__(self, side: Side, mask: Mask, files: Iterable[str]) -> None:
        self._side = side
        self._mask = mask
        self._texts: dict[str, str | None] = {}
        self._files = sorted(files)

    def __getitem__(self, file: str) -> str:
        if file not in self._texts:
            self._texts[file] = self._read(file) if file in self._files else None
        text = self._texts[file]
        if text is None:
            raise KeyError(file)
        return text

    def __iter__(self) -> Iterator[str]:
        return (file for file in self._files if file in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _read(self, file: str) -> str | None:
        sources = self._side.sources
        try:
            if file.endswith(manifests.SUFFIXES):
                sources.stream(file).load(Dialect.MANIFEST, duplicates=True, any_key=True)
            return self._mask.source(file, sources.text(file))
        except (SourceError, OutsideError, OSError):
            return None  # the finding says why the file can't be shown
