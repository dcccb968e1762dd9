package gitops_guard.images.missing_digest_test

import data.gitops_guard.images.missing_digest

judged(image, parameters) := found if {
	found := missing_digest.deny with input as {
		"object": {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}},
		"parameters": object.union({"require_digest": [], "allow": []}, parameters),
	}
}

test_version_tag if {
	found := judged("host:5000/mail/server:4.1.0", {})
	count(found) == 1
	every fault in found {
		object.get(fault, "severity", "none") == "none"
	}
}

test_required if {
	some fault in judged("host/payments/ledger:7.0.1", {"require_digest": ["host/payments/*"]})
	fault.severity == "error"
}

test_silent if {
	every image in ["a:latest", "a", "a:16", "a:1.2@sha256:4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865"] {
		count(judged(image, {})) == 0
	}
}

test_allowed if count(judged("a:1.2", {"allow": ["a"]})) == 0
