"""What `check` does, in order: both sides are built, compared and judged; what is left is a Report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .errors import NothingToCheckError
from .evaluate import Evaluation
from .evaluate.files import FileInput
from .excerpts import Excerpts
from .fetch import Fetcher
from .guard import compared
from .judge import Beside, Judged, judge
from .merge import base_commit, merged, unknown
from .model import Fault, Finding, Report, RuleReport, TargetReport
from .nodes import Graph
from .promotion import past_of, promotion
from .request import GraphRequest, Request
from .revisions import RevisionTree
from .selection import Selection
from .side import Side, build_side, clone_of, work_tree
from .targets import Built
from .tree import Tree

# Where the structure of a file, or of a text in it, is unknown, so is which line holds a secret.
_UNREADABLE = ("source/invalid-yaml", "source/hostile-input")


def check(request: Request) -> Report:
    """Check a repository. Raises NothingToCheckError, UsageError or ToolError; bad input is in the report."""
    side = _side(request, work_tree(request.root, request.config, request.named))
    before, past = _before(request), past_of(request)
    beside = Beside(history=promotion(request, side, before, past))
    if before is not None:
        beside = replace(beside, changes=merged(before, side, request.config, request.named),
                         faults=unknown(before, side, request.named),
                         guard=compared(request.config, before, side, request.policies.rules))
    found = judge(request, side, beside)
    if not found.anything and not request.base:
        raise NothingToCheckError("nothing was checked: there is no target and no file of a known type")
    known = {} if before is None or request.base is None else _by_fingerprint(judge(
        request, before, Beside(history=promotion(request, before, None, past, base_commit(request.root, request.base)))))
    findings = tuple(_with_status(finding, known) for finding in found.findings)
    return Report(
        version=request.version,
        targets=tuple(TargetReport(item.target, len(item.resources), item.status) for item in found.built),
        findings=findings,
        rules=_rules(request, found.judged, found.built, found.files),
        resources=sum(len(item.resources) for item in found.built),
        unresolved=sum(1 for fault in found.faults if fault.rule == "render/unresolved"),
        silenced=dict(sorted(found.silenced.items())),
        passed=_passed(found.judged, found.built, found.faults, request.selection),
        sources=Excerpts(side.sources, found.mask, _shown(findings)),
    )


def graph_of(request: GraphRequest) -> Graph:
    """Who deploys what in a repository. Raises NothingToCheckError, UsageError or ToolError."""
    graph = _side(request, work_tree(request.root, request.config, request.named)).graph
    if not graph.nodes:
        raise NothingToCheckError("there is no target and no object of Argo CD or Flux")
    return graph


def _side(request: GraphRequest, tree: Tree) -> Side:
    clone = clone_of(request.root, request.config, base=request.base, allowed=request.allowed)
    return build_side(tree, request.config, request.named, clone, fetcher=Fetcher() if request.allow_remote else None)


def _before(request: Request) -> Side | None:
    """The base side, from git's objects. Raises UsageError with what to fetch where the clone does not have it."""
    if request.base is None:
        return None
    return _side(request, RevisionTree(request.root, base_commit(request.root, request.base), request.config.excludes))


def _by_fingerprint(before: Judged) -> dict[str, Finding]:
    """What was found already; what was waived then is new where it is no longer."""
    return {finding.fingerprint: finding for finding in before.findings if finding.waiver is None}


def _with_status(finding: Finding, known: Mapping[str, Finding]) -> Finding:
    """Known is what was there before, no less severe and in no fewer targets."""
    before = known.get(finding.fingerprint)
    if before is None or before.severity < finding.severity or not set(finding.targets) <= set(before.targets):
        return finding
    return replace(finding, status="known")


def _shown(findings: Iterable[Finding]) -> set[str]:
    """The files that a report may show lines of."""
    found = list(findings)
    return {place.file for finding in found for place in (finding.location, *(other.location for other in finding.related))} - {
        finding.location.file for finding in found if finding.rule in _UNREADABLE}


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
