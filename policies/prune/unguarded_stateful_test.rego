package gitops_guard.prune.unguarded_stateful_test

import data.gitops_guard.prune.unguarded_stateful

owner := {"system": "argocd", "kind": "Application", "name": "shop", "automated": true, "prune": true}

claim := {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}


judged(object_, owners, include) := {"object": object_, "target": {"owners": owners}, "parameters": {"include": include}}

annotated(object_, key, value) := object.union(object_, {"metadata": {"annotations": {key: value}}})

test_claim if {
	found := unguarded_stateful.deny with input as judged(claim, [owner], [])
	count(found) == 1
}

test_without_a_pruning_owner if {
	every owners in [[], [object.union(owner, {"prune": false})], [object.union(owner, {"automated": false})]] {
		found := unguarded_stateful.deny with input as judged(claim, owners, [])
		count(found) == 0
	}
}

test_without_a_target if {
	found := unguarded_stateful.deny with input as {"object": claim, "target": null, "parameters": {"include": []}}
	count(found) == 0
}

test_guards if {
	every pair in [
		["argocd.argoproj.io/sync-options", "Prune=false"],
		["argocd.argoproj.io/sync-options", "Replace=true, Prune=confirm"],
		["kustomize.toolkit.fluxcd.io/prune", "disabled"],
		["kustomize.toolkit.fluxcd.io/prune", "Disabled"],
		["kustomize.toolkit.fluxcd.io/ssa", "Ignore"],
		["helm.sh/resource-policy", "keep"],
		["argocd.argoproj.io/hook", "PreSync"],
		# Misspelt: that it does not hold is what ineffective-guard says.
		["argocd.argoproj.io/sync-options", "prune=false"],
	] {
		found := unguarded_stateful.deny with input as judged(annotated(claim, pair[0], pair[1]), [owner], [])
		count(found) == 0
	}
}

test_what_is_no_guard if {
	every pair in [
		["argocd.argoproj.io/sync-options", "Delete=false"],
		["argocd.argoproj.io/compare-options", "IgnoreExtraneous"],
	] {
		found := unguarded_stateful.deny with input as judged(annotated(claim, pair[0], pair[1]), [owner], [])
		count(found) == 1
	}
}

test_option_of_the_application if {
	guarding := object.union(owner, {"sync_options": ["Prune=false"]})
	found := unguarded_stateful.deny with input as judged(claim, [guarding], [])
	count(found) == 0
	beaten := unguarded_stateful.deny with input as judged(annotated(claim, "argocd.argoproj.io/sync-options", "Prune=true"), [guarding], [])
	count(beaten) == 1
}

test_what_holds_state if {
	every object_ in [
		{"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"volumeClaimTemplates": [{}]}},
		{"apiVersion": "v1", "kind": "PersistentVolume", "spec": {"persistentVolumeReclaimPolicy": "Delete"}},
		{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster"},
		{"apiVersion": "kubedb.com/v1", "kind": "Postgres"},
		{"apiVersion": "s3.aws.upbound.io/v1beta1", "kind": "Bucket", "spec": {"deletionPolicy": "Delete"}},
		{"apiVersion": "rds.services.k8s.aws/v1alpha1", "kind": "DBInstance"},
		{"apiVersion": "sql.cnrm.cloud.google.com/v1beta1", "kind": "SQLInstance"},
		{"apiVersion": "dbforpostgresql.azure.com/v1", "kind": "FlexibleServer"},
		{"apiVersion": "infra.contrib.fluxcd.io/v1alpha2", "kind": "Terraform", "spec": {"destroyResourcesOnDeletion": true}},
	] {
		found := unguarded_stateful.deny with input as judged(object_, [owner], [])
		count(found) == 1
	}
}

test_what_holds_none if {
	every object_ in [
		{"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"template": {}}},
		{"apiVersion": "apps/v1", "kind": "StatefulSet"},
		{"apiVersion": "v1", "kind": "PersistentVolume", "spec": {"persistentVolumeReclaimPolicy": "Retain"}},
		{"apiVersion": "postgresql.cnpg.io/v1", "kind": "ScheduledBackup"},
		{"apiVersion": "cluster.x-k8s.io/v1beta1", "kind": "Cluster"},
		{"apiVersion": "s3.aws.upbound.io/v1beta1", "kind": "Bucket", "spec": {"deletionPolicy": "Orphan"}},
		{"apiVersion": "s3.aws.upbound.io/v1beta1", "kind": "Bucket", "spec": {"managementPolicies": ["Observe", "Create"]}},
		{"apiVersion": "aws.upbound.io/v1beta1", "kind": "ProviderConfig"},
		{"apiVersion": "pkg.crossplane.io/v1", "kind": "Provider"},
		{"apiVersion": "infra.contrib.fluxcd.io/v1alpha2", "kind": "Terraform", "spec": {}},
		{"apiVersion": "v1", "kind": "Namespace"},
		{"kind": "PersistentVolumeClaim", "apiVersion": "example.com/v1"},
	] {
		found := unguarded_stateful.deny with input as judged(object_, [owner], [])
		count(found) == 0
	}
}

test_included_kinds if {
	found := unguarded_stateful.deny with input as judged({"apiVersion": "v1", "kind": "Namespace"}, [owner], ["Namespace"])
	count(found) == 1
}
