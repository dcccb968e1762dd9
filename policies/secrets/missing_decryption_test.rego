package gitops_guard.secrets.missing_decryption_test

import data.gitops_guard.secrets.missing_decryption

found(spec, facts) := count(faults) if {
	faults := missing_decryption.deny with input as {
		"object": {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "spec": spec}, "facts": facts,
		"target": null, "parameters": {},
	}
}

test_deploys_ciphertext if {
	found({}, {"encrypted": ["Secret/shop/db"]}) == 1
	found({"decryption": {}}, {"encrypted": ["Secret/shop/db", "Secret/shop/smtp"]}) == 1
}

test_decrypts if found({"decryption": {"provider": "sops"}}, {"encrypted": ["Secret/shop/db"]}) == 0

test_nothing_encrypted if {
	found({}, {"encrypted": []}) == 0
	found({}, {}) == 0
}
