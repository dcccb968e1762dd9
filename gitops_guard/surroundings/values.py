"""Helm values that stand in the repository for charts that it can't render -> objects that the policies of secrets judge.

A chart from a registry, or one for which there is no helm, gives no resources; the values written for it are as public all the
same. Where a chart is rendered, its values are judged in what it makes of them. Which files: `valueFiles` of Argo CD (`$ref`, a
leading `/`, else from the source's path), `valuesFiles` of Flux (from the source's root), `helmCharts` of kustomize, the chart's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import SourceError
from ..evaluate.sops import metadata
from ..graph.fields import items, mapping
from ..later import holding
from ..manifests import KUSTOMIZATION_FILES, chart_folders, in_chart
from ..model import VALUES, Resource
from ..origin import Map, Origin, origin_of
from ..side import Side, is_named
from ..source import Dialect, Sources
from ..tree import OutsideError, join

_APPLICATIONS = {"Application", "ApplicationSet"}
_OWN = re.compile(r"values[.\w-]*\.ya?ml")
_UNKNOWN = ("{{", "${", "*", "?", "[", "://")


def values(side: Side, named: Sequence[str]) -> list[Resource]:
    """The values that PATHS stand for and that no rendered target takes in, one object for each file and each inline mapping."""
    read = {path for item in side.built if item.status == "rendered" for path in item.read}
    files = {path for path in (*_of_applications(side), *_of_releases(side), *_of_charts(side)) if path not in read}
    inline = []
    for folder in side.found.direct:
        for path in (join(folder, name) for name in KUSTOMIZATION_FILES):
            if path in read or not is_named(path, named) or not side.sources.mentions(path, "helmChart"):
                continue
            for chart in _charts(_document(side.sources, path)):
                files |= {join(folder, file) for file in _files_of(chart)} - read
                inline += _resource(chart.get("valuesInline"), origin_of(chart, "valuesInline"))
    own = (path for path in sorted(files) if is_named(path, named) and side.sources.tree.kind(path) == "file")
    return [*inline, *(resource for path in own for resource in _resource(_document(side.sources, path), Origin(path, 1, 1)))]


def _resource(content: Any, origin: Origin | None) -> list[Resource]:
    """Values as an object; none where SOPS encrypted them, since what its selectors leave plain is a decision."""
    if type(content) is not Map or origin is None or metadata(content) is not None:
        return []
    return [Resource(Map({"kind": VALUES, "values": content}, {"kind": origin, "values": origin}), None, origin)]


def _of_applications(side: Side) -> Iterator[str]:
    for body in _bodies(side, _APPLICATIONS):
        spec = mapping(body, "spec", "template", "spec") if body.get("kind") == "ApplicationSet" else mapping(body, "spec")
        sources = [part for part in (*items(spec, "sources"), spec.get("source")) if type(part) is Map]
        refs = {f"${part.get('ref')}": part for part in sources if part.get("ref")}
        for part in sources:
            for entry in items(mapping(part, "helm"), "valueFiles"):
                if isinstance(entry, str) and not any(word in entry for word in _UNKNOWN):
                    head, _, rest = entry.partition("/")
                    holder = refs.get(head, part)
                    path = rest if head in refs or not head else join(str(part.get("path") or "."), entry)
                    if side.is_home(str(holder.get("repoURL") or "")) and (head in refs or not part.get("chart")):
                        yield posixpath.normpath(path)


def _of_releases(side: Side) -> Iterator[str]:
    for body in _bodies(side, {"HelmRelease"}):
        yield from (posixpath.normpath(entry) for entry in items(mapping(body, "spec", "chart", "spec"), "valuesFiles")
                    if isinstance(entry, str) and not any(word in entry for word in _UNKNOWN))


def _of_charts(side: Side) -> Iterator[str]:
    """`values*.yaml` beside a Chart.yaml; not those of charts that a chart brings along."""
    files = side.sources.tree.files()
    charts = chart_folders(files)
    for path in files:
        folder, name = posixpath.split(path)
        if (folder or ".") in charts and _OWN.fullmatch(name) and (not folder or not in_chart(folder, charts)):
            yield path


def _bodies(side: Side, kinds: set[str]) -> Iterator[Map]:
    for item in side.built:
        yield from (resource.body for resource in holding(item.resources, kinds) if resource.body.get("kind") in kinds)
    yield from (resource.body for _maker, resource, _scope in side.generated if resource.body.get("kind") in kinds)


def _charts(document: Any) -> Iterator[Map]:
    for field in ("helmCharts", "helmChartInflationGenerator"):
        yield from (chart for chart in items(document, field) if type(chart) is Map)


def _files_of(chart: Map) -> Iterator[str]:
    listed = (chart.get("valuesFile"), chart.get("values"), *items(chart, "additionalValuesFiles"))
    yield from (file for file in listed if isinstance(file, str) and "://" not in file)


def _document(sources: Sources, path: str) -> Any:
    """The first document of a file; None where there is none, or it can't be read: that is told where it is used."""
    if sources.tree.kind(path) != "file":
        return None
    try:
        documents = sources.stream(path).load(Dialect.MANIFEST, duplicates=True, any_key=True)
    except (SourceError, OutsideError, OSError):
        return None
    return documents[0] if documents else None
