"""What a controller object turns into: a node, the targets it deploys, the objects it generates, what could not be known."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Fault, Owner, Resource
from ..nodes import Node
from ..recipes import Recipe

GENERATOR = ("source.extensions.fluxcd.io", "ArtifactGenerator")
"""The group and kind of what makes ExternalArtifacts."""


@dataclass(frozen=True)
class Found:
    """An object that is there, as its parent renders it."""

    resource: Resource
    scope: str
    """The root it grew from: objects of one cluster share it."""
    generated_by: str | None = None
    """The id of the ApplicationSet that made it."""


@dataclass(frozen=True)
class Deployment:
    """One target that an object deploys."""

    owner: Owner
    recipes: tuple[Recipe, ...]
    """One for each source, in order; of two equal objects the later recipe's counts."""
    path: str
    """The folder that stands for the target: of the first recipe."""
    kind: str
    """kustomization, manifests, chart, or application where there are several recipes"""
    changes: bool = False
    """Whether the owner changes what the folder builds to, so that the target is the owner's own."""
    cluster: str | None = None
    """Its name or server, where that is known and not the controller's own."""
    namespace: str | None = None
    """Where namespaced objects go that name none (Argo CD's destination)."""
    partial: bool = False
    """Whether the owner deploys more with it that is not known from here, or could not be followed."""


@dataclass(frozen=True)
class Expansion:
    """What one object means."""

    node: Node
    deployments: tuple[Deployment, ...] = ()
    generated: tuple[Resource, ...] = ()
    """An ApplicationSet's Applications, each with origins in the ApplicationSet."""
    faults: tuple[Fault, ...] = ()
    """render/failed and render/unresolved, each with `resource` (the object) and the `path` of the field at fault."""
    edges: tuple[tuple[str, str], ...] = ()
    """(type, id of the other node): sources and depends."""
    uses: tuple[str, ...] = ()
    """Folders of the tree that the object names and that can't be built from here: they are no targets of their own."""
    evidence: tuple[str, ...] = ()
    """Git URLs of sources whose path exists in this tree."""
