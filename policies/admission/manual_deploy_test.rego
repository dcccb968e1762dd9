package gitops_guard.admission.manual_deploy_test

import data.gitops_guard.admission.manual_deploy

argocd := "system:serviceaccount:argocd:argocd-application-controller"

hpa := "system:serviceaccount:kube-system:horizontal-pod-autoscaler"

parameters := {
	"identities": [argocd, "system:serviceaccount:*:deployer", "system:serviceaccount:team-*:sync"],
	"controllers": {"system:serviceaccount:cert-manager:cert-manager": ["/secrets"]},
	"break_glass_groups": ["oncall"],
	"namespaces": [],
	"managed_by": [],
	"resources": ["apps/deployments", "/secrets", "/configmaps", "/persistentvolumeclaims", "argoproj.io/*", "/pods/exec"],
}

web := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "resourceVersion": "1", "labels": {"app": "web"}}, "spec": {"replicas": 2}}

update := {
	"operation": "UPDATE",
	"resource": {"group": "apps", "version": "v1", "resource": "deployments"},
	"namespace": "shop",
	"name": "web",
	"userInfo": {"username": "alice", "groups": ["developers", "system:masters"]},
	"object": object.union(web, {"spec": {"replicas": 5}}),
	"oldObject": web,
}

# Fields as a whole, unlike object.union.
over(request, more) := object.union(object.remove(request, object.keys(more)), more)

with_(more) := {"request": over(update, more), "parameters": parameters}

by(username, more) := with_(over({"userInfo": {"username": username, "groups": []}}, more))

messages(found) := {fault.msg | some fault in found}

test_somebody if {
	found := manual_deploy.deny with input as with_({})
	found == {{"msg": "alice may not update deployments shop/web: it is deployed from Git; commit the change there"}}
}

test_scale if {
	more := {"subResource": "scale", "object": {"kind": "Scale", "spec": {"replicas": 9}}, "oldObject": {"kind": "Scale"}}
	found := manual_deploy.deny with input as with_(more)
	messages(found) == {"alice may not update deployments/scale shop/web: it is deployed from Git; commit the change there"}
}

test_generated_name if {
	more := {"operation": "CREATE", "name": "", "object": {"metadata": {"generateName": "web-"}}, "oldObject": null}
	found := manual_deploy.deny with input as with_(more)
	messages(found) == {"alice may not create deployments shop/web-: it is deployed from Git; commit the change there"}
}

test_deletion_of_one_or_all if {
	every more in [{"object": null}, {"object": null, "oldObject": null, "name": ""}] {
		found := manual_deploy.deny with input as with_(over({"operation": "DELETE"}, more))
		count(found) == 1
	}
}

test_identities if {
	every username in [argocd, "system:serviceaccount:shop:deployer", "system:serviceaccount:team-a:sync"] {
		found := manual_deploy.deny with input as by(username, {})
		count(found) == 0
	}
}

test_nobody_with_a_similar_name if {
	every username in [
		"system:serviceaccount:argocd-evil:argocd-application-controller",
		"system:serviceaccount:argocd:argocd-application-controller-2",
		"system:serviceaccount:argocd",
		"system:serviceaccount:a:b:deployer",
		"deployer",
		"x:system:serviceaccount:shop:deployer",
		"system:serviceaccount:team-a:b:sync",
		"",
	] {
		found := manual_deploy.deny with input as by(username, {})
		count(found) == 1
	}
}

test_patterns_that_are_none if {
	every pattern in ["*", "**", "system:*", "system:serviceaccount:**", "system:serviceaccount:*", "alice*", "system:serviceaccount:**:web", "", 5] {
		found := manual_deploy.deny with input as {"request": update, "parameters": object.union(parameters, {"identities": [pattern]})}
		count(found) == 1
	}
}

test_controllers_for_their_resources if {
	secret := {"resource": {"group": "", "version": "v1", "resource": "secrets"}}
	allowed := manual_deploy.deny with input as by("system:serviceaccount:cert-manager:cert-manager", secret)
	count(allowed) == 0
	denied := manual_deploy.deny with input as by("system:serviceaccount:cert-manager:cert-manager", {})
	count(denied) == 1
}

test_break_glass if {
	found := manual_deploy.deny with input as with_({"userInfo": {"username": "bob", "groups": ["oncall", "developers"]}})
	found == {{
		"msg": "bob may update deployments shop/web by break-glass, as a member of oncall: bring the change to Git, or it is lost",
		"severity": "warning",
	}}
}

