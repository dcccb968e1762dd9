"""What validation says of resources: rule, field path, severity, and never a value."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from gitops_guard.model import Resource, Severity
from gitops_guard.origin import Map, Origin
from gitops_guard.schema import Schemas
from gitops_guard.source import Dialect, parse
from gitops_guard.validate import validate

SCHEMAS = Schemas("1.34")


def load(text: str) -> Map:
    document: Map = parse(text.encode(), "a.yaml").load(Dialect.RESOURCE)[0]
    return document


def faults(body: Any, schemas: Schemas = SCHEMAS) -> list[Any]:
    return validate(Resource(body, "overlay", Origin("a.yaml", 1, 1)), schemas)


def brief(body: Any, schemas: Schemas = SCHEMAS) -> list[tuple[str, str]]:
    return [(fault.rule.partition("/")[2], "/".join(map(str, fault.path))) for fault in faults(body, schemas)]


DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app.kubernetes.io/name: web}, creationTimestamp: null}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  strategy: {}
  template:
    metadata: {labels: {app: web}, creationTimestamp: null}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
          ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: dns-tcp, containerPort: 53}]
          resources: {limits: {cpu: 1, memory: 128Mi}, requests: {cpu: 0.5, memory: 1e9}}
          env: [{name: A, value: b}]
          livenessProbe: {httpGet: {path: /, port: dns}}
          readinessProbe: {tcpSocket: {port: 53}}
      initContainers: [{name: sidecar, image: registry.example.com/s:1.0.0, restartPolicy: Always}]
      securityContext:
      volumes:
status: {replicas: 2, conditions: [{type: Available}]}
"""


def test_a_valid_deployment_has_no_faults() -> None:
    assert faults(load(DEPLOYMENT)) == []


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("spec/replicas", "2", [("invalid", "spec/replicas")]),
        ("spec/replicas", 1.5, [("invalid", "spec/replicas")]),
        ("spec/replicas", 2**31, [("invalid", "spec/replicas")]),
        ("spec/replicas", 2.0, []),
        ("spec/replicas", None, []),
        ("spec/replicas", "${REPLICAS}", []),
        ("spec/replica", 2, [("unknown-field", "spec/replica")]),
        ("spec/template/spec/replicas", 2, [("unknown-field", "spec/template/spec/replicas")]),
        ("spec/selector", None, [("invalid", "spec/selector")]),
        ("spec/template/spec/containers", None, [("invalid", "spec/template/spec/containers")]),
        ("spec/template/spec/containers", [None], [("invalid", "spec/template/spec/containers/0")]),
        ("spec/template/spec/containers/0/image", True, [("invalid", "spec/template/spec/containers/0/image")]),
        (
            "spec/template/spec/containers/0/imagePullPolicy",
            "always",
            [("invalid", "spec/template/spec/containers/0/imagePullPolicy")],
        ),
        ("spec/template/spec/containers/0/imagePullPolicy", "", []),
        ("spec/template/spec/containers/0/env/0/value", 4, [("invalid", "spec/template/spec/containers/0/env/0/value")]),
        (
            "spec/template/spec/containers/0/resources/limits/memory",
            "128MB",
            [("invalid", "spec/template/spec/containers/0/resources/limits/memory")],
        ),
        (
            "spec/template/spec/containers/0/resources/limits/cpu",
            True,
            [("invalid", "spec/template/spec/containers/0/resources/limits/cpu")],
        ),
        (
            "spec/template/spec/containers/0/readinessProbe/tcpSocket/port",
            0.25,
            [("invalid", "spec/template/spec/containers/0/readinessProbe/tcpSocket/port")],
        ),
        (
            "spec/template/spec/containers/0/readinessProbe/tcpSocket/port",
            None,
            [("invalid", "spec/template/spec/containers/0/readinessProbe/tcpSocket/port")],
        ),
        (
            "spec/template/spec/initContainers/0/restartPolicy",
            1,
            [("invalid", "spec/template/spec/initContainers/0/restartPolicy")],
        ),
        ("spec/template/metadata/annotations", {"a": True}, [("invalid", "spec/template/metadata/annotations/a")]),
        ("metadata/labels/version", 1.1, [("invalid", "metadata/labels/version")]),
        ("metadata/labels/version", "a b", [("invalid", "metadata/labels/version")]),
        ("metadata/lables", {}, [("unknown-field", "metadata/lables")]),
        ("metadata/name", "Web", [("invalid", "metadata/name")]),
        ("metadata/name", 5, [("invalid", "metadata/name")]),
        ("metadata/name", None, [("invalid", "metadata/name")]),
        ("metadata", None, [("invalid", "metadata")]),
        ("metadata", [], [("invalid", "metadata")]),
        ("spec", "none", [("invalid", "spec")]),
        ("status/replicas", "x", [("invalid", "status/replicas")]),
        ("status/conditions", None, []),
        ("status/replica", 1, [("unknown-field", "status/replica")]),
        ("spec/replicas", math.nan, [("invalid", "spec/replicas")]),
    ],
)
def test_one_change_to_a_valid_deployment(path: str, value: Any, wanted: list[tuple[str, str]]) -> None:
    body = load(DEPLOYMENT)
    node: Any = body
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for part in parents:
        if isinstance(node, dict) and part not in node:
            node[part] = {}
        node = node[part]
    node[last] = value
    assert brief(body) == wanted


