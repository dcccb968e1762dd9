"""An Application, as it is there -> its node and the target it deploys.

Rules: Argo CD's controller and repo-server; each part says which. What can't be known from here is unresolved, what Argo CD
refuses is failed; the other sources of the Application are deployed all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...model import Fault, Location, Owner, ResourceId
from ...nodes import Destination, Node, Source
from ...origin import Map
from ...recipes import Chart, Directory, Kustomize, Recipe
from ...tree import OutsideError, is_below
from ..expansion import Deployment, Expansion, Found
from ..fields import items, mapping, text
from ..world import Place, Unknown, World
from . import detection, directory, env, helm, kustomize, source_files, versions
from .problem import ProblemError
from .sources import Part, check, parts_of, refs
from .sync import owner_of
from .value_files import Files

IN_CLUSTER = "https://kubernetes.default.svc"
_OWN = "in-cluster"


@dataclass
class _Outcome:
    """What the sources of one Application come to."""

    recipes: list[Recipe] = field(default_factory=list)
    problems: list[ProblemError] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    first: Source | None = None
    changes: bool = False
    evidence: list[str] = field(default_factory=list)


def expand_application(found: Found, world: World) -> Expansion:
    """What an Application means. Never raises."""
    body, name = found.resource.body, found.resource.id
    outcome = _Outcome()
    try:
        _check(body)
    except ProblemError as problem:
        outcome.problems.append(problem)
    parts = parts_of(body)
    try:
        named = refs(parts)
    except ProblemError as problem:
        outcome.problems.append(problem)
        named = {}
    wrong = bool(outcome.problems)
    for part in parts:
        _follow(part, named, found, world, outcome)
    recipes = [] if wrong else outcome.recipes
    owner = owner_of(found.resource, world.config.argocd.version)
    faults = tuple(problem.fault(found.resource) for problem in outcome.problems)
    return Expansion(
        _node(found, name, body, owner, outcome),
        deployments=(_deployment(owner, body, recipes, outcome),) if recipes else (),
        faults=_unique(faults),
        uses=tuple(sorted({folder for problem in outcome.problems for folder in problem.uses})),
        evidence=tuple(sorted(set(outcome.evidence))),
    )


def _check(body: Map) -> None:
    """Raises ProblemError for a spec that Argo CD refuses as a whole (`GetDestinationServer`)."""
    if not parts_of(body):
        raise ProblemError("failed", "an Application without source", ("spec",), "add source: with repoURL and path")
    server, cluster = text(body, "spec", "destination", "server"), text(body, "spec", "destination", "name")
    if server and cluster:
        raise ProblemError("failed", "the destination has a server and a name; Argo CD takes one", ("spec", "destination"),
                           "keep one of them")
    if not server and not cluster:
        raise ProblemError("failed", "the destination has neither server nor name", ("spec", "destination"),
                           f"add server: {IN_CLUSTER}, or the cluster's name")


def _follow(part: Part, named: dict[str, Part], found: Found, world: World, outcome: _Outcome) -> None:
    """Add what one source comes to."""
    source = part.node(None)
    try:
        check(part, several=part.path[:2] == ("spec", "sources"))
        if not _is_local(part) and part.renders:
            raise _remote(part)
        place = _place(part, world, outcome)
        if part.renders:
            recipe, source, changed = _recipe(part, place, named, found, world, outcome)
            outcome.recipes.append(recipe)
            outcome.changes = outcome.changes or changed
    except ProblemError as problem:
        outcome.problems.append(problem)
        source = replace(source, tool=problem.tool or source.tool)
    outcome.sources.append(source)
    if part.renders and outcome.first is None:
        outcome.first = source


def _is_local(part: Part) -> bool:
    return not part.is_chart and not part.is_oci


def _remote(part: Part) -> ProblemError:
    if part.is_chart:
        return part.problem("unresolved", f"the chart {part.text('chart')} is in a Helm repository", "chart",
                            remedy="vendor the chart, if its objects shall be checked")
    return part.problem("unresolved", "what an OCI artifact holds is not known from here", "repoURL")


def _place(part: Part, world: World, outcome: _Outcome) -> Place:
    """The repository of a source. Raises ProblemError where it can't be read from here."""
    url, revision = part.text("repoURL"), part.text("targetRevision")
    if part.folder and _exists(world, part.folder):
        outcome.evidence.append(url)
    place = world.repositories.place(url, None if revision in {"", "HEAD"} else revision)
    if isinstance(place, Unknown):
        if not part.renders:
            # Where values come from: whoever names a file of it says so.
            return Place()
        known = isinstance(world.repositories.place(url, None), Place)
        raise part.problem("unresolved", place.reason, "targetRevision" if known else "repoURL",
                           remedy="" if known else "map the URL to a folder under repositories: in .gitops-guard.yaml")
    return place


def _exists(world: World, folder: str) -> bool:
    if folder.startswith(("/", "..")):
        return False
    try:
        return world.sources.tree.kind(folder) is not None
    except OutsideError:
        return False


