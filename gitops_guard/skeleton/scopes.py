"""A scope -> the texts of a policy that shows what such a policy sees; `@PACKAGE@`, `@NAME@` and `@TITLE@` are its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SCOPES = ("resource", "target", "file", "change", "repository", "admission")

_API_VERSIONS = {
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"), "apps/v1"),
    **dict.fromkeys(("Job", "CronJob"), "batch/v1"),
    **dict.fromkeys(("Ingress", "NetworkPolicy"), "networking.k8s.io/v1"),
    **dict.fromkeys(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"), "rbac.authorization.k8s.io/v1"),
    "HorizontalPodAutoscaler": "autoscaling/v2", "PodDisruptionBudget": "policy/v1",
}

_HEAD = """\
# METADATA
# title: @TITLE@
# description: Say why it matters, what goes wrong and for whom.
# custom:
#   scope: {scope}
#   severity: {{production: error, else: warning}}
#   remedy: Say what to do about it.
{more}package gitops_guard.@PACKAGE@

import data.gitops_guard.lib.result
"""
_IMPORT = """
import data.gitops_guard.lib.result
"""

_TEST_HEAD = """\
package gitops_guard.@PACKAGE@_test

import data.gitops_guard.@PACKAGE@
"""

_RESOURCE = """
deny contains result.violation(["metadata", "labels", input.parameters.label], msg) if {
	manifest := input.object
	not labelled(manifest)
	msg := sprintf("the label %s is missing", [input.parameters.label])
}

labelled(manifest) if manifest.metadata.labels[input.parameters.label] != ""
"""
_RESOURCE_TEST = """
found(metadata) := faults if {
	faults := @NAME@.deny with input as {
		"object": {"apiVersion": "@VERSION@", "kind": "@KIND@", "metadata": metadata},
		"parameters": {"label": "example.com/owner"},
	}
}

test_without_the_label if {
	count(found({"name": "web"})) == 1
	count(found({"name": "web", "labels": {"example.com/owner": ""}})) == 1
}

test_with_the_label if count(found({"name": "web", "labels": {"example.com/owner": "shop"}})) == 0
"""
_RESOURCE_EXAMPLES = """\
# The finding must stand on the lines that end in the mark, and nowhere else. What is absent is found at `kind`.
examples:
  - title: no owner
    bad: |-
      apiVersion: @VERSION@
      kind: @KIND@ # <- here
      metadata:
        name: web
  - title: an owner
    good: |-
      apiVersion: @VERSION@
      kind: @KIND@
      metadata:
        name: web
        labels:
          example.com/owner: shop
"""

_TARGET = """
deny contains result.of(manifest, ["kind"], msg) if {
	some manifest in input.resources
	manifest.kind == "Deployment"
	not isolated(object.get(manifest, ["metadata", "namespace"], ""))
	msg := sprintf("no NetworkPolicy in the namespace of Deployment %s", [manifest.metadata.name])
}

isolated(namespace) if {
	some other in input.resources
	other.kind == "NetworkPolicy"
	object.get(other, ["metadata", "namespace"], "") == namespace
}
"""
_TARGET_TEST = """
deployment := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}

network_policy(namespace) := {
	"apiVersion": "networking.k8s.io/v1",
	"kind": "NetworkPolicy",
	"metadata": {"name": "default", "namespace": namespace},
}

found(resources) := faults if {
	faults := @NAME@.deny with input as {"target": {"id": "overlays/production"}, "resources": resources, "parameters": {}}
}

test_alone if {
	count(found([deployment])) == 1
	count(found([deployment, network_policy("other")])) == 1
}

test_isolated if count(found([deployment, network_policy("shop")])) == 0
"""
_TARGET_EXAMPLES = """\
# The manifests of an example are one target. The finding must stand on the lines that end in the mark, and nowhere else.
examples:
  - title: a Deployment alone
    bad: |-
      apiVersion: apps/v1
      kind: Deployment # <- here
      metadata: {name: web, namespace: shop}
  - title: a NetworkPolicy beside it
    good: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: shop}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: default, namespace: shop}
