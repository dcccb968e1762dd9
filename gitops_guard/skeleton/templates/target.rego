# METADATA
# title: @TITLE@
# description: Say why it matters, what goes wrong and for whom.
# custom:
#   scope: target
#   severity: {production: error, else: warning}
#   remedy: Say what to do about it.
package gitops_guard.@PACKAGE@

import data.gitops_guard.lib.result

deny contains result.of(manifest, ["kind"], msg) if {
	some manifest in input.resources
	manifest.kind == "Deployment"
	not isolated(object.get(manifest, ["metadata", "namespace"], ""))
	msg := sprintf("no NetworkPolicy in the namespace of Deployment %s", [manifest.metadata.name])
}

isolated(namespace) if {
	some other in input.resources
	other.kind == "NetworkPolicy"
	object.get(other, ["metadata", "namespace"], "") == namespace
}
