"""A built side and readers of clusters -> what differs: faults for the report, what was compared, what is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .drift.argocd import settings
from .drift.find import find
from .drift.view import OwnerView, Part, View
from .drift.want import wants
from .errors import UsageError
from .grow import node_id
from .live import Reader, Want
from .mask import Mask
from .merge import controllers, written
from .model import Fault, Location, Resource, Severity
from .outcome import ComparedReport, DriftReport, IgnoredReport
from .render import is_cluster_scoped
from .schema import Schemas
from .side import Side
from .targets import Built
from .unshown import Reported, hide, told

_SINCE_KUSTOMIZE = frozenset({
    "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
    "ClusterTrustBundle", "ServiceCIDR", "IPAddress", "ResourceSlice", "DeviceClass", "DeviceTaintRule", "VolumeAttributesClass",
    "StorageVersionMigration", "SelfSubjectReview", "PodCertificateRequest",
})
"""Kinds of Kubernetes without a namespace that are younger than kustomize's table of them."""


@dataclass
class Drifted:
    """What the comparison with every cluster came to."""

    faults: list[Fault] = field(default_factory=list)
    compared: list[ComparedReport] = field(default_factory=list)
    ignored: list[IgnoredReport] = field(default_factory=list)
    anonymous: int = 0

    def report(self) -> DriftReport:
        """As a report has it, sorted."""
        return DriftReport(
            tuple(sorted(self.compared, key=lambda one: (one.target, one.resource, one.cluster or ""))),
            tuple(sorted(self.ignored, key=lambda one: (one.target, one.resource, one.path, one.by, one.cluster or ""))),
            self.anonymous)


def drifted(side: Side, named: Sequence[str], schemas: Schemas, readers: Sequence[Reader], mask: Mask,
            reported: Reported, *, everywhere: bool = False) -> Drifted:
    """Read each cluster and compare it with its targets. What must not be shown of a cluster is added to the mask.

    The live objects that differ are asked about: what rules about secrets report there is as secret as in Git.
    `everywhere` says that these are all clusters there are: a target of none of them is a fault. Raises UsageError where the one
    cluster that is read can't be all that the targets mean.
    """
    found = Drifted()
    views = _views(side, named, schemas)
    for reader in readers:
        view = views(reader)
        state = reader.read(wants(view))
        hide(state, mask)
        one = find(view, state)
        found.faults += told(one, view, state, mask, reported)
        found.compared += one.compared
        found.ignored += one.ignored
        found.anonymous += one.anonymous
    if everywhere:
        found.faults += [_homeless(item, side) for item in side.wanted(named)
                         if item.resources and not any(reader.takes(item.target) for reader in readers)]
    return found


def stated(side: Side, named: Sequence[str], schemas: Schemas, reader: Reader) -> list[Want]:
    """What would be asked of a cluster. Raises UsageError as `drifted` does."""
    return wants(_views(side, named, schemas)(reader))


def _homeless(item: Built, side: Side) -> Fault:
    """Warns only: there may be targets that are deployed nowhere, such as examples."""
    where = f"is deployed to {item.target.cluster}, which is" if item.target.cluster else "does not say its cluster, and is"
    return Fault("drift/unreadable", f"{item.target.id} {where} none of clusters: in the configuration; it was not compared",
                 severity=Severity.WARNING, remedy="add the cluster, or a pattern for the target under its targets:",
                 target=item.target.id, location=_place(item, side))


def _views(side: Side, named: Sequence[str], schemas: Schemas) -> Callable[[Reader], View]:
    """What of the repository is meant for a cluster."""
    scopes = _scopes(side)
    every: dict[str, list[tuple[frozenset[str], Resource]]] = {}
    for roots, resource in controllers(side):
        every.setdefault(node_id(resource.id), []).append((roots, resource))
    tracking, ignores = settings(resource for item in side.built for resource in item.resources)

    def namespaced(api_version: str, kind: str) -> bool | None:
        group, _, version = api_version.rpartition("/")
        if is_cluster_scoped(api_version, kind) or (kind in _SINCE_KUSTOMIZE and group.endswith(".k8s.io")):
            return False
        known = schemas.type_of(group, version, kind)
        return True if known is not None and known.built_in else scopes.get((group, kind))

    def view(reader: Reader) -> View:
        built = [item for item in side.wanted(named) if reader.takes(item.target)]
        said = sorted({item.target.cluster for item in built if item.target.cluster is not None})
        if reader.cluster is None and len(said) > 1:
            raise UsageError(f"the targets are deployed to {len(said)} clusters ({', '.join(said)}): say with --cluster which "
                             "it is, or narrow the paths")
        return View([_part(item, every, side) for item in built], schemas.type_of, namespaced, tracking, ignores)

    return view


def _part(item: Built, every: Mapping[str, Sequence[tuple[frozenset[str], Resource]]], side: Side) -> Part:
    owners = [OwnerView(owner, _near(every.get(owner.id, ()), item.scopes)) for owner in item.target.owners]
    return Part(item.target, item.status, item.resources, owners, _place(item, side))


def _near(found: Iterable[tuple[frozenset[str], Resource]], scopes: frozenset[str]) -> Resource | None:
    """The object that grew from one of these roots."""
    return next((one for roots, one in found if not roots or not scopes or roots & scopes), None)


def _place(item: Built, side: Side) -> Location:
    """Where a finding stands that no object of a target is about: its kustomization's `resources:`, else its first file."""
    for name in ("resources", "generators", "helmCharts"):
        found = written(side, item.target.path, name)
        if found is not None:
            origin = found[1]
            return Location(origin.file, origin.key_line or origin.line, origin.key_column or origin.column, "nearest")
    return Location(min(item.target.files or item.read, default=item.target.path), 1, 1, "nearest")


def _scopes(side: Side) -> dict[tuple[str, str], bool]:
    """(group, kind) -> whether it has a namespace, of the kinds that the side itself defines."""
    found = {}
    for body in side.crds():
        spec = body.get("spec")
        names = spec.get("names") if isinstance(spec, dict) else None
        if isinstance(spec, dict) and isinstance(names, dict):
            found[str(spec.get("group")), str(names.get("kind"))] = spec.get("scope") != "Cluster"
    return found
