"""A Report of a comparison with clusters -> OpenMetrics text, as a node exporter reads it from its textfile directory.

The form is "OpenMetrics 1.0": families in order, TYPE, UNIT and HELP before their samples, `# EOF` at the end. Prometheus' own
text format takes it as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from ..model import Finding
from ..outcome import Report
from .options import Options

_PREFIX = "gitops_guard_drift"
_Labels = tuple[tuple[str, str], ...]
_FAMILIES = (
    ("objects", "Objects that Git states and that were compared with the cluster.", ""),
    ("drifted_objects", "Objects that live otherwise than Git states.", "drift/changed"),
    ("unreverted_objects", "Objects that live otherwise than Git states and that no controller puts right.", "unreverted"),
    ("manual_changes", "Managers of fields that were not changed through Git, by object.", "drift/manual-change"),
    ("missing_objects", "Objects that Git states and the cluster does not have.", "drift/missing"),
    ("extra_objects", "Objects that a controller made and Git no longer states.", "drift/extra"),
    ("unreadable_objects", "Findings of what could not be compared.", "drift/unreadable"),
    ("ignored_differences", "Differences that somebody is told to leave alone.", "ignored"),
)


def render(report: Report, options: Options) -> str:
    """The numbers by target, environment and cluster; a target that is as it should be has its zeros."""
    labels = _Targets(report)
    lines = []
    for name, text, what in _FAMILIES:
        counts = labels.zeros()
        counts.update(_counted(report, what, labels))
        lines += _family(f"{_PREFIX}_{name}", text, counts)
    lines += _family(f"{_PREFIX}_findings_open", "Findings that are neither waived nor known, by rule.", _open(report, labels))
    if options.seconds is not None:
        lines += _single(f"{_PREFIX}_duration_seconds", "How long the comparison took.", "seconds", options.seconds)
    if options.finished is not None:
        lines += _single(f"{_PREFIX}_last_run_timestamp_seconds", "When the comparison ended.", "seconds", options.finished)
    return "\n".join([*lines, "# EOF"]) + "\n"


class _Targets:
    """The labels of each target, in each cluster that it was compared with."""

    def __init__(self, report: Report) -> None:
        self._environments = {entry.target.id: entry.target.environment or "" for entry in report.targets}
        compared = report.drift.compared if report.drift is not None else ()
        self._pairs = {(one.target, one.cluster or "") for one in compared}

    def of(self, target: str, cluster: str | None) -> _Labels:
        return ("target", target), ("environment", self._environments.get(target, "")), ("cluster", cluster or "")

    def zeros(self) -> Counter[_Labels]:
        return Counter({self.of(target, cluster): 0 for target, cluster in self._pairs})


def _counted(report: Report, what: str, labels: _Targets) -> Iterable[_Labels]:
    drift = report.drift
    if drift is None:
        return []
    if not what:
        return [labels.of(one.target, one.cluster) for one in drift.compared if one.outcome == "compared"]
    if what == "ignored":
        return [labels.of(one.target, one.cluster) for one in drift.ignored]
    if what == "unreverted":
        return _objects(report, labels, lambda one: one.rule == "drift/changed" and not (one.deviation and one.deviation.reverts))
    each = what in ("drift/manual-change", "drift/unreadable")
    if each:
        return [labels.of(target, _cluster(one)) for one in report.findings if one.rule == what and one.counts
                for target in one.targets]
    return _objects(report, labels, lambda one: one.rule == what)


def _objects(report: Report, labels: _Targets, wanted: Callable[[Finding], bool]) -> list[_Labels]:
    """Each object with such a finding, once."""
    found = {(target, _cluster(one), one.resource) for one in report.findings if one.counts and wanted(one)
             for target in one.targets}
    return [labels.of(target, cluster) for target, cluster, _resource in found]


def _cluster(finding: Finding) -> str | None:
    return finding.deviation.cluster if finding.deviation is not None else None


def _open(report: Report, labels: _Targets) -> Counter[_Labels]:
    return Counter((*labels.of(target, _cluster(one)), ("rule", one.rule), ("severity", one.severity.word))
                   for one in report.findings if one.counts for target in one.targets or ("",))


def _family(name: str, text: str, counts: Counter[_Labels]) -> list[str]:
    lines = [f"# TYPE {name} gauge", f"# HELP {name} {text}"]
    for labels, count in sorted(counts.items()):
        inner = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
        lines.append(f"{name}{{{inner}}} {count}")
    return lines


def _single(name: str, text: str, unit: str, value: float) -> list[str]:
    return [f"# TYPE {name} gauge", f"# UNIT {name} {unit}", f"# HELP {name} {text}", f"{name} {value:.3f}"]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
