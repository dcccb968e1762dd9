package gitops_guard.bypass.open_project_test

import data.gitops_guard.bypass.open_project

project(name, spec) := {"target": "t", "object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": name, "namespace": "argocd"}, "spec": spec}}

application(spec) := {"target": "t", "object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "shop"}, "spec": spec}}

given(objects) := {"objects": objects, "parameters": {}}

paths(found) := {result.path | some result in found}

test_stars if {
	found := open_project.deny with input as given([project("shop", {
		"sourceRepos": ["https://github.com/acme/*", "*"],
		"destinations": [{"server": "*", "namespace": "*"}, {"server": "*", "namespace": "shop"}, {"name": "prod", "namespace": "shop-*"}],
		"clusterResourceWhitelist": [{"group": "*", "kind": "*"}, {"group": "", "kind": "*"}],
		"sourceNamespaces": ["*"],
	})])
	paths(found) == {
		["spec", "sourceRepos", 1], ["spec", "destinations", 0, "namespace"], ["spec", "destinations", 1, "server"],
		["spec", "clusterResourceWhitelist", 0], ["spec", "sourceNamespaces", 0],
	}
}

test_own_namespace if {
	every namespace in ["argocd", "argo*"] {
		found := open_project.deny with input as given([project("shop", {"destinations": [{"server": "https://kubernetes.default.svc", "namespace": namespace}]})])
		paths(found) == {["spec", "destinations", 0, "namespace"]}
	}
}

test_own_namespace_elsewhere_or_denied if {
	every destinations in [
		[{"server": "https://prod.example.com", "namespace": "argocd"}],
		[{"server": "https://kubernetes.default.svc", "namespace": "a*"}, {"server": "https://kubernetes.default.svc", "namespace": "!argocd"}],
	] {
		found := open_project.deny with input as given([project("shop", {"destinations": destinations})])
		count(found) == 0
	}
}

test_default if {
	every spec in [{}, {"project": "default"}, {"project": ""}] {
		found := open_project.deny with input as given([application(spec)])
		paths(found) == {["spec", "project"]}
	}
}

test_default_that_is_narrowed if {
	found := open_project.deny with input as given([application({"project": "default"}), project("default", {"sourceRepos": [], "destinations": []})])
	count(found) == 0
}

test_default_that_is_not if {
	found := open_project.deny with input as given([application({"project": "default"}), project("default", {"sourceRepos": ["*"]})])
	count(found) == 2
}

test_a_project_of_its_own if {
	found := open_project.deny with input as given([application({"project": "shop"})])
	count(found) == 0
}

test_any_cluster_with_own_namespace if {
	found := open_project.deny with input as given([project("shop", {"destinations": [{"server": "*", "namespace": "argocd"}]})])
	paths(found) == {["spec", "destinations", 0, "server"], ["spec", "destinations", 0, "namespace"]}
}

test_any_cluster_is_said_once if {
	found := open_project.deny with input as given([project("shop", {"destinations": [{"server": "*", "namespace": "a"}, {"server": "*", "namespace": "b"}, {"server": "*", "namespace": "*"}]})])
	paths(found) == {["spec", "destinations", 0, "server"], ["spec", "destinations", 2, "namespace"]}
}
