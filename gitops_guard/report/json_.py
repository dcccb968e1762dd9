"""A Report -> JSON, as schemas/report.json describes it: all that is known, for other programs."""

from __future__ import annotations

from typing import Any

from ..model import Deviation, Finding, Location, ResourceId
from ..outcome import ChangeReport, DriftReport, LossReport, Report, TargetReport
from .escape import json_text
from .options import Options
from .summary import WORST_FIRST, known, silenced, waived


def render(report: Report, _options: Options) -> str:
    """The report as JSON."""
    return json_text({
        "version": "1",
        "tool": {"name": "gitops-guard", "version": report.version},
        "summary": {
            "targets": len(report.targets),
            "resources": report.resources,
            "unresolved": report.unresolved,
            "findings": {severity.word: report.count(severity) for severity in WORST_FIRST},
            "waived": waived(report),
            "known": known(report),
            "silenced": silenced(report),
        },
        "targets": [_target(target) for target in report.targets],
        "findings": [_finding(finding) for finding in report.findings],
        "rules": [{"id": entry.rule.id, "title": entry.rule.title, "severity": entry.rule.severity.word, "checked": entry.checked}
                  for entry in report.rules],
        **({} if report.changes is None else {"changes": [_change(change) for change in report.changes]}),
        **({} if report.drift is None else {"drift": _drift(report.drift)}),
    })


def _target(entry: TargetReport) -> dict[str, Any]:
    target = entry.target
    return {
        "id": target.id,
        "kind": target.kind,
        "path": target.path,
        "environment": target.environment,
        **({"cluster": target.cluster} if target.cluster is not None else {}),
        "owners": [owner.id for owner in target.owners],
        "resources": entry.resources,
        "status": entry.status,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    resource = finding.resource
    waiver = finding.waiver
    return {
        "rule": finding.rule,
        "severity": finding.severity.word,
        "message": finding.message,
        "remedy": finding.remedy,
        "location": _location(finding.location),
        "related": [{"file": related.location.file, "line": related.location.line, "column": related.location.column,
                     "message": related.message} for related in finding.related],
        "resource": None if resource is None else _identity(resource),
        "path": finding.path,
        "targets": list(finding.targets),
        "status": finding.status,
        "waiver": None if waiver is None else {"reason": waiver.reason, "expires": waiver.expires,
                                               "location": _location(waiver.location)},
        "fingerprint": finding.fingerprint,
        **({} if finding.deviation is None else {"drift": _deviation(finding.deviation)}),
    }


def _deviation(found: Deviation) -> dict[str, Any]:
    return {"git": found.git, "live": found.live, "reverts": found.reverts, "cluster": found.cluster,
            "manager": found.manager or None, "time": found.time or None}


def _drift(found: DriftReport) -> dict[str, Any]:
    return {
        "compared": [{"target": one.target, "resource": _identity(one.resource), "outcome": one.outcome, "cluster": one.cluster}
                     for one in found.compared],
        "ignored": [{"target": one.target, "resource": _identity(one.resource), "path": one.path, "by": one.by,
                     "cluster": one.cluster} for one in found.ignored],
        "anonymous": found.anonymous,
    }


def _change(change: ChangeReport) -> dict[str, Any]:
    return {
        "target": change.target,
        "before": change.before,
        "after": change.after,
        "created": [_identity(name) for name in change.created],
        "changed": [_identity(name) for name in change.changed],
        "deleted": [_loss(loss) for loss in change.lost],
    }


def _loss(loss: LossReport) -> dict[str, Any]:
    return {
        "resource": _identity(loss.resource),
        "event": loss.event,
        "outcome": loss.outcome,
        "owner": loss.owner,
        "guarded_by": loss.guarded_by,
        "successor": None if loss.successor is None else _identity(loss.successor),
        "new_owner": loss.new_owner,
        "deferred": loss.deferred,
        "along": [_identity(name) for name in loss.along],
        "complete": loss.complete,
    }


def _identity(name: ResourceId) -> dict[str, str]:
    return {"apiVersion": name.api_version, "kind": name.kind, "namespace": name.namespace, "name": name.name}


def _location(place: Location) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column, "quality": place.quality}
