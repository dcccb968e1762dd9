package gitops_guard.prune.deletes_stateful_test

import data.gitops_guard.lib.change_cases as cases
import data.gitops_guard.prune.deletes_stateful

judged(deleted, more) := found if {
	found := deletes_stateful.deny with input as cases.with_parameters(deleted, more, {"exclude": []})
}

namespace := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}

definition := {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "carts.shop.example.com"}}

stateful_set := {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "redis"}, "spec": {}}

database := {"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": {"name": "orders"}, "spec": {"instances": 3}}

bucket := {"apiVersion": "s3.aws.upbound.io/v1beta1", "kind": "Bucket", "metadata": {"name": "invoices"}, "spec": {}}

test_what_holds_state if {
	every object_ in [cases.claim, namespace, definition, stateful_set, database, bucket] {
		found := judged([cases.deletion(object_, {})], {})
		count(found) == 1
		some fault in found
		fault.resource.kind == object_.kind
	}
}

test_what_holds_none if {
	deployment := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
	other_cluster := {"apiVersion": "cluster.x-k8s.io/v1beta1", "kind": "Cluster", "metadata": {"name": "edge"}}
	every object_ in [cases.config, deployment, other_cluster] {
		found := judged([cases.deletion(object_, {})], {})
		count(found) == 0
	}
}

test_not_deleted if {
	every more in [
		{"pruned": false},
		{"guarded_by": "argocd.argoproj.io/sync-options: Prune=confirm"},
		{"event": "moved"},
		{"event": "owner-removed", "pruned": false},
	] {
		found := judged([cases.deletion(cases.claim, more)], {})
		count(found) == 0
	}
}

test_survives_its_object if {
	volume := {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "v"}, "spec": {"persistentVolumeReclaimPolicy": "Retain"}}
	orphaned := {"apiVersion": "s3.aws.upbound.io/v1beta1", "kind": "Bucket", "metadata": {"name": "v"}, "spec": {"deletionPolicy": "Orphan"}}
	observed := {"apiVersion": "s3.aws.upbound.io/v1beta1", "kind": "Bucket", "metadata": {"name": "v"}, "spec": {"managementPolicies": ["Observe"]}}
	retained := {
		"apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket",
		"metadata": {"name": "v", "annotations": {"services.k8s.aws/deletion-policy": "retain"}},
	}
	every object_ in [volume, orphaned, observed, retained] {
		found := judged([cases.deletion(object_, {})], {})
		count(found) == 0
	}
}

test_excluded if {
	found := deletes_stateful.deny with input as cases.with_parameters([cases.deletion(namespace, {})], {}, {"exclude": ["Namespace"]})
	count(found) == 0
}

test_rename_is_a_deletion if {
	renamed := cases.deletion(cases.claim, {"event": "renamed", "successor": cases.name_of(cases.claim)})
	found := judged([renamed], {})
	{fault.msg | some fault in found} == {"renaming deletes PersistentVolumeClaim orders (by argocd/Application/argocd/shop): it holds state"}
}

test_unknown_owner_is_said if {
	found := judged([cases.deletion(cases.claim, {"owner": null})], {})
	{fault.msg | some fault in found} == {"this deletes PersistentVolumeClaim orders (no owner is known: judged as if it were pruned): it holds state"}
}

test_suspended_owner_is_said if {
	found := judged([cases.deletion(cases.claim, {"deferred": true})], {})
	some fault in found
	contains(fault.msg, "once it is resumed")
}

test_what_goes_along_is_said if {
	found := judged([cases.deletion(namespace, {"along": [cases.name_of(cases.claim), cases.name_of(cases.config)]})], {})
	some fault in found
	endswith(fault.msg, "everything in the namespace goes with it, 2 objects that are rendered here among it")
}

test_emptied_target_is_another_rules if {
	found := judged([cases.deletion(cases.claim, {"event": "target-emptied"})], {"before": 1, "after": 0})
	count(found) == 0
}

test_beside_a_cascade if {
	root := cases.deletion(cases.application, {"event": "target-emptied", "takes": cases.takes})
	found := judged([root, cases.deletion(cases.claim, {"event": "target-emptied"})], {"before": 2, "after": 0})
	{fault.resource.kind | some fault in found} == {"PersistentVolumeClaim"}
}
