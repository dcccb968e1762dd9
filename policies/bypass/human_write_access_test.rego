package gitops_guard.bypass.human_write_access_test

import data.gitops_guard.bypass.human_write_access

entry(kind, more) := {"target": "t", "object": object.union({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "a"}}, more)}

binding(role, subjects) := entry("ClusterRoleBinding", {"subjects": subjects, "roleRef": role})

paths(objects) := {result.path | some result in found} if {
	found := human_write_access.deny with input as {"objects": objects, "parameters": {"allow": ["break-glass"]}}
}

group := {"kind": "Group", "name": "oncall"}

robot := {"kind": "ServiceAccount", "name": "deployer", "namespace": "ci"}

cluster_role(name) := {"kind": "ClusterRole", "name": name}

test_known_roles if {
	every name in ["cluster-admin", "admin", "edit"] {
		paths([binding(cluster_role(name), [robot, group])]) == {["subjects", 1]}
	}
	paths([binding(cluster_role("view"), [group])]) == set()
	paths([binding(cluster_role("unknown"), [group])]) == set()
}

test_who_is_a_person if {
	every name in ["alice@example.com", "system:authenticated", "system:masters", "oidc:devs", "system:anonymous"] {
		paths([binding(cluster_role("edit"), [{"kind": "Group", "name": name}])]) == {["subjects", 0]}
	}
	every name in ["system:serviceaccount:a:b", "system:serviceaccounts", "system:nodes", "system:kube-scheduler", "break-glass"] {
		paths([binding(cluster_role("edit"), [{"kind": "User", "name": name}])]) == set()
	}
}

role(rules) := entry("ClusterRole", {"metadata": {"name": "own"}, "rules": rules})

test_own_roles if {
	every rule in [
		{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]}, {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
		{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}, {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
		{"apiGroups": ["batch"], "resources": ["*"], "verbs": ["delete"]}, {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["escalate"]},
	] {
		paths([role([rule]), binding(cluster_role("own"), [group])]) == {["subjects", 0]}
	}
	every rule in [
		{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "watch"]}, {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
		{"apiGroups": ["shop.example.com"], "resources": ["carts"], "verbs": ["*"]}, {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
		{"apiGroups": [""], "resources": ["*"], "verbs": ["get", "list"]}, {"nonResourceURLs": ["*"], "verbs": ["get"]},
	] {
		paths([role([rule]), binding(cluster_role("own"), [group])]) == set()
	}
	paths([role([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])]) == set()
}

test_a_role_of_another_namespace if {
	bound := entry("RoleBinding", {"metadata": {"namespace": "shop"}, "subjects": [group], "roleRef": {"kind": "Role", "name": "own"}})
	paths([own("shop"), bound]) == {["subjects", 0]}
	paths([own("other"), bound]) == set()
}

own(namespace) := entry("Role", {"metadata": {"name": "own", "namespace": namespace}, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}]})

test_aggregation if {
	writer := entry("ClusterRole", {"metadata": {"name": "part", "labels": {"team": "a"}}, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}]})
	whole := entry("ClusterRole", {"metadata": {"name": "whole"}, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"team": "a"}}]}, "rules": []})
	paths([writer, whole, binding(cluster_role("whole"), [group])]) == {["subjects", 0]}
	viewed := object.union(writer, {"object": {"metadata": {"labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}}}})
	paths([viewed]) == {["metadata", "labels", "rbac.authorization.k8s.io/aggregate-to-view"]}
}

test_aws_auth_and_argo_cd if {
	auth := entry("ConfigMap", {"metadata": {"name": "aws-auth"}, "data": {"mapRoles": "- rolearn: a\n  groups:\n    - system:masters\n"}})
	found := human_write_access.deny with input as {"objects": [auth], "parameters": {"allow": []}}
	{result.line | some result in found} == {3}
	paths([entry("ConfigMap", {"metadata": {"name": "argocd-rbac-cm"}, "data": {"policy.default": "role:admin"}})]) == {["data", "policy.default"]}
	paths([entry("ConfigMap", {"metadata": {"name": "argocd-rbac-cm"}, "data": {"policy.default": "role:readonly"}})]) == set()
}