"""

_FILE = """
deny contains result.at(input.file.path, command.line, msg) if {
	some command in input.file.commands
	command.program in input.parameters.programs
	msg := sprintf("%s is called", [command.program])
}
"""
_FILE_TEST = """
found(programs) := faults if {
	faults := @NAME@.deny with input as {
		"file": {"path": "deploy.sh", "type": "script", "commands": [{"program": program, "line": 7} | some program in programs]},
		"parameters": {"programs": ["telnet"]},
	}
}

test_called if found(["ls", "telnet"]) == {{"file": "deploy.sh", "line": 7, "msg": "telnet is called"}}

test_not_called if count(found(["ls", "curl"])) == 0
"""
_FILE_EXAMPLES = """\
# Workflows, pipelines, Makefiles and scripts, by path. The finding must stand on the lines that end in the mark, nowhere else.
examples:
  - title: a workflow
    bad:
      .github/workflows/deploy.yaml: |-
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  echo quit | telnet example.com 80 # <- here
  - title: a script
    good:
      deploy.sh: |-
        #!/bin/sh
        curl --fail https://example.com/telnet
"""

_CHANGE = """
deny contains {"resource": gone.resource, "msg": msg} if {
	some gone in input.change.deleted
	gone.resource.kind in input.parameters.kinds
	gone.event == "removed"
	msg := sprintf("the change deletes %s %s", [gone.resource.kind, gone.resource.name])
}
"""
_CHANGE_TEST = """
found(kind) := faults if {
	faults := @NAME@.deny with input as {
		"change": {"deleted": [{
			"resource": {"apiVersion": "networking.k8s.io/v1", "kind": kind, "namespace": "shop", "name": "web"},
			"event": "removed",
		}]},
		"parameters": {"kinds": ["Ingress"]},
	}
}

test_judged if count(found("Ingress")) == 1

test_not_judged if count(found("ConfigMap")) == 0
"""
_CHANGE_EXAMPLES = """\
# `base` holds the files that were otherwise before the change; all others were the same. What is gone is found at what lost it.
examples:
  - title: an Ingress goes
    base:
      shop/kustomization.yaml: |-
        resources: [settings.yaml, ingress.yaml]
    bad:
      shop/kustomization.yaml: |-
        resources: [settings.yaml] # <- here
      shop/settings.yaml: &settings |-
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: shop}
      shop/ingress.yaml: &ingress |-
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: shop}
  - title: a ConfigMap goes
    base:
      shop/kustomization.yaml: |-
        resources: [settings.yaml, ingress.yaml]
    good:
      shop/kustomization.yaml: |-
        resources: [ingress.yaml]
      shop/settings.yaml: *settings
      shop/ingress.yaml: *ingress
"""

_REPOSITORY = """
deny contains result.at(target.place.file, target.place.line, msg) if {
	some target in input.targets
	target.environment == input.parameters.environment
	count(target.owners) == 0
	msg := sprintf("nothing deploys the target %s", [target.id])
}
"""
_REPOSITORY_TEST = """
found(owners) := faults if {
	faults := @NAME@.deny with input as {
		"targets": [{
			"id": "overlays/production",
			"environment": "production",
			"owners": owners,
			"place": {"file": "overlays/production/kustomization.yaml", "line": 2},
		}],
		"parameters": {"environment": "production"},
	}
}

test_nobody if count(found([])) == 1

test_somebody if count(found([{"system": "argocd", "kind": "Application", "namespace": "argocd", "name": "shop"}])) == 0
"""
_REPOSITORY_EXAMPLES = """\
# Each example is a repository with one target. The finding must stand on the lines that end in the mark, and nowhere else.
examples:
  - title: nothing deploys it
    bad: |-
      apiVersion: v1
      kind: ConfigMap # <- here
      metadata: {name: settings, namespace: shop}
  - title: an Application deploys it
    owners: [{system: argocd, kind: Application, namespace: argocd, name: shop, automated: true, prune: true, self_heal: true}]
    good: |-
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings, namespace: shop}
"""

_ADMISSION = """
deny contains {"msg": msg} if {
	object.get(input.request, "operation", "") == "DELETE"
	kind := object.get(input.request, ["kind", "kind"], "")
	kind in input.parameters.kinds
	user := object.get(input.request, ["userInfo", "username"], "")
	msg := sprintf("%s may not delete %s %s", [user, kind, object.get(input.request, "name", "")])
}
"""
_ADMISSION_TEST = """
found(operation, kind) := faults if {
	faults := @NAME@.deny with input as {
		"request": {"operation": operation, "kind": {"kind": kind}, "name": "data", "userInfo": {"username": "alice"}},
		"parameters": {"kinds": ["PersistentVolumeClaim"]},
	}
}

