package gitops_guard.secrets.plaintext_secret_test

import data.gitops_guard.secrets.plaintext_secret

no_facts := {"decoded": {}, "sops": {"document": false, "plain": []}, "sealed": {}, "embedded": []}

defaults := {"allow_keys": [], "strict": false}

secret(fields) := object.union({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}, fields)

paths(object_, facts, parameters) := {fault.path | some fault in found} if {
	found := plaintext_secret.deny with input as {
		"object": object_,
		"facts": object.union(no_facts, facts),
		"parameters": object.union(defaults, parameters),
	}
}

test_string_data if paths(secret({"stringData": {"password": "hunter2", "user": "a"}}), {}, {}) == {["stringData", "password"]}

test_data_is_judged_decoded if {
	paths(secret({"data": {"password": "aHVudGVyMg==", "x": "e30="}}), {"decoded": {"password": {"text": "hunter2"}, "x": {"text": "${X}"}}}, {}) == {["data", "password"]}
}

test_numbers_count if paths(secret({"stringData": {"pin": 4711}}), {}, {}) == {["stringData", "pin"]}

test_odd_input if {
	every fields in [{}, {"data": null}, {"stringData": ["a"]}, {"stringData": {"a": null}}, {"data": "x"}] {
		paths(secret(fields), {}, {}) == set()
	}
}

test_allow_keys if paths(secret({"stringData": {"password": "hunter2"}}), {}, {"allow_keys": ["pass*"]}) == set()

test_lines_inside_a_text if {
	found := plaintext_secret.deny with input as {
		"object": secret({"stringData": {"c": "a: b\npassword: hunter2"}}),
		"facts": object.union(no_facts, {"embedded": [{"path": ["stringData", "c"], "line": 2, "key": "password", "value": "hunter2", "form": "scalar"}]}),
		"parameters": defaults,
	}
	{fault.line | some fault in found} == {2}
}

test_what_sops_leaves_plain_by_its_selectors if {
	facts := {"sops": {"document": true, "plain": [["stringData", "a"]]}}
	paths(secret({"stringData": {"a": "hunter2", "b": "hunter2"}}), facts, {}) == {["stringData", "a"]}
}

test_what_a_packed_env_file_of_sops_holds if {
	names := ["a", "b_unencrypted", "sops_version", "sops_mac", "sops_unencrypted_suffix"]
	object_ := secret({"data": {name: "x" | some name in names}, "stringData": {"sops_version": "hunter2"}})
	texts := {
		"a": "hunter2", "b_unencrypted": "twelve", "sops_version": "3.11.0", "sops_unencrypted_suffix": "_unencrypted",
		"sops_mac": "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]",
	}
	decoded := {name: {"text": text} | some name, text in texts}
	paths(object_, {"decoded": decoded}, {}) == {["data", "a"], ["stringData", "sops_version"]}
	count(paths(object_, {"decoded": object.union(decoded, {"sops_mac": {"text": "hunter2"}})}, {})) == 5
}

test_no_value_in_messages if {
	found := plaintext_secret.deny with input as {"object": secret({"stringData": {"password": "hunter2"}}), "facts": no_facts, "parameters": defaults}
	every fault in found {
		not contains(fault.msg, "hunter2")
	}
}

test_what_a_template_makes_up if {
	secret := {"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "Zx81mQp0Lk2Jh3Gf"}}
	facts := {"decoded": {}, "sops": {"document": false, "plain": []}, "embedded": []}
	given := {"object": secret, "facts": facts, "parameters": {"allow_keys": [], "strict": false}}
	count(plaintext_secret.deny) == 1 with input as given
	count(plaintext_secret.deny) == 0 with input as object.union(given, {"facts": {"unwritten": [["stringData", "a"]]}})
}
