"""A value that lives and is not stated -> whether the API server fills it in by itself.

Most of it is a table (`schema.Type.defaults`); here is what depends on other fields, from the defaulting functions and registry
strategies of Kubernetes (pkg/apis/*/v1/defaults.go, pkg/registry/*/strategy.go). A default is the same whoever is said to have
written it. What is chosen (an address, a node) is the writing of whoever made the object, and a change by anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import FieldPath
from ..schema import Type
from .values import same

_ALLOCATED = {
    "ServiceSpec": frozenset({"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort",
                              "allocateLoadBalancerNodePorts", "externalTrafficPolicy"}),
    "ServicePort": frozenset({"nodePort", "targetPort"}),
    "PersistentVolumeClaimSpec": frozenset({"volumeName", "storageClassName"}),
    "PersistentVolumeSpec": frozenset({"claimRef"}),
    "NamespaceSpec": frozenset({"finalizers"}),
    "PodSpec": frozenset({"nodeName", "priority", "preemptionPolicy", "tolerations"}),
    "JobSpec": frozenset({"selector"}),
    "CustomResourceDefinitionNames": frozenset({"listKind", "singular"}),
    "NetworkPolicySpec": frozenset({"policyTypes"}),
    "ServiceAccount": frozenset({"secrets"}),
    "HorizontalPodAutoscalerSpec": frozenset({"metrics", "behavior"}),
    "ValidatingWebhook": frozenset({"namespaceSelector", "objectSelector"}),
    "MutatingWebhook": frozenset({"namespaceSelector", "objectSelector"}),
    "ObjectMeta": frozenset({"generation", "uid", "creationTimestamp", "ownerReferences"}),
}
"""Fields that the API server or the controllers of Kubernetes choose where nobody states them."""
_KEYS = frozenset({
    "kubernetes.io/metadata.name", "controller-uid", "job-name", "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name", "deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation",
})
_PREFIXES = ("pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/")
_OF_A_POD = 2
"""Keys in the path of a field of a pod's own spec."""
_FINALIZERS = ("kubernetes", "kubernetes.io/pvc-protection", "kubernetes.io/pv-protection", "foregroundDeletion", "orphan",
               "service.kubernetes.io/load-balancer-cleanup", "batch.kubernetes.io/job-tracking",
               "customresourcecleanup.apiextensions.k8s.io")


def is_default(key: str, value: Any, holder: Type | None, beside: Mapping[str, Any]) -> bool:
    """Whether the API server would fill in just this value. `beside` is the live structure that it is a field of."""
    if value in ({}, []):
        return True
    if holder is None:
        return False
    if any(_covers(default, value) for default in holder.defaults(key)):
        return True
    special = _SPECIAL.get((holder.definition.rpartition(".")[2], key))
    return special is not None and special(value, beside)


def is_chosen(at: FieldPath, holder: Type | None) -> bool:
    """Whether the API server or a controller of Kubernetes chooses the value of a field where nobody states it."""
    key = str(at[-1])
    if key in _KEYS or key.startswith(_PREFIXES):
        return True
    short = holder.definition.rpartition(".")[2] if holder is not None else ""
    # What is chosen for a pod is not chosen for its template.
    return key in _ALLOCATED.get(short, ()) and (short != "PodSpec" or len(at) == _OF_A_POD)


def is_own_finalizer(value: Any) -> bool:
    """Whether a finalizer is one of Kubernetes' own."""
    return value in _FINALIZERS


def _covers(default: Any, value: Any) -> bool:
    if isinstance(default, dict) and isinstance(value, dict):
        return default.keys() == value.keys() and all(_covers(default[key], value[key]) for key in default)
    if isinstance(default, list) and isinstance(value, list):
        return len(default) == len(value) and all(map(_covers, default, value))
    return same(default, value, "int-or-string")


def _pull_policy(value: Any, container: Mapping[str, Any]) -> bool:
    image = str(container.get("image") or "")
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    return bool(value == ("Always" if tag in ("", "latest") and "@" not in image else "IfNotPresent"))


def _requests(value: Any, resources: Mapping[str, Any]) -> bool:
    return bool(value == resources.get("limits"))


def _host_port(value: Any, port: Mapping[str, Any]) -> bool:
    return bool(value == port.get("containerPort"))


def _traffic_policy(value: Any, _service: Mapping[str, Any]) -> bool:
    return bool(value == "Cluster")


def _service_account(value: Any, pod: Mapping[str, Any]) -> bool:
    return bool(value == pod.get("serviceAccountName"))


_SPECIAL = {("Container", "imagePullPolicy"): _pull_policy, ("EphemeralContainer", "imagePullPolicy"): _pull_policy,
            ("ResourceRequirements", "requests"): _requests, ("ContainerPort", "hostPort"): _host_port,
            ("PodSpec", "serviceAccount"): _service_account, ("ServiceSpec", "externalTrafficPolicy"): _traffic_policy}
