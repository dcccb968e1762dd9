"""A bundle and its rules -> the Kubernetes objects that run OPA with it, and the webhook configuration that asks it.

The bundle lies in a ConfigMap whose name is made of its revision, so that another bundle is a rollout, and an old one comes back
by a rollback. The webhook configuration lies apart: it comes when OPA runs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from ..config import Admission as Settings
from ..errors import UsageError
from .made import README, Made, as_text
from .names import LABELS
from .rules import Admission
from .webhook_rules import webhook_rules

IMAGE = "docker.io/openpolicyagent/opa:1.22.0"
NAMESPACE = "gitops-guard"
NAME = "gitops-guard-opa"

_PORT = 8443
_USER = 1000
_LARGEST = 1_000_000
"""What a ConfigMap holds is 1 MiB, its metadata included."""
_SELECTED = {"app.kubernetes.io/name": NAME}
_BOOKS = ("events", "leases")
"""What every node and controller writes all the time, and no rule is about."""
_REVIEWS = ("authentication.k8s.io", "authorization.k8s.io")


def install_set(admission: Admission, settings: Settings, bundle: bytes, made: Made, image: str,
                verification: tuple[str, str] | None) -> dict[str, str]:
    """Path -> text. `verification` is (algorithm, public key) of a signed bundle.

    Raises UsageError for a bundle that no ConfigMap can hold.
    """
    if len(bundle) * 4 // 3 > _LARGEST:
        raise UsageError("--install: the bundle is too large for a ConfigMap; serve it, and name it in OPA's configuration")
    revision = json.loads(made.files[".manifest"])["revision"][:10]
    stored = f"{NAME}-{revision}"
    documents: dict[str, list[dict[str, Any]]] = {
        "namespace.yaml": [_object("v1", "Namespace", NAMESPACE, labels={"pod-security.kubernetes.io/enforce": "restricted"})],
        "bundle.yaml": [_object("v1", "ConfigMap", stored, binaryData={"bundle.tar.gz": base64.b64encode(bundle).decode()},
                                immutable=True, **({} if verification is None else {"data": {"key.pem": verification[1]}}))],
        "certificate.yaml": [_issuer(), _certificate()],
        "opa.yaml": [_object("v1", "ServiceAccount", NAME, automountServiceAccountToken=False),
                     _deployment(stored, image, verification), _service(), _budget(), _network_policy()],
    }
    files = {path: as_text(*parts) for path, parts in documents.items()}
    files["kustomization.yaml"] = as_text(_kustomization(["namespace.yaml", "bundle.yaml", "certificate.yaml", "opa.yaml"]))
    files["webhook/webhook.yaml"] = as_text(_webhook(admission, settings))
    files["webhook/kustomization.yaml"] = as_text(_kustomization(["webhook.yaml"]))
    files[README] = _readme(settings)
    return dict(sorted(files.items()))


def _object(api_version: str, kind: str, name: str, *, labels: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": {**LABELS, **_SELECTED, **(labels or {})}}
    if kind not in ("Namespace", "ValidatingWebhookConfiguration"):
        metadata["namespace"] = NAMESPACE
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}


def _kustomization(resources: list[str]) -> dict[str, Any]:
    return {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources}


def _issuer() -> dict[str, Any]:
    return _object("cert-manager.io/v1", "Issuer", NAME, spec={"selfSigned": {}})


def _certificate() -> dict[str, Any]:
    return _object("cert-manager.io/v1", "Certificate", NAME, spec={
        "secretName": f"{NAME}-tls", "dnsNames": [f"{NAME}.{NAMESPACE}.svc"], "issuerRef": {"kind": "Issuer", "name": NAME},
        "privateKey": {"rotationPolicy": "Always"}})


def _deployment(stored: str, image: str, verification: tuple[str, str] | None) -> dict[str, Any]:
    arguments = ["run", "--server", f"--addr=https://0.0.0.0:{_PORT}", "--tls-cert-file=/certs/tls.crt",
                 "--tls-private-key-file=/certs/tls.key", "--tls-cert-refresh-period=10m", "--authorization=basic",
                 "--log-format=json", "--skip-version-check"]
    if verification is not None:
        arguments += [f"--verification-key=/{NAME}/key.pem", f"--signing-alg={verification[0]}"]
    health = {"port": "https", "scheme": "HTTPS"}
    container = {
        "name": "opa", "image": image, "args": [*arguments, "--bundle", f"/{NAME}/bundle.tar.gz"],
        "ports": [{"name": "https", "containerPort": _PORT}],
        "livenessProbe": {"httpGet": {**health, "path": "/health"}, "periodSeconds": 10},
        "readinessProbe": {"httpGet": {**health, "path": "/health?bundles&plugins"}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "bundle", "mountPath": f"/{NAME}", "readOnly": True},
                         {"name": "certs", "mountPath": "/certs", "readOnly": True}],
    }
    pod = {
        "serviceAccountName": NAME, "automountServiceAccountToken": False, "containers": [container],
        "securityContext": {"runAsNonRoot": True, "runAsUser": _USER, "runAsGroup": _USER,
                            "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
                                       "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": _SELECTED}}],
        "volumes": [{"name": "bundle", "configMap": {"name": stored}},
                    {"name": "certs", "secret": {"secretName": f"{NAME}-tls"}}],
    }
    return _object("apps/v1", "Deployment", NAME, spec={
        "replicas": 2, "selector": {"matchLabels": _SELECTED}, "strategy": {"rollingUpdate": {"maxUnavailable": 0}},
        "template": {"metadata": {"labels": {**LABELS, **_SELECTED}}, "spec": pod}})


def _service() -> dict[str, Any]:
    return _object("v1", "Service", NAME, spec={
        "selector": _SELECTED, "ports": [{"name": "https", "port": 443, "targetPort": "https"}]})


def _budget() -> dict[str, Any]:
    return _object("policy/v1", "PodDisruptionBudget", NAME, spec={"minAvailable": 1, "selector": {"matchLabels": _SELECTED}})


def _network_policy() -> dict[str, Any]:
    """The API server is no pod that could be named; OPA itself asks nobody."""
    return _object("networking.k8s.io/v1", "NetworkPolicy", NAME, spec={
        "podSelector": {"matchLabels": _SELECTED}, "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"ports": [{"port": "https"}]}]})


def _webhook(admission: Admission, settings: Settings) -> dict[str, Any]:
    exempt = sorted({*settings.exempt_namespaces, NAMESPACE})
    condition = f"!(request.resource.resource in {json.dumps(_BOOKS)}) && !(request.resource.group in {json.dumps(_REVIEWS)})"
    made = _object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", NAME, webhooks=[{
        "name": "opa.gitops-guard.dev", "admissionReviewVersions": ["v1"], "sideEffects": "None", "matchPolicy": "Equivalent",
        "failurePolicy": "Fail" if settings.mode == "deny" else "Ignore", "timeoutSeconds": 5,
        "clientConfig": {"service": {"namespace": NAMESPACE, "name": NAME, "path": "/", "port": 443}},
        "namespaceSelector": {"matchExpressions": [
            {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": exempt}]},
        "matchConditions": [{"name": "no-bookkeeping", "expression": condition}],
        "rules": webhook_rules(admission.rules),
    }])
    made["metadata"]["annotations"] = {"cert-manager.io/inject-ca-from": f"{NAMESPACE}/{NAME}"}
    return made


def _readme(settings: Settings) -> str:
    return f"""# OPA as admission webhook

Written by `gitops-guard bundle --target opa --install`; make it again instead of editing it.

    kubectl apply -k .
    kubectl -n {NAMESPACE} rollout status deployment/{NAME}
    kubectl apply -k webhook

The webhook comes last: while it is there and OPA is not, what it is asked about is {
        "refused" if settings.mode == "deny" else "let through"}. To be rid of it at once:

    kubectl delete validatingwebhookconfiguration {NAME}

cert-manager makes the certificate, and writes its authority into the webhook configuration. Without cert-manager, leave out
`certificate.yaml`, make the Secret `{NAME}-tls` (tls.crt, tls.key) for the name `{NAME}.{NAMESPACE}.svc`, and write the
authority, in base64, as `caBundle` beside `service` in `webhook/webhook.yaml`.

Nothing is asked about in the namespaces {", ".join(sorted({*settings.exempt_namespaces, NAMESPACE}))}, nor about events and
leases. Where Argo CD or Flux installs this, it must be able to mend it while OPA is down: its own namespace may have to be one of
the `exempt-namespaces`, or be judged by a ValidatingAdmissionPolicy (`--target vap`) instead.
"""
