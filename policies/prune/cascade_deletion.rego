# METADATA
# title: The change deletes what deploys, and with it what it deployed
# description: |-
#   An Application with its finalizer, an ApplicationSet, a Flux Kustomization that prunes and a HelmRelease delete what they
#   deployed when they are deleted themselves. Another name is another object: the old one is deleted. The new one takes nothing
#   over, it starts again.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/"
#   - ref: "https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Application-Deletion/"
#   - ref: "https://fluxcd.io/flux/components/kustomize/kustomizations/#deletion-policy"
# custom:
#   scope: change
#   severity: error
#   remedy: "First disarm it in a change of its own (remove the finalizer, preserveResourcesOnDeletion, deletionPolicy Orphan, suspend), then remove or rename it."
package gitops_guard.prune.cascade_deletion

import data.gitops_guard.lib.changes

deny contains {"resource": item.resource, "msg": msg} if {
	not changes.emptied_set
	some item in input.change.deleted
	changes.cascades(item)
	msg := sprintf("%s %s %s%s: %s", [changes.verb(item), item.resource.kind, item.resource.name, changes.by(item), along(item)])
}

# A release under another name is uninstalled and installed anew.
deny contains {"resource": edit.resource, "path": path, "msg": msg} if {
	some edit in input.change.changed
	path := edit.reinstalls
	path != null
	msg := sprintf("another %s: Flux uninstalls the release and installs a new one, and what it held is lost", [path[count(path) - 1]])
}

along(item) := sprintf("%d resources that it deployed are deleted with it", [count(item.takes.objects)]) if item.takes.known

along(item) := "all that it deployed is deleted with it" if not item.takes.known