test_groups_that_are_none if {
	found := manual_deploy.deny with input as with_({"userInfo": {"username": "bob", "groups": null}})
	count(found) == 1
}

test_dry_run if {
	found := manual_deploy.deny with input as with_({"dryRun": true})
	count(found) == 0
}

test_no_request_at_all if {
	every request in [{}, {"operation": "", "userInfo": {}, "object": web}] {
		found := manual_deploy.deny with input as {"request": request, "parameters": parameters}
		count(found) == 0
	}
}

test_who_is_not_said if {
	found := manual_deploy.deny with input as {"request": object.remove(update, ["userInfo"]), "parameters": parameters}
	count(found) == 1
}

test_other_resources if {
	every more in [
		{"resource": {"group": "apps", "version": "v1", "resource": "replicasets"}},
		{"resource": {"group": "", "version": "v1", "resource": "deployments"}},
		{"subResource": "status"},
		{"resource": {"group": "", "version": "v1", "resource": "pods"}},
		{"resource": {"group": "", "version": "v1", "resource": "pods"}, "subResource": "log"},
	] {
		found := manual_deploy.deny with input as with_(more)
		count(found) == 0
	}
}

test_resources_by_group_and_by_subresource if {
	every more in [
		{"resource": {"group": "argoproj.io", "version": "v1alpha1", "resource": "applications"}},
		{"resource": {"group": "", "version": "v1", "resource": "pods"}, "subResource": "exec", "operation": "CONNECT"},
	] {
		found := manual_deploy.deny with input as with_(more)
		count(found) == 1
	}
}

test_namespaces if {
	chosen := object.union(parameters, {"namespaces": ["prod", "*-prod"]})
	every namespace, number in {"prod": 1, "shop-prod": 1, "shop": 0, "prod-2": 0} {
		found := manual_deploy.deny with input as {"request": over(update, {"namespace": namespace}), "parameters": chosen}
		count(found) == number
	}
	cluster_wide := manual_deploy.deny with input as {"request": object.remove(update, ["namespace"]), "parameters": chosen}
	count(cluster_wide) == 1
}

test_managed_by if {
	chosen := object.union(parameters, {"managed_by": ["argocd.argoproj.io/tracking-id", "team"]})
	neither := manual_deploy.deny with input as {"request": over(update, {"object": {"metadata": {"name": "web"}}}), "parameters": chosen}
	count(neither) == 0

	marked := over(update, {"object": {"metadata": {"annotations": {"argocd.argoproj.io/tracking-id": "shop"}}}})
	changed := manual_deploy.deny with input as {"request": marked, "parameters": chosen}
	count(changed) == 1

	before := over(update, {"oldObject": {"metadata": {"labels": {"team": "web"}}}})
	removed := manual_deploy.deny with input as {"request": before, "parameters": chosen}
	count(removed) == 1

	scaled := over(update, {"subResource": "scale", "object": {"kind": "Scale"}, "oldObject": {"kind": "Scale"}})
	unknown := manual_deploy.deny with input as {"request": scaled, "parameters": chosen}
	count(unknown) == 1
}

kube_system(name) := sprintf("system:serviceaccount:kube-system:%s", [name])

