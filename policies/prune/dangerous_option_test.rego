package gitops_guard.prune.dangerous_option_test

import data.gitops_guard.prune.dangerous_option

stateful := {"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"volumeClaimTemplates": [{}]}}

stateless := {"apiVersion": "apps/v1", "kind": "Deployment"}

paths(found) := {fault.path | some fault in found}

with_options(object_, options) := {"object": object.union(object_, {"metadata": {"annotations": {"argocd.argoproj.io/sync-options": options}}})}

test_option_of_the_object if {
	found := dangerous_option.deny with input as with_options(stateful, "Replace=true,Force=true,Prune=false")
	paths(found) == {["metadata", "annotations", "argocd.argoproj.io/sync-options"]}
	count(found) == 1
}

test_object_without_state if {
	every object_ in [stateless, {"apiVersion": "batch/v1", "kind": "Job"}, {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}] {
		found := dangerous_option.deny with input as with_options(object_, "Replace=true,Force=true")
		count(found) == 0
	}
}

test_harmless_options if {
	found := dangerous_option.deny with input as with_options(stateful, "Replace=false,ServerSideApply=true,Prune=false")
	count(found) == 0
}

test_flux_force_of_the_object if {
	found := dangerous_option.deny with input as {"object": object.union(stateful, {"metadata": {"labels": {"kustomize.toolkit.fluxcd.io/force": "Enabled"}}})}
	paths(found) == {["metadata", "labels", "kustomize.toolkit.fluxcd.io/force"]}
}

application(policy, deploys) := {
	"object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {"syncPolicy": policy}},
	"facts": {"deploys": deploys},
}

dangerous := {"automated": {"prune": true, "allowEmpty": true}, "syncOptions": ["CreateNamespace=true", "Replace=true"]}

test_application_with_state if {
	found := dangerous_option.deny with input as application(dangerous, [stateless, stateful])
	paths(found) == {["spec", "syncPolicy", "automated", "allowEmpty"], ["spec", "syncPolicy", "syncOptions", 1]}
}

test_application_without_state if {
	every deploys in [[], [stateless], null] {
		found := dangerous_option.deny with input as application(dangerous, deploys)
		count(found) == 0
	}
}

test_allow_empty_without_prune if {
	every automated in [{"allowEmpty": true}, {"allowEmpty": true, "prune": true, "enabled": false}] {
		found := dangerous_option.deny with input as application({"automated": automated}, [stateful])
		count(found) == 0
	}
}

test_option_of_the_object_beats_the_applications if {
	own := with_options(stateful, "Replace=false").object
	found := dangerous_option.deny with input as application({"syncOptions": ["Replace=true"]}, [own])
	count(found) == 0
}

test_application_set if {
	found := dangerous_option.deny with input as {
		"object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "spec": {"template": {"spec": {"syncPolicy": dangerous}}}},
		"facts": {"deploys": [stateful]},
	}
	count(found) == 2
}

test_flux_kustomization if {
	forced := {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "spec": {"force": true}}
	found := dangerous_option.deny with input as {"object": forced, "facts": {"deploys": [stateful]}}
	paths(found) == {["spec", "force"]}
	clean := dangerous_option.deny with input as {"object": forced, "facts": {"deploys": [stateless]}}
	count(clean) == 0
}

release(spec) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "spec": spec}

test_release_that_is_not_rendered if {
	uninstall := release({"upgrade": {"force": true, "remediation": {"strategy": "uninstall"}}})
	found := dangerous_option.deny with input as {"object": uninstall, "facts": {}}
	paths(found) == {["spec", "upgrade", "force"], ["spec", "upgrade", "remediation", "strategy"]}
}

test_release_without_state if {
	found := dangerous_option.deny with input as {"object": release({"upgrade": {"force": true}}), "facts": {"deploys": [stateless]}}
	count(found) == 0
}

test_release_that_rolls_back if {
	found := dangerous_option.deny with input as {"object": release({"upgrade": {"remediation": {"strategy": "rollback"}}}), "facts": {}}
	count(found) == 0
}
