"""What the comparison is given of the repository: targets with their owners, and how Argo CD is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..live import Identity
from ..model import Location, Owner, Resource, ResourceId, Target
from ..schema import Type

Typed = Callable[[str, str, str], Type | None]
"""(group, version, kind) -> its type"""


SystemIgnore = tuple[str, Mapping[str, Any], Resource]
"""A key of argocd-cm (`<group>_<Kind>` or `all`), what it says, and the ConfigMap."""


@dataclass(frozen=True)
class OwnerView:
    """A controller object that deploys a target."""

    owner: Owner
    resource: Resource | None
    """The object itself; None where it could not be found among what is rendered."""

    @property
    def spec(self) -> Mapping[str, Any]:
        """Its spec; empty where it has none."""
        found = self.resource.body.get("spec") if self.resource is not None else None
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Part:
    """A target, as it is rendered."""

    target: Target
    status: str
    """rendered, partial, unresolved or failed"""
    resources: Sequence[Resource]
    owners: Sequence[OwnerView]
    place: Location
    """Where a finding stands that is about no object of the repository."""


@dataclass(frozen=True)
class Tracking:
    """How Argo CD knows what is its own: `application.resourceTrackingMethod` and others of argocd-cm."""

    label: str = ""
    """The label that holds the Application's name; empty where annotations are used, which is the default."""
    installation: str | None = None
    """`installationID`; None where it is not known."""


@dataclass(frozen=True)
class View:
    """The repository, as far as one cluster is concerned."""

    parts: Sequence[Part]
    typed: Typed
    namespaced: Callable[[str, str], bool | None]
    """(apiVersion, kind) -> whether the kind has a namespace; None where nobody knows"""
    tracking: Tracking = Tracking()
    system_ignores: Sequence[SystemIgnore] = ()


def identity(name: ResourceId, target: Target, namespaced: bool | None) -> Identity:
    """The object in its cluster: one that names no namespace is where its owner puts it, else in `default`.

    `namespaced` is None where nobody knows whether the kind has a namespace.
    """
    if namespaced is False:
        return Identity(name.group, name.kind, "", name.name)
    given = name.namespace or target.namespace or ""
    return Identity(name.group, name.kind, given or ("default" if namespaced else ""), name.name)
