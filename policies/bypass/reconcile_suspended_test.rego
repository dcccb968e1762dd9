package gitops_guard.bypass.reconcile_suspended_test

import data.gitops_guard.bypass.reconcile_suspended

paths(found) := {fault.path | some fault in found}

annotated(api_version, kind, annotations) := {"object": {"apiVersion": api_version, "kind": kind, "metadata": {"annotations": annotations}}}

test_flux_suspended if {
	every pair in [["kustomize.toolkit.fluxcd.io/v1", "Kustomization"], ["helm.toolkit.fluxcd.io/v2", "HelmRelease"], ["source.toolkit.fluxcd.io/v1", "GitRepository"]] {
		found := reconcile_suspended.deny with input as {"object": {"apiVersion": pair[0], "kind": pair[1], "spec": {"suspend": true}}}
		paths(found) == {["spec", "suspend"]}
	}
}

test_suspend_is_something_else if {
	every object_ in [
		{"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"suspend": true}},
		{"apiVersion": "batch/v1", "kind": "Job", "spec": {"suspend": true}},
		{"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "spec": {"suspend": true}},
		{"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "spec": {"suspend": false}},
		{"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "spec": {"suspend": "${SUSPEND}"}},
		{"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "spec": null},
		{"kind": "Kustomization"},
	] {
		found := reconcile_suspended.deny with input as {"object": object_}
		count(found) == 0
	}
}

test_reconcile_disabled_in_any_case if {
	found := reconcile_suspended.deny with input as annotated("apps/v1", "Deployment", {"kustomize.toolkit.fluxcd.io/reconcile": "Disabled"})
	paths(found) == {["metadata", "annotations", "kustomize.toolkit.fluxcd.io/reconcile"]}
}

test_reconcile_disabled_by_label if {
	found := reconcile_suspended.deny with input as {"object": {"kind": "Deployment", "metadata": {"labels": {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}}}}
	paths(found) == {["metadata", "labels", "kustomize.toolkit.fluxcd.io/reconcile"]}
}

test_flux_operator if {
	found := reconcile_suspended.deny with input as annotated("fluxcd.controlplane.io/v1", "ResourceSet", {"fluxcd.controlplane.io/reconcile": "disabled"})
	count(found) == 1
}

test_skip_reconcile if {
	found := reconcile_suspended.deny with input as annotated("argoproj.io/v1alpha1", "Application", {"argocd.argoproj.io/skip-reconcile": "true"})
	paths(found) == {["metadata", "annotations", "argocd.argoproj.io/skip-reconcile"]}
}

test_skip_reconcile_of_a_template if {
	found := reconcile_suspended.deny with input as {"object": {
		"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet",
		"spec": {"template": {"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}}}},
	}}
	count(found) == 1
}

test_skip_reconcile_of_a_cluster if {
	metadata := {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}, "labels": {"argocd.argoproj.io/secret-type": "cluster"}}
	found := reconcile_suspended.deny with input as {"object": {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}}
	count(found) == 1
}

test_skip_reconcile_means_nothing_elsewhere if {
	found := reconcile_suspended.deny with input as annotated("v1", "ConfigMap", {"argocd.argoproj.io/skip-reconcile": "true"})
	count(found) == 0
}

test_hook_skip if {
	found := reconcile_suspended.deny with input as annotated("v1", "ConfigMap", {"argocd.argoproj.io/hook": "Skip"})
	paths(found) == {["metadata", "annotations", "argocd.argoproj.io/hook"]}
}

test_other_hooks if {
	found := reconcile_suspended.deny with input as annotated("batch/v1", "Job", {"argocd.argoproj.io/hook": "PreSync,PostSync"})
	count(found) == 0
}

test_odd_metadata if {
	every metadata in [null, "text", {"annotations": null}, {"annotations": {"argocd.argoproj.io/hook": true}}, {"labels": ["a"]}] {
		found := reconcile_suspended.deny with input as {"object": {"apiVersion": 1, "kind": "ConfigMap", "metadata": metadata}}
		count(found) == 0
	}
}
