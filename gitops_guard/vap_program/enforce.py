"""Policies and bindings -> an API server that judges by all of them, and tells all that they find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..apiserver import Client, until
from ..errors import ToolError

_GROUP = "admissionregistration.k8s.io/v1"
_PLURALS = {"ValidatingAdmissionPolicy": "validatingadmissionpolicies",
            "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings"}
_LAST = "gitops-guard-in-force"
_PROBE = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": _LAST, "namespace": "default"}}
_LAST_POLICY = {
    "apiVersion": _GROUP, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": _LAST},
    "spec": {"failurePolicy": "Fail", "validations": [{"expression": "false", "message": "in force"}],
             "matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                                                     "resources": ["configmaps"], "resourceNames": [_LAST]}]}},
}
_LAST_BINDING = {"apiVersion": _GROUP, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": _LAST},
                 "spec": {"policyName": _LAST, "validationActions": ["Warn"]}}


def enforce(client: Client, documents: Sequence[Mapping[str, Any]]) -> None:
    """Write the documents, and wait until the API server judges by them. Raises ToolError where it does not take one.

    It learns of policies and of bindings in the order in which they are written, each for itself, and judges by all that it knows
    at a time: as soon as it judges by the last policy and the last binding, it judges by all.
    """
    for kind, last in (("ValidatingAdmissionPolicy", _LAST_POLICY), ("ValidatingAdmissionPolicyBinding", _LAST_BINDING)):
        for document in (*_telling([one for one in documents if one.get("kind") == kind]), last):
            answer = client.request("POST", f"/apis/{_GROUP}/{_PLURALS[kind]}", document)
            if not answer.ok:
                raise ToolError(f"kube-apiserver does not take the folder; Kubernetes 1.30 or later does: "
                                f"{document['metadata']['name']}: {answer.status} {answer.message}")
    until(lambda: any(_LAST in warning for warning in _probed(client)))


def _probed(client: Client) -> Sequence[str]:
    return client.request("POST", "/api/v1/namespaces/default/configmaps", _PROBE, query={"dryRun": "All"}).warnings


def _telling(documents: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """With a further binding beside each that does not warn: a refusal tells the message of one policy, a record tells nobody."""
    for document in documents:
        yield document
        spec, metadata = document["spec"], document["metadata"]
        if "Warn" not in spec.get("validationActions", ["Warn"]):
            yield {**document, "metadata": {**metadata, "name": f"{metadata['name']}-told"},
                   "spec": {**spec, "validationActions": ["Warn"]}}
