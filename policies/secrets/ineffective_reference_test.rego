package gitops_guard.secrets.ineffective_reference_test

import data.gitops_guard.secrets.ineffective_reference

paths(object_, facts) := {fault.path | some fault in found} if {
	found := ineffective_reference.deny with input as {"object": object_, "facts": facts, "parameters": {}}
}

deployment(outer, inner) := {
	"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "annotations": outer},
	"spec": {"template": {"metadata": {"annotations": inner}}},
}

agent := {"vault.hashicorp.com/agent-inject": "true", "vault.hashicorp.com/role": "web"}

test_annotations_of_the_workload if {
	paths(deployment(agent, {}), {}) == {["metadata", "annotations", "vault.hashicorp.com/agent-inject"]}
	paths(deployment(agent, agent), {}) == set()
}

test_no_role if {
	inner := {"vault.hashicorp.com/agent-inject": "true"}
	paths(deployment({}, inner), {}) == {["spec", "template", "metadata", "annotations", "vault.hashicorp.com/agent-inject"]}
	paths(deployment({}, object.union(inner, {"vault.hashicorp.com/agent-configmap": "agent"})), {}) == set()
}

test_no_switch if {
	key := "vault.hashicorp.com/agent-inject-secret-db"
	paths(deployment({}, {key: "secret/db"}), {}) == {["spec", "template", "metadata", "annotations", key]}
}

test_jobs_and_pods if {
	paths({"kind": "CronJob", "spec": {"jobTemplate": {"metadata": {"annotations": agent}, "spec": {"template": {}}}}}, {}) == {["spec", "jobTemplate", "metadata", "annotations", "vault.hashicorp.com/agent-inject"]}
	paths({"kind": "Pod", "metadata": {"annotations": agent}}, {}) == set()
	paths({"kind": "Pod", "metadata": {"annotations": {"vault.hashicorp.com/agent-inject": "true"}}}, {}) == {["metadata", "annotations", "vault.hashicorp.com/agent-inject"]}
}

test_fake_provider if {
	paths({"kind": "SecretStore", "spec": {"provider": {"fake": {"data": []}}}}, {}) == {["spec", "provider", "fake"]}
	paths({"kind": "SecretStore", "spec": {"provider": {"vault": {}}}}, {}) == set()
	paths({"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "Fake", "spec": {"data": {"a": "b"}}}, {}) == {["spec", "data"]}
}

reference(text) := {"path": ["stringData", "a"], "line": 0, "form": "placeholder", "text": text}

test_placeholders if {
	secret := {"kind": "Secret", "metadata": {"name": "a"}}
	paths(secret, {"references": [reference("<path:kv/data/shop>")]}) == {["stringData", "a"]}
	paths(secret, {"references": [reference("<path:kv/data/shop#password | base64encode>")]}) == set()
	paths(secret, {"references": [reference("<password>")]}) == set()
	paths(secret, {"references": [reference("<password>")], "plugins": ["avp"]}) == {["stringData", "a"]}
	plugged := {"kind": "Secret", "metadata": {"annotations": {"avp.kubernetes.io/path": "kv/data/shop"}}}
	paths(plugged, {"references": [reference("<password>")], "plugins": ["avp"]}) == set()
}

test_cluster_generator if {
	paths({"kind": "ClusterGenerator", "spec": {"generator": {"fakeSpec": {"data": {"a": "b"}}}}}, {}) == {["spec", "generator", "fakeSpec"]}
	paths({"kind": "ClusterGenerator", "spec": {"generator": {"passwordSpec": {}}}}, {}) == set()
}

test_line_inside_a_text if {
	found := ineffective_reference.deny with input as {
		"object": {"kind": "Secret", "metadata": {"name": "a"}}, "parameters": {},
		"facts": {"references": [object.union(reference("<path:kv/data/shop>"), {"line": 3})]},
	}
	{[fault.path, fault.line] | some fault in found} == {[["stringData", "a"], 3]}
}
