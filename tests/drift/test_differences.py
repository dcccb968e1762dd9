"""What Git states against what lives: the traps of other tools, and what must be found."""

from __future__ import annotations

import base64
import copy
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drift.objects import FLUX, compared, container, deployment, entry, owned, paths, pod


def defaulted(body):
    """A Deployment as the API server gives it back."""
    found = copy.deepcopy(body)
    found["metadata"] |= {"uid": "6a1f", "resourceVersion": "81", "generation": 4, "creationTimestamp": "2026-01-01T00:00:00Z"}
    found["metadata"].setdefault("annotations", {})["deployment.kubernetes.io/revision"] = "3"
    found["spec"] = {"progressDeadlineSeconds": 600, "revisionHistoryLimit": 10, **found["spec"],
                     "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}}
    pod(found).update(dnsPolicy="ClusterFirst", restartPolicy="Always", schedulerName="default-scheduler", securityContext={},
                      terminationGracePeriodSeconds=30)
    for one in pod(found)["containers"]:
        one.update(imagePullPolicy="IfNotPresent", terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File")
        for port in one.get("ports", ()):
            port.setdefault("protocol", "TCP")
        limits = one.get("resources", {}).get("limits", {})
        limits.update({"cpu": "1", "memory": "1Gi"} if limits.get("cpu") == "1000m" else {})
    found["status"] = {"replicas": 3, "readyReplicas": 1}
    return found


def changed(change):
    live = defaulted(deployment())
    change(live)
    return live


@pytest.mark.parametrize("change", [
    lambda live: None,
    lambda live: container(live)["resources"]["limits"].update(cpu=1, memory=1073741824),
    lambda live: container(live)["ports"].reverse(),
    lambda live: pod(live)["containers"].append({"name": "istio-proxy", "image": "proxy:1"}),  # a webhook's: nobody owns it
    lambda live: pod(live)["containers"].insert(0, {"name": "istio-proxy", "image": "proxy:1"}),
    lambda live: live["metadata"]["annotations"].update({"cloud.example.com/id": "7"}),
    lambda live: live["metadata"].update(labels={"kustomize.toolkit.fluxcd.io/name": "shop", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}),
    lambda live: live["metadata"]["annotations"].update({"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}),
    lambda live: container(live)["env"].insert(0, {"name": "INJECTED", "value": "1"}),
], ids=range(9))
def test_harmless(change):
    assert compared(deployment(), changed(change)) == []


@pytest.mark.parametrize(("change", "wanted"), [
    (lambda live: live["spec"].update(replicas=5), "/spec/replicas"),
    (lambda live: live["spec"].update(replicas=0), "/spec/replicas"),
    (lambda live: container(live).update(image="web:2"), "/spec/template/spec/containers/0/image"),
    (lambda live: container(live)["resources"]["limits"].update(cpu="1100m"), "/spec/template/spec/containers/0/resources/limits/cpu"),
    (lambda live: container(live)["resources"].pop("limits"), "/spec/template/spec/containers/0/resources/limits"),
    (lambda live: container(live)["args"].reverse(), "/spec/template/spec/containers/0/args/0"),
    (lambda live: container(live)["args"].append("-c"), "/spec/template/spec/containers/0/args"),
    (lambda live: container(live)["env"].reverse(), "/spec/template/spec/containers/0/env"),
    (lambda live: container(live)["env"].pop(), "/spec/template/spec/containers/0/env/1"),
    (lambda live: container(live)["env"][1].update(value="3"), "/spec/template/spec/containers/0/env/1/value"),
    (lambda live: container(live)["ports"][1].update(protocol="TCP"), "/spec/template/spec/containers/0/ports/1"),
    (lambda live: pod(live)["containers"].clear(), "/spec/template/spec/containers/0"),
    (lambda live: live["spec"]["template"]["metadata"]["labels"].update(app="api"), "/spec/template/metadata/labels/app"),
    (lambda live: live["spec"]["template"]["metadata"].pop("labels"), "/spec/template/metadata/labels"),
])
def test_a_stated_field_that_is_not_so(change, wanted):
    assert wanted in paths(deployment(), changed(change))
    assert set(paths(deployment(), changed(change))) <= {wanted, wanted.replace("/args/0", "/args/1")}


@pytest.mark.parametrize(("key", "stated", "live", "differs"), [
    ("hostNetwork", False, None, False), ("hostNetwork", False, True, True), ("hostNetwork", True, None, True),
    ("automountServiceAccountToken", False, None, True),  # a pointer: the API server keeps a zero that is written
    ("enableServiceLinks", True, True, False), ("serviceAccountName", "", None, False), ("serviceAccountName", "", "admin", True),
    ("terminationGracePeriodSeconds", 0, 0, False), ("terminationGracePeriodSeconds", 0, 30, True),
    ("nodeSelector", {}, None, False), ("tolerations", [], None, False), ("volumes", None, None, False),
    ("affinity", {}, None, True), ("dnsPolicy", "", "ClusterFirst", False), ("dnsPolicy", "", "None", True),
])
def test_zeros(key, stated, live, differs):
    git, other = deployment(), defaulted(deployment())
    pod(git)[key] = stated
    if live is not None:
        pod(other)[key] = live
    assert bool(paths(git, other)) is differs


def test_an_empty_volume_that_became_another():
    git, live = deployment(), deployment()
    pod(git)["volumes"] = [{"name": "tmp", "emptyDir": {}}]
    pod(live)["volumes"] = [{"name": "tmp", "hostPath": {"path": "/", "type": ""}}]
    assert paths(git, live) == ["/spec/template/spec/volumes/0/emptyDir"]


def secret(**fields):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "shop"}, **fields}


CODED = base64.b64encode(b"hunter2").decode()


@pytest.mark.parametrize(("git", "live", "wanted"), [
    (secret(stringData={"password": "hunter2"}), secret(data={"password": CODED}, type="Opaque"), []),
    (secret(stringData={"password": "hunter2"}, data={"password": "YQ=="}), secret(data={"password": CODED}), []),
    (secret(data={"password": CODED + "\n"}), secret(data={"password": CODED}), []),
    (secret(data={}), secret(type="Opaque"), []),
    (secret(stringData={"password": "hunter3"}), secret(data={"password": CODED}), ["/stringData/password"]),
    (secret(data={"password": "YQ=="}), secret(data={"password": CODED}), ["/data/password"]),
])
def test_secrets(git, live, wanted):
    assert paths(git, live) == wanted


def role(kind="ClusterRole", **fields):
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "view"}, **fields}


RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}


@pytest.mark.parametrize(("git", "live", "wanted"), [
    (role(rules=[]), role(rules=None), []),
    (role(rules=None), role(rules=[]), []),
    (role(aggregationRule={"clusterRoleSelectors": []}, rules=[]), role(aggregationRule={"clusterRoleSelectors": []}, rules=[RULE]), []),
    (role(rules=[RULE]), role(rules=[RULE, RULE]), ["/rules"]),
    (role(rules=[RULE]), role(rules=[{**RULE, "verbs": ["get", "delete"]}]), ["/rules/0/verbs"]),
    ({**role("ClusterRole", rules=[RULE]), "metadata": {"name": "view", "namespace": "shop"}}, role(rules=[RULE]), []),
    (role("RoleBinding", roleRef={"kind": "Role", "name": "a"}), role("RoleBinding", roleRef={"kind": "Role", "name": "a", "apiGroup": "rbac.authorization.k8s.io"}), []),
])
def test_roles(git, live, wanted):
    assert paths(git, live) == wanted


def service(**spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": {"app": "web"}, **spec}}


@pytest.mark.parametrize(("git", "live", "wanted"), [
    (service(ports=[{"port": 80}]), service(ports=[{"port": 80, "protocol": "TCP", "targetPort": 80, "nodePort": 30080}], clusterIP="10.0.0.9", type="ClusterIP"), []),
    (service(clusterIP="", ports=[{"port": 80, "nodePort": 0}]), service(clusterIP="10.0.0.9", ports=[{"port": 80, "protocol": "TCP", "nodePort": 30080}]), []),
    (service(ports=[{"port": 80, "targetPort": "80"}]), service(ports=[{"port": 80, "targetPort": 80, "protocol": "TCP"}]), []),
    (service(ports=[{"port": 80}, {"port": 443}]), service(ports=[{"port": 443, "protocol": "TCP"}, {"port": 80, "protocol": "TCP"}]), []),
    (service(ports=[{"port": 53, "protocol": "UDP"}, {"port": 53}]), service(ports=[{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]), []),
    (service(type="ClusterIP"), service(type="LoadBalancer"), ["/spec/type"]),
    (service(ports=[{"port": 80, "targetPort": "http"}]), service(ports=[{"port": 80, "targetPort": 8080, "protocol": "TCP"}]), ["/spec/ports/0/targetPort"]),
])
def test_services(git, live, wanted):
    assert paths(git, live) == wanted


def test_metrics_of_an_autoscaler_have_no_order():
    def scaler(*metrics):
        return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
                "spec": {"maxReplicas": 9, "scaleTargetRef": {"kind": "Deployment", "name": "web"}, "metrics": list(metrics)}}

    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
    memory = {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 80}}}
    more = copy.deepcopy(memory)
    more["resource"]["target"]["averageUtilization"] = 90
    assert paths(scaler(memory, cpu), scaler(cpu, memory)) == []
    assert paths(scaler(memory, cpu), scaler(cpu, more)) == ["/spec/metrics/0/resource/target/averageUtilization"]
    assert paths(scaler(memory, cpu), scaler(cpu)) == ["/spec/metrics"]


