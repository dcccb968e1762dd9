package gitops_guard.prune.ineffective_guard_test

import data.gitops_guard.lib.change_cases as cases
import data.gitops_guard.prune.ineffective_guard

argocd := cases.owner

flux := object.union(cases.owner, {"system": "flux", "kind": "Kustomization"})

release := object.union(cases.owner, {"system": "flux", "kind": "HelmRelease"})

judged(annotations, owner, facts) := found if {
	found := ineffective_guard.deny with input as {
		"object": object.union(cases.claim, {"metadata": {"annotations": annotations}}),
		"target": object.union(cases.target, {"owners": [owner]}),
		"facts": facts,
		"parameters": {},
	}
}

option(text) := {"argocd.argoproj.io/sync-options": text}

switched(text) := {"kustomize.toolkit.fluxcd.io/prune": text}

keep := {"helm.sh/resource-policy": "keep"}

test_another_controllers if {
	every pair in [[keep, argocd], [keep, flux], [switched("disabled"), argocd], [option("Prune=false"), flux], [switched("disabled"), release]] {
		found := judged(pair[0], pair[1], {})
		count(found) == 1
	}
}

test_its_own if {
	every pair in [[option("Prune=false"), argocd], [option("Replace=true, Prune=confirm"), argocd], [switched("Disabled"), flux], [keep, release]] {
		found := judged(pair[0], pair[1], {})
		count(found) == 0
	}
}

test_one_that_holds_is_enough if {
	every owner in [argocd, flux] {
		found := judged(object.union(keep, object.union(option("Prune=false"), switched("disabled"))), owner, {})
		count(found) == 0
	}
}

test_spelling if {
	every pair in [[option("prune=false"), argocd], [option("Prune = false"), argocd], [option("Prune=False"), argocd], [switched("false"), flux]] {
		found := judged(pair[0], pair[1], {})
		some fault in found
		endswith(fault.msg, "it is not spelled as the controller reads it")
	}
}

test_what_is_no_guard if {
	every annotations in [option("PruneLast=true"), option("Delete=false"), option("Prune=true"), switched("enabled"), {}] {
		found := judged(annotations, argocd, {})
		count(found) == 0
	}
}

test_owner_that_does_not_prune if {
	every owner in [object.union(argocd, {"prune": false}), object.union(argocd, {"automated": false})] {
		found := judged(keep, owner, {})
		count(found) == 0
	}
}

test_confirm_before_2_14 if {
	count(judged(option("Prune=confirm"), argocd, {"versions": {"argocd": "2.13"}})) == 1
	count(judged(option("Prune=confirm"), argocd, {"versions": {"argocd": "2.14"}})) == 0
	count(judged(option("Prune=false"), argocd, {"versions": {"argocd": "2.13"}})) == 0
}

application(options, version) := found if {
	found := ineffective_guard.deny with input as {
		"object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "spec": {"syncPolicy": {"syncOptions": options}}},
		"target": null,
		"facts": {"versions": {"argocd": version}},
		"parameters": {},
	}
}

test_option_of_an_application if {
	found := application(["CreateNamespace=true", "Prune=false", "Delete=confirm"], "3.3.2")
	{fault.path | some fault in found} == {["spec", "syncPolicy", "syncOptions", 1], ["spec", "syncPolicy", "syncOptions", 2]}
	count(application(["Prune=false"], "3.4")) == 0
	count(application(["Prune=false"], null)) == 0
	count(application(["prune=false"], null)) == 1
}

test_application_that_guards if {
	found := judged(keep, object.union(argocd, {"sync_options": ["Prune=false"]}), {})
	count(found) == 0
}

dropped(left, more) := found if {
	item := cases.deletion(cases.claim, object.union({"left": left}, more))
	found := ineffective_guard.deny with input as cases.change([item])
}

guarded(annotations) := object.union(cases.claim, {"metadata": {"annotations": annotations}})

test_comes_with_the_deletion if {
	every case in [
		[option("Prune=false"), {}],
		[option("Prune=confirm"), {"event": "target-emptied"}],
		[switched("disabled"), {"owner": "flux/Kustomization/flux-system/shop"}],
		[keep, {"owner": "flux/HelmRelease/shop/shop"}],
		[switched("disabled"), {"owner": null}],
	] {
		found := dropped(guarded(case[0]), case[1])
		count(found) == 1
	}
}

test_nothing_was_meant_to_be_kept if {
	every case in [
		[null, {}],
		[cases.claim, {}],
		[guarded(keep), {}],
		[guarded(option("Prune=false")), {"owner": "flux/Kustomization/flux-system/shop"}],
		[guarded(option("Prune=false")), {"object": guarded(option("Prune=false"))}],
		[guarded(option("Prune=false")), {"pruned": false}],
		[guarded(option("Prune=false")), {"event": "moved"}],
		[guarded(option("Prune=false")), {"guarded_by": "argocd.argoproj.io/sync-options: Prune=false"}],
	] {
		found := dropped(case[0], case[1])
		count(found) == 0
	}
}
