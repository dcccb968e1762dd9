package gitops_guard.bypass.cluster_dump_test

import data.gitops_guard.bypass.cluster_dump

given(more) := {"object": object.union({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}, more), "parameters": {}}

test_each_trace if {
	every case in [
		[{"metadata": {"uid": "1-2"}}, ["metadata", "uid"]],
		[{"metadata": {"resourceVersion": "12"}}, ["metadata", "resourceVersion"]],
		[{"metadata": {"managedFields": [{"manager": "kubectl"}]}}, ["metadata", "managedFields"]],
		[{"metadata": {"selfLink": "/api/v1/x"}}, ["metadata", "selfLink"]],
		[{"metadata": {"generation": 3}}, ["metadata", "generation"]],
		[{"metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"}}, ["metadata", "creationTimestamp"]],
		[{"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}}}, ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"]],
		[{"status": {"replicas": 3}}, ["status"]],
		[{"status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}}, ["status"]],
	] {
		found := cluster_dump.deny with input as given(case[0])
		{result.path | some result in found} == {case[1]}
	}
}

test_one_finding_for_an_object if {
	found := cluster_dump.deny with input as given({"metadata": {"uid": "1-2", "resourceVersion": "12"}, "status": {"replicas": 3}})
	count(found) == 1
}

test_what_dry_runs_print if {
	every more in [{}, {"status": {}}, {"metadata": {"creationTimestamp": null}}, {"status": {"loadBalancer": {}}}, {"status": {"replicas": 0, "conditions": []}}, {"status": null}] {
		found := cluster_dump.deny with input as given(more)
		count(found) == 0
	}
}

test_a_definition_and_its_status if {
	found := cluster_dump.deny with input as given({"kind": "CustomResourceDefinition", "status": {"conditions": [], "storedVersions": ["v1"]}})
	count(found) == 0
}
