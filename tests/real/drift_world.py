"""A repository's targets, applied to the cluster of the tests as their controllers would, and compared with it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cluster import MERGE_PATCH, Cluster, RefusedError

from gitops_guard.cluster import Access, ClusterReader
from gitops_guard.config import FILE_NAME, load
from gitops_guard.drifting import drifted
from gitops_guard.live import Identity, LiveState, Reader, Want
from gitops_guard.mask import Mask
from gitops_guard.model import Fault, ResourceId, Target, pointer
from gitops_guard.schema import Schemas
from gitops_guard.side import Side, build_side, clone_of, work_tree
from gitops_guard.targets import Built
from gitops_guard.unshown import Reported

# What would get between the API server and other objects.
IN_BETWEEN = frozenset({"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy",
                        "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "APIService"})
# Without a controller manager a namespace never finishes going, and nothing can be made in it meanwhile.
STAY = frozenset({"Namespace", "CustomResourceDefinition"})
CONTROLLER = "argocd-controller"
ACROSS = (".",)


def side_of(root: Path) -> Side:
    path = root / FILE_NAME
    config = load(path.read_text() if path.exists() else "")
    return build_side(work_tree(root, config, ACROSS), config, ACROSS, clone_of(root, config))


@dataclass
class Batch:
    """Targets that may be deployed beside each other: no object is in two of them."""

    built: list[Built] = field(default_factory=list)
    keys: set[Identity] = field(default_factory=set)


@dataclass
class Listener:
    """Reads nothing, and hears what would be read."""

    heard: list[Want] = field(default_factory=list)
    cluster: str | None = None

    def takes(self, _target: Target) -> bool:
        return True

    def read(self, wants: Sequence[Want]) -> LiveState:
        self.heard.extend(wants)
        return LiveState({})


class World:
    """One repository and the cluster."""

    def __init__(self, cluster: Cluster, side: Side) -> None:
        self.cluster = cluster
        self.refused: dict[Identity, str] = {}
        self.compared = 0
        self.said: list[str] = []
        """What API server and kubectl had to say, for whoever reads a failure."""
        self._side = side
        self._schemas = Schemas(None, (), side.crds())
        self._spaces: set[str] = set()
        self._left_out: set[Identity] = set()

    def establish(self) -> None:
        """The kinds that the repository defines, as far as the API server takes them."""
        for crd in self._side.crds():
            try:
                self.cluster.establish(crd)
            except (RefusedError, KeyError, TypeError) as error:
                self.said.append(str(error))

    def _drifted(self, built: Sequence[Built], reader: Reader) -> tuple[list[Fault], int]:
        nothing = Reported(lambda _resources: (), ())
        found = drifted(replace(self._side, built=tuple(built)), ACROSS, self._schemas, [reader], Mask(), nothing)
        return found.faults, sum(one.outcome == "compared" and self._taken(one.resource) for one in found.compared)

    def wants(self, built: Sequence[Built]) -> list[Want]:
        """What the targets state."""
        listener = Listener()
        self._drifted(built, listener)
        return listener.heard

    def batches(self) -> list[Batch]:
        found: list[Batch] = []
        for item in self._side.built:
            keys = {key_of(want) for want in self.wants([item])}
            batch = next((one for one in found if not one.keys & keys), None)
            if batch is None:
                found.append(batch := Batch())
            batch.built.append(item)
            batch.keys |= keys
        return found

    def _taken(self, name: ResourceId) -> bool:
        """Whether the API server took an object, and it is asked about."""
        return not any((key.kind, key.group, key.name) == (name.kind, name.group, name.name) for key in (*self.refused, *self._left_out))

    def key(self, fault: Fault) -> Identity | None:
        name = fault.resource.id if fault.resource is not None else fault.name
        return None if name is None else Identity(name.group, name.kind, name.namespace, name.name)

    def differences(self, built: Sequence[Built], *, server_side: bool = False) -> list[Fault]:
        """What is found of objects that the API server took."""
        access = Access((str(self.cluster.kubeconfig("alice")),))
        faults, self.compared = self._drifted(built, ClusterReader(access, server_side=server_side))
        return [fault for fault in faults if fault.resource is None or self._taken(fault.resource.id)]

    @contextmanager
    def without(self, wants: Iterable[Want]) -> Iterator[None]:
        """Objects that are stated, and not there yet."""
        self._left_out = {key_of(want) for want in wants}
        yield
        self._left_out = set()

    def apply(self, want: Want) -> None:
        """Server-side, as the controller does; a refusal is kept."""
        if want.namespace and want.namespace not in self._spaces:
            self.cluster.namespace(want.namespace)
            self._spaces.add(want.namespace)
        body = body_of(want)
        try:
            answer = self.cluster.apply(CONTROLLER, body, manager=want.manager or "kubectl")
        except KeyError:
            self.refused[key_of(want)] = "no such kind"
            return
        if not answer.ok:
            self.refused[key_of(want)] = answer.message
        elif want.kind == "CustomResourceDefinition":
            self.cluster.establish(body)

    def apply_client_side(self, wants: Iterable[Want]) -> None:
        """kubectl apply, under the names of the controllers."""
        by_manager: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for want in wants:
            if key_of(want) not in self.refused:
                by_manager[want.manager or "kubectl-client-side-apply"].append(body_of(want))
        for manager, bodies in sorted(by_manager.items()):
            given = json.dumps({"apiVersion": "v1", "kind": "List", "items": bodies})
            done = self.cluster.kubectl("alice", "apply", f"--field-manager={manager}", "-f", "-", check=False, timeout=600, given=given)
            self.said.append(done.stderr)

    def forget(self, wants: Iterable[Want]) -> None:
        """Delete the objects; a namespace, which can't go, is taken back what it was given."""
        for want in wants:
            if key_of(want) in self.refused:
                continue
            body = body_of(want)
            if want.kind == "Namespace":
                bare = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": want.name}}
                kept = {"labels": None, "annotations": None, "managedFields": [{}]}
                self.cluster.patch("root", bare, {"metadata": kept}, content_type=MERGE_PATCH)
            elif want.kind not in STAY:
                self.cluster.patch("root", body, {"metadata": {"finalizers": None}}, content_type=MERGE_PATCH)
                self.cluster.delete("root", body)


def key_of(want: Want) -> Identity:
    return Identity(want.group, want.kind, want.namespace, want.name)


def body_of(want: Want) -> dict[str, Any]:
    """What is sent: in the namespace that its owner puts it in."""
    body: dict[str, Any] = json.loads(json.dumps(want.body))
    if want.namespace:
        body["metadata"]["namespace"] = want.namespace
    else:
        body["metadata"].pop("namespace", None)
    return body


def told(faults: Iterable[Fault]) -> list[str]:
    return [f"{fault.rule} {fault.resource.id if fault.resource else fault.name}{pointer(fault.path)}: {fault.message}" for fault in faults]
