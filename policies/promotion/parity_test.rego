package gitops_guard.promotion.parity_test

import data.gitops_guard.promotion.parity

web := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}

production(field) := {"only": "production", "field": field, "object": web, "path": ["spec", "template"]}

staging(field) := {"only": "staging", "field": field, "object": web, "path": [], "file": "staging.yaml", "line": 5, "column": 3}

found(differences, allow) := {result.msg | some result in results} if {
	results := parity.deny with input as {
		"history": {"state": "whole", "pairs": [{"production": "p", "staging": "s", "versions": [], "differences": differences}]},
		"parameters": {"allow": allow},
	}
}

test_both_sides if {
	found([production("containers/web/env/A"), staging("containers/web/env/B")], []) == {
		"containers/web/env/A is in production and not in staging",
		"containers/web/env/B is in staging and not in production",
	}
}

test_what_comes_with_a_whole if {
	found([production("containers/proxy"), production("containers/proxy/env/A"), production("containers/proxy/livenessProbe")], []) == {"containers/proxy is in production and not in staging"}
	count(found([production("securityContext"), production("securityContext/runAsNonRoot"), staging("volumes/tmp")], [])) == 2
}

test_allowed if {
	differences := [production("containers/proxy"), staging("containers/web/env/DEBUG_SQL"), production("HorizontalPodAutoscaler/web")]
	count(found(differences, ["containers/proxy", "containers/*/env/DEBUG*", "HorizontalPodAutoscaler/*"])) == 0
	count(found(differences, ["containers/*"])) == 1
	count(found(differences, ["containers/*/env/OTHER"])) == 3
}
