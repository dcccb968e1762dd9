# METADATA
# title: The change deletes what holds state
# description: |-
#   What is no longer rendered is deleted by a pruning controller, and with a Namespace, a volume, a custom resource definition, a
#   database or a cloud resource goes the data behind it. A rename is a deletion, too. A guard counts only if it was there before:
#   both controllers read it from the live object.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning"
#   - ref: "https://fluxcd.io/flux/components/kustomize/kustomizations/#prune"
# custom:
#   scope: change
#   severity: error
#   remedy: Keep it, or first merge a guard (Prune=false, kustomize.toolkit.fluxcd.io/prune disabled), then the deletion, and remove the object by hand.
#   parameters: {exclude: []}
package gitops_guard.prune.deletes_stateful

import data.gitops_guard.lib.changes
import data.gitops_guard.lib.state

deny contains {"resource": item.resource, "msg": msg} if {
	not changes.emptied
	some item in input.change.deleted
	item.event in {"removed", "renamed", "target-emptied"}
	changes.really_deleted(item)
	loss := state.loss(item.object)
	not state.survives(item.object)
	not item.resource.kind in input.parameters.exclude
	msg := sprintf("%s %s %s%s: %s%s", [changes.verb(item), item.resource.kind, item.resource.name, changes.by(item), loss, changes.along(item)])
}
