"""A HelmRelease, as its parent renders it -> its node and, where the chart lies in a tree that can be read, the target.

Rules: helm-controller and source-controller. A chart of a Helm or OCI repository is not known from here.
"""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass

from ...model import FieldPath, Owner, Resource
from ...nodes import Destination, Source
from ...origin import Map
from ...recipes import Chart, Values
from ..expansion import Deployment, Expansion, Found
from ..fields import flag, has, items, mapping, mappings, place, text
from ..world import Place, Unknown, World
from .common import (
    SOURCE_GROUP,
    ProblemError,
    Read,
    cluster_of,
    depends,
    is_suspended,
    kind_at,
    make_node,
    node_id,
    normal,
    read_source,
    reference,
    revision_of,
    url_of,
)
from .values import values_of

_LONGEST = 53
_HASH = 12
_CHART_SOURCES = ("HelmRepository", "GitRepository", "Bucket")
_REFERENCES = ("OCIRepository", "HelmChart", "ExternalArtifact")


@dataclass
class _Plan:
    """What is found out about a release, step by step."""

    source: Source | None = None
    read: Read | None = None
    edge: str | None = None


@dataclass(frozen=True)
class _Template:
    """Where a chart is described: the release itself, or a HelmChart that it names."""

    found: Found
    path: tuple[str, ...]
    at: FieldPath
    """The field of the release to blame; of another object, the reference to it."""

    def field(self, *names: str) -> FieldPath:
        """The field of the release for a field of the description."""
        return (*self.path, *names) if self.at == self.path else self.at


def expand_helmrelease(found: Found, world: World) -> Expansion:
    """What a HelmRelease means. Never raises."""
    plan, problems = _Plan(), list[ProblemError]()
    owner, deployment = owner_of(found), None
    try:
        template = _template(found, world, plan)
        deployment = _deployment(found, owner, template, world, plan)
    except ProblemError as problem:
        problems.append(problem)
    read = plan.read
    edges = {("sources", ident) for ident in (plan.edge, read.id if read else None) if ident}
    path = plan.source.path if plan.source else None
    return Expansion(
        make_node(found, problems, source=plan.source, owner=owner,
                  destination=Destination(name=cluster_of(found), namespace=namespace_of(found.resource) or None)),
        deployments=(deployment,) if deployment else (),
        faults=tuple(problem.fault(found.resource) for problem in problems),
        edges=tuple(sorted({*edges, *depends(found)})),
        uses=tuple(sorted({folder for problem in problems for folder in problem.uses})),
        evidence=(read.url,) if read and read.is_git and read.url and path and kind_at(world, path) == "dir" else (),
    )


def owner_of(found: Found) -> Owner:
    """The release as an owner: an upgrade deletes what is gone, only drift detection undoes changes, a deletion uninstalls."""
    body, name = found.resource.body, found.resource.id
    active = not is_suspended(found)
    heals = text(body, "spec", "driftDetection", "mode") == "enabled"
    return Owner("flux", name.kind, name.namespace, name.name, automated=active, prune=active, self_heal=active and heals,
                 cascade=active, suspended=not active, force=flag(body, "spec", "upgrade", "force"))


def release_name(resource: Resource) -> str:
    """The name that helm gets; too long a one is cut and ends in a hash of the whole."""
    target = text(resource.body, "spec", "targetNamespace")
    name = text(resource.body, "spec", "releaseName") or (f"{target}-{resource.id.name}" if target else resource.id.name)
    data = name.encode("utf-8", "surrogateescape")
    if len(data) <= _LONGEST:
        return name
    cut = data[:_LONGEST - _HASH - 1].decode("utf-8", "ignore")
    return f"{cut}-{hashlib.sha256(data).hexdigest()[:_HASH]}"


def namespace_of(resource: Resource) -> str:
    """Where the release is installed."""
    return text(resource.body, "spec", "targetNamespace") or resource.id.namespace


def _template(found: Found, world: World, plan: _Plan) -> _Template:
    """Where the chart is described. Raises ProblemError, also where it is in no git repository."""
    body = found.resource.body
    own, named = has(body, "spec", "chart"), has(body, "spec", "chartRef")
    if own and named:
        raise ProblemError("failed", "a release with chart and chartRef; Flux takes one", ("spec", "chartRef"),
                           "keep one of them")
    if own:
        return _Template(found, ("spec", "chart", "spec"), ("spec", "chart", "spec"))
    at = ("spec", "chartRef")
    if not named:
        raise ProblemError("failed", "a release without a chart", ("spec",), "add chart: or chartRef:")
    kind, namespace, name = reference(body, *at, namespace=found.resource.id.namespace)
    if kind not in _REFERENCES or not name:
        raise ProblemError("failed", f"chartRef names none of {', '.join(_REFERENCES)}", at, "correct kind and name")
    plan.edge = node_id(kind, namespace, name)
    known = world.objects.get(found.scope, SOURCE_GROUP, kind, namespace, name)
    if kind == "HelmChart" and known is not None:
        return _Template(Found(known, found.scope), ("spec",), at)
    if known is not None:
        plan.source = Source(url_of(known), revision=revision_of(known), chart=_last_part(url_of(known)), tool="helm")
    else:
        plan.source = Source(chart=name, tool="helm")
    why = (f"{kind}/{name} is in nothing that is built from this repository" if known is None
           else f"what the {kind} {name} holds is not known from here")
    raise ProblemError("unresolved", why, at, "vendor the chart, if its objects shall be checked")


