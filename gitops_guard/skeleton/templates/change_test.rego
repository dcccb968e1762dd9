package gitops_guard.@PACKAGE@_test

import data.gitops_guard.@PACKAGE@

found(kind) := faults if {
	faults := @NAME@.deny with input as {
		"change": {"deleted": [{
			"resource": {"apiVersion": "networking.k8s.io/v1", "kind": kind, "namespace": "shop", "name": "web"},
			"event": "removed",
		}]},
		"parameters": {"kinds": ["Ingress"]},
	}
}

test_judged if count(found("Ingress")) == 1

test_not_judged if count(found("ConfigMap")) == 0
