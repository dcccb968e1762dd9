package gitops_guard.secrets.credential_in_config_test

import data.gitops_guard.secrets.credential_in_config

places(object_, pairs) := {[fault.path, object.get(fault, "line", 0)] | some fault in found} if {
	found := credential_in_config.deny with input as {
		"object": object_,
		"facts": {"decoded": {}, "sops": {"document": false, "plain": []}, "sealed": {}, "embedded": pairs},
		"parameters": {"allow_keys": ["smtp_*"]},
	}
}

pair(path, line, key, value) := {"path": path, "line": line, "key": key, "value": value, "form": "scalar"}

config_map := {"apiVersion": "v1", "kind": "ConfigMap"}

test_one_fault_for_each_place if {
	places(config_map, [
		pair(["data", "a"], 3, "password", "hunter2"),
		pair(["data", "a"], 3, "url", "redis://:hunter2@cache"),
		pair(["data", "a"], 4, "password", "hunter2"),
		pair(["data", "b"], 0, "password", "hunter2"),
		pair(["data", "c"], 0, "smtp_password", "hunter2"),
	]) == {[["data", "a"], 3], [["data", "a"], 4], [["data", "b"], 0]}
}

test_keys_speak_only_where_they_mean_something if {
	value := "hunter2"
	places({"kind": "Widget"}, [pair(["spec", "password"], 0, "spec.password", value)]) == set()
	places({"kind": "Widget"}, [pair(["spec", "password"], 0, "spec.password", "Vd9Em3ZgS6kKc4Xe")]) != set()
	places({"kind": "HelmRelease"}, [pair(["spec", "values", "password"], 0, "values.password", value)]) != set()
	places({"kind": "Kustomization"}, [pair(["spec", "postBuild", "substitute", "DB_PASSWORD"], 0, "substitute.DB_PASSWORD", value)]) != set()
	places({"kind": "Application"}, [pair(["spec", "source", "helm", "valuesObject", "password"], 0, "valuesObject.password", value)]) != set()
	places({"kind": "ExternalSecret"}, [pair(["spec", "target", "template", "data", "password"], 0, "data.password", value)]) != set()
}

test_references_by_block if {
	places({"kind": "HelmRelease"}, [pair(["spec", "values", "a", "secretKeyRef", "token"], 0, "a.secretKeyRef.token", "Vd9Em3ZgS6kKc4Xe")]) == set()
}

test_the_data_of_a_secret_is_not_ours if {
	places({"kind": "Secret"}, [pair(["stringData", "c"], 2, "password", "hunter2")]) == set()
}

test_last_applied_secret if {
	path := ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"]
	places({"kind": "Secret"}, [pair(path, 1, "data.password", "aHVudGVyMg==")]) == {[path, 1]}
}

test_more_than_can_be_judged_is_no_silence if {
	places(config_map, [{"path": ["data", "a"], "line": 1, "key": "", "value": "", "form": "overflow"}]) == {[["data", "a"], 1]}
}

test_no_value_in_messages if {
	found := credential_in_config.deny with input as {
		"object": config_map,
		"facts": {"embedded": [pair(["data", "a"], 0, "password", "hunter2")]},
		"parameters": {"allow_keys": []},
	}
	every fault in found {
		not contains(fault.msg, "hunter2")
	}
}

test_fakes_are_another_rules_business if {
	value := "Vd9Em3ZgS6kKc4Xe"
	every case in [
		[{"kind": "SecretStore"}, ["spec", "provider", "fake", "data", 0, "value"]],
		[{"kind": "ClusterSecretStore"}, ["spec", "provider", "fake", "data", 0, "value"]],
		[{"kind": "Fake"}, ["spec", "data", "token"]], [{"kind": "ClusterGenerator"}, ["spec", "generator", "fakeSpec", "data", "token"]],
	] {
		places(case[0], [pair(case[1], 0, "data.password", value)]) == set()
		places({"kind": "Widget"}, [pair(case[1], 0, "data.password", value)]) == {[case[1], 0]}
	}
}
