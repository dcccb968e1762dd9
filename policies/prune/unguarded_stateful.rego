# METADATA
# title: State under automated pruning has no guard
# description: |-
#   One edit of a list, a generator or a path is enough to make the controller delete this object, and with it the data. A guard
#   works only if it was in the cluster before the deletion: both controllers read it from the live object.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources"
#   - ref: "https://fluxcd.io/flux/components/kustomize/kustomizations/#prune"
# custom:
#   scope: resource
#   severity: {production: warning, else: note}
#   kinds:
#     - /PersistentVolumeClaim
#     - /PersistentVolume
#     - apps/StatefulSet
#     - "*.*/*"
#     - "!*.k8s.io/*"
#     - "!*.toolkit.fluxcd.io/*"
#     - "!external-secrets.io/*"
#     - "!monitoring.coreos.com/*"
#     - "!cert-manager.io/*"
#     - "!cilium.io/*"
#     - "{include}"
#   mentions: ['"prune":true']
#   remedy: "Annotate it with argocd.argoproj.io/sync-options: Prune=confirm (or Prune=false), under Flux with kustomize.toolkit.fluxcd.io/prune: disabled."
#   parameters: {include: []}
#   needs: [target]
package gitops_guard.prune.unguarded_stateful

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.guards
import data.gitops_guard.lib.result
import data.gitops_guard.lib.state

deny contains result.violation([], msg) if {
	input.target != null
	judged
	some owner in object.get(input.target, "owners", [])
	owner.automated == true
	owner.prune == true
	not app_guarded(owner)
	not state.guarded(input.object)
	count(guards.written(input.object)) == 0
	msg := sprintf("nothing keeps %s %s from deleting this %s once it is missing from Git", [owner.kind, owner.name, input.object.kind])
}

judged if state.stateful(input.object)

# Kinds that count only where they are asked for: Namespace, CustomResourceDefinition.
judged if input.object.kind in input.parameters.include

# Argo CD's option of the whole Application; the resource's own beats it. One that does not hold is another rule's.
app_guarded(owner) if {
	some option in object.get(owner, "sync_options", [])
	guards.meant_to_keep(option)
	not "Prune=true" in gitops.sync_options(input.object)
}
