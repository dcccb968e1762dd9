package gitops_guard.prune.moved_between_owners_test

import data.gitops_guard.lib.change_cases as cases
import data.gitops_guard.prune.moved_between_owners

moved(more) := cases.deletion(cases.claim, object.union({"event": "moved", "new_owner": "argocd/Application/argocd/data"}, more))

judged(more) := found if {
	found := moved_between_owners.deny with input as cases.change([moved(more)])
}

test_moves if {
	found := judged({})
	{fault.msg | some fault in found} == {"PersistentVolumeClaim moves from argocd/Application/argocd/shop to argocd/Application/argocd/data: the old owner may delete it before the new one takes it over"}
}

test_old_owner_deletes_nothing if {
	every more in [{"pruned": false}, {"guarded_by": "argocd.argoproj.io/sync-options: Prune=false"}] {
		found := judged(more)
		count(found) == 0
	}
}

test_what_is_gone_is_another_rules if {
	every event in ["removed", "renamed", "target-emptied", "owner-removed"] {
		found := judged({"event": event})
		count(found) == 0
	}
}
