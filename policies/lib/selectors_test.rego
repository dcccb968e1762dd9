package gitops_guard.lib.selectors_test

import data.gitops_guard.lib.selectors

test_labels if {
	selectors.matches({"matchLabels": {"app": "web"}}, {"app": "web", "tier": "front"})
	not selectors.matches({"matchLabels": {"app": "web"}}, {"app": "api"})
	not selectors.matches({"matchLabels": {"app": "web"}}, {})
}

test_empty_takes_everything if {
	selectors.matches({}, {"app": "web"})
	selectors.matches(null, {})
}

test_expressions if {
	labels := {"app": "web"}
	every expression in [
		{"key": "app", "operator": "In", "values": ["web", "api"]},
		{"key": "app", "operator": "NotIn", "values": ["api"]},
		{"key": "tier", "operator": "NotIn", "values": ["api"]},
		{"key": "app", "operator": "Exists"},
		{"key": "tier", "operator": "DoesNotExist"},
	] {
		selectors.matches({"matchExpressions": [expression]}, labels)
	}
	every expression in [
		{"key": "app", "operator": "In", "values": ["api"]},
		{"key": "app", "operator": "NotIn", "values": ["web"]},
		{"key": "tier", "operator": "Exists"},
		{"key": "app", "operator": "DoesNotExist"},
		{"key": "app", "operator": "Like", "values": ["web"]},
	] {
		not selectors.matches({"matchExpressions": [expression]}, labels)
	}
}
