package gitops_guard.secrets.plaintext_generator_test

import data.gitops_guard.secrets.plaintext_generator

base := {
	"generator": "Secret", "name": "shop", "type": "Opaque", "key": "password", "form": "literal", "value": "hunter2", "encrypted": false, "pairs": [],
	"file": "kustomization.yaml", "line": 7, "column": 9,
}

places(change) := {[fault.file, fault.line] | some fault in found} if {
	found := plaintext_generator.deny with input as {
		"file": {"path": "kustomization.yaml", "type": "kustomization", "generators": [object.union(base, change)]},
		"parameters": {"allow_keys": ["ca.*"], "strict": false},
	}
}

test_literal if places({}) == {["kustomization.yaml", 7]}

test_silent if {
	every change in [{"generator": "ConfigMap"}, {"encrypted": true}, {"value": ""}, {"value": "${X}"}, {"key": "username"}, {"key": "ca.key"}] {
		places(change) == set()
	}
}

test_line_of_a_packed_file if {
	pair := {"key": "password", "value": "hunter2", "line": 3, "form": "line", "file": "a.properties"}
	places({"form": "file", "key": "a.properties", "value": "x=y\n\npassword=hunter2\n", "pairs": [pair]}) == {["a.properties", 3]}
}

test_binary if {
	found := plaintext_generator.deny with input as {
		"file": {"path": "k", "type": "kustomization", "generators": [object.union(object.remove(base, ["value"]), {"binary": true, "form": "file", "key": "a.p12"})]},
		"parameters": {"allow_keys": [], "strict": false},
	}
	count(found) == 1
}