def test_each_missing_field_is_told_where_it_is_missing() -> None:
    body = load("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{name: a}, {port: 80}]}}")
    (found,) = faults(body)
    assert found.path == ("spec", "ports", 0)
    assert "`port`" in found.message


def test_a_required_field_that_a_patch_deleted_is_that_field() -> None:
    body = load(DEPLOYMENT)
    body["spec"].drop("selector", Origin("patch.yaml", 7, 3))
    assert brief(body) == [("invalid", "spec/selector")]


def test_a_misspelt_required_field_is_one_fault() -> None:
    body = load(DEPLOYMENT)
    body["spec"]["selctor"] = body["spec"].pop("selector")
    (found,) = faults(body)
    assert (found.rule, found.path) == ("schema/unknown-field", ("spec", "selctor"))
    assert "`selector`" in found.remedy


def test_a_field_at_the_wrong_depth_says_so() -> None:
    body = load(DEPLOYMENT)
    body["spec"]["template"]["spec"]["replicas"] = 3
    assert "indentation" in faults(body)[0].remedy


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda spec: spec["containers"].append(copy.deepcopy(spec["containers"][0])), "spec/template/spec/containers/1/name"),
        (
            lambda spec: spec["containers"][0]["ports"].append({"containerPort": 53, "protocol": "TCP"}),
            "spec/template/spec/containers/0/ports/2",
        ),
        (
            lambda spec: spec["containers"][0]["env"].append({"name": "A", "value": "c"}),
            "spec/template/spec/containers/0/env/1/name",
        ),
    ],
)
@pytest.mark.parametrize("version", ["1.25", "1.34"])
def test_items_with_the_same_keys(change: Any, wanted: str, version: str) -> None:
    body = load(DEPLOYMENT)
    body["spec"]["template"]["spec"]["initContainers"] = []
    change(body["spec"]["template"]["spec"])
    assert brief(body, Schemas(version)) == [("invalid", wanted)]


def test_no_value_is_ever_shown() -> None:
    body = load("""
        apiVersion: v1
        kind: Secret
        metadata: {name: token, labels: {note: hunter2!}}
        immutable: hunter2
        data: {password: hunter2!, "number": 31337}
        stringData: {pin: 31337, nested: {hunter2: hunter2}}
        type: [hunter2]
    """)
    found = faults(body)
    assert len(found) == 7
    assert "hunter2" not in str([(fault.message, fault.remedy) for fault in found])
    assert "31337" not in str([(fault.message, fault.remedy) for fault in found])


@pytest.mark.parametrize(
    ("data", "good"),
    [
        ("aHVudGVyMg==", True),
        ("aHVu\n dGVy", False),
        ("aHVu\ndGVy\n", True),
        ("no base64!", False),
        ("", True),
        (None, True),
        ("ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]", True),
        ("<path:secret/data/x#y>", True),
        ("${TOKEN}", True),
        ("<token>", False),
    ],
)
def test_data_of_secrets_is_base64(data: Any, good: bool) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": data}}
    assert (faults(Map(body)) == []) is good


