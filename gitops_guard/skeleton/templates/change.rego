# METADATA
# title: @TITLE@
# description: Say why it matters, what goes wrong and for whom.
# custom:
#   scope: change
#   severity: {production: error, else: warning}
#   remedy: Say what to do about it.
#   parameters: {kinds: [Ingress]}
package gitops_guard.@PACKAGE@

deny contains {"resource": gone.resource, "msg": msg} if {
	some gone in input.change.deleted
	gone.resource.kind in input.parameters.kinds
	gone.event == "removed"
	msg := sprintf("the change deletes %s %s", [gone.resource.kind, gone.resource.name])
}
