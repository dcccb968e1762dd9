package gitops_guard.bypass.automation_disabled_test

import data.gitops_guard.bypass.automation_disabled

parameters := {"self_heal": true, "drift_detection": true}

application(policy) := {"object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {"syncPolicy": policy}}, "parameters": parameters}

paths(found) := {fault.path | some fault in found}

test_no_automated if {
	found := automation_disabled.deny with input as application({"syncOptions": ["CreateNamespace=true"]})
	paths(found) == {["spec", "syncPolicy", "automated"]}
}

test_automated_null if {
	found := automation_disabled.deny with input as application({"automated": null})
	paths(found) == {["spec", "syncPolicy", "automated"]}
}

test_no_spec if {
	found := automation_disabled.deny with input as {"object": {"kind": "Application"}, "parameters": parameters}
	paths(found) == {["spec", "syncPolicy", "automated"]}
}

test_enabled_false if {
	found := automation_disabled.deny with input as application({"automated": {"enabled": false, "prune": true, "selfHeal": true}})
	paths(found) == {["spec", "syncPolicy", "automated", "enabled"]}
}

test_no_self_heal if {
	every automated in [{}, {"prune": true}, {"selfHeal": false}, {"selfHeal": null, "enabled": true}] {
		found := automation_disabled.deny with input as application({"automated": automated})
		paths(found) == {["spec", "syncPolicy", "automated", "selfHeal"]}
	}
}

test_self_heal_is_not_asked_for if {
	found := automation_disabled.deny with input as object.union(
		application({"automated": {}}),
		{"parameters": {"self_heal": false, "drift_detection": true}},
	)
	count(found) == 0
}

test_automated if {
	found := automation_disabled.deny with input as application({"automated": {"selfHeal": true}})
	count(found) == 0
}

set_of(template, more) := {
	"object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "spec": object.union({"template": {"spec": {"syncPolicy": template}}}, more)},
	"parameters": parameters,
}

test_template_without_automated if {
	found := automation_disabled.deny with input as set_of({}, {})
	paths(found) == {["spec", "template", "spec", "syncPolicy", "automated"]}
}

test_template_patch_brings_it if {
	patch := "spec:\n  syncPolicy:\n    automated:\n      prune: {{ .prune }}\n      selfHeal: true\n"
	found := automation_disabled.deny with input as set_of({}, {"templatePatch": patch})
	count(found) == 0
}

test_template_patch_without_self_heal if {
	found := automation_disabled.deny with input as set_of({}, {"templatePatch": "spec:\n  syncPolicy:\n    automated:\n      prune: true\n"})
	paths(found) == {["spec", "templatePatch"]}
}

test_template_patch_switches_off if {
	every text in ["selfHeal: false", "enabled: false\n      selfHeal: true"] {
		patch := sprintf("spec:\n  syncPolicy:\n    automated:\n      %s\n", [text])
		found := automation_disabled.deny with input as set_of({"automated": {"selfHeal": true}}, {"templatePatch": patch})
		paths(found) == {["spec", "templatePatch"]}
	}
}

test_template_patch_takes_it_away if {
	patch := "spec:\n  syncPolicy:\n    automated: null\n"
	found := automation_disabled.deny with input as set_of({"automated": {"selfHeal": true}}, {"templatePatch": patch})
	paths(found) == {["spec", "templatePatch"]}
}

generating(set, applications) := object.union(set, {"facts": {"generates": [{"metadata": {"name": name}, "spec": spec} | some name, spec in applications]}})

test_what_is_generated_decides if {
	patch := "{{ if .auto }}\nspec:\n  syncPolicy:\n    automated:\n      selfHeal: {{ .heal }}\n{{ end }}\n"
	set := set_of({}, {"templatePatch": patch})
	good := {"syncPolicy": {"automated": {"selfHeal": true}}}
	none := automation_disabled.deny with input as generating(set, {"a": good})
	count(none) == 0
	without := automation_disabled.deny with input as generating(set, {"a": good, "b": {}})
	{[result.path, result.line] | some result in without} == {[["spec", "templatePatch"], 4]}
	loose := automation_disabled.deny with input as generating(set, {"a": good, "b": {"syncPolicy": {"automated": {}}}})
	{[result.path, result.line] | some result in loose} == {[["spec", "templatePatch"], 5]}
	every result in loose {
		contains(result.msg, "(b)")
	}
}

test_what_the_template_alone_says if {
	found := automation_disabled.deny with input as generating(set_of({"automated": {"enabled": false}}, {}), {"a": {"syncPolicy": {"automated": {"enabled": false}}}})
	paths(found) == {["spec", "template", "spec", "syncPolicy", "automated", "enabled"]}
}

test_a_condition_is_unknown if {
	found := automation_disabled.deny with input as set_of({}, {"templatePatch": "{{ if .auto }}\nspec: {syncPolicy: {automated: {selfHeal: true}}}\n{{ end }}\n"})
	count(found) == 0
}

test_generator_template if {
	generators := [{"list": {"template": {"spec": {"syncPolicy": {"automated": {"selfHeal": true}}}}}}]
	found := automation_disabled.deny with input as set_of({}, {"generators": generators})
	count(found) == 0
}

test_rolling_sync if {
	found := automation_disabled.deny with input as set_of({}, {"strategy": {"type": "RollingSync"}})
	count(found) == 0
}

release(spec) := {"object": {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "spec": spec}, "parameters": parameters}

test_drift_detection_absent if {
	found := automation_disabled.deny with input as release({})
	paths(found) == {["spec", "driftDetection"]}
}

test_drift_detection_that_an_unknown_parent_patches_in if {
	found := automation_disabled.deny with input as object.union(release({}), {"facts": {"handed": ["driftDetection", "install"]}})
	count(found) == 0
	other := automation_disabled.deny with input as object.union(release({}), {"facts": {"handed": ["install"]}})
	paths(other) == {["spec", "driftDetection"]}
}

test_drift_detection_off if {
	every mode in ["warn", "disabled", ""] {
		found := automation_disabled.deny with input as release({"driftDetection": {"mode": mode}})
		paths(found) == {["spec", "driftDetection", "mode"]}
	}
}

test_drift_detection_on if {
	found := automation_disabled.deny with input as release({"driftDetection": {"mode": "enabled"}})
	count(found) == 0
}

test_drift_detection_is_not_asked_for if {
	found := automation_disabled.deny with input as object.union(release({}), {"parameters": {"self_heal": true, "drift_detection": false}})
	count(found) == 0
}

test_variable_is_unknown if {
	found := automation_disabled.deny with input as release({"driftDetection": {"mode": "${MODE}"}})
	count(found) == 0
}

test_generators_that_turn_it_on if {
	template := {"spec": {"syncPolicy": {"automated": {"selfHeal": true}}}}
	generators := [{"list": {"template": template}}, {"git": {"template": template}}]
	found := automation_disabled.deny with input as set_of({}, {"generators": generators})
	count(found) == 0
	some_ := automation_disabled.deny with input as set_of({}, {"generators": array.concat(generators, [{"clusters": {}}])})
	count(some_) == 1
}

test_generators_that_turn_healing_on if {
	generators := [{"list": {"template": {"spec": {"syncPolicy": {"automated": {"selfHeal": true}}}}}}]
	found := automation_disabled.deny with input as set_of({"automated": {}}, {"generators": generators})
	count(found) == 0
	plain := [{"list": {"template": {"spec": {"syncPolicy": {"automated": {"prune": true}}}}}}]
	without := automation_disabled.deny with input as set_of({"automated": {}}, {"generators": plain})
	count(without) == 1
}
