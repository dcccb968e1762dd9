# METADATA
# title: An option lets the controller delete or recreate what holds state
# description: |-
#   Replace=true and Force=true (Flux: force) replace objects, and delete and recreate what can't be changed in place; allowEmpty
#   lets an empty render
#   prune everything; uninstall as remediation of a failed upgrade removes the release with all it holds. Argo CD exempts CRDs
#   and Namespaces from Replace. A HelmRelease that can't be rendered counts as holding state.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#replace-resource-instead-of-applying-changes"
#   - ref: "https://fluxcd.io/flux/components/kustomize/kustomizations/#force"
#   - ref: "https://fluxcd.io/flux/components/helm/helmreleases/#upgrade-remediation"
# custom:
#   scope: resource
#   severity: {production: warning, else: note}
#   kinds: ["*"]
#   mentions: ["Replace=true", "Force=true", '"allowEmpty":true', '"force":true', 'kustomize.toolkit.fluxcd.io/force":', '"strategy":"uninstall"']
#   remedy: Drop the option, or put it on the one object that needs it and holds nothing.
package gitops_guard.prune.dangerous_option

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result
import data.gitops_guard.lib.state

# On the object itself.
deny contains result.violation(["metadata", "annotations", "argocd.argoproj.io/sync-options"], msg) if {
	state.stateful(input.object)
	options := gitops.sync_options(input.object) & {"Replace=true", "Force=true"}
	count(options) > 0
	msg := sprintf("%s lets Argo CD delete and recreate this %s, which holds state", [concat(" and ", sort(options)), input.object.kind])
}

deny contains result.violation(path, msg) if {
	state.stateful(input.object)
	some path in gitops.switched(input.object, "kustomize", "force", "enabled")
	msg := sprintf("force lets Flux delete and recreate this %s, which holds state", [input.object.kind])
}

# On what deploys it.
deny contains result.violation(array.concat(application.place, ["automated", "allowEmpty"]), msg) if {
	some application in applications
	automated := object.get(application.policy, "automated", null)
	is_object(automated)
	automated.allowEmpty == true
	automated.prune == true
	object.get(automated, "enabled", true) != false
	holds_state
	msg := "allowEmpty lets an empty render delete everything that this Application deploys, state included"
}

deny contains result.violation(array.concat(application.place, ["syncOptions", index]), msg) if {
	some application in applications
	options := object.get(application.policy, "syncOptions", [])
	is_array(options)
	some index, option in options
	option in {"Replace=true", "Force=true"}
	holds_state_without(replace(option, "true", "false"))
	msg := sprintf("%s on every resource of this Application: what holds state can be deleted and recreated", [option])
}

deny contains result.violation(["spec", "force"], msg) if {
	input.object.kind == "Kustomization"
	gitops.group(input.object) == "kustomize.toolkit.fluxcd.io"
	input.object.spec.force == true
	holds_state
	msg := "force on everything that this Kustomization applies: what holds state can be deleted and recreated"
}

deny contains result.violation(["spec", "upgrade", "force"], msg) if {
	is_release
	object.get(input.object.spec, ["upgrade", "force"], false) == true
	may_hold_state
	msg := "force makes every upgrade replace the release's objects instead of patching them, also those that hold state"
}

deny contains result.violation(["spec", "upgrade", "remediation", "strategy"], msg) if {
	is_release
	object.get(input.object.spec, ["upgrade", "remediation", "strategy"], "") == "uninstall"
	may_hold_state
	msg := "a failed upgrade uninstalls the release, with the state it holds"
}

is_release if {
	input.object.kind == "HelmRelease"
	gitops.group(input.object) == "helm.toolkit.fluxcd.io"
	is_object(input.object.spec)
}

# The syncPolicy of an Application, or of the template of an ApplicationSet, and where it is.
applications contains {"place": place, "policy": policy} if {
	gitops.group(input.object) == "argoproj.io"
	place := {"Application": ["spec", "syncPolicy"], "ApplicationSet": ["spec", "template", "spec", "syncPolicy"]}[input.object.kind]
	policy := object.get(input.object, place, {})
	is_object(policy)
}

# What the object deploys, as far as it is rendered; null where that is not known.
deploys := object.get(object.get(input, "facts", {}), "deploys", null)

holds_state if holds_state_without("")

# Something that holds state, and does not switch the option off for itself.
holds_state_without(option) if {
	is_array(deploys)
	some deployed in deploys
	state.stateful(deployed)
	not option in gitops.sync_options(deployed)
}

may_hold_state if holds_state

may_hold_state if deploys == null