def test_a_placeholder_counts_where_the_plugin_is_named() -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "a", "annotations": {"avp.kubernetes.io/path": "secret/data/a"}},
        "data": {"a": "<token>"},
    }
    assert faults(Map(body)) == []


@pytest.mark.parametrize(
    ("sops", "wanted"), [({"mac": "ENC[AES256_GCM,data:x]", "age": []}, []), ({"note": "x"}, [("unknown-field", "sops")])]
)
def test_the_block_of_sops_is_taken_out_before_the_object_is_applied(sops: Any, wanted: list[Any]) -> None:
    assert brief(Map({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "sops": sops})) == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, [("invalid", "")]),
        ({"apiVersion": "v1", "metadata": {"name": "a"}}, [("invalid", "")]),
        ({"apiVersion": 1, "kind": "ConfigMap"}, [("invalid", "apiVersion")]),
        ({"apiVersion": "a/b/c", "kind": "ConfigMap"}, [("invalid", "apiVersion")]),
        ({"apiVersion": "v1", "kind": ""}, [("invalid", "kind")]),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, [("invalid", "")]),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}, [("invalid", "metadata")]),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "a-"}}, []),
        (
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRole",
                "metadata": {"name": "system:x"},
                "rules": None,
            },
            [],
        ),
        ({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}, []),
        (
            {
                "apiVersion": "v1",
                "kind": "List",
                "items": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "dat": {}}, 3],
            },
            [("unknown-field", "items/0/dat"), ("invalid", "items/1")],
        ),
        (
            {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "a"}, "data": {"a": 1}}]},
            [("invalid", "items/0/data/a")],
        ),
        ({"apiVersion": "v1", "kind": "Deployment", "metadata": {"name": "a"}}, [("unknown-kind", "apiVersion")]),
    ],
)
def test_objects_as_a_whole(body: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert brief(Map(body)) == wanted


def test_severities() -> None:
    def severity(api_version: str, kind: str) -> Severity | None:
        (fault,) = [
            one
            for one in faults(Map({"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}}))
            if one.rule != "schema/invalid"
        ]
        return fault.severity

    assert severity("widgets.example.com/v1", "Widget") is None
    assert severity("v1", "Widget") is Severity.ERROR
    assert severity("policy/v1beta1", "PodDisruptionBudget") is None
    assert severity("kustomize.toolkit.fluxcd.io/v1beta2", "Kustomization") is Severity.WARNING


def test_every_fault_names_its_resource_and_target() -> None:
    (fault,) = faults(Map({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}}))
    assert fault.target == "overlay"
    assert fault.resource.id.kind == "Widget"


GITOPS = {
    "Application": (
        "argoproj.io/v1alpha1",
        """
project: shop
destination: {server: "https://kubernetes.default.svc", namespace: shop}
sources:
  - {repoURL: "https://example.com/shop.git", targetRevision: v1.2.0, ref: values}
  - repoURL: https://charts.example.com
    chart: shop
    targetRevision: 1.2.0
    helm: {valueFiles: [$values/prod.yaml], valuesObject: {any: [1]}, parameters: [{name: a, value: b, forceString: true}]}
syncPolicy:
  automated: {prune: true, selfHeal: true}
  syncOptions: [CreateNamespace=true]
  retry: {limit: 5, backoff: {duration: 5s, factor: 2, maxDuration: 3m}}
ignoreDifferences: [{group: apps, kind: Deployment, jsonPointers: [/spec/replicas]}]
""",
        [("syncPolicy", "automatd"), ("destination", "nameSpace"), ("sources", 1, "helm", "valuesFiles")],
    ),
    "ApplicationSet": (
        "argoproj.io/v1alpha1",
        """
goTemplate: true
generators:
  - matrix:
      generators:
        - git: {repoURL: "https://example.com/shop.git", revision: HEAD, directories: [{path: apps/*}]}
        - list: {elements: [{cluster: a}]}
template:
  metadata: {name: "{{.path.basename}}"}
  spec:
    project: default
    source: {repoURL: "https://example.com/shop.git", path: "{{.path.path}}", targetRevision: HEAD}
    destination: {name: "{{.cluster}}", namespace: x}
""",
        [("generators", 0, "matrix", "generators", 0, "git", "directory"), ("template", "spec", "sorce")],
    ),
    "AppProject": (
        "argoproj.io/v1alpha1",
        """
sourceRepos: ["*"]
destinations: [{server: "*", namespace: "*"}]
clusterResourceWhitelist: [{group: "*", kind: "*"}]
""",
        [("sourceRepo",)],
    ),
    "Kustomization": (
        "kustomize.toolkit.fluxcd.io/v1",
        """
interval: 10m
path: ./apps
prune: true
sourceRef: {kind: GitRepository, name: flux-system}
dependsOn: [{name: infra}]
decryption: {provider: sops, secretRef: {name: sops-age}}
postBuild: {substitute: {a: b}, substituteFrom: [{kind: ConfigMap, name: vars}]}
patches: [{patch: "x", target: {kind: Deployment}}]
""",
        [("dependson",), ("sourceRef", "nam"), ("postBuild", "substitutes")],
    ),
    "HelmRelease": (
        "helm.toolkit.fluxcd.io/v2",
        """
interval: 1h
chart: {spec: {chart: web, version: 1.x, sourceRef: {kind: HelmRepository, name: charts}}}
install: {crds: CreateReplace, remediation: {retries: 3}}
values: {anything: {goes: [here]}}
valuesFrom: [{kind: Secret, name: s, valuesKey: k}]
""",
        [("value",), ("chart", "spec", "vrsion")],
    ),
    "GitRepository": (
        "source.toolkit.fluxcd.io/v1",
        """
interval: 1m
url: https://example.com/shop.git
ref: {branch: main}
secretRef: {name: git}
""",
        [("ref", "brnch")],
    ),
    "ImageUpdateAutomation": (
        "image.toolkit.fluxcd.io/v1",
        """
interval: 30m
sourceRef: {kind: GitRepository, name: flux-system}
git: {commit: {author: {email: a@example.com, name: a}, messageTemplate: x}, push: {branch: main}}
update: {path: ./apps, strategy: Setters}
""",
        [("git", "push", "brnch")],
    ),
    "Alert": (
        "notification.toolkit.fluxcd.io/v1beta3",
        """
eventSeverity: error
eventSources: [{kind: Kustomization, name: "*"}]
providerRef: {name: slack}
""",
        [("eventSource",)],
    ),
}


@pytest.mark.parametrize("kind", sorted(GITOPS))
def test_objects_of_argo_cd_and_flux(kind: str) -> None:
    api_version, spec, misspelt = GITOPS[kind]
    body = load(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\n")
    body["spec"] = load(spec)
    assert faults(body) == []
    for path in misspelt:
        wrong = copy.deepcopy(body)
        node: Any = wrong["spec"]
        for part in path[:-1]:
            node = node[part]
        node[path[-1]] = {}
        assert brief(wrong) == [("unknown-field", "/".join(map(str, ("spec", *path))))]


def test_a_helm_release_takes_one_chart() -> None:
    api_version, spec, _ = GITOPS["HelmRelease"]
    body = load(f"apiVersion: {api_version}\nkind: HelmRelease\nmetadata: {{name: a}}\n")
    body["spec"] = load(spec)
    body["spec"]["chartRef"] = {"kind": "OCIRepository", "name": "x"}
    assert brief(body) == [("invalid", "spec")]
    del body["spec"]["chartRef"], body["spec"]["chart"]
    (fault,) = faults(body)
    assert "`chart` or `chartRef`" in fault.message


@pytest.mark.parametrize("key", ["data", "stringData"])
def test_bytes_that_are_no_text_are_judged_too(key: str) -> None:
    body = load(f"""
        apiVersion: v1
        kind: Secret
        metadata: {{name: a}}
        {key}: {{a: !!binary gA==}}
        immutable: x
    """)
    assert ("invalid", "immutable") in brief(body)


def test_a_field_that_an_owner_hands_down_is_not_missing() -> None:
    body = load("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n"
                "spec: {path: ./a, sourceRef: {kind: GitRepository, name: a}}\n")
    resource = Resource(body, "overlay", Origin("a.yaml", 1, 1))
    alone, handed = ("\n".join(fault.message for fault in validate(resource, SCHEMAS, granted)) for granted in ((), ("interval",)))
    assert "`interval`" in alone
    assert "`prune`" in alone
    assert "`interval`" not in handed
    assert "`prune`" in handed
