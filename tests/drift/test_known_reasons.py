"""What differs by design: replicas that an autoscaler chooses, injected certificates, Jobs that delete themselves."""

from __future__ import annotations

import copy

import pytest
import yaml

from tests.drift.objects import deployment
from tests.drift.world import argocd, by, told

HPA = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"""
KEDA = """
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {name: web}}
"""
SCALED = {"f:spec": {"f:replicas": {}}}


def scaled(replicas, manager):
    body = deployment(replicas=replicas)
    body["metadata"]["managedFields"] = [by(manager, SCALED, subresource="scale")]
    return body


@pytest.mark.parametrize("scaler", [HPA, KEDA])
@pytest.mark.parametrize("stated", [True, False])
def test_an_autoscaler_chooses_the_replicas(drift, scaler, stated):
    """Whether Git states the autoscaler, or it only lives."""
    live = [scaled(7, "kube-controller-manager"), yaml.safe_load(scaler)]
    report = drift(argocd(), live, settings=yaml.safe_dump(deployment()) + ("---" + scaler if stated else ""))
    assert told(report) == []
    assert [one["path"] for one in report["drift"]["ignored"]] == ["/spec/replicas"]


@pytest.mark.parametrize(("live", "rules"), [
    ([scaled(7, "kubectl"), yaml.safe_load(HPA)], ["drift/changed", "drift/manual-change"]),  # the same field, by a person
    ([scaled(0, "kube-controller-manager"), yaml.safe_load(HPA)], ["drift/changed"]),  # with 0 an autoscaler is switched off
    ([scaled(7, "kube-controller-manager")], ["drift/changed"]),
    ([scaled(7, "kube-controller-manager"), yaml.safe_load(HPA.replace("name: web}}", "name: api}}"))], ["drift/changed"]),
    ([scaled(7, "kube-controller-manager"), yaml.safe_load(HPA.replace("namespace: shop", "namespace: other"))], ["drift/changed"]),
])
def test_whom_no_autoscaler_excuses(drift, live, rules):
    report = drift(argocd(), live, settings=yaml.safe_dump(deployment()))
    assert [(one["rule"], one["path"]) for one in report["findings"]] == [(rule, "/spec/replicas") for rule in rules]


WEBHOOK = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "shop"}, "webhooks": [
    {"name": "shop.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
     "clientConfig": {"caBundle": "Cg==", "service": {"name": "shop", "namespace": "shop"}}}]}
INJECTED = {"f:webhooks": {'k:{"name":"shop.example.com"}': {"f:clientConfig": {"f:caBundle": {}}}}}


@pytest.mark.parametrize(("manager", "annotated", "rules"), [
    ("cert-manager-cainjector", False, []), ("manager", False, []), ("OpenAPI-Generator", False, []), (None, True, []),
    (None, False, ["drift/changed"]), ("kubectl-edit", True, ["drift/changed", "drift/manual-change"]),
])
def test_an_injected_certificate(drift, manager, annotated, rules):
    stated = copy.deepcopy(WEBHOOK)
    if annotated:
        stated["metadata"]["annotations"] = {"cert-manager.io/inject-ca-from": "shop/shop"}
    live = copy.deepcopy(stated)
    live["webhooks"][0]["clientConfig"]["caBundle"] = "Y2VydGlmaWNhdGU="
    live["metadata"]["managedFields"] = [by(manager, INJECTED)] if manager else []
    assert [one["rule"] for one in drift(argocd(), [live], settings=yaml.safe_dump(stated))["findings"]] == rules


JOB = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate", "namespace": "shop"}, "spec": {
    "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "migrate", "image": "migrate:1"}]}}}}


@pytest.mark.parametrize(("ttl", "severity"), [({"ttlSecondsAfterFinished": 60}, "note"), ({"ttlSecondsAfterFinished": 0}, "note"), ({}, "error")])
def test_a_job_that_deletes_itself_may_have_finished(drift, ttl, severity):
    other = copy.deepcopy(JOB)
    other["metadata"]["name"] = "other"
    stated = {**JOB, "spec": {**JOB["spec"], **ttl}}
    assert told(drift({}, [other], settings=yaml.safe_dump(stated))) == [("drift/missing", severity, "migrate", "")]