test_controllers_of_kubernetes if {
	every case in [
		[hpa, {"subResource": "scale", "object": {"spec": {"replicas": 3}}}],
		[kube_system("generic-garbage-collector"), {"operation": "DELETE", "object": null}],
		[kube_system("namespace-controller"), {"operation": "DELETE", "object": null, "resource": {"group": "", "resource": "secrets"}}],
		[kube_system("deployment-controller"), {"object": object.union(web, {"metadata": {"annotations": {"deployment.kubernetes.io/revision": "2"}}})}],
		[kube_system("generic-garbage-collector"), {"object": object.union(web, {"metadata": {"finalizers": [], "ownerReferences": []}})}],
		["system:kube-controller-manager", {"object": object.union(web, {"status": {"replicas": 2}})}],
		["system:cloud-controller-manager", {"object": object.union(web, {"metadata": {"finalizers": ["service.kubernetes.io/load-balancer-cleanup"]}})}],
		["system:apiserver", {}],
		[kube_system("root-ca-cert-publisher"), {"operation": "CREATE", "name": "kube-root-ca.crt", "resource": {"group": "", "resource": "configmaps"}}],
		[kube_system("statefulset-controller"), {"operation": "CREATE", "resource": {"group": "", "resource": "persistentvolumeclaims"}}],
		[
			kube_system("persistent-volume-binder"),
			{
				"resource": {"group": "", "resource": "persistentvolumeclaims"},
				"oldObject": {"spec": {"storageClassName": "fast"}},
				"object": {"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}, "spec": {"storageClassName": "fast", "volumeName": "pv-1"}},
			},
		],
		[
			kube_system("legacy-service-account-token-cleaner"),
			{"operation": "DELETE", "resource": {"group": "", "resource": "secrets"}, "object": null, "oldObject": {"type": "kubernetes.io/service-account-token"}},
		],
	] {
		found := manual_deploy.deny with input as by(case[0], case[1])
		count(found) == 0
	}
}

test_controllers_do_nothing_else if {
	every case in [
		[hpa, {}],
		[kube_system("generic-garbage-collector"), {}],
		[kube_system("namespace-controller"), {"operation": "CREATE"}],
		[kube_system("deployment-controller"), {}],
		[kube_system("deployment-controller"), {"operation": "DELETE"}],
		[kube_system("deployment-controller"), {"object": object.union(web, {"metadata": {"labels": {"app": "other"}}})}],
		["system:kube-controller-manager", {}],
		[kube_system("argocd-manager"), {"operation": "DELETE"}],
		["system:serviceaccount:shop:generic-garbage-collector", {"operation": "DELETE"}],
		["generic-garbage-collector", {"operation": "DELETE"}],
		[kube_system("root-ca-cert-publisher"), {"operation": "CREATE", "name": "settings", "resource": {"group": "", "resource": "configmaps"}}],
		[
			kube_system("persistent-volume-binder"),
			{
				"resource": {"group": "", "resource": "persistentvolumeclaims"},
				"oldObject": {"spec": {"volumeName": "pv-0"}},
				"object": {"spec": {"volumeName": "pv-1"}},
			},
		],
		[
			kube_system("legacy-service-account-token-cleaner"),
			{"operation": "DELETE", "resource": {"group": "", "resource": "secrets"}, "object": null, "oldObject": {"type": "Opaque"}},
		],
	] {
		found := manual_deploy.deny with input as by(case[0], case[1])
		count(found) == 1
	}
}

rbac(username, groups, more) := {
	"request": over(update, object.union({"userInfo": {"username": username, "groups": groups}}, more)),
	"parameters": object.union(parameters, {"resources": ["/serviceaccounts", "/serviceaccounts/token", "/pods", "/pods/binding", "rbac.authorization.k8s.io/clusterroles"]}),
}

test_nodes_scheduler_and_default_accounts if {
	token := {"operation": "CREATE", "resource": {"group": "", "resource": "serviceaccounts"}, "subResource": "token"}
	node := manual_deploy.deny with input as rbac("system:node:n1", ["system:nodes"], token)
	count(node) == 0
	no_node := manual_deploy.deny with input as rbac("system:node:n1", [], token)
	count(no_node) == 1
	scheduler := manual_deploy.deny with input as rbac("system:kube-scheduler", [], {"operation": "CREATE", "resource": {"group": "", "resource": "pods"}, "subResource": "binding"})
	count(scheduler) == 0
	account := manual_deploy.deny with input as rbac(kube_system("service-account-controller"), [], {"operation": "CREATE", "resource": {"group": "", "resource": "serviceaccounts"}, "name": "default"})
	count(account) == 0
	other := manual_deploy.deny with input as rbac(kube_system("service-account-controller"), [], {"operation": "CREATE", "resource": {"group": "", "resource": "serviceaccounts"}, "name": "admin"})
	count(other) == 1
}

test_aggregated_roles if {
	resource := {"group": "rbac.authorization.k8s.io", "resource": "clusterroles"}
	old := {"aggregationRule": {"clusterRoleSelectors": []}, "rules": []}
	request := {"resource": resource, "oldObject": old, "object": object.union(old, {"rules": [{"verbs": ["get"]}]})}
	found := manual_deploy.deny with input as rbac(kube_system("clusterrole-aggregation-controller"), [], request)
	count(found) == 0
	plain := over(request, {"oldObject": {"rules": []}, "object": {"rules": [{"verbs": ["*"]}]}})
	denied := manual_deploy.deny with input as rbac(kube_system("clusterrole-aggregation-controller"), [], plain)
	count(denied) == 1
}
