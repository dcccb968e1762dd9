# METADATA
# title: A resource leaves one pruning owner for another in one change
# description: |-
#   Whoever reconciles first decides: if the old owner is first, it deletes the object before the new one takes it over, and a
#   volume, a load balancer or a DNS name is lost. If the new one is first, nothing happens.
# related_resources:
#   - ref: "https://github.com/fluxcd/kustomize-controller/issues/338"
# custom:
#   scope: change
#   severity: warning
#   remedy: Guard the object against pruning first, then move it, then drop the guard.
package gitops_guard.prune.moved_between_owners

import data.gitops_guard.lib.changes

deny contains {"resource": item.resource, "msg": msg} if {
	some item in input.change.deleted
	item.event == "moved"
	changes.really_deleted(item)
	msg := sprintf("%s moves from %s to %s: the old owner may delete it before the new one takes it over", [item.resource.kind, item.owner, item.new_owner])
}