test_judged if count(found("DELETE", "PersistentVolumeClaim")) == 1

test_not_judged if {
	count(found("UPDATE", "PersistentVolumeClaim")) == 0
	count(found("DELETE", "ConfigMap")) == 0
}
"""
_ADMISSION_EXAMPLES = """\
# What the API server asks. The finding must stand at `kind`.
examples:
  - title: a claim goes
    bad: |-
      apiVersion: admission.k8s.io/v1
      kind: AdmissionReview # <- here
      request:
        uid: 1f0c2a3b-0000-4000-8000-000000000001
        kind: {group: "", version: v1, kind: PersistentVolumeClaim}
        resource: {group: "", version: v1, resource: persistentvolumeclaims}
        operation: DELETE
        namespace: shop
        name: data
        userInfo: {username: alice, groups: [developers]}
        oldObject: {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}}
  - title: it changes
    good: |-
      apiVersion: admission.k8s.io/v1
      kind: AdmissionReview
      request:
        uid: 1f0c2a3b-0000-4000-8000-000000000002
        kind: {group: "", version: v1, kind: PersistentVolumeClaim}
        resource: {group: "", version: v1, resource: persistentvolumeclaims}
        operation: UPDATE
        namespace: shop
        name: data
        userInfo: {username: alice, groups: [developers]}
        object: {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}}
        oldObject: {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}}
"""

_BODIES = {
    "target": ("", _TARGET, _TARGET_TEST, _TARGET_EXAMPLES),
    "file": ("#   parameters: {programs: [telnet]}\n", _FILE, _FILE_TEST, _FILE_EXAMPLES),
    "change": ("#   parameters: {kinds: [Ingress]}\n", _CHANGE, _CHANGE_TEST, _CHANGE_EXAMPLES),
    "admission": ("#   parameters: {kinds: [PersistentVolumeClaim]}\n", _ADMISSION, _ADMISSION_TEST, _ADMISSION_EXAMPLES),
    "repository": ("#   parameters: {environment: production}\n", _REPOSITORY, _REPOSITORY_TEST, _REPOSITORY_EXAMPLES),
}


def texts(scope: str, kinds: Sequence[str] = ()) -> Mapping[str, str]:
    """What a file's name ends in -> its text; `kinds` are those of scope resource, Deployment where there is none."""
    if scope == "resource":
        listed = list(kinds) or ["Deployment"]
        more = f"#   kinds: [{', '.join(listed)}]\n#   parameters: {{label: example.com/owner}}\n"
        parts = (more, _RESOURCE, _RESOURCE_TEST, _RESOURCE_EXAMPLES)
    else:
        listed = [""]
        parts = _BODIES[scope]
    more, policy, test, examples = parts
    group, slash, kind = listed[0].rpartition("/")
    version = _API_VERSIONS.get(kind, "v1") if not slash else _version(group, kind)
    head = _HEAD.format(scope=scope, more=more)
    if "result." not in policy:
        head = head.removesuffix(_IMPORT)
    found = {".rego": head + policy, "_test.rego": _TEST_HEAD + test, ".yaml": examples}
    return {suffix: text.replace("@VERSION@", version).replace("@KIND@", kind) for suffix, text in found.items()}


def _version(group: str, kind: str) -> str:
    known = _API_VERSIONS.get(kind, "")
    return known if known.startswith(group + "/") else f"{group}/v1" if group else "v1"
