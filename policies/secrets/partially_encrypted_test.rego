package gitops_guard.secrets.partially_encrypted_test

import data.gitops_guard.secrets.partially_encrypted

lines(facts) := {fault.line | some fault in found} if {
	found := partially_encrypted.deny with input as {"file": {"path": "a.yaml", "type": "text", "secrets": facts}, "parameters": {}}
}

test_leaf_in_plaintext if lines({"plain": [{"key": "data.a", "line": 7, "column": 3}]}) == {7}

test_unsealed if {
	lines({"unsealed": [{"key": "a", "text": "hunter2", "line": 7, "column": 3}]}) == {7}
	lines({"unsealed": [{"key": "a", "text": "${SEALED}", "line": 7, "column": 3}]}) == set()
}

test_nothing if lines({}) == set()
