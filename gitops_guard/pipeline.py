"""What `check` does, in order: both sides are built, compared and judged; what is left is a Report."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from . import git
from .baseline import Baseline, dump, load
from .changes import summed_up
from .errors import NothingToCheckError, UsageError
from .evaluate import Evaluation
from .excerpts import Excerpts
from .fetch import Fetcher
from .judge import Beside, Judged, judge
from .kept import Cache, Kept
from .mask import Mask
from .merge import base_commit, merged, unknown
from .model import Fault, Finding
from .narrowed import narrowed
from .nodes import Graph
from .observer import OfBase
from .outcome import DriftReport, Report, RuleReport, TargetReport
from .reach import governs, reached
from .request import GraphRequest, Request
from .revisions import IndexTree, ObjectTree, RevisionTree, empty_tree
from .selection import Selection
from .shelf import Shelf, place
from .side import Side, build_side, clone_of, work_tree
from .surroundings.guard import compared
from .surroundings.promotion import past_of, promotion
from .targets import Built
from .tree import Tree

if TYPE_CHECKING:
    from .delta import Delta

# Where the structure of a file, or of a text in it, is unknown, so is which line holds a secret.
_UNREADABLE = ("source/invalid-yaml", "source/hostile-input")


def check(request: Request) -> Report:
    """Check a repository. Raises NothingToCheckError, UsageError or ToolError; bad input is in the report."""
    base = _base(request)
    old_tree, tree = None if base is None else _tree_of(request, base), _head(request)
    changed = None if old_tree is None or not isinstance(tree, IndexTree) else _changed(request, old_tree, tree)
    if changed is not None and not changed:
        return _idle(request)
    of_base = replace(request, observer=OfBase(request.observer))
    cache = Cache(Shelf(place())) if changed and request.cache else None
    before = None if old_tree is None else _side(of_base, old_tree, cache=cache)
    kept = before.kept(changed) if changed and before is not None else None
    side, past = _side(request, tree, kept, cache), past_of(request)
    if changed and before is not None:
        reach = reached(before, side, changed, request.named, request.config)
        request = replace(request, named=reach.paths)
        before, side = replace(before, reached=reach.targets), replace(side, reached=reach.targets)
    request.observer.step("looking through the history")
    beside = Beside(history=promotion(request, side, before, past))
    old = None
    if before is not None:
        of_base = replace(request, observer=of_base.observer)
        old = judge(of_base, before, Beside(history=promotion(request, before, None, past, base or "")))
        request.observer.step("comparing both sides")
        beside = replace(beside, changes=merged(before, side, request.config, request.named),
                         faults=unknown(before, side, request.named), before=old.occurrences, hidden=old.mask,
                         guard=compared(request.config, before, side, request.policies.rules, request.policies.parameters()))
    found = judge(request, side, beside)
    if cache is not None and before is not None:
        cache.shelf.save()
        ids = {target.id for target in (*before.rendered, *side.rendered)}
        request.observer.step(f"done, with {len(ids)} of {len(side.built)} targets built")
    if not (found.anything or (old is not None and old.anything) or request.staged):
        raise NothingToCheckError("nothing was checked: there is no target and no file of a known type")
    if changed and not found.anything and not found.findings and not beside.changes:
        return _idle(request)
    report = report_of(request, side, found)
    if before is None or old is None:
        return report
    delta = _delta(request, before, side, (old, found)) if request.fields else None
    return replace(report, changes=summed_up(beside.changes, found.mask), delta=delta)


def head_side(request: Request) -> Side:
    """The side that is judged, built. Raises UsageError or ToolError."""
    return _side(request, _head(request))


def report_of(request: Request, side: Side, found: Judged, live: DriftReport | None = None) -> Report:
    """What a run says at its end; `live` is what was compared with clusters."""
    findings = tuple(finding if request.baseline is None else _with_status(finding, request.baseline, request.policies.events)
                     for finding in found.findings)
    return Report(
        version=request.version,
        targets=tuple(TargetReport(item.target, len(item.resources), item.status) for item in found.built),
        findings=findings,
        rules=_rules(request, found, live),
        resources=sum(len(item.resources) for item in found.built),
        unresolved=sum(1 for fault in found.faults if fault.rule == "render/unresolved"),
        silenced=dict(sorted(found.silenced.items())),
        passed=_passed(found.judged, found.built, found.faults, request.selection),
        sources=Excerpts(side.sources, found.mask, _shown(findings)),
        graph=narrowed(side.graph, request.named),
        drift=live,
    )


def _delta(request: Request, before: Side, now: Side, judged: tuple[Judged, Judged]) -> Delta:
    """What differs field by field. What must not be shown is known only when all rules about secrets were asked."""
    secrets = {rule for rule in request.policies.rules if rule.startswith("secrets/")}
    masks = [one.mask for one in judged]
    if not secrets <= request.selection.enabled:
        asked = replace(request, selection=replace(request.selection, enabled=request.selection.enabled | secrets))
        masks = _masks(asked, before, now)
    return _compared(request, before, now, masks)


def _changed(request: Request, old: ObjectTree, now: ObjectTree) -> frozenset[str] | None:
    """The staged files; None where they reach all there is."""
    paths, plain = now.differing(old)
    if not plain or any(governs(path, request.config, request.policies) for path in paths):
        return None
    return paths


def _idle(request: Request) -> Report:
    """The report of a commit that has nothing to judge."""
    return Report(version=request.version, targets=(), findings=(), rules=(), resources=0, unresolved=0, changes=(), idle=True)


def difference(request: Request) -> Delta:
    """The rendered difference to the base. Raises UsageError or ToolError; what could not be built is in the answer.

    Rules about secrets are asked what must not be shown; the request chooses them.
    """
    base = _base(request)
    if base is None:
        raise UsageError("a difference needs something to compare with: --base REF, or --staged")
    of_base = replace(request, observer=OfBase(request.observer))
    before, now = _side(of_base, _tree_of(request, base)), head_side(request)
    masks = _masks(request, before, now)
    return _compared(request, before, now, masks)


def _compared(request: Request, before: Side, now: Side, masks: list[Mask]) -> Delta:
    from .diffing import delta_of  # noqa: PLC0415 (start-up: few reports show fields)

    request.observer.step("comparing fields")
    return delta_of(before, now, request.config, request.named, masks, request.version)


def _masks(request: Request, before: Side, now: Side) -> list[Mask]:
    """What must not be shown of either side."""
    return [judge(replace(request, observer=OfBase(request.observer)), before, Beside()).mask, judge(request, now, Beside()).mask]


def recorded(request: Request, report: Report) -> tuple[Report, str]:
    """The text of a baseline with what a report says, and the report as it is where that baseline counts.

    What is waived stays so, and what a change does happens once: neither is recorded.
    """
    text = dump(finding for finding in report.findings if finding.waiver is None and finding.rule not in request.policies.events)
    baseline = load(text, "")
    return replace(report, findings=tuple(_with_status(finding, baseline, request.policies.events)
                                          for finding in report.findings)), text


def graph_of(request: GraphRequest) -> Graph:
    """Who deploys what in a repository. Raises NothingToCheckError, UsageError or ToolError."""
    graph = _side(request, work_tree(request.root, request.config, request.named)).graph
    if not graph.nodes:
        raise NothingToCheckError("there is no target and no object of Argo CD or Flux")
    return graph


def _side(request: GraphRequest, tree: Tree, kept: Kept | None = None, cache: Cache | None = None) -> Side:
    clone = clone_of(request.root, request.config, base=request.base, allowed=request.allowed)
    return build_side(tree, request.config, request.named, clone, fetcher=Fetcher() if request.allow_remote else None,
                      observer=request.observer, kept=kept, cache=cache)


def _head(request: Request) -> Tree:
    """What is judged. Raises UsageError where the index is asked for and there is none."""
    if not request.staged:
        return work_tree(request.root, request.config, request.named)
    return IndexTree(request.root, request.config.excludes)


def _base(request: Request) -> str | None:
    """The commit to compare with; empty before the first one, None where nothing is compared.

    Raises UsageError, with what to fetch where the clone does not have it.
    """
    if request.staged and git.top_level(request.root) is None:
        raise UsageError("--staged needs a git repository")
    if request.base is not None:
        return base_commit(request.root, request.base)
    return (git.resolve(request.root, "HEAD") or "") if request.staged else None


def _tree_of(request: Request, commit: str) -> ObjectTree:
    return RevisionTree(request.root, commit, request.config.excludes) if commit else empty_tree(request.root)


def _with_status(finding: Finding, baseline: Baseline, events: Container[str]) -> Finding:
    """Known is what the base side had, and what the baseline has."""
    return replace(finding, status="known") if finding.rule not in events and baseline.knows(finding) else finding


def _shown(findings: Iterable[Finding]) -> set[str]:
    """The files that a report may show lines of."""
    found = list(findings)
    return {place.file for finding in found for place in (finding.location, *(other.location for other in finding.related))} - {
        finding.location.file for finding in found if finding.rule in _UNREADABLE}


def _rules(request: Request, found: Judged, live: DriftReport | None) -> tuple[RuleReport, ...]:
    built = found.built
    count = {"render": len(built), "schema": sum(len(item.resources) for item in built),
             "source": len({path for item in built for path in item.read} | {item.path for item in found.files}),
             "drift": 0 if live is None else len(live.compared)}
    described = request.policies.described
    return tuple(RuleReport(rule, found.judged.checked.get(rule.id, count.get(rule.id.partition("/")[0], 0)))
                 for _id, rule in sorted(request.policies.rules.items()) if rule.id in request.selection.enabled
                 and not (rule.id in described and described[rule.id].scope == "admission"))


def _passed(judged: Evaluation, built: Iterable[Built], faults: Iterable[Fault],
            selection: Selection) -> tuple[tuple[str, str], ...]:
    failed = {(fault.target or (fault.resource.target if fault.resource else None), fault.rule) for fault in faults}
    done = set(judged.passed)
    for item in built:
        if item.status == "rendered":
            done.update((item.target.id, rule) for rule in selection.enabled
                        if rule.partition("/")[0] in ("render", "schema"))
    return tuple(sorted(pair for pair in done if pair not in failed))
