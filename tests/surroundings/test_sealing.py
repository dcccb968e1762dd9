"""Who deploys ciphertext, and what was sealed under which name."""

import dataclasses

import pytest
from trees import sources

from gitops_guard import manifests
from gitops_guard.model import Owner, Target
from gitops_guard.render import Renderer
from gitops_guard.surroundings.sealing import declared_names, encrypted, plugins
from gitops_guard.targets import Built

CIPHER = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"
FLUX = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: shop, namespace: flux-system}\n"
SECRET = f"kind: Secret\napiVersion: v1\nmetadata: {{name: db}}\nstringData: {{a: '{CIPHER}'}}\nsops: {{mac: '{CIPHER}'}}\n"
SEALED = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec: {encryptedData: {a: x}}\n"


def built(text, name, *owners, scopes=(), namespace=None):
    tree = sources({f"{name}.yaml": text})
    target = Target(name, "manifests", name, owners=owners, namespace=namespace)
    resources = manifests.read(tree, f"{name}.yaml", name)
    return tree, Built(target, "rendered", tuple(resources), (), frozenset(), scopes=frozenset(scopes))


OWNER = Owner("flux", "Kustomization", "flux-system", "shop")


@pytest.mark.parametrize(("scope", "expected"), [("clusters/a", ["Secret/db"]), ("clusters/b", [])])
def test_owners_of_other_clusters_have_equal_names(scope, expected):
    _, parent = built(FLUX, "parent", scopes=["clusters/a"])
    _, child = built(SECRET, "child", OWNER, scopes=[scope])
    assert list(encrypted([parent, child]).values()) == [expected]


@pytest.mark.parametrize(("text", "expected"), [
    (SECRET, 1), ("kind: Secret\napiVersion: v1\nmetadata: {name: a}\nstringData: {a: b}\n", 0),
    ("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: 'ENC[AES256_GCM,x]'}\n", 0),
    (f"kind: Secret\napiVersion: v1\nmetadata: {{name: a}}\nstringData: {{.env: 'A={CIPHER}'}}\n", 1)])
def test_what_only_sops_can_read(text, expected):
    _, parent = built(FLUX, "parent")
    _, child = built(text, "child", OWNER)
    assert [len(names) for names in encrypted([parent, child]).values()] == [expected]


def test_declared_names():
    files = {"base/sealed.yaml": SEALED.replace("name: db", "name: db, namespace: shop"), "base/kustomization.yaml": "resources: [sealed.yaml]\n",
             "over/kustomization.yaml": "namespace: other\nnamePrefix: a-\nnameSuffix: -b\nresources: [../base]\n"}
    tree = sources(files)
    resources = [dataclasses.replace(one, target="over") for one in Renderer(tree).render("over").resources]
    found = declared_names(tree, [Built(Target("over", "kustomize", "over"), "rendered", tuple(resources), (), frozenset())])
    assert list(found.values()) == [{"name": "db", "namespace": "shop", "built": ["other"]}]
    assert {key: origin.line for key, origin in resources[0].body["metadata"].gone.items()} == {"namePrefix": 2, "nameSuffix": 3}


def test_built_into_several_namespaces():
    tree, one = built(SEALED, "a", namespace="x")
    two = dataclasses.replace(one, target=dataclasses.replace(one.target, id="b", namespace="y"))
    assert list(declared_names(tree, [one, two]).values()) == [{"name": "db", "namespace": "", "built": ["x", "y"]}]


def test_plugins():
    tree, _ = built("kind: Secret\napiVersion: v1\nmetadata: {name: a, annotations: {avp.kubernetes.io/path: x}}\n", "a")
    assert plugins(tree.parsed()) == ("avp",)
    assert plugins(built(SEALED, "a")[0].parsed()) == ()
