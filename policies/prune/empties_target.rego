# METADATA
# title: The change leaves a target with nothing
# description: |-
#   A path that names a folder without manifests, an empty list, a glob that matches nothing any more: the build succeeds and
#   holds nothing, and everything that was deployed is to be deleted. Flux prunes it all. Argo CD refuses such a sync unless
#   allowEmpty is set, so the application stops following Git. An ApplicationSet deletes its Applications.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning-with-allow-empty"
#   - ref: "https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Controlling-Resource-Modification/"
# custom:
#   scope: change
#   severity: error
#   remedy: Correct the path, list or generator; to retire the target, remove the object that deploys it.
package gitops_guard.prune.empties_target

import data.gitops_guard.lib.changes

deny contains {"msg": msg} if {
	changes.emptied
	gone := [item | some item in input.change.deleted; changes.really_deleted(item)]
	count(gone) > 0
	msg := sprintf("nothing is left of %d %s%s%s", [input.change.before, what, changes.by(gone[0]), refused])
}

what := "Applications" if changes.is_set

what := "resources" if not changes.is_set

# Argo CD's own guard against a sync that deletes everything.
refused := "; Argo CD refuses such a sync without allowEmpty, and nothing is deployed any more" if {
	not changes.is_set
	some owner in input.change.target.owners
	owner.system == "argocd"
	not owner.allow_empty
}

else := ""
