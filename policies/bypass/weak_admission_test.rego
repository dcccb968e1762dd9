package gitops_guard.bypass.weak_admission_test

import data.gitops_guard.bypass.weak_admission

targets := [
	{"id": "t", "environment": "production", "namespaces": ["shop", "kube-system", "monitoring"]},
	{"id": "s", "environment": "staging", "namespaces": ["shop-staging"]},
]

of(api, kind, more) := {"target": "t", "object": object.union({"apiVersion": api, "kind": kind, "metadata": {"name": "a"}}, more)}

constraint(spec) := of("constraints.gatekeeper.sh/v1beta1", "K8sRequiredDigest", {"spec": spec})

paths(objects) := {result.path | some result in found} if {
	found := weak_admission.deny with input as {"objects": objects, "targets": targets, "parameters": {}}
}

test_constraints if {
	every action in ["dryrun", "warn", "scoped"] {
		paths([constraint({"enforcementAction": action})]) == {["spec", "enforcementAction"]}
	}
	every scope in [
		{"action": "deny", "enforcementPoints": [{"name": "audit.gatekeeper.sh"}]}, {"action": "warn", "enforcementPoints": [{"name": "validation.gatekeeper.sh"}]},
		{"action": "deny", "enforcementPoints": []},
	] {
		paths([constraint({"enforcementAction": "scoped", "scopedEnforcementActions": [scope]})]) == {["spec", "enforcementAction"]}
	}
	every spec in [
		{}, {"enforcementAction": "deny", "scopedEnforcementActions": [{"action": "dryrun", "enforcementPoints": [{"name": "*"}]}]},
		{"enforcementAction": "scoped", "scopedEnforcementActions": [{"action": "deny", "enforcementPoints": [{"name": "*"}]}]},
		{"match": {"excludedNamespaces": ["kube-system", "gatekeeper-system", "flux-system", "argocd", "kube-*", "shop-staging", "openshift-*"]}},
	] {
		paths([constraint(spec)]) == set()
	}
}

test_exempted_namespaces if {
	every pattern in ["shop", "shop*", "pay-prod", "payments-prod*", "*", "production"] {
		paths([constraint({"match": {"excludedNamespaces": ["kube-system", pattern]}})]) == {["spec", "match", "excludedNamespaces", 1]}
	}
	config := of("config.gatekeeper.sh/v1alpha1", "Config", {"spec": {"match": [
		{"excludedNamespaces": ["kube-system"], "processes": ["*"]}, {"excludedNamespaces": ["shop"], "processes": ["webhook"]},
		{"excludedNamespaces": ["shop"], "processes": ["audit"]},
	]}})
	paths([config]) == {["spec", "match", 1, "excludedNamespaces", 0]}
	labels := {"metadata": {"name": "shop", "labels": {"admission.gatekeeper.sh/ignore": ""}}}
	paths([of("v1", "Namespace", labels)]) == {["metadata", "labels", "admission.gatekeeper.sh/ignore"]}
	paths([of("v1", "Namespace", object.union(labels, {"metadata": {"name": "gatekeeper-system"}}))]) == set()
	paths([object.union(of("v1", "Namespace", object.union(labels, {"metadata": {"name": "shop-staging"}})), {"target": "s"})]) == set()
}

policy := of("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", {"spec": {"failurePolicy": "Fail"}})

binding(spec) := of("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", {"spec": object.union({"policyName": "a"}, spec)})

