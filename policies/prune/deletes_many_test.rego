package gitops_guard.prune.deletes_many_test

import data.gitops_guard.lib.change_cases as cases
import data.gitops_guard.prune.deletes_many

parameters := {"max_objects": 20, "max_percent": 50, "min_resources": 5}

several(number, more) := [cases.deletion(object.union(cases.config, {"metadata": {"name": sprintf("c%d", [n])}}), more) |
	some n in numbers.range(1, number)
]

judged(deleted, before) := found if {
	found := deletes_many.deny with input as cases.with_parameters(deleted, {"before": before, "after": before - count(deleted)}, parameters)
}

test_share_of_a_target if {
	found := judged(several(6, {}), 10)
	{fault.msg | some fault in found} == {"6 of 10 resources are deleted (by argocd/Application/argocd/shop)"}
}

test_exactly_half if count(judged(several(5, {}), 10)) == 0

test_small_target if {
	count(judged(several(3, {}), 4)) == 0
	count(judged(several(3, {}), 5)) == 1
}

test_number if {
	count(judged(several(20, {}), 100)) == 0
	count(judged(several(21, {}), 100)) == 1
}

test_parameters if {
	found := deletes_many.deny with input as cases.with_parameters(several(3, {}), {"before": 100}, object.union(parameters, {"max_objects": 2}))
	count(found) == 1
}

test_only_real_deletions_count if {
	every more in [{"pruned": false}, {"guarded_by": "kustomize.toolkit.fluxcd.io/prune: disabled"}, {"event": "moved"}, {"event": "owner-removed"}] {
		found := judged(several(30, more), 40)
		count(found) == 0
	}
}

test_renames_count if count(judged(several(8, {"event": "renamed", "successor": cases.name_of(cases.config)}), 10)) == 1

test_not_beside_a_cascade if {
	root := cases.deletion(cases.application, {"takes": cases.takes})
	count(judged(array.concat([root], several(8, {})), 10)) == 0
}

test_not_beside_an_emptied_target if count(judged(several(30, {"event": "target-emptied"}), 30)) == 0

test_applications_of_a_set if {
	found := deletes_many.deny with input as cases.with_parameters(several(8, {}), {"target": cases.set}, parameters)
	count(found) == 0
}
