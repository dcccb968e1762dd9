package gitops_guard.promotion.all_at_once_test

import data.gitops_guard.promotion.all_at_once

web := {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web"}

image(tag) := {"name": "", "text": sprintf("registry.example/web:%s", [tag])}

version(production, staging, before) := object.union(image(production), {
	"object": web, "path": ["spec"], "kind": "image", "part": "web", "ran": [], "before": before,
	"staging": object.union(image(staging), {"file": "staging.yaml", "line": 5, "column": 3}),
})

found(version_) := count(notes) if {
	notes := all_at_once.deny with input as {
		"history": {"state": "whole", "pairs": [{"production": "p", "staging": "s", "differences": [], "versions": [version_]}]},
		"parameters": {"allow": []},
	}
}

test_together if found(version("1.1", "1.1", {"production": image("1.0"), "staging": image("1.0")})) == 1

test_one_after_the_other if {
	found(version("1.1", "1.1", {"production": image("1.0"), "staging": image("1.1")})) == 0
	found(version("1.1", "1.2", {"production": image("1.0"), "staging": image("1.1")})) == 0
	found(version("1.0", "1.1", {"production": image("1.0"), "staging": image("1.0")})) == 0
}

test_new_or_not_compared if {
	found(version("1.1", "1.1", {"production": null, "staging": image("1.0")})) == 0
	found(version("1.1", "1.1", null)) == 0
}

test_allowed if {
	notes := all_at_once.deny with input as {
		"history": {"state": "whole", "pairs": [{
			"production": "p", "staging": "s", "differences": [],
			"versions": [version("1.1", "1.1", {"production": image("1.0"), "staging": image("1.0")})],
		}]},
		"parameters": {"allow": ["registry.example/*"]},
	}
	count(notes) == 0
}

test_a_chart_is_allowed_by_its_name if {
	every case in [[["monitoring-*"], 0], [["web-*"], 1], [[7], 1]] {
		moves := object.union(
			version("1.1", "1.1", {"production": chart("1.0"), "staging": chart("1.0")}),
			{"kind": "chart", "part": "monitoring-stack", "name": "stack", "text": "1.1", "staging": object.union(chart("1.1"), {"file": "staging.yaml", "line": 5, "column": 3})},
		)
		notes := all_at_once.deny with input as {
			"history": {"state": "whole", "pairs": [{"production": "p", "staging": "s", "differences": [], "versions": [moves]}]},
			"parameters": {"allow": case[0]},
		}
		count(notes) == case[1]
	}
}

chart(number) := {"name": "stack", "text": number}
