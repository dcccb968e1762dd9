package gitops_guard.@PACKAGE@_test

import data.gitops_guard.@PACKAGE@

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
