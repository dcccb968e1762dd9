# METADATA
# title: The change edits a field that can't be changed
# description: |-
#   The API server refuses the update, and the target stays behind what Git says. With Replace or Force (Flux: force) the
#   controller deletes the object and creates it anew instead, with an outage, and for a volume with the loss of its data. A Job
#   that asks for that itself, by its own option, is meant to run again.
# related_resources:
#   - ref: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations"
#   - ref: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates"
# custom:
#   scope: change
#   severity: error
#   remedy: Leave the field as it is, or make a new object with another name and retire the old one.
package gitops_guard.prune.immutable_change

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.immutable

deny contains {"resource": edit.resource, "path": path, "msg": msg} if {
	some edit in input.change.changed
	is_updated(edit)
	some path in immutable.changed(edit.before, edit.after)
	field := concat(".", [sprintf("%v", [key]) | some key in path])
	msg := sprintf("%s of a %s can't be changed: %s", [field, edit.resource.kind, outcome(edit)])
}

# The same object is updated: not one whose name comes from its content or from the API server, nor a hook, which is made anew.
is_updated(edit) if {
	name := edit.before.metadata.name
	edit.after.metadata.name == name
	count({"argocd.argoproj.io/hook", "helm.sh/hook"} & object.keys(gitops.annotations(edit.after))) == 0
	not runs_anew(edit)
}

# A Job whose own option says that it is made anew is meant to run again: that is the documented way. An option of everything
# that its owner applies says nothing of the kind.
runs_anew(edit) if {
	edit.resource.kind == "Job"
	edit.recreated_by != null
	"Force=true" in gitops.sync_options(edit.after)
}

runs_anew(edit) if {
	edit.resource.kind == "Job"
	edit.recreated_by != null
	count(gitops.switched(edit.after, "kustomize", "force", "enabled")) > 0
}

outcome(edit) := "the API server refuses the update" if edit.recreated_by == null

else := sprintf("%s deletes the object and creates it anew", [edit.recreated_by])
