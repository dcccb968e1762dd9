"""What the expansions of Flux's objects share: ids, nodes, owners, and the source that an object reads."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ...model import Fault, FieldPath, Location, Owner, Resource
from ...nodes import Destination, Node, Source
from ...tree import OutsideError
from ..expansion import Found
from ..fields import flag, mapping, mappings, text
from ..world import Place, Unknown, World
from .artifacts import Copied, copied

SOURCE_GROUP = "source.toolkit.fluxcd.io"
_BRANCH = "master"
_WORST_FIRST = ("failed", "unresolved")


class ProblemError(Exception):
    """Something about an object can't be followed; `status` is failed (known to be wrong) or unresolved (not known from here)."""

    def __init__(self, status: str, message: str, path: FieldPath, remedy: str = "", uses: tuple[str, ...] = ()) -> None:
        """`path` is the field at fault; `uses` are folders of the tree that the object names all the same."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.path = path
        self.remedy = remedy
        self.uses = uses

    def fault(self, resource: Resource) -> Fault:
        """The finding."""
        return Fault(f"render/{self.status}", self.message, remedy=self.remedy, resource=resource, path=self.path)


@dataclass(frozen=True)
class Read:
    """What an object reads from its source."""

    place: Place | Unknown
    url: str | None
    revision: str | None
    ignore: str | None
    """The source's own list of ignored files."""
    id: str
    """Of the source's node."""
    is_git: bool

    @property
    def remedy(self) -> str:
        """What makes an unknown place known."""
        if self.url is None:
            return "commit the source object, or deploy the path from a GitRepository of this repository"
        if self.is_git:
            return "name the repository under repositories: in .gitops-guard.yaml, if it can be read from here"
        return "check what is packed where it is packed"


def node_id(kind: str, namespace: str, name: str) -> str:
    """The id of the node of one of Flux's objects."""
    return f"flux/{kind}/{namespace or 'default'}/{name}"


def make_node(found: Found, problems: list[ProblemError], *, source: Source | None = None, owner: Owner | None = None,
              destination: Destination | None = None) -> Node:
    """The node of an object; without `owner` it deploys nothing."""
    name, declared = found.resource.id, found.resource.declared
    worst = min(problems, key=lambda problem: _WORST_FIRST.index(problem.status), default=None)
    location = Location(declared.file, declared.line, declared.column, "exact" if declared.exact else "nearest")
    return Node(
        id=node_id(name.kind, name.namespace, name.name), system="flux", kind=name.kind, namespace=name.namespace or None,
        name=name.name, location=location,
        status=worst.status if worst else "resolved", reason=worst.message if worst else None, generated_by=found.generated_by,
        sources=(source,) if source else (), source=source, destination=destination,
        automated=owner.automated if owner else None, prune=owner.prune if owner else None,
        self_heal=owner.self_heal if owner else None, scope=found.scope,
    )


def normal(path: str) -> str:
    """A path in a source, without `./` and slashes at its ends; the root is `.`. Nothing leads out of it."""
    return posixpath.normpath("/" + path).lstrip("/") or "."


def reference(body: object, *path: str, namespace: str) -> tuple[str, str, str]:
    """Kind, namespace and name of an object that a field names."""
    return text(body, *path, "kind"), text(body, *path, "namespace") or namespace, text(body, *path, "name")


def depends(found: Found) -> list[tuple[str, str]]:
    """The edges to the objects of the same kind that must be ready first."""
    name = found.resource.id
    return [("depends", node_id(name.kind, text(entry, "namespace") or name.namespace, text(entry, "name")))
            for _, entry in mappings(found.resource.body, "spec", "dependsOn") if text(entry, "name")]


def cluster_of(found: Found) -> str | None:
    """The name of the remote cluster that `kubeConfig` stands for: that of its Secret or ConfigMap."""
    config = mapping(found.resource.body, "spec", "kubeConfig")
    name = text(config, "secretRef", "name") or text(config, "configMapRef", "name")
    return name or None


