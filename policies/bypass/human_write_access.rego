# METADATA
# title: People may change what runs
# description: |-
#   A binding that lets users or groups create, change or delete workloads and Secrets, or run commands in pods, lets them deploy past
#   Git. Roles grant nothing by themselves, and ServiceAccounts are no people. Judged are cluster-admin, admin, edit, and the roles of
#   this repository, with what is aggregated into them; also system:masters in aws-auth, and Argo CD's default role admin.
# related_resources:
#   - ref: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles"
#   - ref: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
# custom:
#   scope: repository
#   severity: {production: warning, else: note}
#   kinds:
#     - rbac.authorization.k8s.io/RoleBinding
#     - rbac.authorization.k8s.io/ClusterRoleBinding
#     - rbac.authorization.k8s.io/Role
#     - rbac.authorization.k8s.io/ClusterRole
#     - authorization.openshift.io/RoleBinding
#     - authorization.openshift.io/ClusterRoleBinding
#     - /ConfigMap
#   remedy: Give people view, and the controller's ServiceAccount alone the right to write; keep a break-glass role unbound.
#   parameters: {allow: []}
package gitops_guard.bypass.human_write_access

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result

deny contains result.inside(entry, ["subjects", i], msg) if {
	some entry in input.objects
	entry.object.kind in {"RoleBinding", "ClusterRoleBinding"}
	some i, subject in object.get(entry.object, "subjects", [])
	is_person(subject)
	not subject.name in input.parameters.allow
	reason := granted(entry)
	msg := sprintf("%s %s %s", [lower(subject.kind), subject.name, reason])
}

# Users and groups that are neither ServiceAccounts nor parts of the cluster itself.
is_person(subject) if {
	subject.kind in {"User", "Group"}
	not regex.match(`^system:(serviceaccounts?(:.*)?|nodes?(:.*)?|kube-.*|bootstrappers(:.*)?|monitoring|apiserver|aggregator.*|openshift:.*|image-puller|deployer|public-info-viewer|volume-scheduler)$`, subject.name)
	subject.name != ""
}

# What a binding lets its subjects do, in words; undefined where that is nothing of this.
granted(entry) := sprintf("may do anything (%s)", [entry.object.roleRef.name]) if {
	entry.object.roleRef.kind == "ClusterRole"
	entry.object.roleRef.name == "cluster-admin"
} else := sprintf("may change workloads and Secrets, and run commands in pods (%s)", [entry.object.roleRef.name]) if {
	entry.object.roleRef.kind == "ClusterRole"
	entry.object.roleRef.name in {"admin", "edit"}
} else := sprintf("may %s (%s)", [concat(", ", sort(does)), entry.object.roleRef.name]) if {
	does := {deed |
		some rule in rules_of(entry)
		some deed in deeds(rule)
	}
	count(does) > 0
}

# The rules of the role that a binding names, as far as this repository has it: of the same target, else of any.
rules_of(entry) := [rule | some role in roles_of(entry); some rule in effective(role.object)]

roles_of(entry) := same if {
	same := [role | some role in roles_named(entry); role.target == entry.target]
	count(same) > 0
} else := roles_named(entry)

roles_named(entry) := [role |
	some role in input.objects
	role.object.kind == entry.object.roleRef.kind
	role.object.metadata.name == entry.object.roleRef.name
	is_reachable(entry.object, role.object)
]

# A Role is that of the binding's namespace.
is_reachable(_, role) if role.kind == "ClusterRole"

is_reachable(binding, role) if {
	role.kind == "Role"
	object.get(binding, ["metadata", "namespace"], "") == object.get(role, ["metadata", "namespace"], "")
}

# Its own rules, and those that are aggregated into it.
effective(role) := array.concat(list(role), [rule |
	some selector in object.get(role, ["aggregationRule", "clusterRoleSelectors"], [])
	wanted := object.get(selector, "matchLabels", {})
	count(wanted) > 0
	some other in input.objects
	other.object.kind == "ClusterRole"
	labels := gitops.labels(other.object)
	every key, value in wanted {
		labels[key] == value
	}
	some rule in list(other.object)
])

list(role) := rules if {
	rules := object.get(role, "rules", [])
	is_array(rules)
} else := []

workloads := {
	"": {"pods", "replicationcontrollers", "pods/ephemeralcontainers", "replicationcontrollers/scale"},
	"apps": {"deployments", "statefulsets", "daemonsets", "replicasets", "deployments/scale", "statefulsets/scale", "deployments/rollback"},
	"batch": {"jobs", "cronjobs"},
	"argoproj.io": {"rollouts"},
}

writing := {"create", "update", "patch", "delete", "deletecollection", "*"}

# What a rule lets one do of what bypasses Git.
deeds(rule) := {deed | some deed in changes_workloads(rule) | changes_secrets(rule) | runs_commands(rule) | becomes_more(rule)}

has(rule, key, wanted) if count({value | some value in object.get(rule, key, [])} & wanted) > 0

is_limited(rule) if count(object.get(rule, "resourceNames", [])) > 0

changes_workloads(rule) := {"change workloads"} if {
	has(rule, "verbs", writing)
	some group, resources in workloads
	has(rule, "apiGroups", {group, "*"})
	has(rule, "resources", resources | {"*"})
} else := set()

changes_secrets(rule) := {"change Secrets"} if {
	has(rule, "verbs", writing)
	has(rule, "apiGroups", {"", "*"})
	has(rule, "resources", {"secrets", "*"})
} else := set()

runs_commands(rule) := {"run commands in pods"} if {
	has(rule, "verbs", {"create", "get", "*"})
	has(rule, "apiGroups", {"", "*"})
	has(rule, "resources", {"pods/exec", "pods/attach"})
} else := {"run commands in pods"} if {
	has(rule, "verbs", {"create", "*"})
	has(rule, "apiGroups", {"", "*"})
	has(rule, "resources", {"*", "pods/*"})
} else := set()

becomes_more(rule) := {"take more rights"} if {
	has(rule, "verbs", {"escalate", "bind", "impersonate"})
	not is_limited(rule)
} else := set()

# What every viewer gets.
deny contains result.inside(entry, ["metadata", "labels", key], msg) if {
	some entry in input.objects
	entry.object.kind == "ClusterRole"
	key := "rbac.authorization.k8s.io/aggregate-to-view"
	gitops.labels(entry.object)[key] == "true"
	does := {deed | some rule in list(entry.object); some deed in deeds(rule)}
	count(does) > 0
	msg := sprintf("everybody who may view may %s: the rules are aggregated into view", [concat(", ", sort(does))])
}

# EKS.
deny contains object.union(result.inside(entry, ["data", key], msg), {"line": i + 1}) if {
	some entry in input.objects
	entry.object.kind == "ConfigMap"
	entry.object.metadata.name == "aws-auth"
	some key in ["mapRoles", "mapUsers"]
	some i, line in split(entry.object.data[key], "\n")
	regex.match(`^[^#]*\bsystem:masters\b`, line)
	msg := "aws-auth makes this IAM identity a member of system:masters, which may do anything"
}

# Argo CD.
deny contains result.inside(entry, ["data", "policy.default"], msg) if {
	some entry in input.objects
	entry.object.kind == "ConfigMap"
	entry.object.metadata.name == "argocd-rbac-cm"
	entry.object.data["policy.default"] == "role:admin"
	msg := "everybody who logs in to Argo CD is its administrator"
}
