"""Random objects of Argo CD and Flux that loosen comparisons or pause, and random image references: the corpus has few of them."""

from __future__ import annotations

import random
from typing import Any

from random_yaml import Hand

POINTERS = (
    "/spec", "/spec/", "/", "/spec/replicas", "/spec/template/spec/containers/0/image", "/spec/template/spec/containers/-", "/data", "/data/x",
    "/stringData", "/metadata/annotations/a~1b", "/spec/template", "/spec/jobTemplate/spec/template/spec/containers", "/a~0~1b/image", "/spec/0",
    "/webhooks/0/clientConfig/caBundle", "/spec//",
)
QUERIES = (
    ".", "..", ".[]", ".spec", ".spec?", ".spec | .template", ".spec.template.spec.containers[]", '(.spec.template.spec.containers[] | select(.name=="x")).image',
    ".spec.template.spec.containers[].image", '.["spec"]', '.spec["replicas"]', '["data"]', ".spec.containers[0].image", "(.spec)", "()", ".data",
    ".spec.replicas", ".webhooks[]?.clientConfig.caBundle", ".spec.template.spec.initContainers[-1]", '.a|.["image"]', ".a | .B", ".spec\n| .template",
    '..["image"]', '.["a-b"].image', '["["a"]', "image", ".spec.syncPolicy", ".spec.syncPolicy.automated.enabled", ".spec.sources[].targetRevision",
    ".spec.source.helm.parameters", ".(.)", '."spec"', "(.a)(.b)", ".spec.template.spec.containers[1:2]",
)
MANAGERS = ("kubectl-edit", "Kubectl", "oc", "Mozilla", "kube-controller-manager", "argocd-controller", "k9s", "kubectl_x", "kubectlx")
SWITCHES = ("kustomize.toolkit.fluxcd.io/ssa", "helm.toolkit.fluxcd.io/driftDetection", "kustomize.toolkit.fluxcd.io/reconcile",
            "fluxcd.controlplane.io/reconcile", "argocd.argoproj.io/skip-reconcile", "argocd.argoproj.io/hook")
VALUES = ("Merge", "merge", "ignore", "IfNotPresent", "disabled", "Disabled", "Override", "", "true", "True", "false", "Skip", "PreSync, Skip", "Sync")
TEXTS = ("resource.customizations.ignoreDifferences.all", "resource.customizations.ignoreDifferences.apps_Deployment",
         "resource.customizations.ignoreDifferences.Secret", "resource.exclusions")
REGISTRIES = ("", "docker.io/", "registry.example.com:5000/team/", "${REGISTRY:-docker.io}/", "${REGISTRY}/", "user:word@reg.example/", "a@b@/", "${A:=x}${B-y}/")
TAGS = ("", ":latest", ":1", ":1.2", ":v1.2.3", ":stable-alpine3.20", ":1.27-alpine", ":16-alpine", ":main", ":2024-05-06", ":20240506", ":sha-0a1b2c3", ":0a1b2c3d",
        ":deadbeef", ":1234567", ":8u392", ":java17.0.2", ":app2.3", ":${TAG:-1.2.3}", ":${TAG:-main}", ":${TAG}", ":r20240101", ":1.2.3@sha256:" + "a" * 64,
        "@sha256:" + "b" * 64, ":b12345", ":build-12", ":1.2.3+build", ":v2", ":_x", ":a:b", "@sha256:short", ":" + "f" * 40)


def objects(count: int) -> list[dict[str, Any]]:
    """The same ones each time."""
    hand = Hand(random.Random(20_261_121).randint)  # noqa: S311 (the same numbers each time)
    made = (application, application_set, release, kustomization, argocd_settings, deployment, pod, cluster_secret)
    return [made[number % len(made)](hand, number) for number in range(count)]


def meta(hand: Hand, number: int, namespace: str = "random") -> dict[str, Any]:
    found: dict[str, Any] = {"name": f"object-{number}", "namespace": namespace}
    for field in ("annotations", "labels"):
        if hand.chance(30):
            found[field] = {hand.of(SWITCHES): hand.of([value for value in VALUES if field == "annotations" or "," not in value])}
    return found