def revision_of(source: Resource) -> str | None:
    """What the reference of a source says, by Flux's own order; a branch is `master` where none is named."""
    ref = mapping(source.body, "spec", "ref")
    if source.id.kind == "GitRepository":
        return next((text(ref, field) for field in ("commit", "name", "semver", "tag", "branch") if text(ref, field)), _BRANCH)
    if source.id.kind == "OCIRepository":
        return next((text(ref, field) for field in ("digest", "semver", "tag") if text(ref, field)), "latest")
    return text(source.body, "spec", "version") or None


def url_of(source: Resource) -> str | None:
    """Where a source reads; a bucket's endpoint and name."""
    if source.id.kind == "Bucket":
        parts = (text(source.body, "spec", "endpoint"), text(source.body, "spec", "bucketName"))
        return "/".join(part for part in parts if part) or None
    return text(source.body, "spec", "url") or None


def read_source(found: Found, world: World, path: tuple[str, ...], wanted: str, kinds: tuple[str, ...]) -> Read:
    """The source that the reference at `path` names, for the path `wanted` in it. Raises ProblemError."""
    body, name = found.resource.body, found.resource.id
    kind, namespace, source_name = reference(body, *path, namespace=name.namespace)
    if not kind or not source_name:
        raise ProblemError("failed", "no source is named", path, "add sourceRef: with kind and name")
    if kind not in kinds:
        raise ProblemError("failed", f"{kind} is no kind of source; known: {', '.join(kinds)}", (*path, "kind"),
                           "correct the kind")
    ident = node_id(kind, namespace, source_name)
    source = world.objects.get(found.scope, SOURCE_GROUP, kind, namespace, source_name)
    if kind == "ExternalArtifact" and (made := copied(found, world, namespace, source_name)) is not None:
        return _generated(found, world, made, ident)
    if source is None:
        place = world.repositories.unnamed(wanted)
        if isinstance(place, Unknown) or (kind != "GitRepository" and normal(wanted) == "."):
            # An artifact's root says nothing of whose it is; a path that exists here does.
            place = Unknown(f"{kind}/{source_name} is in nothing that is built from this repository")
        return Read(place, None, None, None, ident, kind == "GitRepository")
    url, revision = url_of(source), revision_of(source)
    if kind != "GitRepository":
        held = Unknown(f"what the {kind} {source_name} holds is not known from here")
        return Read(held, url, revision, None, ident, is_git=False)
    if url is None:
        raise ProblemError("failed", f"the GitRepository {source_name} has no url", path, "add url:")
    ignore = text(source.body, "spec", "ignore") if "ignore" in mapping(source.body, "spec") else None
    return Read(_git_place(source, url, revision, world), url, revision, ignore, ident, is_git=True)


def _generated(found: Found, world: World, made: Copied, ident: str) -> Read:
    """What a copy of a folder of a git repository holds."""
    source = world.objects.get(found.scope, SOURCE_GROUP, made.kind, made.namespace, made.name)
    if made.kind != "GitRepository":
        held = Unknown(f"what the {made.kind} {made.name} holds is not known from here")
        return Read(held, None, None, None, ident, is_git=False)
    url = url_of(source) if source is not None else None
    if source is None or url is None:
        place, revision = world.repositories.unnamed(made.folder), None
    else:
        revision = revision_of(source)
        place = _git_place(source, url, revision, world)
    if isinstance(place, Place):
        place = Place(place.at(made.folder), place.home)
    return Read(place, url, revision, None, ident, is_git=False)


def _git_place(source: Resource, url: str, revision: str | None, world: World) -> Place | Unknown:
    ref = mapping(source.body, "spec", "ref")
    if text(ref, "semver") and not text(ref, "commit") and not text(ref, "name"):
        known = world.repositories.place(url, None)
        return known if isinstance(known, Unknown) else Unknown(f"which tag fits {revision} is not known from here")
    return world.repositories.place(url, revision)


def kind_at(world: World, path: str) -> str | None:
    """`file` or `dir`; None also where the path leaves the repository."""
    try:
        return world.sources.tree.kind(path)
    except OutsideError:
        return None


def is_suspended(found: Found) -> bool:
    """Whether nobody reconciles the object."""
    return flag(found.resource.body, "spec", "suspend")