test_validating_admission_policies if {
	paths([policy, binding({"validationActions": ["Deny", "Audit"]})]) == set()
	paths([policy]) == {[]}
	paths([policy, binding({"validationActions": ["Warn", "Audit"]})]) == {["spec", "validationActions"]}
	paths([policy, binding({"validationActions": ["Warn"]}), binding({"validationActions": ["Deny"]})]) == set()
	open := object.union(policy, {"object": {"spec": {"failurePolicy": "Ignore"}}})
	paths([open, binding({"validationActions": ["Deny"]})]) == {["spec", "failurePolicy"]}
	selector := {"matchResources": {"namespaceSelector": {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system", "shop"]}]}}}
	paths([policy, binding(object.union({"validationActions": ["Deny"]}, selector))]) == {["spec", "matchResources", "namespaceSelector", "matchExpressions", 0, "values", 1]}
}

test_webhooks if {
	paths([webhook({"failurePolicy": "Ignore"})]) == {["webhooks", 1, "failurePolicy"]}
	paths([webhook({"failurePolicy": "Fail"})]) == set()
	paths([webhook({"namespaceSelector": {"matchExpressions": [{"key": "environment", "operator": "NotIn", "values": ["production"]}]}})]) == {["webhooks", 1, "namespaceSelector", "matchExpressions", 0, "values", 0]}
	paths([webhook({"namespaceSelector": {"matchExpressions": [{"key": "environment", "operator": "NotIn", "values": ["staging"]}]}})]) == set()
}

webhook(more) := of("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", {"webhooks": [{"name": "a"}, object.union({"name": "b"}, more)]})

cluster_policy(spec, rule) := of("kyverno.io/v1", "ClusterPolicy", {"spec": object.union(spec, {"rules": [object.union({"name": "r"}, rule)]})})

test_kyverno if {
	paths([cluster_policy({}, {"validate": {}})]) == {["spec", "validationFailureAction"]}
	paths([cluster_policy({"validationFailureAction": "audit"}, {"validate": {}})]) == {["spec", "validationFailureAction"]}
	paths([cluster_policy({"validationFailureAction": "Enforce"}, {"validate": {"failureAction": "Audit"}})]) == {["spec", "rules", 0, "validate", "failureAction"]}
	paths([cluster_policy({}, {"verifyImages": [{"failureAction": "Audit"}]})]) == {["spec", "rules", 0, "verifyImages", 0, "failureAction"]}
	paths([cluster_policy({"validationFailureAction": "Audit"}, {"validate": {"failureAction": "Enforce"}})]) == set()
	paths([cluster_policy({"validationFailureAction": "Enforce"}, {"validate": {}})]) == set()
	paths([cluster_policy({}, {"mutate": {}})]) == set()
	paths([cluster_policy({}, {"generate": {"kind": "NetworkPolicy"}})]) == set()
	paths([cluster_policy({"failurePolicy": "Ignore"}, {"validate": {"failureAction": "Enforce"}})]) == {["spec", "failurePolicy"]}
	paths([cluster_policy({"admission": false}, {"validate": {"failureAction": "Enforce"}})]) == {["spec", "admission"]}
}

test_kyverno_overrides_and_exclusions if {
	enforced := {"validationFailureAction": "Enforce"}
	overridden := object.union(enforced, {"validationFailureActionOverrides": [{"action": "Audit", "namespaces": ["dev"]}, {"action": "Audit", "namespaces": ["shop"]}]})
	paths([cluster_policy(overridden, {"validate": {}})]) == {["spec", "validationFailureActionOverrides", 1, "action"]}
	better := {"validationFailureAction": "Audit", "validationFailureActionOverrides": [{"action": "Enforce", "namespaces": ["shop"]}]}
	paths([cluster_policy(better, {"validate": {}})]) == set()
	excluding := {"validate": {}, "exclude": {"any": [{"resources": {"namespaces": ["kube-system"]}}, {"resources": {"namespaces": ["shop"]}}, {"resources": {"namespaces": ["shop"], "names": ["a"]}}]}}
	paths([cluster_policy(enforced, excluding)]) == {["spec", "rules", 0, "exclude", "any", 1, "resources", "namespaces", 0]}
	exception := of("kyverno.io/v2", "PolicyException", {"spec": {"match": {"any": [{"resources": {"kinds": ["Pod"], "namespaces": ["shop"]}}]}}})
	paths([exception]) == {["spec", "match", "any", 0, "resources", "namespaces", 0]}
	validating := of("policies.kyverno.io/v1", "ValidatingPolicy", {"spec": {"validationActions": ["Audit"]}})
	paths([validating]) == {["spec", "validationActions"]}
	paths([object.union(validating, {"object": {"spec": {"validationActions": ["Deny"]}}})]) == set()
}
