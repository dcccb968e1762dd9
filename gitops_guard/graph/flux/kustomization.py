"""A Flux Kustomization, as its parent renders it -> its node and the target that it deploys.

Rules: kustomize-controller. Its path counts from the root of its source; what it changes in the build (names, namespace, images,
patches, components, metadata, variables) makes the target its own; a suspended one stays deployed.
"""

from __future__ import annotations

from ...model import Owner
from ...nodes import Destination, Source
from ...origin import Map
from ...recipes import Kustomize, Substitution
from ..expansion import Deployment, Expansion, Found
from ..fields import flag, has, mapping, place, text
from ..world import Place, Unknown, World
from .common import (
    ProblemError,
    Read,
    cluster_of,
    depends,
    is_suspended,
    kind_at,
    make_node,
    normal,
    read_source,
)
from .variables import variables_of

_SOURCES = ("GitRepository", "OCIRepository", "Bucket", "ExternalArtifact")
_CHANGES = ("targetNamespace", "namePrefix", "nameSuffix", "patches", "images", "components", "commonMetadata", "buildMetadata",
            "ignoreMissingComponents")
_SWITCH = "kustomize.toolkit.fluxcd.io/substitute"
_NO_CHANGE = "ignoreMissingComponents"


def expand_kustomization(found: Found, world: World) -> Expansion:
    """What a Kustomization means. Never raises."""
    body = found.resource.body
    problems: list[ProblemError] = []
    read: Read | None = None
    deployment: Deployment | None = None
    owner = owner_of(found)
    path = normal(text(body, "spec", "path"))
    try:
        read = read_source(found, world, ("spec", "sourceRef"), path, _SOURCES)
        substitution, wrong = variables_of(found, world)
        problems += wrong
        folder = _folder(read, path, body, world)
        if not wrong:
            deployment = _deployment(found, owner, folder, read, substitution)
    except ProblemError as problem:
        problems.append(problem)
    source = Source(read.url if read else None, path, read.revision if read else None, tool="kustomize")
    cluster = cluster_of(found)
    destination = Destination(name=cluster, namespace=text(body, "spec", "targetNamespace") or None)
    return Expansion(
        make_node(found, problems, source=source, owner=owner, destination=destination),
        deployments=(deployment,) if deployment else (),
        faults=tuple(problem.fault(found.resource) for problem in problems),
        edges=tuple(sorted({*([("sources", read.id)] if read else []), *depends(found)})),
        uses=tuple(sorted({folder for problem in problems for folder in problem.uses})),
        evidence=(read.url,) if read and read.is_git and read.url and kind_at(world, path) == "dir" else (),
    )


def owner_of(found: Found) -> Owner:
    """The Kustomization as an owner, with effective values.

    What a deletion takes along: `deletionPolicy`, which by default follows `prune`; a suspended one takes nothing.
    """
    body, name = found.resource.body, found.resource.id
    active = not is_suspended(found)
    prune = flag(body, "spec", "prune")
    policy = text(body, "spec", "deletionPolicy") or "MirrorPrune"
    cascade = {"Delete": True, "WaitForTermination": True, "Orphan": False}.get(policy, prune)
    return Owner("flux", name.kind, name.namespace, name.name, automated=active, prune=active and prune, self_heal=active,
                 cascade=active and cascade, suspended=not active, force=flag(body, "spec", "force"))


def _folder(read: Read, path: str, body: Map, world: World) -> str:
    """The folder as a path of the tree. Raises ProblemError."""
    field = ("spec", "path") if has(body, "spec", "path") else ("spec", "sourceRef")
    if "${" in path and not _stays_literal(body):
        raise ProblemError("unresolved", "the path has a variable whose value is not known from here", field,
                           "name its value under flux.variables in .gitops-guard.yaml")
    if isinstance(read.place, Unknown):
        raise ProblemError("unresolved", read.place.reason, ("spec", "sourceRef"),
                           read.remedy)
    folder = read.place.at(path)
    if world.sources.tree.lacks(folder):
        raise ProblemError("unresolved", f"the path {path} is not in this clone: it lies in a submodule, or is left out of a "
                           "partial clone", field,
                           "fetch it: git submodule update --init, or git sparse-checkout add")
    if kind_at(world, folder) != "dir":
        what = "is a file, and Flux needs a folder" if kind_at(world, folder) == "file" else "does not exist in its source"
        raise ProblemError("failed", f"the path {path} {what}", field, "create the folder, or correct the path")
    return folder


def _stays_literal(body: Map) -> bool:
    """Whether nobody substitutes variables in the object itself."""
    return any(text(body, "metadata", field, _SWITCH) == "disabled" for field in ("labels", "annotations"))


def _deployment(found: Found, owner: Owner, folder: str, read: Read, substitution: Substitution | None) -> Deployment:
    body = found.resource.body
    spec = mapping(body, "spec")
    changes = Map({key: spec[key] for key in _CHANGES if key in spec}, {key: spec.at[key] for key in _CHANGES if key in spec.at})
    field = place(body, ("spec", "path")) or place(body, ("spec", "sourceRef")) or found.resource.declared
    root = read.place.prefix if isinstance(read.place, Place) else "."
    recipe = Kustomize(folder, "flux", changes, field, "none", generate=True, ignore=read.ignore, root=root,
                       substitution=substitution)
    return Deployment(owner, (recipe,), folder, "kustomization", changes=_changes_build(changes, substitution),
                      cluster=cluster_of(found))


def _changes_build(changes: Map, substitution: Substitution | None) -> bool:
    if any(value and key != _NO_CHANGE for key, value in changes.items()):
        return True
    return substitution is not None and bool(
        substitution.variables or substitution.unknown or substitution.perhaps or substitution.always)
