package gitops_guard.prune.cascade_deletion_test

import data.gitops_guard.lib.change_cases as cases
import data.gitops_guard.prune.cascade_deletion

judged(deleted) := found if {
	found := cascade_deletion.deny with input as cases.change(deleted)
}

gone(more) := cases.deletion(cases.application, object.union({"takes": cases.takes}, more))

test_takes_along if {
	found := judged([gone({"owner": "argocd/Application/argocd/root"})])
	found == {{
		"resource": cases.name_of(cases.application),
		"msg": "this deletes Application shop (by argocd/Application/argocd/root): 2 resources that it deployed are deleted with it",
	}}
}

test_rename if {
	found := judged([gone({"event": "renamed", "successor": cases.name_of(cases.application)})])
	some fault in found
	startswith(fault.msg, "renaming deletes Application shop")
}

test_nobody_knows_what_it_deploys if {
	found := judged([gone({"takes": {"cascades": true, "known": false, "objects": []}})])
	some fault in found
	endswith(fault.msg, "all that it deployed is deleted with it")
}

test_takes_nothing_along if {
	every takes in [
		{"cascades": false, "known": true, "objects": []},
		{"cascades": true, "known": true, "objects": []},
		null,
	] {
		found := judged([gone({"takes": takes})])
		count(found) == 0
	}
}

test_stays if {
	every more in [{"pruned": false}, {"guarded_by": "argocd.argoproj.io/sync-options: Prune=false"}, {"event": "moved"}, {"event": "owner-removed"}] {
		found := judged([gone(more)])
		count(found) == 0
	}
}

test_one_application_of_a_set if {
	found := cascade_deletion.deny with input as cases.change_with([gone({})], {"target": cases.set})
	count(found) == 1
}

test_set_without_applications_is_another_rules if {
	emptied := {"target": cases.set, "before": 1, "after": 0}
	found := cascade_deletion.deny with input as cases.change_with([gone({"event": "target-emptied"})], emptied)
	count(found) == 0
}

release := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "shop"}}

test_another_release if {
	edit := cases.edit_with(release, release, {"reinstalls": ["spec", "releaseName"]})
	found := cascade_deletion.deny with input as cases.edited([edit])
	{fault.path | some fault in found} == {["spec", "releaseName"]}
}

test_release_that_stays if {
	found := cascade_deletion.deny with input as cases.edited([cases.edit(release, object.union(release, {"spec": {"interval": "1h"}}))])
	count(found) == 0
}
