from __future__ import annotations

import pytest

from gitops_guard.render import openapi


def node(version, kind, *path):
    found = openapi.builtin().of(version, kind)
    for part in path:
        found = found.elements() if part == "[]" else found.field(part)
        if found is None:
            return None
    return found


@pytest.mark.parametrize(("version", "kind", "expected"), [
    ("v1", "Namespace", True), ("v1", "Pod", False), ("rbac.authorization.k8s.io/v1", "ClusterRole", True), ("rbac.authorization.k8s.io/v1", "Role", False),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition", True), ("example.com/v1", "Namespace", False), ("rbac.authorization.k8s.io/v2", "ClusterRole", False),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", False), ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema", False),
])
def test_scope(version, kind, expected):
    assert openapi.is_cluster_scoped(version, kind) is expected


CONTAINERS = ("spec", "template", "spec", "containers")


@pytest.mark.parametrize(("path", "merges", "keys"), [
    (CONTAINERS, True, ["name"]), ((*CONTAINERS, "[]", "ports"), True, ["containerPort", "protocol"]), ((*CONTAINERS, "[]", "volumeMounts"), True, ["mountPath"]),
    (("metadata", "finalizers"), True, []), (("metadata", "ownerReferences"), True, ["uid"]), (("spec", "template", "spec", "tolerations"), False, []),
    (("spec", "template", "spec", "topologySpreadConstraints"), True, ["topologyKey", "whenUnsatisfiable"]), ((*CONTAINERS, "[]", "args"), False, []),
])
def test_lists_of_a_deployment(path, merges, keys):
    found = node("apps/v1", "Deployment", *path)
    assert (found.merges, found.keys) == (merges, keys)


def test_unknown():
    assert node("example.com/v1", "Thing") is None
    assert node("v1", "Pod", "spec", "containers", "[]", "[]") is None


def test_custom():
    schemas = openapi.custom({
        "definitions": {
            "v1.Thing": {
                "properties": {"parts": {"type": "array", "items": {"$ref": "#/definitions/v1.Part"}, "x-kubernetes-patch-strategy": "merge",
                                         "x-kubernetes-patch-merge-key": "id"},
                               "byName": {"additionalProperties": {"$ref": "#/definitions/v1.Part"}}},
                "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Thing"}]},
            "v1.Part": {"properties": {"again": {"$ref": "#/definitions/v1.Part"}}},
        },
        "paths": {"/apis/example.com/v1/things": {"get": {"x-kubernetes-group-version-kind": {"group": "example.com", "version": "v1", "kind": "Thing"}}}},
    })
    thing = schemas.of("example.com/v1", "Thing")
    assert (thing.field("parts").merges, thing.field("parts").keys) == (True, ["id"])
    assert thing.field("byName").field("any").field("again").field("again").raw == "v1.Part"
    assert thing.field("parts").elements().field("none") is None
    assert schemas.is_cluster_scoped("example.com/v1", "Thing")
    assert schemas.is_cluster_scoped("v1", "Namespace")
    assert schemas.of("apps/v1", "Deployment") is None


@pytest.mark.parametrize("document", [None, [], {"definitions": []}, {"definitions": {"a": 1}}, {"paths": {"x": None}}, {"definitions": {"a": {"$ref": "#/definitions/a"}}}])
def test_what_is_no_openapi(document):
    assert openapi.custom(document).of("v1", "Pod") is None


def test_definitions_in_a_circle_have_no_fields():
    schemas = openapi.custom({"definitions": {"a": {"$ref": "#/definitions/b", "x-kubernetes-group-version-kind": [{"version": "v1", "kind": "A"}]},
                                              "b": {"$ref": "#/definitions/a"}}})
    assert schemas.of("v1", "A").field("x") is None