def entry(hand: Hand) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": hand.of(("Deployment", "Secret", "*")), "name": hand.of(("x", ""))}
    if hand.chance(70):
        found["jsonPointers"] = hand.some(POINTERS, 0, 2)
    if hand.chance(70):
        found["jqPathExpressions"] = hand.some(QUERIES, 0, 2)
    if hand.chance(30):
        found["managedFieldsManagers"] = hand.some(MANAGERS, 1, 1)
    return found


def spec(hand: Hand) -> dict[str, Any]:
    found: dict[str, Any] = {"ignoreDifferences": [entry(hand) for _ in hand.some((0, 1, 2), 0, 3)]}
    if hand.chance(40):
        found["syncPolicy"] = {"syncOptions": [hand.of(("RespectIgnoreDifferences=true", "RespectIgnoreDifferences = true", "Prune=false"))]}
    return found


def application(hand: Hand, number: int) -> dict[str, Any]:
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": meta(hand, number), "spec": spec(hand)}


def application_set(hand: Hand, number: int) -> dict[str, Any]:
    template: dict[str, Any] = {"spec": spec(hand), "metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": hand.of(("true", "false"))}}}
    found: dict[str, Any] = {"template": template}
    if hand.chance(60):
        found["ignoreApplicationDifferences"] = [{"jsonPointers": hand.some(POINTERS, 1, 2), "jqPathExpressions": hand.some(QUERIES, 1, 3)}]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": meta(hand, number), "spec": found}


def ignored(hand: Hand) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in hand.some((0, 1, 2), 0, 3):
        target = {"target": {"kind": hand.of(("Secret", "Deployment")), "name": hand.of(("x", ""))}} if hand.chance(50) else {}
        found.append({"paths": hand.some(POINTERS, 1, 3), **target})
    return found


def release(hand: Hand, number: int) -> dict[str, Any]:
    return {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": meta(hand, number),
            "spec": {"driftDetection": {"ignore": ignored(hand)}, "suspend": hand.chance(30)}}


def kustomization(hand: Hand, number: int) -> dict[str, Any]:
    return {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": meta(hand, number),
            "spec": {"ignore": ignored(hand), "suspend": hand.chance(30)}}


def argocd_settings(hand: Hand, number: int) -> dict[str, Any]:
    lines = ["jsonPointers:"]
    for value in hand.some([text for text in (*POINTERS, *QUERIES, *MANAGERS) if "\n" not in text], 0, 3):
        written = hand.of(("{}", "'{}'", '"{}"', "{} # why", "{}  ", "'{}' # x")).format(value)
        lines.append(hand.of(("- ", "  -   ", "-")) + written)
    name = {"name": "argocd-cm"} if hand.chance(80) else {}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**meta(hand, number, f"random-{number}"), **name},
            "data": {key: "\n".join(lines) for key in hand.some(TEXTS, 1, 2)}}


def containers(hand: Hand) -> list[dict[str, Any]]:
    found = [{"name": f"c{number}", "image": hand.of(REGISTRIES) + hand.of(("nginx", "my-app", "a_b")) + hand.of(TAGS)}
             for number in range(len(hand.some((0, 1, 2, 3), 1, 4)))]
    return [*found, {"name": "istio-proxy", "image": "auto"}] if hand.chance(10) else found


def pod_spec(hand: Hand) -> dict[str, Any]:
    found: dict[str, Any] = {"containers": containers(hand)}
    if hand.chance(30):
        found["initContainers"] = [{**one, "name": f"init-{one['name']}"} for one in containers(hand)]
    if hand.chance(20):
        found["volumes"] = [{"name": "model", "image": {"reference": "registry.example/model" + hand.of(TAGS[1:9])}}]
    return found


def deployment(hand: Hand, number: int) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(hand, number),
            "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": pod_spec(hand)}}}


def pod(hand: Hand, number: int) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta(hand, number), "spec": pod_spec(hand)}


def cluster_secret(hand: Hand, number: int) -> dict[str, Any]:
    found = meta(hand, number)
    found["labels"] = {"argocd.argoproj.io/secret-type": hand.of(("cluster", "repository"))}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": found}
