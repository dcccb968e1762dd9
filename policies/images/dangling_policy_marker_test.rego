package gitops_guard.images.dangling_policy_marker_test

import data.gitops_guard.images.dangling_policy_marker as rule

policy(namespace, name, labels) := {"target": "t", "object": {
	"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImagePolicy",
	"metadata": {"name": name, "namespace": namespace, "labels": labels}, "spec": {},
}}

automation(spec) := {"target": "t", "object": {
	"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImageUpdateAutomation",
	"metadata": {"name": "fleet", "namespace": "flux-system"},
	"spec": object.union({"sourceRef": {"kind": "GitRepository", "name": "fleet"}}, spec),
}}

repository(url) := {"target": "t", "object": {
	"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
	"metadata": {"name": "fleet", "namespace": "flux-system"}, "spec": {"url": url},
}}

given(objects, name) := {
	"objects": objects,
	"references": {
		"own": ["https://github.com/acme/fleet"], "remotes": [],
		"marks": [{"policy": name, "file": "apps/web.yaml", "line": 7, "column": 20}],
	},
	"parameters": {},
}

web := policy("flux-system", "web", {})

test_names_none if {
	count(rule.deny) == 1 with input as given([web], "flux-system:api")
	count(rule.deny) == 1 with input as given([web], "apps:web")
	count(rule.deny) == 1 with input as given([automation({})], "flux-system:web")
}

test_form if {
	every name in ["flux-system/web", "web", "", "flux-system:web:version", "a:b:c:d"] {
		count(rule.deny) == 1 with input as given([web], name)
	}
	every name in ["flux-system:web", "flux-system:web:tag", "flux-system:web:name", "flux-system:web:digest"] {
		count(rule.deny) == 0 with input as given([web], name)
	}
}

test_automation_sees_its_namespace if {
	count(rule.deny) == 0 with input as given([web, automation({})], "flux-system:web")
	found := rule.deny with input as given([policy("apps", "web", {}), automation({})], "apps:web")
	{result.line | some result in found} == {7}
}

test_selector if {
	selecting := automation({"policySelector": {"matchLabels": {"team": "shop"}}})
	count(rule.deny) == 1 with input as given([web, selecting], "flux-system:web")
	count(rule.deny) == 0 with input as given([policy("flux-system", "web", {"team": "shop"}), selecting], "flux-system:web")
	count(rule.deny) == 0 with input as given([web, selecting, automation({"update": {"path": "./apps"}})], "flux-system:web")
}

test_where_no_automation_writes_it_may_be_anothers if {
	away := policy("apps", "web", {})
	count(rule.deny) == 0 with input as given([away, automation({"update": {"path": "./clusters"}})], "apps:web")
	count(rule.deny) == 0 with input as given([away, automation({}), repository("https://github.com/acme/other")], "apps:web")
	count(rule.deny) == 1 with input as given([away, automation({}), repository("https://github.com/acme/fleet")], "apps:web")
}

test_a_policy_without_a_namespace_may_be_the_one if {
	count(rule.deny) == 0 with input as given([policy("", "web", {})], "apps:web")
}

test_repository_without_image_automation if {
	count(rule.deny) == 0 with input as given([repository("https://github.com/acme/fleet")], "flux-system:web")
}

test_an_automation_of_another_repository_says_nothing_of_this_one if {
	labelled := policy("flux-system", "web", {"app": "web"})
	picky := automation({
		"policySelector": {"matchLabels": {"app": "api"}},
		"sourceRef": {"kind": "GitRepository", "name": "fleet", "namespace": "flux-system"},
	})
	count(rule.deny) == 1 with input as given([labelled, picky, repository("https://github.com/acme/fleet")], "flux-system:web")
	count(rule.deny) == 0 with input as given([labelled, picky, repository("https://github.com/acme/other")], "flux-system:web")
}
