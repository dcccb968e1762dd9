# METADATA
# title: The change edits a field that can't be changed
# description: |-
#   The API server refuses the update, and the target stays behind what Git says. With Replace or Force (Flux: force) the
#   controller deletes the object and creates it anew instead, with an outage, and for a volume with the loss of its data.
# related_resources:
#   - ref: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations"
#   - ref: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates"
# custom:
#   scope: change
#   severity: error
#   remedy: Leave the field as it is, or make a new object with another name and retire the old one.
package gitops_guard.prune.immutable_change

import data.gitops_guard.lib.immutable

deny contains {"resource": edit.resource, "path": path, "msg": msg} if {
	some edit in input.change.changed
	some path in immutable.changed(edit.before, edit.after)
	msg := sprintf("%s of a %s can't be changed: the API server refuses the update", [concat(".", [sprintf("%v", [key]) | some key in path]), edit.resource.kind])
}
