# METADATA
# title: Admission control lets things through
# description: |-
#   A policy that only warns or audits, that fails open, that nothing binds, or that leaves production out refuses nothing: what is
#   applied past Git gets in. Judged are Gatekeeper's constraints (enforcementAction; with scoped, whether the webhook denies) and its
#   exemptions, ValidatingAdmissionPolicies and their bindings, validating webhooks, and Kyverno's policies, which audit by default.
#   Exempting the system namespaces (kube-system, the policy engine, the GitOps controller) is what every installation does.
# related_resources:
#   - ref: "https://open-policy-agent.github.io/gatekeeper/website/docs/violations/"
#   - ref: "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/"
#   - ref: "https://kyverno.io/docs/policy-types/cluster-policy/validate/#failure-action"
# custom:
#   scope: repository
#   severity: {production: warning, else: note}
#   kinds:
#     - constraints.gatekeeper.sh/*
#     - config.gatekeeper.sh/Config
#     - /Namespace
#     - admissionregistration.k8s.io/ValidatingAdmissionPolicy
#     - admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding
#     - admissionregistration.k8s.io/ValidatingWebhookConfiguration
#     - kyverno.io/ClusterPolicy
#     - kyverno.io/Policy
#     - kyverno.io/PolicyException
#     - policies.kyverno.io/ValidatingPolicy
#     - policies.kyverno.io/ImageValidatingPolicy
#   remedy: "Let it deny (enforcementAction: deny, validationActions: [Deny], failureAction: Enforce), fail closed, and exempt system namespaces alone."
package gitops_guard.bypass.weak_admission

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.kyverno
import data.gitops_guard.lib.result

deny contains result.inside(entry, fault.path, fault.msg) if {
	some entry in input.objects
	group := gitops.group(entry.object)
	is_object(object.get(entry.object, "spec", {}))
	some fault in faults(group, entry.object.kind, entry)
}

faults("constraints.gatekeeper.sh", _, entry) := action(entry.object) | excluded(entry.object, ["spec", "match", "excludedNamespaces"]) | selected(entry.object, ["spec", "match", "namespaceSelector"])

action(constraint) := {{"path": ["spec", "enforcementAction"], "msg": sprintf("enforcementAction %s refuses nothing", [constraint.spec.enforcementAction])}} if {
	constraint.spec.enforcementAction in {"dryrun", "warn"}
} else := {{"path": ["spec", "enforcementAction"], "msg": "enforcementAction is scoped, and no scope denies at admission"}} if {
	constraint.spec.enforcementAction == "scoped"
	not denies_somewhere(constraint)
} else := set()

denies_somewhere(constraint) if {
	some scope in constraint.spec.scopedEnforcementActions
	scope.action == "deny"
	some point in scope.enforcementPoints
	point.name in {"validation.gatekeeper.sh", "vap.k8s.io", "*"}
}

faults("config.gatekeeper.sh", "Config", entry) := {{"path": ["spec", "match", i, "excludedNamespaces", j], "msg": sprintf("Gatekeeper's webhook leaves %s out", [pattern])} |
	some i, match in entry.object.spec.match
	count({"*", "webhook"} & {process | some process in match.processes}) > 0
	some j, pattern in match.excludedNamespaces
	is_production(pattern)
}

faults("", "Namespace", entry) := {{"path": ["metadata", "labels", "admission.gatekeeper.sh/ignore"], "msg": sprintf("Gatekeeper's webhook leaves namespace %s out", [name])} |
	gitops.labels(entry.object)["admission.gatekeeper.sh/ignore"]
	name := entry.object.metadata.name
	is_exempted_production(name, entry.target)
}

is_exempted_production(name, _) if is_production(name)

is_exempted_production(name, target) if {
	environment_of[target] == "production"
	not is_system(name)
}

environment_of := {target.id: target.environment | some target in input.targets}

faults("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", entry) := not_denying(entry) | selected(entry.object, ["spec", "matchResources", "namespaceSelector"])

not_denying(entry) := {{"path": ["spec", "validationActions"], "msg": "validationActions without Deny refuse nothing"}} if {
	not "Deny" in object.get(entry.object, ["spec", "validationActions"], [])
	not is_bound_elsewhere(entry)
} else := set()

# Another binding of the policy refuses, for all or for the same.
is_bound_elsewhere(entry) if {
	some other in input.objects
	other.object.kind == "ValidatingAdmissionPolicyBinding"
	other.target == entry.target
	other.object.spec.policyName == entry.object.spec.policyName
	"Deny" in other.object.spec.validationActions
	object.get(other.object, ["spec", "matchResources"], {}) in [{}, object.get(entry.object, ["spec", "matchResources"], {})]
}

faults("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", entry) := failing_open(entry.object, ["spec"]) | unbound(entry.object) | selected(entry.object, ["spec", "matchConstraints", "namespaceSelector"])

unbound(policy) := set() if {
	some other in input.objects
	other.object.kind == "ValidatingAdmissionPolicyBinding"
	other.object.spec.policyName == policy.metadata.name
} else := {{"path": [], "msg": sprintf("nothing binds ValidatingAdmissionPolicy %s, so that it is never asked", [policy.metadata.name])}}

