"""Who tries what on a cluster that is deployed from Git, and what the cluster must answer: the same table for every target.

Objects are made by Argo CD, which may; then somebody tries something. Everybody has every right of RBAC, so a refusal is the rule's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cluster import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Answer, Cluster, RefusedError
from identities import IDENTITIES

RULE = "admission/manual-deploy"
PRODUCTION, DEVELOPMENT = "deploys-production", "deploys-development"
MAKER = "argocd-controller"

CONFIG = """\
rules:
  admission/manual-deploy:
    parameters:
      identities:
        - system:serviceaccount:argocd:argocd-application-controller
        - system:serviceaccount:flux-system:*
        - system:serviceaccount:*:argocd-deployer
      controllers: {"system:serviceaccount:cert-manager:cert-manager": [/secrets]}
      break_glass_groups: [gitops-breakglass]
      namespaces: ["*-production"]
"""


def deployment() -> dict[str, Any]:
    container = {"name": "web", "image": "registry.example/web@sha256:" + "a" * 64}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"labels": {"app": "web"}}, "spec": {
        "replicas": 2, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}}}


def stateful_set() -> dict[str, Any]:
    thing = deployment()
    return {**thing, "kind": "StatefulSet", "spec": {**thing["spec"], "serviceName": "web"}}


def pod() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": deployment()["spec"]["template"]["spec"]}


def job() -> dict[str, Any]:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {}, "spec": {
        "template": {"spec": {"restartPolicy": "Never", **deployment()["spec"]["template"]["spec"]}}}}


def plain(kind: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {}, **more}


CONFIG_MAP = plain("ConfigMap", data={"a": "b"})
SECRET = plain("Secret", stringData={"a": "b"})
TOKEN = plain("Secret", type="Opaque", stringData={"token": "t"})
SERVICE = plain("Service", spec={"ports": [{"port": 80}], "selector": {"app": "web"}})
ACCOUNT = plain("ServiceAccount")
CLAIM = plain("PersistentVolumeClaim", spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}})
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {}, "rules": []}
RESOURCES = {
    "Deployment": "deployments", "StatefulSet": "statefulsets", "Pod": "pods", "Job": "jobs", "ConfigMap": "configmaps", "Secret": "secrets", "Service": "services",
    "ServiceAccount": "serviceaccounts", "PersistentVolumeClaim": "persistentvolumeclaims", "Role": "roles",
}
REPLICAS = {"spec": {"replicas": 5}}
REVISION = {"metadata": {"annotations": {"deployment.kubernetes.io/revision": "2"}}}
FINALIZER = {"metadata": {"finalizers": ["example.com/keep"]}}
OWNER = {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "1f0c2a3b-0000-4000-8000-000000000001"}]}}
LABEL = {"metadata": {"labels": {"app": "other"}}}
RESTART = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-11-21T00:00:00Z"}}}}}


@dataclass(frozen=True)
class Attempt:
    user: str
    """Of identities.IDENTITIES."""
    do: str
    """create, update, patch, apply, scale, delete, deletecollection; with ` dry` nothing is written."""
    allowed: bool
    thing: Mapping[str, Any] = field(default_factory=deployment)
    change: Any = field(default_factory=lambda: REPLICAS)
    """What an update or patch writes."""
    name: str = ""
    """Of the object; made of the attempt where it does not matter."""
    namespace: str = PRODUCTION
    warned: bool = False
    content_type: str = MERGE_PATCH
    subresource: str = ""
    generated: bool = False
    fresh: bool = False
    """Nothing of that name is there: server-side apply creates it."""

    @property
    def verb(self) -> str:
        return self.do.removesuffix(" dry")

    @property
    def title(self) -> str:
        what = "/".join(part for part in (self.thing["kind"], self.subresource or ("scale" if self.verb == "scale" else "")) if part)
        words = [self.user, self.do, what, self.name, {MERGE_PATCH: "", STRATEGIC_PATCH: "strategic", JSON_PATCH: "json"}[self.content_type],
                 "generated" if self.generated else "", "fresh" if self.fresh else "", "" if self.namespace == PRODUCTION else self.namespace, str(sorted(self.change)[0] if isinstance(self.change, dict) else ""),
                 str(sorted(self.change.get("metadata", ()))) if isinstance(self.change, dict) else ""]
        return " ".join(word for word in words if word)


HUMANS = ("alice", "root", "ci", "argocd-server", "argocd-manager", "evil-namespace", "evil-name", "evil-flux", "evil-user", "evil-group", "kube-system-pod", "addon-manager",
          "external-secrets")
TRUSTED = ("argocd-controller", "kustomize-controller", "helm-controller", "argocd-project")
BOOKKEEPERS = ("deployment-controller", "generic-garbage-collector", "kube-controller-manager")

ATTEMPTS = (
    *(Attempt(user, "create", allowed=False) for user in HUMANS),
    *(Attempt(user, do, allowed=True) for user in TRUSTED for do in ("create", "patch", "delete")),
    *(Attempt("alice", do, allowed=False) for do in ("update", "patch", "apply", "scale", "delete", "deletecollection")),
    *(Attempt("kustomize-controller", do, allowed=True) for do in ("update", "apply", "scale", "deletecollection")),
    Attempt("alice", "apply", allowed=False, fresh=True),
    Attempt("helm-controller", "apply", allowed=True, fresh=True),
    Attempt("carol", "apply", allowed=True, warned=True, fresh=True),
    *(Attempt("root", do, allowed=False) for do in ("update", "apply", "scale", "delete")),
    # Patches of every form; and what kubectl's commands come down to.
    Attempt("alice", "patch", allowed=False, content_type=STRATEGIC_PATCH),
    Attempt("alice", "patch", allowed=False, content_type=JSON_PATCH, change=[{"op": "replace", "path": "/spec/replicas", "value": 5}]),
    Attempt("alice", "patch", allowed=False, change=RESTART, content_type=STRATEGIC_PATCH),
    Attempt("alice", "patch", allowed=False, change=LABEL),
    Attempt("alice", "patch", allowed=False, change=REVISION),
    # Nothing is written, so that everybody can compare.
    *(Attempt("alice", f"{do} dry", allowed=True) for do in ("create", "update", "patch", "apply", "scale", "delete")),
    # Break-glass is let through, and told.
    *(Attempt("carol", do, allowed=True, warned=True) for do in ("create", "update", "patch", "apply", "scale", "delete")),
    # Who keeps the books, and does not touch the spec.
    *(Attempt(user, "patch", allowed=True, change=change) for user in BOOKKEEPERS for change in (REVISION, FINALIZER, OWNER)),
    *(Attempt(user, "patch", allowed=False, change=change) for user in BOOKKEEPERS for change in (REPLICAS, LABEL)),
    *(Attempt(user, "delete", allowed=True) for user in ("generic-garbage-collector", "namespace-controller", "kube-controller-manager")),
    *(Attempt(user, "deletecollection", allowed=True) for user in ("namespace-controller", "kube-controller-manager")),
    Attempt("generic-garbage-collector", "create", allowed=False),
    Attempt("namespace-controller", "patch", allowed=False),
    Attempt("deployment-controller", "delete", allowed=False),
    # Autoscalers scale, and do nothing else.
    Attempt("horizontal-pod-autoscaler", "scale", allowed=True),
    Attempt("horizontal-pod-autoscaler", "scale", allowed=True, thing=stateful_set()),
    Attempt("horizontal-pod-autoscaler", "patch", allowed=False),
    Attempt("horizontal-pod-autoscaler", "delete", allowed=False),
    Attempt("deployment-controller", "scale", allowed=False),
    # What controllers make of their own, and what looks alike.
    Attempt("root-ca-cert-publisher", "create", allowed=True, thing=CONFIG_MAP, name="kube-root-ca.crt"),
    Attempt("root-ca-cert-publisher", "create", allowed=False, thing=CONFIG_MAP),
    Attempt("service-account-controller", "create", allowed=True, thing=ACCOUNT, name="default"),
    Attempt("service-account-controller", "create", allowed=False, thing=ACCOUNT),
    Attempt("statefulset-controller", "create", allowed=True, thing=CLAIM),
    Attempt("statefulset-controller", "create", allowed=False, thing=SECRET),
    Attempt("cronjob-controller", "create", allowed=True, thing=job()),
    Attempt("cronjob-controller", "create", allowed=False),
    Attempt("ttl-after-finished-controller", "delete", allowed=True, thing=job()),
    Attempt("persistent-volume-binder", "patch", allowed=True, thing=CLAIM, change={"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}, "spec": {"volumeName": "pv-1"}}),
    Attempt("persistent-volume-binder", "patch", allowed=False, thing=CLAIM, change=LABEL),
    Attempt("pvc-protection-controller", "patch", allowed=True, thing=CLAIM, change={"metadata": {"finalizers": None}}),
    Attempt("service-controller", "patch", allowed=True, thing=SERVICE, change=FINALIZER),
    Attempt("service-controller", "patch", allowed=False, thing=SERVICE, change={"spec": {"selector": {"app": "other"}}}),
    Attempt("legacy-service-account-token-cleaner", "delete", allowed=False, thing=TOKEN),
    # Whom the configuration lets write some kinds.
    Attempt("cert-manager", "create", allowed=True, thing=SECRET),
    Attempt("cert-manager", "delete", allowed=True, thing=SECRET),
    Attempt("cert-manager", "create", allowed=False),
    Attempt("cainjector", "create", allowed=False, thing=SECRET),
    # Further kinds, and those that nobody asked about.
    *(Attempt("alice", "create", allowed=False, thing=thing) for thing in (CONFIG_MAP, SECRET, SERVICE, ACCOUNT, CLAIM, ROLE, stateful_set(), job())),
    Attempt("alice", "create", allowed=False, thing=CONFIG_MAP, generated=True),
    Attempt("alice", "create", allowed=True, thing=pod()),
    Attempt("alice", "delete", allowed=True, thing=pod()),
    Attempt("alice", "patch", allowed=True, change={"status": {"observedGeneration": 1}}, subresource="status"),
    # A namespace that is not deployed from Git.
    *(Attempt("alice", do, allowed=True, namespace=DEVELOPMENT) for do in ("create", "patch", "scale", "delete", "deletecollection")),
    Attempt("evil-namespace", "delete", allowed=True, namespace=DEVELOPMENT),
)


def prepare(cluster: Cluster) -> None:
    """The namespaces, without what other targets left there under names that matter. Before any rule is enforced."""
    for name in (PRODUCTION, DEVELOPMENT):
        cluster.namespace(name)
    for tried in ATTEMPTS:
        if tried.name:
            cluster.delete("root", {**tried.thing, "metadata": {"name": tried.name, "namespace": tried.namespace}})


def attempt(cluster: Cluster, number: int, target: str = "attempt") -> tuple[Attempt, str, Answer]:
    """Try one: it, what its object is called, and the answer. Each target has objects of its own."""
    tried = ATTEMPTS[number]
    name = tried.name or f"{target}-{number}"
    thing = {**tried.thing, "metadata": {**tried.thing["metadata"], "name": name, "namespace": tried.namespace}}
    if tried.verb == "deletecollection":
        thing["metadata"]["labels"] = {"attempt": name}
    if tried.verb != "create" and not tried.fresh:
        made = cluster.create(MAKER, thing)
        if not made.ok:
            raise RefusedError(f"{tried.title}: {made.message}")
    return tried, name, _try(cluster, tried, thing)


def _try(cluster: Cluster, tried: Attempt, thing: dict[str, Any]) -> Answer:
    query = {"fieldManager": "tests", **({"dryRun": "All"} if tried.do.endswith(" dry") else {})}
    path, user = cluster.path(thing), tried.user
    if tried.verb == "create":
        if tried.generated:
            thing = {**thing, "metadata": {"generateName": "made-", "namespace": tried.namespace}}
        return cluster.request(user, "POST", cluster.path({**thing, "metadata": {"name": "x", "namespace": tried.namespace}}, collection=True), thing, query=query)
    if tried.verb == "update":
        return cluster.request(user, "PUT", path, merged(cluster.get(thing, MAKER), tried.change), query=query)
    if tried.verb == "patch":
        return cluster.request(user, "PATCH", path + (f"/{tried.subresource}" if tried.subresource else ""), tried.change, tried.content_type, query=query)
    if tried.verb == "apply":
        return cluster.apply(user, merged(thing, tried.change), manager="tests", dry_run=tried.do.endswith(" dry"))
    if tried.verb == "scale":
        return cluster.request(user, "PATCH", f"{path}/scale", REPLICAS, MERGE_PATCH, query=query)
    if tried.verb == "delete":
        return cluster.request(user, "DELETE", path, query={"dryRun": "All"} if tried.do.endswith(" dry") else None)
    return cluster.request(user, "DELETE", cluster.path(thing, collection=True), query={"labelSelector": f"attempt={thing['metadata']['name']}"})


def merged(thing: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    return {**thing, **{key: merged(thing.get(key, {}), value) if isinstance(value, dict) else value for key, value in change.items()}}


def said(tried: Attempt, name: str) -> str:
    """What the rule says of an attempt that it refuses, or tells."""
    operation = "create" if tried.fresh else {"create": "create", "delete": "delete", "deletecollection": "delete"}.get(tried.verb, "update")
    resource = RESOURCES[tried.thing["kind"]] + ("/scale" if tried.verb == "scale" else "")
    deed = f"{IDENTITIES[tried.user].user} may {{}}{operation} {resource} {tried.namespace}/{'made-' if tried.generated else name}"
    if tried.warned:
        return f"{deed.format('')} by break-glass, as a member of gitops-breakglass: bring the change to Git, or it is lost"
    return f"{deed.format('not ')}: it is deployed from Git; commit the change there"


def differs(tried: Attempt, name: str, answer: Answer) -> str:
    """What is wrong with an answer; nothing where it is as it must be. Names of generated objects may be known, or not."""
    message = said(tried, name)
    told = re.sub(r"made-[a-z0-9]{5}\b", "made-", answer.message)
    if answer.ok is not tried.allowed:
        return f"{tried.title}: {answer.status} {answer.message}, but {'allowed' if tried.allowed else message} was expected"
    if not tried.allowed and (message not in told or answer.status != 403):
        return f"{tried.title}: {answer.status} {answer.message}, but not {message}"
    if any(message in warning for warning in answer.warnings) is not tried.warned:
        return f"{tried.title}: the warnings are {answer.warnings}"
    return ""
