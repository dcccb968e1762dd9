"""What Git states for a cluster -> what is known of the cluster; what could not be read is said, and the rest is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..live import Extent, Identity, LiveState, Meant, Unreadable, Want
from ..model import Target
from .access import Access, AccessError, log_in
from .connection import Connection, Patience, RefusedError, SilentError
from .discovery import Discovery, Place, discover
from .dry_run import predict
from .listing import pages

_GONE = "check that the cluster is up and reachable from here"
_LOG_IN = "log in again"
_MAY_NOT = "gitops-guard drift --rbac prints the rights that are needed"


@dataclass(frozen=True)
class ClusterReader:
    """Reads one cluster through its API server."""

    access: Access
    cluster: str | None = None
    """Its name in reports."""
    meant: Meant = field(default_factory=Meant)
    server_side: bool = False
    patience: Patience = field(default_factory=Patience)

    def takes(self, target: Target) -> bool:
        """Whether the target is deployed to this cluster."""
        return self.meant.takes(target)

    def read(self, wants: Sequence[Want]) -> LiveState:
        """See `live.Reader`. Raises ToolError where the package kubernetes is missing."""
        try:
            connection = Connection(log_in(self.access), self.patience)
        except AccessError as error:
            return self._nothing(error.message, error.remedy)
        try:
            found = discover(connection, {want.group for want in wants})
            reading = _Reading(connection, found, wants)
            reading.all()
            predictions = predict(connection, reading.stated()) if self.server_side else {}
        except (RefusedError, SilentError) as error:
            return self._nothing(error.reason, _way_out(error))
        finally:
            connection.close()
        return LiveState(reading.objects, frozenset(reading.complete), tuple(reading.unreadable), self.cluster, found.served(),
                         predictions)

    def _nothing(self, reason: str, remedy: str) -> LiveState:
        return LiveState({}, unreadable=(Unreadable(reason, remedy),), cluster=self.cluster)


@dataclass
class _Reading:
    connection: Connection
    found: Discovery
    wants: Sequence[Want]
    objects: dict[Identity, Mapping[str, Any]] = field(default_factory=dict)
    complete: set[Extent] = field(default_factory=set)
    unreadable: list[Unreadable] = field(default_factory=list)

    def all(self) -> None:
        """Every kind, each by itself."""
        kinds: dict[tuple[str, str], list[Want]] = defaultdict(list)
        for want in self.wants:
            kinds[want.group, want.kind].append(want)
        for (group, kind), wants in sorted(kinds.items()):
            versions = self.found.places.get((group, kind), {})
            if not versions:
                self.unreadable.append(self._unserved(group, kind))
                continue
            stated: dict[str, list[Want]] = defaultdict(list)
            for want in wants:
                stated[want.api_version.rpartition("/")[2]].append(want)
            for version in sorted(stated.keys() - versions.keys()):
                self._unserved_version(kind, version, versions, stated.pop(version))
            every = {_key(want, versions[version]) for version in stated for want in stated[version]}
            for version in sorted(stated):
                self._kind(versions[version], kind, stated[version], every)

    def stated(self) -> list[tuple[Identity, Place, Want]]:
        """What Git states, is there, and has been read; a controller that nobody knows predicts nothing."""
        found = []
        for want in self.wants:
            place = self.found.places.get((want.group, want.kind), {}).get(want.api_version.rpartition("/")[2])
            if place is not None and want.manager and (key := _key(want, place)) in self.objects:
                found.append((key, place, want))
        return found

    def _unserved(self, group: str, kind: str) -> Unreadable:
        unclear = self.found.unclear.get(group)
        if unclear is not None:
            return Unreadable(unclear, "kubectl get apiservices shows which one", group, kind)
        return Unreadable("the cluster serves no such kind: its CustomResourceDefinition is missing, or this Kubernetes lacks it",
                          "apply the CustomResourceDefinition first, or state a kind that is served", group, kind)

    def _unserved_version(self, kind: str, version: str, versions: Mapping[str, Place], wants: Sequence[Want]) -> None:
        place = next(iter(versions.values()))
        for want in wants:
            self.unreadable.append(Unreadable(f"the cluster serves {kind} as {', '.join(versions)}, not as {version}",
                                              "state a version that is served", *_key(want, place)))

    def _kind(self, place: Place, kind: str, wants: Sequence[Want], every: set[Identity]) -> None:
        """The objects that are stated in one version, and those that nobody states; `every` is stated in some version."""
        keys = {_key(want, place) for want in wants}
        extent = Extent(place.group, kind)
        refused = self._extent(place, extent, keys, every)
        if refused is None:
            return
        namespaces = sorted({key.namespace for key in keys}) if place.namespaced and refused.status == 403 else []
        if not namespaces:
            self.unreadable.append(_refusal(refused, place, extent))
        for namespace in namespaces:  # rights of a Role reach as far as its namespace
            inside = extent._replace(namespace=namespace)
            refused = self._extent(place, inside, keys, every)
            if refused is not None:
                self.unreadable.append(_refusal(refused, place, inside))

    def _extent(self, place: Place, extent: Extent, keys: set[Identity], every: set[Identity]) -> RefusedError | None:
        """Read it to its end; where there is no answer that is said here, a refusal is the caller's to tell."""
        got: dict[Identity, Mapping[str, Any]] = {}
        last = 0
        try:
            for begun, page in pages(self.connection, place, extent.namespace or ""):
                if begun != last:
                    got.clear()
                    last = begun
                got.update(_taken(page, extent, keys, every))
        except RefusedError as error:
            return error
        except SilentError as error:
            self.unreadable.append(Unreadable(f"{error.reason}, while {place.resource} were listed", _GONE, *extent))
        else:
            self.complete.add(extent)
        self.objects.update(got)
        return None


def _taken(page: Sequence[dict[str, Any]], extent: Extent, keys: set[Identity],
           every: set[Identity]) -> Iterator[tuple[Identity, Mapping[str, Any]]]:
    for item in page:
        meta = item.get("metadata") or {}
        key = Identity(extent.group, extent.kind, meta.get("namespace", ""), meta.get("name", ""))
        if key in keys:
            yield key, item
        elif key not in every and not meta.get("ownerReferences"):
            # Whose it is stands in its metadata, and what it scales may be stated; the rest, which may be a Secret's, is nobody's
            # business.
            kept = {"metadata": {name: value for name, value in meta.items() if name != "managedFields"}}
            if scaled := (item.get("spec") or {}).get("scaleTargetRef"):
                kept["spec"] = {"scaleTargetRef": scaled}
            yield key, {"apiVersion": item["apiVersion"], "kind": extent.kind, **kept}


def _key(want: Want, place: Place) -> Identity:
    return Identity(want.group, want.kind, (want.namespace or "default") if place.namespaced else "", want.name)


def _way_out(error: RefusedError | SilentError) -> str:
    if isinstance(error, SilentError):
        return _GONE
    return _LOG_IN if error.status == 401 else _MAY_NOT


def _refusal(error: RefusedError, place: Place, extent: Extent) -> Unreadable:
    what = f"{place.resource}{'.' + place.group if place.group else ''}"
    where = f" in namespace {extent.namespace}" if extent.namespace is not None else ""
    if error.status == 403:
        return Unreadable(f"forbidden: the account may not list {what}{where}", _MAY_NOT, *extent)
    if error.status == 404:
        return Unreadable(f"the cluster does not serve {what} any more", "install its CustomResourceDefinition again", *extent)
    return Unreadable(f"{error.reason}, while {what} were listed{where}", _GONE, *extent)
