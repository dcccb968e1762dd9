"""What happens to a shop that a controller deployed: by people, by controllers, and nothing at all; and what of it is drift."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cluster import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Cluster
from drift_app import Deployer, body_of

POD = "/spec/template/spec"
WEB = f"{POD}/containers/0"
CA = "LS0tLS1CRUdJTg=="
Do = Callable[[Cluster, str], None]
OF_SERVER_SIDE_APPLY = ("argocd-ssa", "flux")


@dataclass(frozen=True)
class Change:
    """One event in a namespace of its own."""

    name: str
    what: str
    """In words, for a table."""
    on: tuple[str, ...]
    """The objects that are there, the one that it happens to first."""
    act: Do
    fields: tuple[str, ...] = ()
    """Where drift is, as JSON pointers: what is found lies at or below. None: it is harmless."""
    manager: str = ""
    """Who did it, as managedFields say."""
    line: str = ""
    """A text of the source line that the finding of the first field is at."""
    rule: str = "drift/changed"
    resource: str = ""
    """Kind/name, where it is not the first object."""
    traceless: tuple[str, ...] = ()
    """Deployers where nothing in the cluster tells that it happened."""

    def do(self, cluster: Cluster, deployer: Deployer, space: str) -> None:
        self.act(cluster, space) if self.name != "left-over" else leave(cluster, deployer, space)

    def seen_of(self, deployer: Deployer) -> bool:
        """Whether there is drift to tell."""
        return bool(self.fields) and deployer.name not in self.traceless


def nothing(_cluster: Cluster, _space: str) -> None:
    """Nothing happens."""


def kubectl(*args: str) -> Do:
    def do(cluster: Cluster, space: str) -> None:
        cluster.kubectl("alice", "-n", space, *args)

    return do


def edit(resource: str, command: str) -> Do:
    """`kubectl edit`, with sed as the editor."""
    def do(cluster: Cluster, space: str) -> None:
        done = cluster.kubectl("alice", "-n", space, "edit", resource, editor=f"sed -i -e '{command}'")
        assert "edited" in done.stdout, done.stdout + done.stderr

    return do


def patch(resource: str, body: object, kind: str = "strategic") -> Do:
    return kubectl("patch", resource, f"--type={kind}", "-p", json.dumps(body))


def pod(**fields: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": fields}}}


def request(user: str, name: str, body: object, content_type: str = MERGE_PATCH, *, subresource: str = "", manager: str = "",
            agent: str = "") -> Do:
    """A patch without kubectl."""
    def do(cluster: Cluster, space: str) -> None:
        path = cluster.path(body_of(name, space)) + (f"/{subresource}" if subresource else "")
        answer = cluster.request(user, "PATCH", path, body, content_type, query={"fieldManager": manager} if manager else {}, agent=agent)
        assert answer.ok, answer.message

    return do


def given(user: str, *args: str, change: Callable[[dict[str, Any]], None], name: str) -> Do:
    """kubectl with a changed object on standard input."""
    def do(cluster: Cluster, space: str) -> None:
        body = cluster.get(body_of(name, space))
        for field in ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation"):
            body["metadata"].pop(field, None)
        body.pop("status", None)
        change(body)
        cluster.kubectl(user, "-n", space, *args, "-f", "-", given=json.dumps(body))

    return do


def set_image(body: dict[str, Any]) -> None:
    body["spec"]["template"]["spec"]["containers"][0]["image"] = "shop/web:9"


LEFT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "left"}, "data": {"a": "b"}}


def leave(cluster: Cluster, deployer: Deployer, space: str) -> None:
    """An object that the deployer made, and that Git does not state."""
    body = {**LEFT, "metadata": {"name": "left", "namespace": space}}
    deployer.apply(cluster, deployer.marked(body, space))


def twice(one: Do, other: Do) -> Do:
    def do(cluster: Cluster, space: str) -> None:
        one(cluster, space)
        other(cluster, space)

    return do


IMAGE = (f"{WEB}/image",)
IMAGE_LINE = "image: shop/web:1.4.2"
CHANGES = (
    # kubectl edit
    Change("edit-image", "kubectl edit: another image", ("web",), edit("deploy/web", "s|shop/web:1.4.2|shop/web:1.4.3|"), IMAGE, "kubectl-edit",
           IMAGE_LINE),
    Change("edit-env-value", "kubectl edit: another value of an environment variable", ("web",), edit("deploy/web", "s|value: info|value: debug|"),
           (f"{WEB}/env/0/value",), "kubectl-edit", "value: info"),
    Change("edit-env-removed", "kubectl edit: an environment variable removed", ("web",), edit("deploy/web", "/name: REGION/,+1d"),
           (f"{WEB}/env/1",), "", "name: REGION"),
    Change("edit-memory", "kubectl edit: another memory limit", ("web",), edit("deploy/web", "s|memory: 2Gi|memory: 3Gi|"),
           (f"{WEB}/resources/limits/memory",), "kubectl-edit", "memory: 2Gi"),
    Change("edit-config", "kubectl edit: another value in a ConfigMap", ("settings",), edit("cm/settings", "s|currency: EUR|currency: USD|"),
           ("/data/currency",), "kubectl-edit", "currency: EUR"),
    Change("edit-back", "kubectl edit: a change, and back again", ("web",),
           twice(edit("deploy/web", "s|shop/web:1.4.2|shop/web:7|"), edit("deploy/web", "s|shop/web:7|shop/web:1.4.2|"))),
    # kubectl patch
    Change("patch-sidecar", "kubectl patch: a container added", ("web",), patch("deploy/web", pod(containers=[{"name": "spy", "image": "spy:1"}])),
           (f"{POD}/containers",), "kubectl-patch"),
    Change("patch-init", "kubectl patch: an init container added", ("web",),
           patch("deploy/web", pod(initContainers=[{"name": "spy", "image": "spy:1"}])), (f"{POD}/initContainers",), "kubectl-patch"),
    Change("patch-container-removed", "kubectl patch: a container removed", ("web",),
           patch("deploy/web", pod(containers=[{"name": "proxy", "$patch": "delete"}])), (f"{POD}/containers/1",), "", "name: proxy"),
    Change("patch-replicas", "kubectl patch: other replicas", ("web",), patch("deploy/web", {"spec": {"replicas": 5}}, "merge"),
           ("/spec/replicas",), "kubectl-patch", "replicas: 2"),
    Change("patch-probe-removed", "kubectl patch: the readiness probe removed", ("web",),
           patch("deploy/web", [{"op": "remove", "path": f"{WEB}/readinessProbe"}], "json"), (f"{WEB}/readinessProbe",), "",
           "readinessProbe:"),
    Change("patch-probe-tuned", "kubectl patch: a probe's period that Git leaves to its default", ("web",),
           patch("deploy/web", pod(containers=[{"name": "web", "readinessProbe": {"periodSeconds": 99}}])),
           (f"{WEB}/readinessProbe/periodSeconds",), "kubectl-patch"),
    Change("patch-host-network", "kubectl patch: the host's network", ("web",), patch("deploy/web", pod(hostNetwork=True)), (f"{POD}/hostNetwork",),
           "kubectl-patch"),
    Change("patch-context", "kubectl patch: a security setting turned off", ("web",),
           patch("deploy/web", pod(containers=[{"name": "web", "securityContext": {"readOnlyRootFilesystem": False}}])),
           (f"{WEB}/securityContext/readOnlyRootFilesystem",), "kubectl-patch", "readOnlyRootFilesystem: true"),
    Change("patch-args", "kubectl patch: other arguments", ("web",), patch("deploy/web", pod(containers=[{"name": "web", "args": ["serve", "--loud"]}])),
           (f"{WEB}/args",), "kubectl-patch", "args: [serve, --quiet]"),
    Change("patch-port-added", "kubectl patch: a port added", ("web",),
           patch("deploy/web", pod(containers=[{"name": "web", "ports": [{"containerPort": 6060}]}])), (f"{WEB}/ports",), "kubectl-patch"),
    Change("patch-volume", "kubectl patch: a volume from another ConfigMap", ("web",),
           patch("deploy/web", pod(volumes=[{"name": "settings", "configMap": {"name": "other"}}])), (f"{POD}/volumes/0/configMap/name",),
           "kubectl-patch"),
    Change("patch-service-type", "kubectl patch: a Service opened on every node", ("service",), patch("svc/web", {"spec": {"type": "NodePort"}}),
           ("/spec/type",), "kubectl-patch"),
    Change("patch-service-port", "kubectl patch: another target port of a Service", ("service",),
           patch("svc/web", {"spec": {"ports": [{"port": 80, "targetPort": 9999}]}}), ("/spec/ports/0/targetPort",), "kubectl-patch",
           "targetPort: http"),
    Change("patch-service-selector", "kubectl patch: a Service's selector", ("service",), patch("svc/web", {"spec": {"selector": {"app": "evil"}}}),
           ("/spec/selector/app",), "kubectl-patch", "app: web"),
    Change("patch-budget", "kubectl patch: a disruption budget", ("budget",), patch("pdb/web", {"spec": {"minAvailable": "10%"}}, "merge"),
           ("/spec/minAvailable",), "kubectl-patch", "minAvailable: 1"),
    Change("patch-policy", "kubectl patch: a network policy opened", ("policy",), patch("netpol/web", {"spec": {"ingress": [{}]}}, "merge"),
           ("/spec/ingress",), "kubectl-patch"),
    Change("patch-secret", "kubectl patch: another value in a Secret", ("keys",), patch("secret/keys", {"stringData": {"api": "by-hand-0815"}}),
           ("/stringData/api",), "kubectl-patch", "api: from-git-4711"),
    Change("patch-secret-key", "kubectl patch: a key added to a Secret", ("keys",), patch("secret/keys", {"data": {"more": "bW9yZQ=="}}),
           ("/data/more",), "kubectl-patch"),
    Change("patch-config-key", "kubectl patch: a key added to a ConfigMap", ("settings",), patch("cm/settings", {"data": {"more": "more"}}),
           ("/data/more",), "kubectl-patch"),
    Change("patch-config-removed", "kubectl patch: a key of a ConfigMap removed", ("settings",), patch("cm/settings", {"data": {"theme": None}}),
           ("/data/theme",), "", "theme: light"),
    Change("patch-ingress", "kubectl patch: another host of an Ingress", ("ingress",),
           patch("ing/web", [{"op": "replace", "path": "/spec/rules/0/host", "value": "x.example.com"}], "json"), ("/spec/rules/0/host",),
           "kubectl-patch", "host: shop.example.com"),
    Change("patch-schedule", "kubectl patch: another schedule of a CronJob", ("job",), patch("cj/tidy", {"spec": {"schedule": "0 4 * * *"}}),
           ("/spec/schedule",), "kubectl-patch", "schedule: 0 3 * * *"),
    Change("patch-suspend", "kubectl patch: a CronJob suspended", ("job",), patch("cj/tidy", {"spec": {"suspend": True}}), ("/spec/suspend",),
           "kubectl-patch"),
    Change("patch-stateful", "kubectl patch: another image of a StatefulSet", ("db",),
           patch("sts/db", pod(containers=[{"name": "db", "image": "shop/db:17"}])), (f"{WEB}/image",), "kubectl-patch", "image: shop/db:16.2"),
    Change("patch-autoscaler", "kubectl patch: a higher limit of an autoscaler", ("hpa", "auto"), patch("hpa/auto", {"spec": {"maxReplicas": 60}}),
           ("/spec/maxReplicas",), "kubectl-patch", "maxReplicas: 6"),
    Change("patch-account", "kubectl patch: a service account's token mounted", ("account",),
           patch("sa/web", {"automountServiceAccountToken": True}), ("/automountServiceAccountToken",), "kubectl-patch",
           "automountServiceAccountToken: false"),
    Change("patch-role", "kubectl patch: more rights in a Role", ("role",),
           patch("role/reader", [{"op": "add", "path": "/rules/0/verbs/-", "value": "delete"}], "json"), ("/rules/0/verbs",), "kubectl-patch"),
    Change("patch-toleration", "kubectl patch: a toleration", ("web",), patch("deploy/web", pod(tolerations=[{"operator": "Exists"}])),
           (f"{POD}/tolerations",), "kubectl-patch"),
    Change("patch-node", "kubectl patch: bound to a node", ("web",), patch("deploy/web", pod(nodeName="worker-1")), (f"{POD}/nodeName",), "kubectl-patch"),
    Change("patch-behavior", "kubectl patch: how an autoscaler behaves", ("hpa", "auto"),
           patch("hpa/auto", {"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 3600}}}}, "merge"), ("/spec/behavior",), "kubectl-patch"),
    Change("patch-account-secret", "kubectl patch: a Secret for a service account", ("account",), patch("sa/web", {"secrets": [{"name": "mine"}]}),
           ("/secrets",), "kubectl-patch"),
    Change("patch-node-port", "kubectl patch: a Service opened on the nodes of its pods", ("service",),
           patch("svc/web", {"spec": {"type": "NodePort", "externalTrafficPolicy": "Local"}}),
           ("/spec/type", "/spec/externalTrafficPolicy"), "kubectl-patch"),
    Change("patch-owner", "kubectl patch: an owner, with which the object goes", ("settings",),
           patch("cm/settings", {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "y"}]}}),
           ("/metadata/ownerReferences",), "kubectl-patch"),
    Change("patch-finalizer", "kubectl patch: a finalizer", ("settings",), patch("cm/settings", {"metadata": {"finalizers": ["example.com/stay"]}}),
           ("/metadata/finalizers",), "kubectl-patch"),
    # kubectl scale, label, annotate, set, rollout
    Change("scale", "kubectl scale", ("web",), kubectl("scale", "deploy/web", "--replicas=5"), ("/spec/replicas",), "kubectl", "replicas: 2"),
    Change("scale-to-nothing", "kubectl scale to 0", ("db",), kubectl("scale", "sts/db", "--replicas=0"), ("/spec/replicas",), "", "replicas: 1"),
    Change("scale-unstated", "kubectl scale where Git states no replicas", ("worker",), kubectl("scale", "deploy/worker", "--replicas=5"),
           ("/spec/replicas",), "kubectl", traceless=OF_SERVER_SIDE_APPLY),
    Change("label", "kubectl label: one more", ("web",), kubectl("label", "deploy/web", "owner=alice"), ("/metadata/labels/owner",), "kubectl-label"),
    Change("label-changed", "kubectl label: another value", ("web",), kubectl("label", "deploy/web", "tier=back", "--overwrite"),
           ("/metadata/labels/tier",), "kubectl-label", "tier: front"),
    Change("label-removed", "kubectl label: one removed", ("web",), kubectl("label", "deploy/web", "tier-"), ("/metadata/labels/tier",), "",
           "tier: front"),
    Change("annotate", "kubectl annotate: one more", ("web",), kubectl("annotate", "deploy/web", "note=x"), ("/metadata/annotations/note",),
           "kubectl-annotate"),
    Change("annotate-changed", "kubectl annotate: another value", ("web",), kubectl("annotate", "deploy/web", "team=ops", "--overwrite"),
           ("/metadata/annotations/team",), "kubectl-annotate", "team: shop"),
    Change("set-image", "kubectl set image", ("web",), kubectl("set", "image", "deploy/web", "web=shop/web:2"), IMAGE, "kubectl-set", IMAGE_LINE),
    Change("set-env-added", "kubectl set env: one more", ("web",), kubectl("set", "env", "deploy/web", "-c", "web", "DEBUG=1"), (f"{WEB}/env",),
           "kubectl-set"),
    Change("set-env-changed", "kubectl set env: another value", ("web",), kubectl("set", "env", "deploy/web", "-c", "web", "REGION=us"),
           (f"{WEB}/env/1/value",), "kubectl-set", "value: eu"),
    Change("set-resources", "kubectl set resources", ("worker",), kubectl("set", "resources", "deploy/worker", "--limits=cpu=2"),
           (f"{WEB}/resources/limits/cpu",), "kubectl-set", "limits: {cpu:"),
    Change("set-account", "kubectl set serviceaccount", ("web",), kubectl("set", "serviceaccount", "deploy/web", "admin"), (f"{POD}/serviceAccountName",),
           "kubectl-set", "serviceAccountName: web"),
    Change("restart", "kubectl rollout restart", ("web",), kubectl("rollout", "restart", "deploy/web"), ("/spec/template/metadata/annotations",),
           "kubectl-rollout", rule="drift/manual-change"),
    Change("pause", "kubectl rollout pause", ("web",), kubectl("rollout", "pause", "deploy/web"), ("/spec/paused",), "kubectl-rollout"),
    # Whole objects
    Change("delete", "kubectl delete a Deployment", ("web",), kubectl("delete", "deploy/web"), ("",), line="kind: Deployment", rule="drift/missing"),
    Change("delete-config", "kubectl delete a ConfigMap", ("settings", "web"), kubectl("delete", "cm/settings"), ("",), line="kind: ConfigMap",
           rule="drift/missing"),
    Change("left-over", "an object that was applied once and left Git", ("settings",), nothing,
           ("",), rule="drift/extra", resource="ConfigMap/left"),
    Change("nobodys", "an object that nobody owns", ("settings",), kubectl("create", "configmap", "left", "--from-literal=a=b")),
    Change("apply", "kubectl apply of another image", ("web",), given("alice", "apply", change=set_image, name="web"), IMAGE,
           "kubectl-client-side-apply", IMAGE_LINE),
    Change("apply-server-side", "kubectl apply --server-side of another image", ("web",),
           given("alice", "apply", "--server-side", "--force-conflicts", change=set_image, name="web"), IMAGE, "kubectl", IMAGE_LINE),
    Change("replace", "kubectl replace with another image", ("web",), given("alice", "replace", change=set_image, name="web"), IMAGE,
           "kubectl-replace", IMAGE_LINE),
    # Other tools
    Change("browser", "a console in a browser: another image", ("web",),
           request("alice", "web", pod(containers=[{"name": "web", "image": "shop/web:3"}]), STRATEGIC_PATCH, agent="Mozilla/5.0 (X11)"), IMAGE,
           "Mozilla", IMAGE_LINE),
    Change("k9s", "k9s: a restart", ("web",),
           request("alice", "web", {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z"}}}}},
                   agent="k9s/v0.50.9"), ("/spec/template/metadata/annotations",), "k9s", rule="drift/manual-change"),
    Change("argocd-server", "Argo CD's web page: another number of replicas", ("web",),
           request("argocd-server", "web", {"spec": {"replicas": 7}}, manager="argocd-server"), ("/spec/replicas",), "argocd-server", "replicas: 2"),
    Change("forged", "a person under the controller's name", ("web",),
           request("alice", "web", {"spec": {"replicas": 7}}, manager="argocd-controller"), ("/spec/replicas",), "", "replicas: 2"),
    # What is no drift
    Change("nothing", "nothing", ("web", "worker", "auto", "hpa", "db", "service", "settings", "keys", "ingress", "policy", "budget", "role",
                                  "account", "job"), nothing),
    Change("hpa", "an autoscaler scales", ("auto", "hpa"),
           request("horizontal-pod-autoscaler", "auto", {"spec": {"replicas": 4}}, subresource="scale", manager="kube-controller-manager")),
    Change("hpa-unstated", "an autoscaler scales what Git states no replicas of", ("worker",),
           request("horizontal-pod-autoscaler", "worker", {"spec": {"replicas": 4}}, subresource="scale", manager="kube-controller-manager")),
    Change("default", "kubectl patch: the default written out", ("web",), patch("deploy/web", pod(terminationGracePeriodSeconds=30, dnsPolicy="ClusterFirst"))),
    Change("same", "kubectl patch: the value that Git states", ("web",), patch("deploy/web", {"spec": {"replicas": 2}})),
    Change("quantity", "another spelling of a quantity", ("worker",),
           patch("deploy/worker", pod(containers=[{"name": "worker", "resources": {"limits": {"cpu": "1000m", "memory": "512Mi"}}}]))),
    Change("ports-order", "ports in another order", ("web",),
           request("alice", "web", [{"op": "replace", "path": f"{WEB}/ports", "value": [
               {"name": "metrics", "containerPort": 9090, "protocol": "TCP"}, {"name": "http", "containerPort": 8080, "protocol": "TCP"}]}], JSON_PATCH,
                   manager="kubectl-edit")),
    Change("status", "a controller sets the status", ("web",),
           request("deployment-controller", "web", {"status": {"replicas": 2, "readyReplicas": 2}}, subresource="status", manager="kube-controller-manager")),
    Change("revision", "the deployment controller notes its revision", ("web",),
           request("deployment-controller", "web", {"metadata": {"annotations": {"deployment.kubernetes.io/revision": "3"}}}, manager="kube-controller-manager")),
    Change("finalizer", "a load balancer's controller adds a finalizer", ("service",),
           request("service-controller", "service", {"metadata": {"finalizers": ["service.kubernetes.io/load-balancer-cleanup"]}},
                   manager="cloud-controller-manager")),
    Change("bundle", "cert-manager injects a CA", ("hook",),
           request("cainjector", "hook", [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": CA}],
                   JSON_PATCH, manager="cert-manager-cainjector")),
    # Drift that needs a second look
    Change("env-order", "environment variables in another order", ("web",),
           request("alice", "web", [{"op": "replace", "path": f"{WEB}/env", "value": [
               {"name": "REGION", "value": "eu"}, {"name": "LOG_LEVEL", "value": "info"}]}], JSON_PATCH, manager="kubectl-edit"),
           (f"{WEB}/env",), ""),
    Change("args-order", "arguments in another order", ("web",),
           request("alice", "web", [{"op": "replace", "path": f"{WEB}/args", "value": ["--quiet", "serve"]}], JSON_PATCH, manager="kubectl-edit"),
           (f"{WEB}/args",), "kubectl-edit", "args: [serve, --quiet]"),
    Change("wiped", "a change, and managedFields wiped", ("web",),
           twice(patch("deploy/web", {"spec": {"replicas": 5}}, "merge"), request("alice", "web", {"metadata": {"managedFields": [{}]}}, manager="x")),
           ("/spec/replicas",), "", "replicas: 2"),
)
