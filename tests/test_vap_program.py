"""What a bare API server is asked, and how its answers are read. A real one is asked in tests/real/test_bundle_vap_verify.py."""

from __future__ import annotations

from typing import Any

import pytest

from gitops_guard.apiserver import Answer
from gitops_guard.apiserver.client import Served
from gitops_guard.origin import Map, Origin
from gitops_guard.vap_program.calls import UnaskableError, as_sent, call_of
from gitops_guard.vap_program.kinds import definitions
from gitops_guard.vap_program.messages import Message, denial, warnings
from gitops_guard.verifying import Case, creation, mapping

KINDS = {("v1", "ConfigMap"): Served("configmaps", True), ("v1", "Namespace"): Served("namespaces", False),
         ("apps/v1", "Deployment"): Served("deployments", True)}
ALICE = {"username": "alice", "groups": ["developers", "system:authenticated"], "uid": "7", "extra": {"a/b": ["c", "d"]}}
WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "uid": "1", "resourceVersion": "2"}, "spec": {"replicas": 3}}
SCALE = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web"}, "spec": {"replicas": 4}}


def request(**more: Any) -> dict[str, Any]:
    return {"operation": "UPDATE", "resource": {"group": "apps", "version": "v1", "resource": "deployments"}, "namespace": "shop", "name": "web",
            "userInfo": ALICE, "object": WEB, "oldObject": WEB, **more}


def test_a_change_needs_what_it_changes():
    call = call_of(request(), KINDS)
    assert (call.method, call.place, call.dry) == ("PUT", "/apis/apps/v1/namespaces/shop/deployments/web", False)
    assert call.before == {**WEB, "metadata": {"name": "web"}}
    assert call.login == (("Impersonate-User", "alice"), ("Impersonate-Group", "developers"), ("Impersonate-Uid", "7"), ("Impersonate-Extra-a%2Fb", "c"),
                          ("Impersonate-Extra-a%2Fb", "d"))


def test_other_requests():
    gone = call_of(request(operation="DELETE", object=None, dryRun=True), KINDS)
    assert (gone.method, gone.body, gone.dry, gone.before) == ("DELETE", None, True, {**WEB, "metadata": {"name": "web"}})
    made = call_of(request(operation="CREATE", oldObject=None), KINDS)
    assert (made.method, made.collection, made.before) == ("POST", "/apis/apps/v1/namespaces/shop/deployments", None)
    scaled = call_of(request(subResource="scale", object=SCALE, oldObject={**SCALE, "spec": {"replicas": 1}}), KINDS)
    assert scaled.before is not None
    assert (scaled.subresource, scaled.body, scaled.before["kind"], scaled.before["spec"]["replicas"]) == ("scale", SCALE, "Deployment", 1)
    wide = call_of(request(resource={"group": "", "version": "v1", "resource": "namespaces"}, namespace="", name="a/b"), KINDS)
    assert wide.place == "/api/v1/namespaces/a%2Fb"


@pytest.mark.parametrize(("more", "why"), [
    ({"resource": {"group": "extensions", "version": "v1beta1", "resource": "ingresses"}}, "serves no such kind"),
    ({"resource": None}, "serves no such kind"),
    ({"operation": "CONNECT", "subResource": "exec"}, "CONNECT of deployments/exec is answered by more"),
    ({"operation": "CREATE", "subResource": "status"}, "CREATE of deployments/status"),
    ({"object": None}, "no object"),
    ({"namespace": ""}, "no namespace"),
    ({"name": "", "object": {"metadata": {}}, "oldObject": None}, "no name"),
    ({"operation": "DELETE", "object": None, "oldObject": None}, "neither an object nor an old one"),
    ({"userInfo": {}}, "no user"),
    ({"userInfo": {"username": "ali\nce"}}, "no header"),
    ({"userInfo": {"username": "alice", "groups": ["dév"]}}, "no header"),
])
def test_what_can_not_be_asked(more, why):
    with pytest.raises(UnaskableError, match=why):
        call_of(request(**more), KINDS)


def thing(**more: Any) -> Map:
    origin = Origin("", 1, 1)
    return mapping(origin, **{"apiVersion": "v1", "kind": "ConfigMap", "metadata": mapping(origin, name="a"), **more})


@pytest.mark.parametrize(("body", "namespace", "resource"), [
    (thing(), "default", "configmaps"),
    (thing(metadata=mapping(Origin("", 1, 1), name="a", namespace="shop")), "shop", "configmaps"),
    (thing(kind="Namespace", metadata=mapping(Origin("", 1, 1), name="a", namespace="shop")), "", "namespaces"),
])
def test_an_object_is_created_where_it_would_be(body, namespace, resource):
    sent = as_sent(creation("x", body, 3), KINDS).review["request"]
    assert (sent["namespace"], sent["dryRun"], sent["resource"]["resource"], sent["object"]) == (namespace, True, resource, body)
    assert call_of(sent, KINDS).login == (("Impersonate-User", "gitops-guard"),)


def test_requests_stay_as_they_are():
    case = Case("x", mapping(Origin("", 1, 1), request=request()))
    assert as_sent(case, KINDS) is case
    with pytest.raises(UnaskableError, match="no such kind"):
        as_sent(creation("x", thing(kind="List"), 1), KINDS)


def custom(kind: str, group: str, version: str = "v1", **metadata: str) -> dict[str, Any]:
    return {"apiVersion": f"{group}/{version}", "kind": kind, "metadata": metadata}


def test_definitions_of_what_is_not_served():
    own = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
           "spec": {"group": "example.com", "names": {"kind": "Ox", "plural": "oxen"}}}
    made = definitions([own, custom("Ox", "example.com"), custom("Proxy", "example.com", "v1beta1", namespace="a"), custom("Proxy", "example.com"),
                        custom("Certificate", "cert-manager.io"), custom("Deployment", "apps"), custom("Ingress", "networking.k8s.io", "v1beta1")],
                       [("networking.k8s.io/v1", "Ingress"), ("apiextensions.k8s.io/v1", "CustomResourceDefinition")], {("cert-manager.io", "Certificate"): "certs"})
    assert [(one["metadata"]["name"], one["spec"]["scope"], [version["name"] for version in one["spec"]["versions"]]) for one in made] == [
        ("certs.cert-manager.io", "Cluster", ["v1"]), ("oxen.example.com", "Cluster", ["v1"]), ("proxies.example.com", "Namespaced", ["v1", "v1beta1"])]


WARNING = "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-told': "


@pytest.mark.parametrize(("headers", "messages"), [
    ((f'299 - "{WARNING}says \\"so\\"  \\\\ twice"',), [Message("p", 'says "so" \\ twice')]),
    (('299 - "unknown field"', f'299 - "{WARNING}a"', f'299 - "{WARNING}b"'), [Message("p", "a"), Message("p", "b")]),
    ((f'299 - "{WARNING}{"x" * (256 - len(WARNING))}"',), [Message("p", "x" * (256 - len(WARNING)), cut=True)]),
])
def test_warnings(headers, messages):
    assert list(warnings(Answer(201, {}, headers))) == messages


@pytest.mark.parametrize(("status", "message", "said"), [
    (403, "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'q' denied request: it\nmoves", Message("p", "it moves")),
    (422, "ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: x", Message("p", "failed to configure policy: x")),
    (403, "forbidden", None),
    (201, "ValidatingAdmissionPolicy 'p' denied request: x", None),
])
def test_denials(status, message, said):
    assert denial(Answer(status, {"message": message}, ())) == said
