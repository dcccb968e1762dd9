"""A chart that is here or can be pulled goes in; the resources that helm renders of it come out, with places."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import InputError, SourceError
from ..origin import Origin, Seq
from ..source import Dialect
from ..tree import OutsideError
from . import helm_values
from .helm import VENDOR, Chart
from .helm_origins import Finder, Value, values_of
from .helm_run import Helm, HelmError, MissingChartsError, chart_files, streams
from .load import UnresolvedError, fail
from .remote import FetchError
from .resource import Resource

if TYPE_CHECKING:
    from .build import Builder

_SWITCHES = {"includeCRDs": "include-crds", "skipTests": "skip-tests", "skipHooks": "no-hooks", "debug": "debug",
             "devel": "devel"}


def inflate(chart: Chart, folder: str, path: str | None, helm: Helm, builder: Builder, read: set[str]) -> list[Resource]:
    """The resources of a chart in the folder `path`, or of one that is pulled; the files it is made of are added to `read`.

    Raises RenderError or SourceError where kustomize would fail, UnresolvedError where the chart can't be had.
    """
    name, option, local = chart.text("name"), chart.text("valuesMerge") or "override", path is not None
    try:
        path = path or _pulled(chart, name, helm, builder)
        values, files = _values(chart, option, folder, path, builder, local=local)
        text = helm.template(builder.loader.tree, path, chart.text("releaseName"), _flags(chart), values)
    except MissingChartsError as error:
        raise UnresolvedError(f"the chart {name} is not rendered: {error}", chart.at("name"), VENDOR) from None
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


def _pulled(chart: Chart, name: str, helm: Helm, builder: Builder) -> str:
    remote, repo, place = builder.loader.remote, chart.text("repo"), chart.at("repo")
    if remote is None:
        raise UnresolvedError(f"the chart {name} is remote and is not fetched", place, VENDOR)
    if not repo.startswith(("https://", "http://", "oci://")) or name.startswith("-"):
        raise fail("a chart's repo is an https:// or oci:// address", place, "correct it")
    try:
        return remote.chart(helm.program, repo, name, chart.text("version"), place, devel=bool(chart.fields.get("devel")))
    except FetchError as error:
        raise UnresolvedError(f"the chart {name} can't be fetched: {error}", place, VENDOR) from None


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
