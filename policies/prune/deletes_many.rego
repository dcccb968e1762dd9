# METADATA
# title: The change deletes many resources of a target
# description: |-
#   One wrong line in a list, a glob or a generator can empty most of an application. Argo CD refuses a sync that would delete
#   everything, but a single survivor switches that guard off; Flux has none. Deletions that a guard holds back, or that nobody
#   prunes, don't count.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning-with-allow-empty"
# custom:
#   scope: change
#   severity: error
#   remedy: Check that each of them is meant to go; raise max_objects or max_percent, or waive the finding for this change.
#   parameters: {max_objects: 20, max_percent: 50, min_resources: 5}
package gitops_guard.prune.deletes_many

import data.gitops_guard.lib.changes

deny contains {"msg": msg} if {
	not changes.emptied
	not changes.cascading
	not changes.is_set
	gone := [item |
		some item in input.change.deleted
		item.event in {"removed", "renamed", "target-emptied"}
		changes.really_deleted(item)
		changes.is_gone(item)
	]
	too_many(count(gone))
	msg := sprintf("%d of %d resources are deleted%s", [count(gone), input.change.before, changes.by(gone[0])])
}

too_many(number) if number > input.parameters.max_objects

too_many(number) if {
	input.change.before >= input.parameters.min_resources
	number * 100 > input.parameters.max_percent * input.change.before
}
