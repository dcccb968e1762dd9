package gitops_guard.@PACKAGE@_test

import data.gitops_guard.@PACKAGE@

found(metadata) := faults if {
	faults := @NAME@.deny with input as {
		"object": {"apiVersion": "@VERSION@", "kind": "@KIND@", "metadata": metadata},
		"parameters": {"label": "example.com/owner"},
	}
}

test_without_the_label if {
	count(found({"name": "web"})) == 1
	count(found({"name": "web", "labels": {"example.com/owner": ""}})) == 1
}

test_with_the_label if count(found({"name": "web", "labels": {"example.com/owner": "shop"}})) == 0