def _recipe(part: Part, place: Place, named: dict[str, Part], found: Found, world: World,
            outcome: _Outcome) -> tuple[Recipe, Source, bool]:
    """The recipe of a source in git, its node, and whether it changes what its folder builds to. Raises ProblemError."""
    folder = _folder(part, place, world)
    part = _with_files(part, folder, found, world)
    tree = world.sources.tree
    tool = detection.explicit(part.body, part.path) or detection.discovered(tree, folder)
    source = part.node(tool)
    variables = _variables(part, found)
    try:
        if tool == "plugin":
            raise part.problem("unresolved", "what a plugin renders is not known from here", "plugin", uses=(folder,))
        if tool == "kustomize":
            version = text(part.body, "kustomize", "version")
            made = kustomize.recipe(part, folder, variables, kustomize.build_options(world, found.scope, version), tree)
            _note_revision(part, outcome)
            return made, source, kustomize.changes(made.changes)
        if tool == "helm":
            files = Files(part, folder, place, named, part.path[:2] == ("spec", "sources"), variables, world.sources,
                          world.repositories, globs=versions.has(world.config.argocd.version, "3.4"))
            chart = helm.chart(part, files, found.resource.id.name, _namespace(found), world.config.kubernetes_version)
            return chart, source, True
        listed, jsonnet = directory.manifests(part, folder, place, world.sources,
                                              marker=versions.has(world.config.argocd.version, "3.1"))
        for path in jsonnet:
            outcome.problems.append(part.problem("unresolved", f"what {path} evaluates to is not known from here", "path"))
        return Directory(folder, listed, part.origin("path")), source, False
    except ProblemError as problem:
        problem.tool = tool
        if problem.status == "unresolved" and folder not in problem.uses:
            problem.uses = (*problem.uses, folder)
        raise


def _folder(part: Part, place: Place, world: World) -> str:
    """The folder of a source in the tree. Raises ProblemError where there is none (`util/app/path`)."""
    path = part.text("path")
    if path.startswith("/"):
        raise part.problem("failed", f"the path {path} begins with a slash", "path", remedy="write it from the root: without it")
    folder = place.at(part.folder)
    try:
        kind = world.sources.tree.kind(folder) if is_below(folder, place.prefix) and not part.folder.startswith("..") else ""
    except OutsideError:
        kind = ""
    if kind == "":
        raise part.problem("failed", f"the path {path} leaves the repository", "path", remedy="correct it")
    if world.sources.tree.lacks(folder):
        raise part.problem("unresolved", f"the path {path} is not in this clone: it lies in a submodule, or is left out of a "
                           "partial clone", "path", remedy="fetch it: git submodule update --init, or git sparse-checkout add")
    if kind != "dir":
        what = "does not exist" if kind is None else "is no folder"
        raise part.problem("failed", f"the path {path} {what}", "path", remedy="correct the path")
    return folder


def _with_files(part: Part, folder: str, found: Found, world: World) -> Part:
    known = kustomize.settings(world, found.scope)
    control = known.id.namespace or None if known is not None else None
    name = found.resource.id
    names = source_files.file_names(name.namespace, name.name, control, set(world.sources.tree.names(folder)))
    body, files = source_files.merged(part.body, source_files.at(folder, names), world.sources, part.path)
    return replace(part, body=body, files=files)


def _variables(part: Part, found: Found) -> dict[str, str]:
    """Argo CD's build variables (`newEnv`), but for the commit."""
    name, body = found.resource.id, found.resource.body
    full = name.name if name.namespace in {"", "argocd"} else f"{name.namespace}_{name.name}"
    return {
        "ARGOCD_APP_NAME": full,
        "ARGOCD_APP_NAMESPACE": _namespace(found),
        "ARGOCD_APP_PROJECT_NAME": text(body, "spec", "project") or "default",
        "ARGOCD_APP_SOURCE_REPO_URL": part.text("repoURL"),
        "ARGOCD_APP_SOURCE_PATH": part.text("path"),
        "ARGOCD_APP_SOURCE_TARGET_REVISION": part.text("targetRevision"),
    }


def _note_revision(part: Part, outcome: _Outcome) -> None:
    """Say where an image is named after the commit."""
    for index, image in enumerate(items(part.body, "kustomize", "images")):
        if isinstance(image, str) and env.names(image) & env.REVISION:
            outcome.problems.append(part.problem("unresolved", "the image is named after the commit, which is not known here",
                                                 "kustomize", "images", index))


def _namespace(found: Found) -> str:
    return text(found.resource.body, "spec", "destination", "namespace")


def _node(found: Found, name: ResourceId, body: Map, owner: Owner, outcome: _Outcome) -> Node:
    problem = next((item for item in outcome.problems if item.status == "failed"), next(iter(outcome.problems), None))
    at = found.resource.declared
    destination = mapping(body, "spec", "destination")
    return Node(
        owner.id, "argocd", "Application", name.namespace or None, name.name, Location(at.file, at.line, at.column),
        status=problem.status if problem else "resolved",
        reason=problem.message if problem else None,
        generated_by=found.generated_by,
        sources=tuple(outcome.sources),
        source=outcome.first,
        destination=Destination(text(destination, "server") or None, text(destination, "name") or None,
                                text(destination, "namespace") or None),
        automated=owner.automated, prune=owner.prune, self_heal=owner.self_heal,
        scope=found.scope,
    )


def _deployment(owner: Owner, body: Map, recipes: list[Recipe], outcome: _Outcome) -> Deployment:
    server, cluster = text(body, "spec", "destination", "server").rstrip("/"), text(body, "spec", "destination", "name")
    several = len(recipes) > 1
    return Deployment(
        owner, tuple(recipes), recipes[0].folder,
        "application" if several else _KINDS[type(recipes[0])],
        changes=several or outcome.changes,
        cluster=(cluster if cluster != _OWN else "") or (server if server != IN_CLUSTER else "") or None,
        namespace=text(body, "spec", "destination", "namespace") or None,
        partial=bool(outcome.problems),
    )


_KINDS = {Kustomize: "kustomization", Directory: "manifests", Chart: "chart"}


def _unique(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    seen: dict[tuple[object, ...], Fault] = {}
    for fault in faults:
        seen.setdefault((fault.rule, fault.message, fault.path, fault.location), fault)
    return tuple(seen.values())
