import pytest

from gitops_guard import manifests
from tests.trees import sources


@pytest.mark.parametrize(("document", "expected"), [
    ({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}, True),
    ({"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "x-"}}, True),
    ({"apiVersion": "v1", "kind": "List", "items": []}, True),
    ({"apiVersion": "v1", "kind": "Pod"}, False),
    ({"apiVersion": "v1", "kind": "Config", "metadata": {"name": "x"}}, False),
    ({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "metadata": {"name": "x"}}, False),
    ({"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "x"}}, True),
    ({"apiVersion": "k3d.io/v1alpha5", "kind": "Simple", "metadata": {"name": "x"}}, False),
    ({"apiVersion": 1, "kind": "Pod", "metadata": {"name": "x"}}, False),
    ({"replicas": 3}, False), ([], False), (None, False), ("text", False),
])
def test_is_manifest(document, expected):
    assert manifests.is_manifest(document) is expected


def test_lists_are_flattened_and_each_knows_its_line():
    tree = sources({"a.yaml": """
        apiVersion: v1
        kind: List
        items:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {name: one}
          - apiVersion: v1
            kind: ConfigMapList
            items:
              - apiVersion: v1
                kind: ConfigMap
                metadata: {name: two}
        ---
        # nothing
        ---
        just: values
        """})
    found = manifests.read(tree, "a.yaml", "t")
    assert [(item.id.name, item.declared.line, item.target) for item in found] == [("one", 5, "t"), ("two", 11, "t")]


def test_as_kubectl_reads_it():
    item, = manifests.read(sources({"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: yes, b: 'yes'}\n"}), "a.yaml", None)
    assert item.body["data"] == {"a": True, "b": "yes"}


def test_duplicates_are_at_the_second_key():
    tree = sources({"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: x}\ndata: {b: z}\n"})
    error, = manifests.duplicates(tree, "a.yaml")
    assert (error.rule, error.line, error.column) == ("source/duplicate-key", 5, 1)
    assert manifests.read(tree, "a.yaml", None)[0].body["data"] == {"b": "z"}


@pytest.mark.parametrize(("path", "expected"), [
    ("chart/templates/a.yaml", True), ("chart/values.yaml", True), ("charts.yaml", False), ("other/a.yaml", False),
])
def test_in_chart(path, expected):
    assert manifests.in_chart(path, manifests.chart_folders(("chart/Chart.yaml", "other/a.yaml"))) is expected


def test_looks_like_manifest():
    assert manifests.looks_like_manifest("apiVersion: v1\nkind: X\nmetadata: {\n")
    assert manifests.looks_like_manifest('{"apiVersion": "v1", "kind": "X", "metadata": {')
    assert not manifests.looks_like_manifest("kind: X\nmetadata: {\n")


def test_items_of_a_typed_list_have_its_type():
    files = sources({"a.yaml": "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: a}\n  stringData: {x: y}\n"})
    assert [str(resource.id) for resource in manifests.read(files, "a.yaml", None)] == ["Secret/a"]
    assert list(manifests.strays(files, "a.yaml")) == []


def test_items_that_are_no_objects_are_told():
    files = sources({"a.yaml": "apiVersion: v1\nkind: List\nitems:\n- foo\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {kind: Pod}\n"})
    assert [(error.line, error.message[:6]) for error in manifests.strays(files, "a.yaml")] == [(4, "item 1"), (6, "item 3")]
