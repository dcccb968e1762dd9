package gitops_guard.secrets.private_key_test

import data.gitops_guard.secrets.private_key

key := {"form": "pem", "label": "RSA PRIVATE KEY", "value": "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn", "encrypted": false, "line": 4}

lines(change) := {fault.line | some fault in found} if {
	found := private_key.deny with input as {
		"file": {"path": "a.pem", "type": "text", "secrets": {"keys": [object.union(key, change)]}},
		"parameters": {},
	}
}

test_keys if {
	every change in [{}, {"form": "pgp", "label": "PGP PRIVATE KEY BLOCK"}, {"form": "age", "label": "", "value": "QQPQZ5D4FGHJK32LMNTYVWXS9H8Q7PZRC2"}, {"form": "kubeconfig", "label": "token", "value": "hunter2-and-more"}] {
		lines(change) == {4}
	}
}

test_none if {
	every change in [{"encrypted": true}, {"value": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}, {"value": "MIIE"}, {"form": "age", "value": "QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"}, {"form": "kubeconfig", "label": "token", "value": "${TOKEN}"}] {
		lines(change) == set()
	}
}

test_files_without_secrets_are_silent if {
	count(private_key.deny) == 0 with input as {"file": {"path": "Makefile", "type": "makefile"}, "parameters": {}}
}
