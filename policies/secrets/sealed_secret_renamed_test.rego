package gitops_guard.secrets.sealed_secret_renamed_test

import data.gitops_guard.secrets.sealed_secret_renamed

paths(metadata, facts) := {fault.path | some fault in found} if {
	found := sealed_secret_renamed.deny with input as {
		"object": {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": metadata}, "facts": facts, "target": null,
		"parameters": {},
	}
}

declared := {"name": "db", "namespace": "shop", "built": ["shop"]}

test_renamed if {
	paths({"name": "prod-db", "namespace": "shop"}, {"declared": declared, "lengthened": ["namePrefix"]}) == {["metadata", "namePrefix"]}
	paths({"name": "other", "namespace": "shop"}, {"declared": declared, "lengthened": []}) == {["metadata", "name"]}
}

test_moved if {
	paths({"name": "db", "namespace": "other"}, {"declared": declared, "lengthened": []}) == {["metadata", "namespace"]}
	paths({"name": "x-db", "namespace": "other", "annotations": {"sealedsecrets.bitnami.com/namespace-wide": "true"}}, {"declared": declared, "lengthened": []}) == {["metadata", "namespace"]}
}

test_built_twice if {
	twice := {"name": "db", "namespace": "", "built": ["a", "b"]}
	paths({"name": "db", "namespace": "a"}, {"declared": twice, "lengthened": []}) == {["metadata", "namespace"]}
	paths({"name": "db", "namespace": "a"}, {"declared": object.union(twice, {"built": ["a"]}), "lengthened": []}) == set()
}

test_cluster_wide if {
	paths({"name": "x-db", "namespace": "other", "annotations": {"sealedsecrets.bitnami.com/cluster-wide": "true"}}, {"declared": declared, "lengthened": []}) == set()
}

test_not_declared_by_a_file if paths({"name": "x-db"}, {"lengthened": []}) == set()
