package gitops_guard.@PACKAGE@_test

import data.gitops_guard.@PACKAGE@

found(owners) := faults if {
	faults := @NAME@.deny with input as {
		"targets": [{
			"id": "overlays/production",
			"environment": "production",
			"owners": owners,
			"place": {"file": "overlays/production/kustomization.yaml", "line": 2},
		}],
		"parameters": {"environment": "production"},
	}
}

test_nobody if count(found([])) == 1

test_somebody if count(found([{"system": "argocd", "kind": "Application", "namespace": "argocd", "name": "shop"}])) == 0
