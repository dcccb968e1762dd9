package gitops_guard.lib.result_test

import data.gitops_guard.lib.result

deployment := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}

test_violation if result.violation(["a", 0], "m") == {"path": ["a", 0], "msg": "m"}

test_violation_in if result.violation_in(["a"], 3, "m") == {"path": ["a"], "line": 3, "msg": "m"}

test_at if result.at("Makefile", 4, "m") == {"file": "Makefile", "line": 4, "msg": "m"}

test_of if result.of(deployment, ["spec"], "m") == {
	"resource": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"},
	"path": ["spec"],
	"msg": "m",
}

test_identity_without_namespace if result.identity({"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "job-"}}) == {
	"apiVersion": "v1",
	"kind": "Pod",
	"namespace": "",
	"name": "job-",
}
