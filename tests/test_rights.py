"""The rights that drift needs: exactly the kinds that are stated, in the namespaces where they are, and no verb more."""

from __future__ import annotations

import pytest

from gitops_guard import rights as package
from gitops_guard.live import Want
from gitops_guard.rights import Job, Resources, manifests, rights
from gitops_guard.rights.plurals import plural
from gitops_guard.rights.rules import Rule
from gitops_guard.scalars import Dialect
from gitops_guard.source import parse

JOB = Job("1.2.3", "https://git.example.com/shop.git", ("--cluster=prod: eu",))


def want(version: str, kind: str, namespace: str = "shop", manager: str = "argocd-controller") -> Want:
    return Want(version, kind, namespace, "x", {}, manager)


WANTS = [want("v1", "Service"), want("v1", "ConfigMap"), want("apps/v1", "Deployment"), want("v1", "Secret", "default", ""),
         want("v1", "Namespace", ""), want("rbac.authorization.k8s.io/v1", "ClusterRole", ""), want("rbac.authorization.k8s.io/v1", "Role"),
         want("example.com/v1", "Widget"), want("example.com/v1beta1", "Widget")]
NOTHING = Resources.of([])
CRD = {"spec": {"group": "example.com", "names": {"kind": "Widget", "plural": "widgetses"}}}


def test_reading_needs_get_and_list_where_git_states_something():
    found = rights(WANTS, Resources.of([CRD]), server_side=False)
    read = ("get", "list")
    assert found == package.Rights(
        (Rule("", ("namespaces",), read), Rule("rbac.authorization.k8s.io", ("clusterroles",), read)),
        {"default": (Rule("", ("secrets",), read),),
         "shop": (Rule("", ("configmaps", "services"), read), Rule("apps", ("deployments",), read),
                  Rule("example.com", ("widgetses",), read), Rule("rbac.authorization.k8s.io", ("roles",), read))}, ())


def test_a_dry_run_needs_patch_but_not_for_roles_nor_for_what_no_controller_applies():
    found = rights(WANTS, NOTHING, server_side=True)
    verbs = {(namespace, resource): rule.verbs for namespace, rules in (("", found.cluster), *found.namespaces.items())
             for rule in rules for resource in rule.resources}
    assert {key for key, given in verbs.items() if "patch" in given} == {
        ("", "namespaces"), ("shop", "services"), ("shop", "configmaps"), ("shop", "deployments"), ("shop", "widgets")}
    assert {verb for given in verbs.values() for verb in given} == {"get", "list", "patch"}
    assert found.guessed == ("widgets.example.com",)


@pytest.mark.parametrize(("kind", "expected"), [
    ("Deployment", "deployments"), ("Ingress", "ingresses"), ("NetworkPolicy", "networkpolicies"), ("Gateway", "gateways"),
    ("Endpoints", "endpoints"), ("IngressClass", "ingressclasses"), ("Postgres", "postgreses"), ("Mesh", "meshes"), ("Box", "boxes"),
    ("ProxyDefaults", "proxydefaultses"), ("Proxy", "proxies"),
])
def test_plurals(kind, expected):
    assert plural(kind) == expected


@pytest.mark.parametrize("crd", [{}, {"spec": None}, {"spec": {"names": None}}, {"spec": {"names": {"plural": 3}}}])
def test_a_broken_definition_gives_no_name(crd):
    assert Resources.of([crd]).known == {}


@pytest.mark.parametrize("server_side", [False, True])
def test_the_manifests_are_objects(server_side, golden):
    found = rights(WANTS, NOTHING, server_side=server_side)
    text = manifests(found, JOB)
    objects = parse(text.encode(), "x").load(Dialect.MANIFEST)
    assert [(thing["kind"], thing["metadata"].get("namespace")) for thing in objects] == [
        ("Namespace", None), ("ServiceAccount", "gitops-guard"), ("ClusterRole", None), ("ClusterRoleBinding", None),
        ("Role", "default"), ("RoleBinding", "default"), ("Role", "shop"), ("RoleBinding", "shop"), ("CronJob", "gitops-guard")]
    pod = objects[-1]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert "--cluster=prod: eu" in pod["containers"][0]["args"]
    assert pod["initContainers"][0]["image"] == "gitops-guard:1.2.3"
    if server_side:
        golden("rights/account.yaml", text)


@pytest.mark.parametrize("name", ["on", "1e3", "a: b", "0x1", "null", "-", "ünï", "a#b", "12", "~", "x\ny"])
def test_a_name_stays_a_text(name):
    found = rights([want("v1", "Pod", name)], NOTHING, server_side=False)
    objects = parse(manifests(found, JOB).encode(), "x").load(Dialect.MANIFEST)
    assert objects[2]["metadata"]["namespace"] == name
