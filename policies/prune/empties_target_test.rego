package gitops_guard.prune.empties_target_test

import data.gitops_guard.lib.change_cases as cases
import data.gitops_guard.prune.empties_target

gone(more) := cases.deletion(cases.claim, object.union({"event": "target-emptied"}, more))

judged(deleted, more) := found if {
	found := empties_target.deny with input as cases.change_with(deleted, object.union({"before": 2, "after": 0}, more))
}

test_nothing_is_left if {
	found := judged([gone({"owner": "flux/Kustomization/flux-system/shop"})], {})
	{fault.msg | some fault in found} == {"nothing is left of 2 resources (by flux/Kustomization/flux-system/shop)"}
}

test_argo_cd_refuses if {
	found := judged([gone({})], {"target": object.union(cases.target, {"owners": [cases.owner]})})
	some fault in found
	contains(fault.msg, "Argo CD refuses such a sync")
}

test_allow_empty if {
	owner := object.union(cases.owner, {"allow_empty": true})
	found := judged([gone({})], {"target": object.union(cases.target, {"owners": [owner]})})
	some fault in found
	not contains(fault.msg, "refuses")
}

test_something_is_left if count(judged([gone({})], {"after": 1})) == 0

test_all_of_it_moved if count(judged([cases.deletion(cases.claim, {"event": "moved"})], {})) == 0

test_nothing_is_deleted if {
	every more in [{"pruned": false}, {"guarded_by": "syncOptions: Prune=false"}] {
		found := judged([gone(more)], {})
		count(found) == 0
	}
}

test_suspended_owner_is_said if {
	found := judged([gone({"deferred": true})], {})
	some fault in found
	contains(fault.msg, "once it is resumed")
}

test_set_without_applications if {
	lost := cases.deletion(cases.application, {"event": "target-emptied", "owner": cases.set.id, "takes": cases.takes})
	found := judged([lost], {"target": cases.set})
	{fault.msg | some fault in found} == {"nothing is left of 2 Applications (by argocd/ApplicationSet/argocd/shop)"}
}

test_cascade_comes_first if {
	lost := cases.deletion(cases.application, {"event": "target-emptied", "takes": cases.takes})
	count(judged([lost], {})) == 0
}