failing_open(object_, place) := {{"path": array.concat(place, ["failurePolicy"]), "msg": "failurePolicy Ignore admits every request while the policy can't be asked"}} if {
	object.get(object_, array.concat(place, ["failurePolicy"]), "") == "Ignore"
} else := set()

faults("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", entry) := {fault |
	some i, webhook in object.get(entry.object, "webhooks", [])
	is_object(webhook)
	place := ["webhooks", i]
	some fault in failing_open(entry.object, place) | selected(entry.object, array.concat(place, ["namespaceSelector"]))
}

faults("policies.kyverno.io", _, entry) := failing_open(entry.object, ["spec"]) | actions(entry.object)

actions(policy) := {{"path": ["spec", "validationActions"], "msg": "validationActions without Deny refuse nothing"}} if {
	given := policy.spec.validationActions
	is_array(given)
	count(given) > 0
	not "Deny" in given
} else := set()

faults("kyverno.io", kind, entry) := failing_open(entry.object, ["spec"]) | switched_off(entry.object) | auditing(entry.object) | overridden(entry.object) | left_out(entry.object) if {
	kind in {"ClusterPolicy", "Policy"}
}

switched_off(policy) := {{"path": ["spec", "admission"], "msg": "admission: false, so that the policy refuses nothing"}} if {
	policy.spec.admission == false
	count(kyverno.checks(policy)) > 0
} else := set()

# One fault for each place that says so: what the policy says holds for several rules.
auditing(policy) := {{"path": path, "msg": sprintf("%s %s only: what breaks it gets in", [names, verb])} |
	weak := [check | some check in kyverno.checks(policy); check.action == "audit"; not enforced_for_production(check)]
	some path in {check.path | some check in weak}
	rules := {check.name | some check in weak; check.path == path}
	names := sprintf("%s %s", [{true: "rules", false: "rule"}[count(rules) > 1], concat(", ", sort(rules))])
	verb := {true: "audit", false: "audits"}[count(rules) > 1]
}

enforced_for_production(check) if {
	some override in check.overrides
	lower(object.get(override, "action", "")) == "enforce"
	namespaces := object.get(override, "namespaces", [])
	some namespace in array.concat(namespaces, ["*" | count(namespaces) == 0])
	is_production(namespace)
}

overridden(policy) := {{"path": array.concat(check.overridden_at, [i, "action"]), "msg": sprintf("rule %s only audits in %s", [check.name, concat(", ", production)])} |
	some check in kyverno.checks(policy)
	check.action == "enforce"
	some i, override in check.overrides
	lower(object.get(override, "action", "")) == "audit"
	production := [namespace | some namespace in object.get(override, "namespaces", []); is_production(namespace)]
	count(production) > 0
}

left_out(policy) := {{"path": exclusion.path, "msg": sprintf("the policy leaves %s out", [exclusion.namespace])} |
	some exclusion in kyverno.exclusions(policy)
	is_production(exclusion.namespace)
}

faults("kyverno.io", "PolicyException", entry) := {{"path": found.path, "msg": sprintf("the exception lets everything in %s through", [found.namespace])} |
	some found in kyverno.exceptions(entry.object)
	is_production(found.namespace)
}

excluded(object_, place) := {{"path": array.concat(place, [i]), "msg": sprintf("%s leaves namespace %s out", [object_.kind, pattern])} |
	some i, pattern in object.get(object_, place, [])
	is_production(pattern)
}

# A selector that takes no production namespace.
selected(object_, place) := {{"path": array.concat(place, ["matchExpressions", i, "values", j]), "msg": sprintf("the namespaceSelector leaves %s out", [value])} |
	some i, expression in object.get(object_, array.concat(place, ["matchExpressions"]), [])
	expression.operator == "NotIn"
	some j, value in expression.values
	regex.match(`(^|/)(metadata\.name|name|env|environment|stage|tier)$`, expression.key)
	is_production(value)
}

# Whether a namespace, or a pattern of some, is production's: by its name, or because production deploys into it.
is_production(pattern) if {
	is_string(pattern)
	not is_system(pattern)
	regex.match(`^(.*[-_./*])?(prod|production|prd|live)([-_./*].*)?$`, lower(pattern))
}

is_production(pattern) if pattern in {"*", "**"}

is_production(pattern) if {
	is_string(pattern)
	some namespace in production
	glob.match(pattern, [], namespace)
}

production := {namespace |
	some target in input.targets
	target.environment == "production"
	some namespace in target.namespaces
	not is_system(namespace)
}

is_system(name) if regex.match(`^(kube|openshift|gatekeeper|kyverno|flux|argo|cert-manager|opa|policy|istio|linkerd|knative|calico|tigera|cilium|rook|longhorn|velero|external-secrets|monitoring|logging|observability|ingress-nginx|metallb|sealed-secrets|vault|default)([-_.].*|\*|cd|-?\*)?$|-system$`, name)
