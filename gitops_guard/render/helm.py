"""`helmCharts:` and HelmChartInflationGenerator: an entry goes in, the resources that helm renders come out.

Rules: kustomize v5.8.1's HelmChartInflationGenerator. A chart lies in `<chartHome>/<name>` (`<chartHome>/<name>-<version>/<name>`
where it has a repo and a version), else it is pulled, which needs leave. A chart outside the repository is never read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..errors import InputError, SourceError
from ..origin import Map, Origin, Seq
from ..source import Dialect
from ..tree import OutsideError
from . import generators, helm_values
from .accumulated import Accumulated
from .helm_origins import Finder, Value, values_of
from .helm_run import Helm, HelmError, MissingChartsError, chart_files, streams
from .kustomization import Kustomization
from .load import UnresolvedError, fail
from .metadata import Trail
from .remote import FetchError
from .resource import Resource

if TYPE_CHECKING:
    from .build import Builder

_VENDOR = "vendor the chart's output, or deploy the chart by a HelmRelease or an Application"
_OLD = {"chartName": "name", "chartVersion": "version", "chartRepoUrl": "repo", "values": "valuesFile",
        "valuesLocal": "valuesInline", "valuesMerge": "valuesMerge", "releaseName": "releaseName"}
_SWITCHES = {"includeCRDs": "include-crds", "skipTests": "skip-tests", "skipHooks": "no-hooks", "debug": "debug",
             "devel": "devel"}


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
    if option not in helm_values.OPTIONS:
        raise fail(f"valuesMerge is one of {', '.join(helm_values.OPTIONS)}", chart.at("valuesMerge"), "correct it")
    if chart.text("releaseName").startswith("-"):
        raise fail("a release's name does not begin with a dash", chart.at("releaseName"), "correct it")
    helm = builder.helm
    path = _folder(chart, name, folder, builder)
    try:
        if helm is None or not helm.fits:
            raise UnresolvedError(f"the chart {name} is not rendered: there is no helm 3 or 4 on the PATH", chart.at("name"),
                                  "install helm")
        local = path is not None
        path = path or _pulled(chart, name, helm, builder)
        values, files = _values(chart, option, folder, path, builder, local=local)
        text = helm.template(builder.loader.tree, path, chart.text("releaseName"), _flags(chart), values)
    except MissingChartsError as error:
        raise UnresolvedError(f"the chart {name} is not rendered: {error}", chart.at("name"), _VENDOR) from None
    except HelmError as error:
        raise fail(f"helm can't render the chart {name}: {error}", chart.at("name"), "correct the chart or its values") from None
    except OutsideError:
        raise SourceError("source/hostile-input", f"a link in the chart {name} leaves the repository", chart.place.file,
                          chart.at("name").line, chart.at("name").column, "put the file itself into the repository") from None
    read.update(files)
    found = _resources(text, name, chart.at("name"), builder)
    finder = Finder(builder.loader.sources, path, text, _known_values(chart, files, path, builder, read), chart.at("name"))
    for resource in found:
        finder.settle(resource)
        resource.helm = True
        resource.touch()
    return found


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


def _pulled(chart: Chart, name: str, helm: Helm, builder: Builder) -> str:
    remote, repo, place = builder.loader.remote, chart.text("repo"), chart.at("repo")
    if remote is None:
        raise UnresolvedError(f"the chart {name} is remote and is not fetched", place, _VENDOR)
    if not repo.startswith(("https://", "http://", "oci://")) or name.startswith("-"):
        raise fail("a chart's repo is an https:// or oci:// address", place, "correct it")
    try:
        return remote.chart(helm.program, repo, name, chart.text("version"), place, devel=bool(chart.fields.get("devel")))
    except FetchError as error:
        raise UnresolvedError(f"the chart {name} can't be fetched: {error}", place, _VENDOR) from None


def _values(chart: Chart, option: str, folder: str, path: str, builder: Builder, *, local: bool) -> tuple[list[bytes], list[str]]:
    """The contents of the values files for helm, and the files behind them, the strongest first."""
    loader, inline = builder.loader, chart.fields.get("valuesInline")
    more = chart.fields.get("additionalValuesFiles") or Seq()
    added = [loader.file(folder, entry, at or chart.place, "values file") for entry, at in zip(more, more.at, strict=True)]
    first, main = b"", ""
    if not inline or option != "replace":
        if chart.text("valuesFile"):
            main = loader.file(folder, chart.text("valuesFile"), chart.at("valuesFile"), "values file")
        else:
            main = loader.chart_file(folder, f"{path}/values.yaml", chart.at("name"), restricted=local)
        first = loader.tree.read(main)
    if inline:
        place = chart.at("valuesInline")
        whole = inline if option == "replace" else helm_values.merged(loader.sources.stream(main), inline, option, place)
        first = helm_values.as_file(whole, place)
    return [first, *(loader.tree.read(file) for file in added)], [*reversed(added), *([main] if main else [])]


def _flags(chart: Chart) -> list[str]:
    """The rest of the command line, each flag with its value in one word, so that no value is taken for a flag."""
    fields = chart.fields
    namespace = chart.text("namespace") or chart.namespace
    flags = [f"--{flag}={value}" for flag, value in (("namespace", namespace), ("name-template", chart.text("nameTemplate")),
                                                     ("kube-version", chart.text("kubeVersion"))) if value]
    flags += [f"--api-versions={version}" for version in fields.get("apiVersions") or ()]
    return flags + [f"--{flag}" for field, flag in _SWITCHES.items() if fields.get(field)]


def _resources(text: str, name: str, place: Origin, builder: Builder) -> list[Resource]:
    last = ""
    for stream in streams(text, name):
        try:
            found = builder.documents.resources(stream())
        except InputError as error:
            last = error.message
        else:
            return found
    raise fail(f"what helm renders of the chart {name} is no list of objects: {last}", place, "correct the templates") from None


def _known_values(chart: Chart, files: list[str], path: str, builder: Builder, read: set[str]) -> Iterator[Value]:
    """What the templates were given, the strongest first; the chart's files are added to `read`."""
    for field, key in (("releaseName", "name"), ("namespace", "namespace")):
        if chart.text(field):
            yield Value(key, chart.text(field), chart.at(field))
    if chart.namespace and chart.namespace_at is not None and not chart.text("namespace"):
        yield Value("namespace", chart.namespace, chart.namespace_at)
    yield from values_of(chart.fields.get("valuesInline"))
    own = [f"{path}/{file}" for file in sorted(chart_files(builder.loader.tree, path))]
    read.update(own)
    for file in dict.fromkeys([*files, *(file for file in own if posixpath.basename(file) == "values.yaml")]):
        try:
            documents = builder.loader.sources.stream(file).load(Dialect.RESOURCE, duplicates=True, any_key=True)
        except SourceError:
            continue  # helm reads it more generously; then the places are those of the templates
        yield from values_of(documents[0] if documents else None)