def test_claims_of_a_stateful_set():
    git = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {"volumeClaimTemplates": [
        {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1000M"}}}}]}}
    live = copy.deepcopy(git)
    live["spec"]["volumeClaimTemplates"][0].update(apiVersion="v1", kind="PersistentVolumeClaim", status={"phase": "Pending"})
    live["spec"]["volumeClaimTemplates"][0]["spec"].update(volumeMode="Filesystem", resources={"requests": {"storage": "1G"}})
    everything = entry("argocd-controller", {"f:spec": {"f:volumeClaimTemplates": {}}}, "Apply")
    assert compared(git, owned(live, everything)) == []
    live["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] = "2G"
    assert paths(git, live) == ["/spec/volumeClaimTemplates/0/spec/resources/requests/storage"]


def applied(live, config):
    live["metadata"].setdefault("annotations", {})["kubectl.kubernetes.io/last-applied-configuration"] = json.dumps(config)
    return live


def test_a_field_that_git_no_longer_states_is_found_by_the_annotation():
    before = deployment(minReadySeconds=5)
    live = applied(defaulted(before), before)
    live = owned(live, entry("argocd-controller", {"f:spec": {"f:minReadySeconds": {}, "f:replicas": {}}}))
    assert compared(deployment(), live) == [("removed", "/spec/minReadySeconds", "/spec/minReadySeconds", "argocd-controller")]


def test_a_field_that_git_no_longer_states_is_found_by_its_owner():
    fields = {"f:spec": {"f:minReadySeconds": {}, "f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {".": {}, "f:env": {
        'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}, 'k:{"name":"OLD"}': {".": {}, "f:name": {}, "f:value": {}}}}}}}}}
    live = defaulted(deployment(minReadySeconds=5))
    container(live)["env"].append({"name": "OLD", "value": "1"})
    live = owned(live, entry("kustomize-controller", fields, "Apply"))
    assert compared(deployment(), live, [FLUX]) == [
        ("removed", "/spec/minReadySeconds", "/spec/minReadySeconds", "kustomize-controller"),
        ("removed", "/spec/template/spec/containers/0/env", "/spec/template/spec/containers/0/env/2", "kustomize-controller")]


def test_client_side_apply_writes_defaults_and_they_are_no_difference():
    live = applied(defaulted(deployment()), deployment())
    live = owned(live, entry("argocd-controller", {
        "f:spec": {"f:progressDeadlineSeconds": {}, "f:replicas": {}, "f:strategy": {"f:type": {}, "f:rollingUpdate": {".": {}, "f:maxSurge": {}}},
                   "f:template": {"f:spec": {"f:dnsPolicy": {}, "f:containers": {'k:{"name":"web"}': {".": {}, "f:imagePullPolicy": {}}}}}}}))
    assert compared(deployment(), live) == []
    del live["metadata"]["annotations"]
    assert compared(deployment(), live) == []


@pytest.mark.parametrize(("change", "fields", "manager", "wanted"), [
    (lambda live: live["spec"].update(minReadySeconds=9), {"f:spec": {"f:minReadySeconds": {}}}, "kubectl-edit",
     ("added", "/spec/minReadySeconds", "/spec/minReadySeconds")),
    (lambda live: live["metadata"].update(labels={"debug": "1"}), {"f:metadata": {"f:labels": {".": {}, "f:debug": {}}}}, "kubectl-label",
     ("added", "/metadata/labels/debug", "/metadata/labels/debug")),
    (lambda live: live["metadata"]["annotations"].update(note="x"), {"f:metadata": {"f:annotations": {"f:note": {}}}}, "Mozilla",
     ("added", "/metadata/annotations/note", "/metadata/annotations/note")),
    (lambda live: container(live)["env"].append({"name": "DEBUG", "value": "1"}),
     {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:env": {'k:{"name":"DEBUG"}': {".": {}, "f:name": {}, "f:value": {}}}}}}}}},
     "kubectl-set", ("added", "/spec/template/spec/containers/0/env", "/spec/template/spec/containers/0/env/2")),
    (lambda live: pod(live)["containers"].append({"name": "shell", "image": "busybox", "terminationMessagePath": "/dev/termination-log"}),
     {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"shell"}': {".": {}, "f:image": {}, "f:name": {}, "f:terminationMessagePath": {}}}}}}},
     "kubectl-patch", ("added", "/spec/template/spec/containers", "/spec/template/spec/containers/1")),
    (lambda live: live["spec"].update(replicas=5), {"f:spec": {"f:replicas": {}}}, "kubectl-edit", ("stated", "/spec/replicas", "/spec/replicas")),
    (lambda live: container(live).update(image="web:9"), {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:image": {}}}}}}},
     "k9s", ("stated", "/spec/template/spec/containers/0/image", "/spec/template/spec/containers/0/image")),
    (lambda live: container(live).update(args=["-x"]), {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:args": {}}}}}}},
     "node-fetch", ("stated", "/spec/template/spec/containers/0/args", "/spec/template/spec/containers/0/args")),
])
def test_what_a_person_changed(change, fields, manager, wanted):
    live = owned(changed(change), entry(manager, fields))
    for owners in ([FLUX], ()):
        assert compared(deployment(), live, owners) == [(*wanted, manager)]


def test_defaults_that_a_person_wrote_along_are_none_of_his():
    fields = {"f:spec": {"f:progressDeadlineSeconds": {}, "f:strategy": {"f:rollingUpdate": {".": {}, "f:maxSurge": {}}, "f:type": {}}, "f:template": {"f:spec": {
        "f:dnsPolicy": {}, "f:securityContext": {}, "f:containers": {'k:{"name":"web"}': {".": {}, "f:imagePullPolicy": {}, "f:terminationMessagePath": {}}}}}}}
    for manager in ("kubectl-create", "kubectl-replace", "kubectl-edit"):
        assert compared(deployment(), owned(defaulted(deployment()), entry(manager, fields))) == []


def test_other_controllers_mind_their_own_business():
    live = changed(lambda body: body["metadata"].update(labels={"x": "1"}))
    fields = {"f:metadata": {"f:labels": {"f:x": {}}}}
    for manager in ("kube-controller-manager", "vpa-updater", "cert-manager-cainjector", "some-operator"):
        assert compared(deployment(), owned(live, entry(manager, fields))) == []
    assert compared(deployment(), owned(live, entry("kubectl-edit", fields, subresource="status"))) == []


def test_a_person_is_named_before_a_controller_for_what_both_own():
    live = changed(lambda body: body["spec"].update(replicas=5))
    fields = {"f:spec": {"f:replicas": {}}}
    live = owned(live, entry("kube-controller-manager", fields, subresource="scale", time="2026-05-01T00:00:00Z"), entry("kubectl", fields, subresource="scale"))
    assert compared(deployment(), live) == [("stated", "/spec/replicas", "/spec/replicas", "kubectl")]


@given(st.randoms(use_true_random=False))
def test_lists_by_keys_have_no_order(chance: random.Random):
    git, live = deployment(), defaulted(deployment())
    pod(git)["volumes"] = [{"name": name, "emptyDir": {}} for name in "abcd"]
    pod(live)["volumes"] = copy.deepcopy(pod(git)["volumes"])
    for part in (container(live)["ports"], pod(live)["volumes"]):
        chance.shuffle(part)
    assert compared(git, live) == []


@given(st.sampled_from(["1", "1000m", 1, "1.0", "1e0", "1000000u"]), st.sampled_from(["1Gi", "1024Mi", 1073741824, "1048576Ki", "1073741824"]))
def test_spellings_of_quantities_are_no_difference(cpu, memory):
    live = defaulted(deployment())
    container(live)["resources"]["limits"] = {"cpu": cpu, "memory": memory}
    assert compared(deployment(), live) == []


@pytest.mark.parametrize(("git", "live", "wanted"), [
    ({"interval": "10m"}, {"interval": "10m0s"}, []), ({"interval": "10m"}, {"interval": "11m"}, ["/spec/interval"]),
    ({"enabled": False}, {}, ["/spec/enabled"]), ({"list": []}, {}, []), ({"map": {}}, {}, []), ({"nothing": None}, {}, []),
    ({"resources": {"limits": {"cpu": "1000m"}}}, {"resources": {"limits": {"cpu": "1"}}}, []),
    ({"items": ["a", "b"]}, {"items": ["b", "a"]}, ["/spec/items/0", "/spec/items/1"]), ({"a": 1}, {"a": 1, "b": 2}, []),
])
def test_kinds_that_nobody_knows(git, live, wanted):
    def body(spec):
        return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a", "namespace": "shop"}, "spec": spec}

    assert paths(body(git), body(live)) == wanted


def definition(schema):
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"}, "spec": {
        "group": "example.com", "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"size": schema}}}}]}}


SIZE = "/spec/versions/0/schema/openAPIV3Schema/properties/size"


@pytest.mark.parametrize(("stated", "live", "differs"), [
    ({"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 0}, ""),
    ({"type": "integer", "minimum": 0}, {"type": "integer"}, "/minimum"),  # the API server keeps a 0 here: it says something
    ({"type": "array", "minItems": 0}, {"type": "array"}, "/minItems"),
    ({"type": "integer", "default": 0}, {"type": "integer"}, "/default"),
    ({"type": "object", "default": {"on": False}}, {"type": "object", "default": {}}, "/default/on"),
    ({"type": "object", "additionalProperties": False}, {"type": "object"}, "/additionalProperties"),
    ({"type": "integer", "nullable": False, "description": "", "exclusiveMinimum": False}, {"type": "integer"}, ""),
    ({"type": "array", "items": {"type": "string", "nullable": False}}, {"type": "array", "items": {"type": "string"}}, ""),
    ({"type": "object", "additionalProperties": {"type": "string", "minLength": 0}}, {"type": "object", "additionalProperties": {"type": "string"}},
     "/additionalProperties/minLength"),
])
def test_zeros_in_the_schema_of_a_definition(stated, live, differs):
    assert paths(definition(stated), definition(live)) == ([SIZE + differs] if differs else [])
