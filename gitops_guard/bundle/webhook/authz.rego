# Who may ask what, where OPA runs with --authorization=basic: verdicts, its health and its metrics; nobody changes a policy.
package system.authz

default allow := false

allow if {
	input.method == "POST"
	input.path in {[""], ["v1", "data", "gitops_guard", "decision"]}
}

allow if {
	input.method == "GET"
	input.path[0] in {"health", "metrics"}
}
