"""The Kubernetes objects that run OPA with a bundle."""

import base64

import pytest
from admission_requests import bundled

from gitops_guard import data
from gitops_guard.bundle.install import IMAGE, install_set
from gitops_guard.bundle.webhook_rules import resource_of, webhook_rules
from gitops_guard.errors import UsageError
from gitops_guard.policy import PolicyFolder, load
from gitops_guard.source import Dialect, parse

POLICIES = load([PolicyFolder(data.policies(), builtin=True)])


def objects(text="", packed=b"bundle", verification=None):
    found, config, made = bundled(POLICIES, text)
    files = install_set(found, config.admission, packed, made, IMAGE, verification)
    return {thing["kind"]: thing for path, text in files.items() if path.endswith(".yaml") and not path.endswith("kustomization.yaml")
            for thing in parse(text.encode(), path).load(Dialect.MANIFEST)}, files


def test_the_bundle_is_in_it():
    made, _files = objects()
    assert base64.b64decode(made["ConfigMap"]["binaryData"]["bundle.tar.gz"]) == b"bundle"
    volumes = made["Deployment"]["spec"]["template"]["spec"]["volumes"]
    assert volumes[0]["configMap"]["name"] == made["ConfigMap"]["metadata"]["name"]


def test_another_bundle_has_another_name():
    names = [objects(text)[0]["ConfigMap"]["metadata"]["name"] for text in ("", "", "admission: {mode: warn}")]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(("mode", "policy", "word"), [("deny", "Fail", "refused"), ("warn", "Ignore", "let through"), ("dryrun", "Ignore", "let through")])
def test_what_happens_without_opa(mode, policy, word):
    made, files = objects(f"admission: {{mode: {mode}, exempt-namespaces: [argocd]}}")
    webhook = made["ValidatingWebhookConfiguration"]["webhooks"][0]
    assert webhook["failurePolicy"] == policy
    assert webhook["namespaceSelector"]["matchExpressions"] == [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["argocd", "gitops-guard"]}]
    assert f"is\n{word}" in files["README.md"] or f"is {word}" in files["README.md"]


def test_a_signed_bundle_is_verified():
    made, _files = objects(verification=("ES256", "the key"))
    assert made["ConfigMap"]["data"] == {"key.pem": "the key"}
    arguments = made["Deployment"]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert {"--verification-key=/gitops-guard-opa/key.pem", "--signing-alg=ES256"} <= set(arguments)
    plain = objects()[0]["Deployment"]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert not [text for text in plain if "verification" in text]


def test_a_bundle_that_no_configmap_holds():
    with pytest.raises(UsageError, match="too large for a ConfigMap"):
        objects(packed=bytes(900_000))


def of(text):
    return {(rule["apiGroups"][0], tuple(rule["operations"])): rule["resources"] for rule in webhook_rules(bundled(POLICIES, text)[0].rules)}


OFF = "bypass/*: {enabled: false}"
WRITES, CHANGES, ALL = ("CREATE", "UPDATE"), ("CREATE", "UPDATE", "DELETE"), ("CREATE", "UPDATE", "DELETE", "CONNECT")


def test_what_is_asked_about():
    who = "admission/manual-deploy: {parameters: {identities: [a], resources: [apps/deployments, /pods/exec]}}"
    assert of(f"rules: {{{who}, {OFF}, images/*: {{enabled: false}}}}") == {("apps", CHANGES): ["deployments", "deployments/scale"], ("", ALL): ["pods/exec"]}
    assert of("") == {("*", WRITES): ["*", "pods/ephemeralcontainers"]}


@pytest.mark.parametrize(("kind", "resource"), [("Deployment", "deployments"), ("Ingress", "ingresses"), ("NetworkPolicy", "networkpolicies"), ("StorageClass", "storageclasses"), ("Gateway", "*")])
def test_what_a_kind_is_called_in_addresses(kind, resource):
    assert resource_of(kind) == resource
