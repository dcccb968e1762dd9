"""`helmCharts:` and HelmChartInflationGenerator: an entry goes in, the resources that helm renders come out.

Rules: kustomize v5.8.1's HelmChartInflationGenerator. A chart lies in `<chartHome>/<name>` (`<chartHome>/<name>-<version>/<name>`
where it has a repo and a version), else it is pulled, which needs leave. A chart outside the repository is never read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..origin import Map, Origin
from . import generators
from .accumulated import Accumulated
from .kustomization import Kustomization
from .load import UnresolvedError, fail
from .metadata import Trail
from .resource import Resource

if TYPE_CHECKING:
    from .build import Builder

VENDOR = "vendor the chart's output, or deploy the chart by a HelmRelease or an Application"
_MERGES = ("override", "merge", "replace")
_OLD = {"chartName": "name", "chartVersion": "version", "chartRepoUrl": "repo", "values": "valuesFile",
        "valuesLocal": "valuesInline", "valuesMerge": "valuesMerge", "releaseName": "releaseName"}


class Chart(NamedTuple):
    """A chart as a kustomization asks for it."""

    fields: Map
    home: str
    """chartHome; empty where it is not set."""
    place: Origin
    namespace: str = ""
    """What it is installed into, where it does not say so itself."""
    namespace_at: Origin | None = None

    def text(self, field: str) -> str:
        """A string field; empty where it is not set."""
        return str(self.fields.get(field) or "")

    def at(self, field: str) -> Origin:
        """Where a field's value stands, else the entry's name, else the entry."""
        return self.fields.at.get(field) or self.fields.at.get("name") or self.place


def charts(kustomization: Kustomization) -> Iterator[Chart]:
    """The charts that a kustomization lists, those in the old spelling last."""
    old = kustomization.entries("helmChartInflationGenerator")
    known = kustomization.data.get("helmGlobals")
    homes = ["", *(entry.get("chartHome", "") for entry, _ in old)]
    home = known.get("chartHome", "") if known is not None else next(filter(None, reversed(homes)), "")
    for entry, place in kustomization.entries("helmCharts"):
        yield Chart(entry, home, place)
    for entry, place in old:
        fields = Map()
        for before, now in _OLD.items():
            if before in entry:
                fields.put(now, entry[before], entry.at.get(before))
        yield Chart(fields, home, place)


def add_charts(kustomization: Kustomization, builder: Builder, done: Accumulated, chain: tuple[str, ...], trail: Trail) -> None:
    """Append the resources of all charts of a kustomization; what can't be known is noted. Raises RenderError or SourceError."""
    for chart in charts(kustomization):
        try:
            _add(chart, kustomization, builder, done, chain, trail)
        except UnresolvedError as error:
            done.note(error)


def _add(chart: Chart, kustomization: Kustomization, builder: Builder, done: Accumulated, chain: tuple[str, ...],
         trail: Trail) -> None:
    """Append one; it is installed into the nearest `namespace:` from its kustomization up."""
    done.inherits = done.inherits or not (chart.text("namespace") or kustomization.text("namespace"))
    users = [kustomization, *(builder.kustomization(folder, None) for folder in reversed(chain[:-1]))]
    user = next((user for user in users if user.text("namespace")), kustomization)
    chart = chart._replace(namespace=user.text("namespace"), namespace_at=user.origin("namespace"))
    for resource in inflate(chart, kustomization.folder, builder, done.read):
        trail.of_generator(resource, kustomization, "HelmChartInflationGenerator")
        generators.absorb(done.resources, resource, chart.at("name"), incomplete=done.incomplete)


def inflate(chart: Chart, folder: str, builder: Builder, read: set[str]) -> list[Resource]:
    """The resources of a chart; the files it is made of are added to `read`.

    Raises RenderError or SourceError where kustomize would fail, UnresolvedError where the chart, or helm, is not there.
    """
    name, option = chart.text("name"), chart.text("valuesMerge") or "override"
    if not name:
        raise fail("a chart without a name", chart.place, "add name:")
    if option not in _MERGES:
        raise fail(f"valuesMerge is one of {', '.join(_MERGES)}", chart.at("valuesMerge"), "correct it")
    if chart.text("releaseName").startswith("-"):
        raise fail("a release's name does not begin with a dash", chart.at("releaseName"), "correct it")
    path = _folder(chart, name, folder, builder)
    if path is None and builder.loader.remote is None:
        raise UnresolvedError(f"the chart {name} is remote and is not fetched", chart.at("name"), VENDOR)
    if builder.helm is None or not builder.helm.fits:
        raise UnresolvedError(f"the chart {name} is not rendered: there is no helm 3 or 4 on the PATH", chart.at("name"),
                              "install helm")
    from . import helm_inflate  # noqa: PLC0415 (start-up: few kustomizations have charts that can be rendered)

    return helm_inflate.inflate(chart, folder, path, builder.helm, builder, read)


def _folder(chart: Chart, name: str, folder: str, builder: Builder) -> str | None:
    """The chart's folder in the tree; None where it has to be pulled. Raises RenderError where it can't be."""
    home, place = chart.home or "charts", chart.at("name")
    if chart.text("version") and chart.text("repo"):
        home = posixpath.join(home, f"{name}-{chart.text('version')}")
    found = builder.loader.any_folder(folder, f"{home}/{name}", place, "chart")
    if found is None and not chart.text("repo"):
        raise fail(f"there is no chart {name} in {home}, and no repo: to pull it from", place,
                   "correct the path, or add the chart")
    return found
