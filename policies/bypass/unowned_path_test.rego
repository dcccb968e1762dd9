package gitops_guard.bypass.unowned_path_test

import data.gitops_guard.bypass.unowned_path

given(environment, shared, unowned, codeowners) := {
	"targets": [{
		"id": "prod", "path": "prod", "environment": environment, "shared": shared, "unowned": unowned,
		"place": {"file": "prod/kustomization.yaml", "line": 2},
	}],
	"codeowners": codeowners,
	"parameters": {},
}

owners := {"file": "CODEOWNERS", "line": 1}

places(found) := {[result.file, object.get(result, "line", 0)] | some result in found}

test_the_line_that_wins if {
	found := unowned_path.deny with input as given("production", false, [{"file": "CODEOWNERS", "line": 3, "count": 2, "paths": ["a", "b"]}], owners)
	places(found) == {["CODEOWNERS", 3]}
}

test_no_line_fits if {
	found := unowned_path.deny with input as given("production", false, [{"file": "CODEOWNERS", "line": null, "count": 2, "paths": ["a", "b"]}], owners)
	places(found) == {["CODEOWNERS", 0]}
}

test_no_codeowners if {
	found := unowned_path.deny with input as given("production", false, [{"line": null, "count": 1, "paths": ["prod/a"]}], null)
	places(found) == {["prod/kustomization.yaml", 2]}
	some result in found
	contains(result.msg, "prod/a")
}

test_owned_shared_and_other_environments if {
	every case in [["production", false, []], ["production", true, [{"line": null, "count": 1, "paths": ["a"]}]], ["staging", false, [{"line": null, "count": 1, "paths": ["a"]}]]] {
		found := unowned_path.deny with input as given(case[0], case[1], case[2], owners)
		count(found) == 0
	}
}
