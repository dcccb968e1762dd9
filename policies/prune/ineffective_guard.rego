# METADATA
# title: A guard against deletion does not hold
# description: |-
#   Each controller reads its own guards: Argo CD its sync options, Flux its annotation, Helm (and so a HelmRelease) its resource
#   policy; Argo CD honours the last only when it deletes an Application with all it has. Options are compared letter by letter.
#   Prune and Delete options of a whole Application are known since Argo CD 3.4, Prune=confirm since 2.14; before, they are
#   ignored without a word. And both ask the object in the cluster: a guard that is written in the change that drops the object
#   never gets there.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources"
#   - ref: "https://fluxcd.io/flux/components/kustomize/kustomizations/#prune"
#   - ref: "https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource"
# custom:
#   scope: resource
#   severity: warning
#   kinds: ["*"]
#   mentions: ["rune=", "rune:", "rune ", RUNE, "Delete=", kustomize.toolkit.fluxcd.io/prune, helm.sh/resource-policy]
#   needs: [target]
#   changes: true
#   remedy: "Write the guard that its controller reads: argocd.argoproj.io/sync-options with Prune=false, kustomize.toolkit.fluxcd.io/prune with disabled, in a HelmRelease helm.sh/resource-policy with keep."
package gitops_guard.prune.ineffective_guard

import data.gitops_guard.lib.changes
import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.guards
import data.gitops_guard.lib.result

version := object.get(input, ["facts", "versions", "argocd"], null)

# On an object that its owner prunes all the same.
deny contains result.violation(guard.path, msg) if {
	input.target != null
	some guard in guards.written(input.object)
	some owner in object.get(input.target, "owners", [])
	owner.automated == true
	owner.prune == true
	not guards.holds(input.object, owner, version)
	msg := sprintf("%s does not keep %s %s from deleting this %s: %s", [guard.text, owner.kind, owner.name, input.object.kind, why(guard, owner)])
}

why(guard, owner) := "it is not spelled as the controller reads it" if {
	guard["for"] == guards.reads(owner)
	not guard.spelled
} else := "it is known since Argo CD 2.14" if {
	guard["for"] == guards.reads(owner)
} else := "Argo CD honours it only when the whole Application is deleted" if {
	guard["for"] == "helm"
	guards.reads(owner) == "argocd"
} else := "that is for another controller"

# On all that an Application deploys.
deny contains result.violation(array.concat(place, [index]), msg) if {
	gitops.group(input.object) == "argoproj.io"
	place := {
		"Application": ["spec", "syncPolicy", "syncOptions"],
		"ApplicationSet": ["spec", "template", "spec", "syncPolicy", "syncOptions"],
	}[input.object.kind]
	options := object.get(input.object, place, [])
	is_array(options)
	some index, option in options
	is_string(option)
	reason := ignored(option)
	msg := sprintf("%s of the whole Application guards nothing: %s", [option, reason])
}

# On what is dropped in the same change.
deny contains {"resource": item.resource, "path": guard.path, "msg": msg} if {
	some item in input.change.deleted
	item.event in {"removed", "target-emptied"}
	changes.really_deleted(item)
	item.left != null
	some guard in guards.written(item.left)
	guard.spelled
	not guard in guards.written(item.object)
	guard["for"] in readers(item.owner)
	msg := sprintf("%s comes with the deletion: the controller asks this %s in the cluster, which does not have it", [guard.text, item.resource.kind])
}

# Whose guards the owner of that id reads; without one, any that prunes.
readers(owner) := {"argocd", "flux"} if owner == null

else := {"argocd"} if startswith(owner, "argocd/")

else := {"helm"} if startswith(owner, "flux/HelmRelease/")

else := {"flux"}

ignored(option) := sprintf("Argo CD %s does not know it, only 3.4 and later do", [version]) if {
	option in {"Prune=false", "Prune=confirm", "Delete=false", "Delete=confirm"}
	guards.before(version, 3, 4)
}

ignored(option) := "it is not spelled as Argo CD reads it" if {
	guards.meant_to_keep(option)
	not option in {"Prune=false", "Prune=confirm"}
}