def _last_part(url: str | None) -> str | None:
    return posixpath.basename(url.rstrip("/")) if url else None


def _deployment(found: Found, owner: Owner, template: _Template, world: World, plan: _Plan) -> Deployment:
    """The target. Raises ProblemError where the chart or its values can't be followed."""
    body = template.found.resource.body
    chart = text(body, *template.path, "chart")
    kind = text(body, *template.path, "sourceRef", "kind")
    version = text(body, *template.path, "version") or "*"
    if not chart:
        raise ProblemError("failed", "no chart is named", template.field("chart"), "add chart: with its name or path")
    local = kind != "HelmRepository"
    path = normal(chart) if local else None
    plan.source = Source(None, path, None if local else version, None if local else chart, "helm")
    if template.found is not found and plan.edge is None:
        plan.edge = node_id("HelmChart", template.found.resource.id.namespace, template.found.resource.id.name)
    try:
        read = plan.read = read_source(template.found, world, (*template.path, "sourceRef"), path or chart, _CHART_SOURCES)
    except ProblemError as problem:
        raise ProblemError(problem.status, problem.message, template.field("sourceRef"), problem.remedy) from None
    plan.source = Source(read.url, path, read.revision if local else version, None if local else chart, "helm")
    if not local:
        raise ProblemError("unresolved", f"the chart {chart} is in a Helm repository", template.field("chart"),
                           "vendor the chart, if its objects shall be checked")
    folder, root = _folder(read, path or ".", template, world)
    files, replaced = _value_files(template, root, folder, world)
    recipe = Chart(
        folder, release_name(found.resource), namespace_of(found.resource),
        (*files, *values_of(found, world, folder)), tuple(_flags(found.resource.body)),
        tuple(_post_renderers(found.resource.body)),
        place(found.resource.body, template.field("chart")) or found.resource.declared, own_values=not replaced,
    )
    return Deployment(owner, (recipe,), folder, "chart", changes=True, cluster=cluster_of(found),
                      namespace=namespace_of(found.resource) or None)


def _folder(read: Read, path: str, template: _Template, world: World) -> tuple[str, Place]:
    """The chart's folder as a path of the tree, and the source's root. Raises ProblemError."""
    if "${" in path:
        raise ProblemError("unresolved", "the chart's path has a variable whose value is not known from here",
                           template.field("chart"), "name its value under flux.variables in .gitops-guard.yaml")
    if isinstance(read.place, Unknown):
        raise ProblemError("unresolved", read.place.reason, template.field("sourceRef"),
                           read.remedy)
    folder = read.place.at(path)
    kind = kind_at(world, folder)
    if kind == "file":
        raise ProblemError("unresolved", f"the chart {path} is packed, and is not read", template.field("chart"),
                           "keep the chart as a folder")
    if kind is None or kind_at(world, posixpath.join(folder, "Chart.yaml")) != "file":
        what = "does not exist in its source" if kind is None else "has no Chart.yaml"
        raise ProblemError("failed", f"the chart {path} {what}", template.field("chart"), "create the chart, or correct the path")
    return folder, read.place


def _value_files(template: _Template, root: Place, folder: str, world: World) -> tuple[list[Values], bool]:
    """The values files that stand in for the chart's own, and whether they do. Raises ProblemError."""
    body = template.found.resource.body
    field: FieldPath = (*template.path, "valuesFiles")
    listed = [(index, entry) for index, entry in enumerate(items(body, *field)) if isinstance(entry, str)]
    missing_is_fine = flag(body, *template.path, "ignoreMissingValuesFiles")
    found = []
    for index, entry in listed:
        file = root.at(normal(entry))
        if kind_at(world, file) == "file":
            found.append(Values(file=file, origin=place(body, (*field, index))))
        elif not missing_is_fine:
            at: FieldPath = (*field, index) if template.at == template.path else template.at
            raise ProblemError("failed", f"the values file does not exist in the chart's source: {entry}", at,
                               "create it, or correct the path: it counts from the source's root", uses=(folder,))
    # Without any file that is there, Flux leaves the chart as it is.
    return found, bool(found)


def _flags(body: Map) -> list[str]:
    """What helm has to be told."""
    install = mapping(body, "spec", "install")
    crds = text(install, "crds") or ("Skip" if flag(install, "skipCRDs") else "Create")
    found = [] if crds == "Skip" else ["--include-crds"]
    if flag(install, "disableHooks"):
        found.append("--no-hooks")
    if not flag(body, "spec", "test", "enable"):
        found.append("--skip-tests")
    return found


def _post_renderers(body: Map) -> list[Map]:
    return [mapping(entry, "kustomize") for _, entry in mappings(body, "spec", "postRenderers") if mapping(entry, "kustomize")]
