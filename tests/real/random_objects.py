"""Random Kubernetes objects with odd scalars, for trees that two renderers build."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from random_yaml import Hand, Raw

TEXTS = (
    "plain", "with blank", "a: b", "- x", "#no", "a #b", "1", "1.0", "true", "yes", "y", "~", "null", "", " lead", "trail ", "0x1F", "0777", "0o17",
    "1e3", "1_000", "1:20", "2020-01-01", "1e400", "=", "é", "\U0001f600", "tab\there", "line\n", "two\nlines\n", "two\nlines", "keep\n\n",
    " indented\ntext\n", "trailing \nblank\n", "$(WHO)", "$$(WHO)", "$(NOBODY)", "a,b", "[x]", "{x}", "'q'", '"q"', "@at", "*star", "&and", "!bang", "%per",
    "|", ">", "?", "-", ":", "a:", "http://h:80/p?q=1&r=<2>", "long " * 30, "x" * 100, "back\\slash", "cr\r\n", "\u2028", "a-b-web-settings", "key=value", "nginx:1.0",
    '{"a": {"b": "c"}}', "k: {v: 1}\n", "010", "+1", "-0", ".5", "1.", "0.10", "12345678901234567890", "a\\nb", "...", "---", "web.shop.svc:80",
)
ODD = tuple(Raw(text) for text in (
    "1", "0", "-1", "1.0", "1.10", "0.1", "0x1F", "0777", "0o17", "0b11", "1e3", "1e21", "1.5e-7", "1_000", "true", "false", "True", "yes", "off", "y", "~", "null", "",
    "2020-01-01", "2020-01-01T10:00:00Z", "1:20", "08", "7342e55", "12345678901234567890", "99999999999999999999", "-0", "+1", ".5", "'single'", '"dou\\tble"', "!!str 1",
    "!!binary aGVsbG8=", "plain # comment", "=", "'it''s'", "a b  c", "'2'", '"\\u00e9"', "9007199254740993", "1.23456789012345678", "100000000000000000000000", "0.000001",
    "1e-9", "123456789.5", "-1.50", "1E5", "!!int 3", "!!float 1", "NULL", "TRUE", "<<", "0x", "1__0", "--", "a:b", "-a", "?a", "1.e3", "+.5",
))
KEYS = ("app", "tier", "a.b/c", "example.com/x", "file.yaml", "KEY", "key2", "key10", "F", "f", "a-b", "a_b", "UPPER", "nginx.conf", "x1", "WHO")


def text(hand: Hand) -> str:
    return hand.of(TEXTS) if hand.chance(40) else hand.of(("one", "two", "three", "web", "shop"))


def scalar(hand: Hand) -> Any:
    """A text mostly, else an unquoted scalar of any kind."""
    return hand.of(ODD) if hand.chance(12) else text(hand)


def texts(hand: Hand, most: int = 3) -> dict[str, Any]:
    return {key: text(hand) for key in hand.some(KEYS, 1, most)}


def container(hand: Hand, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "image": hand.of(("nginx", "nginx:1.0", "redis:6@sha256:" + "a" * 64, "docker.io/nginx:2", "reg.io:5000/team/app:v1", "busybox", "$(WHO):1", "app"))}
    if hand.chance(40):
        made["env"] = [{"name": key, "value": scalar(hand)} if hand.chance(60) else
                       {"name": key, "valueFrom": {hand.of(("configMapKeyRef", "secretKeyRef")): {"name": hand.of(NAMES), "key": "KEY"}}} for key in hand.some(("A", "B", "C", "WHO"), 1, 3)]
    if hand.chance(20):
        made["envFrom"] = [{hand.of(("configMapRef", "secretRef")): {"name": hand.of(NAMES)}} for _ in range(hand.integer(1, 2))]
    if hand.chance(35):
        made["ports"] = [{"containerPort": port, **({"name": f"p{port}"} if hand.chance(40) else {}), **({"protocol": hand.of(("TCP", "UDP"))} if hand.chance(40) else {})}
                         for port in hand.some((80, 443, 8080), 1, 2)]
    if hand.chance(25):
        made["args"] = [scalar(hand) for _ in range(hand.integer(0, 3))]
    if hand.chance(20):
        made["command"] = [text(hand) for _ in range(hand.integer(1, 2))]
    if hand.chance(25):
        made["volumeMounts"] = [{"name": name, "mountPath": f"/m/{name}"} for name in hand.some(("v1", "v2", "v3"), 1, 2)]
    if hand.chance(25):
        made["resources"] = {hand.of(("limits", "requests")): {"cpu": hand.of(("100m", Raw("1"), Raw("0.5"))), "memory": "1Gi"}}
    return made


def pod(hand: Hand) -> dict[str, Any]:
    made: dict[str, Any] = {"containers": [container(hand, name) for name in hand.some(("main", "side", "log"), 1, 2)]}
    if hand.chance(15):
        made["initContainers"] = [container(hand, "init")]
    if hand.chance(30):
        made["volumes"] = [{"name": name, **hand.of(({"configMap": {"name": hand.of(NAMES)}}, {"secret": {"secretName": hand.of(NAMES)}}, {"emptyDir": {}},
                                                     {"projected": {"sources": [{"configMap": {"name": hand.of(NAMES)}}, {"secret": {"name": hand.of(NAMES)}}]}},
                                                     {"persistentVolumeClaim": {"claimName": hand.of(NAMES)}}))} for name in hand.some(("v1", "v2", "v3"), 1, 3)]
    if hand.chance(25):
        made["serviceAccountName"] = hand.of((*NAMES, "default"))
    if hand.chance(10):
        made["imagePullSecrets"] = [{"name": hand.of(NAMES)}]
    if hand.chance(12):
        made["tolerations"] = [{"key": hand.of(("a", "b")), "operator": "Exists"} for _ in range(hand.integer(1, 2))]
    if hand.chance(10):
        made["nodeSelector"] = texts(hand, 2)
    if hand.chance(10):
        made["affinity"] = {hand.of(("podAffinity", "podAntiAffinity")): {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "z"}]}}
    if hand.chance(8):
        made["topologySpreadConstraints"] = [{"maxSkew": 1, "topologyKey": "z", "labelSelector": {"matchLabels": {"app": "web"}}}]
    if hand.chance(8):
        made["hostAliases"] = [{"ip": "1.2.3.4", "hostnames": ["a", "b"]}]
    return made


def template(hand: Hand) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if hand.chance(70):
        made["metadata"] = {"labels": {"app": hand.of(NAMES)}, **({"annotations": {key: scalar(hand) for key in hand.some(KEYS, 1, 2)}} if hand.chance(30) else {})}
    return {**made, "spec": pod(hand)}


NAMES = ("web", "api", "db", "settings", "token")
SPACES = ("shop", "prod", "default")


def workload(hand: Hand) -> dict[str, Any]:
    spec: dict[str, Any] = {"replicas": hand.integer(0, 5)} if hand.chance(50) else {}
    if hand.chance(70):
        spec["selector"] = {"matchLabels": {"app": hand.of(NAMES)}}
    return {"spec": {**spec, "template": template(hand)}}


def stateful(hand: Hand) -> dict[str, Any]:
    made = workload(hand)
    if hand.chance(50):
        made["spec"]["serviceName"] = hand.of(NAMES)
    if hand.chance(40):
        made["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": hand.of(NAMES)}}]
    return made


def rules(hand: Hand) -> dict[str, Any]:
    return {"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], **({"resourceNames": hand.some(NAMES, 1, 2)} if hand.chance(50) else {})} for _ in range(hand.integer(0, 2))]}


def binding(hand: Hand) -> dict[str, Any]:
    subjects = [{"kind": hand.of(("ServiceAccount", "ServiceAccount", "User")), "name": hand.of((*NAMES, "default")), **({"namespace": hand.of(SPACES)} if hand.chance(60) else {})}
                for _ in range(hand.integer(1, 2))]
    return {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": hand.of(("Role", "ClusterRole")), "name": hand.of(NAMES)}, "subjects": subjects}


def ingress(hand: Hand) -> dict[str, Any]:
    paths = [{"path": f"/{name}", "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}} for name in hand.some(NAMES, 1, 2)]
    return {"spec": {"rules": [{"host": hand.of(("a.example", "$(WHO).example")), "http": {"paths": paths}}], "tls": [{"hosts": ["a.example"], "secretName": hand.of(NAMES)}]}}


def service(hand: Hand) -> dict[str, Any]:
    ports = [{"port": port, **({"name": f"n{port}"} if hand.chance(50) else {}), **({"targetPort": hand.of((8080, "http"))} if hand.chance(50) else {}),
              **({"protocol": hand.of(("TCP", "UDP"))} if hand.chance(40) else {})} for port in hand.some((80, 443, 53), 1, 3)]
    return {"spec": {"ports": ports, **({"selector": {"app": hand.of(NAMES)}} if hand.chance(60) else {}), **({"type": "ClusterIP"} if hand.chance(20) else {})}}


def webhook(hand: Hand) -> dict[str, Any]:
    return {"webhooks": [{"name": f"{name}.example.com", "clientConfig": {"service": {"name": name, "namespace": hand.of(SPACES)}}, "admissionReviewVersions": ["v1"]} for name in hand.some(NAMES, 1, 2)]}


def crd(hand: Hand) -> dict[str, Any]:
    return {"spec": {"group": "example.com", "names": {"kind": "Widget", "plural": "widgets"}, "scope": hand.of(("Namespaced", "Cluster")), "versions": [{"name": "v1", "served": True, "storage": True}],
                     **({"conversion": {"strategy": "Webhook", "webhook": {"clientConfig": {"service": {"name": "web", "namespace": "shop", "path": "/c"}}}}} if hand.chance(40) else {})}}


def widget(hand: Hand) -> dict[str, Any]:
    return {"spec": {"size": scalar(hand), "ref": {"name": hand.of(NAMES)}, "secretName": hand.of(NAMES), "image": "nginx:1.0", "list": [{"name": key, "value": scalar(hand)} for key in hand.some(("a", "b", "c"), 0, 3)],
                     **({"template": {"spec": pod(hand)}} if hand.chance(20) else {}), **({"selector": {"matchLabels": {"app": "web"}}} if hand.chance(20) else {}), **({"empty": hand.of(({}, [], None, ""))} if hand.chance(30) else {}),
                     **({"replicas": 1} if hand.chance(30) else {})}}


def data(hand: Hand) -> dict[str, Any]:
    made: dict[str, Any] = {"data": {key: scalar(hand) for key in hand.some(KEYS, 1, 4)}} if hand.chance(90) else {}
    return {**made, **({"immutable": True} if hand.chance(5) else {})}


def secret(hand: Hand) -> dict[str, Any]:
    field = hand.of(("data", "stringData"))
    return {field: {key: hand.of(("aGVsbG8=", "c2VjcmV0", Raw("eA=="))) if field == "data" else scalar(hand) for key in hand.some(KEYS, 1, 3)}, **({"type": "Opaque"} if hand.chance(60) else {})}


def autoscaler(hand: Hand) -> dict[str, Any]:
    return {"spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": hand.of(("Deployment", "StatefulSet")), "name": hand.of(NAMES)}}}


def policy(hand: Hand) -> dict[str, Any]:
    return {"spec": {"podSelector": hand.of(({}, {"matchLabels": {"app": "web"}})), "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "api"}}}, {"namespaceSelector": {"matchLabels": {"x": "y"}}}]}]}}


def nothing(_hand: Hand) -> dict[str, Any]:
    return {}


Kind = tuple[str, str, Callable[[Hand], dict[str, Any]], bool]
KINDS: tuple[Kind, ...] = (
    ("apps/v1", "Deployment", workload, True), ("apps/v1", "Deployment", workload, True), ("apps/v1", "StatefulSet", stateful, True), ("apps/v1", "DaemonSet", workload, True), ("apps/v1", "ReplicaSet", workload, True), ("v1", "Pod", lambda hand: {"spec": pod(hand)}, True),
    ("batch/v1", "Job", lambda hand: {"spec": {"template": template(hand)}}, True), ("batch/v1", "CronJob", lambda hand: {"spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template(hand)}}}}, True),
    ("batch/v1beta1", "CronJob", lambda hand: {"spec": {"jobTemplate": {"metadata": {"labels": {"a": "b"}}, "spec": {"template": template(hand)}}}}, True),
    ("v1", "Service", service, True), ("v1", "Service", service, True), ("v1", "ConfigMap", data, True), ("v1", "ConfigMap", data, True), ("v1", "Secret", secret, True), ("v1", "ServiceAccount", lambda hand: {"secrets": [{"name": hand.of(NAMES)}]} if hand.chance(30) else {}, True),
    ("rbac.authorization.k8s.io/v1", "Role", rules, True), ("rbac.authorization.k8s.io/v1", "ClusterRole", rules, False), ("rbac.authorization.k8s.io/v1", "RoleBinding", binding, True), ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", binding, False),
    ("networking.k8s.io/v1", "Ingress", ingress, True), ("networking.k8s.io/v1", "NetworkPolicy", policy, True), ("policy/v1", "PodDisruptionBudget", lambda _: {"spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}}, True),
    ("autoscaling/v2", "HorizontalPodAutoscaler", autoscaler, True), ("v1", "PersistentVolumeClaim", lambda hand: {"spec": {"storageClassName": hand.of(NAMES), "volumeName": hand.of(NAMES), "resources": {"requests": {"storage": "1Gi"}}}}, True),
    ("v1", "PersistentVolume", lambda hand: {"spec": {"claimRef": {"name": hand.of(NAMES), "namespace": hand.of(SPACES)}}}, False), ("storage.k8s.io/v1", "StorageClass", lambda _: {"provisioner": "x"}, False), ("v1", "Namespace", nothing, False),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition", crd, False), ("apiregistration.k8s.io/v1", "APIService", lambda _: {"spec": {"group": "x", "service": {"name": "web", "namespace": "shop"}}}, False),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhook, False), ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhook, False), ("example.com/v1", "Widget", widget, True), ("example.com/v1", "Widget", widget, True),
    ("serving.knative.dev/v1", "Service", lambda hand: {"spec": {"template": template(hand)}}, True), ("scheduling.k8s.io/v1", "PriorityClass", lambda _: {"value": 1}, False), ("v1", "ResourceQuota", lambda _: {"spec": {"hard": {"pods": 1}}}, True),
    ("argoproj.io/v1alpha1", "Rollout", workload, True), ("extensions/v1beta1", "Ingress", nothing, True), ("v1", "Endpoints", nothing, True), ("monitoring.coreos.com/v1", "ServiceMonitor", lambda _: {"spec": {"selector": {"matchLabels": {"app": "web"}}}}, True),
)


def thing(hand: Hand) -> dict[str, Any]:
    """One object."""
    api, kind, body, spaced = hand.of(KINDS)
    names = (*NAMES, "default") if kind == "ServiceAccount" else NAMES[:3] if kind in ("ConfigMap", "Secret") else NAMES
    meta: dict[str, Any] = {"name": hand.of(names)}
    if kind == "CustomResourceDefinition":
        meta["name"] = "widgets.example.com"
    if spaced and hand.chance(20):
        meta["namespace"] = hand.of(SPACES)
    if hand.chance(35):
        meta["labels"] = {key: hand.of(("web", "api", "x", "1", Raw("1"), Raw("yes"))) if hand.chance(30) else hand.of(("web", "api")) for key in hand.some(("app", "tier", "a.b/c"), 1, 2)}
    if hand.chance(20):
        meta["annotations"] = {key: scalar(hand) for key in hand.some(KEYS, 1, 2)}
    if hand.chance(2):
        meta.setdefault("annotations", {})["config.kubernetes.io/local-config"] = hand.of(("true", "false"))
    return {"apiVersion": api, "kind": kind, "metadata": meta, **body(hand)}
