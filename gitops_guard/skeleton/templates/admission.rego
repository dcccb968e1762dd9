# METADATA
# title: @TITLE@
# description: Say why it matters, what goes wrong and for whom.
# custom:
#   scope: admission
#   severity: {production: error, else: warning}
#   remedy: Say what to do about it.
#   parameters: {kinds: [PersistentVolumeClaim]}
package gitops_guard.@PACKAGE@

deny contains {"msg": msg} if {
	object.get(input.request, "operation", "") == "DELETE"
	kind := object.get(input.request, ["kind", "kind"], "")
	kind in input.parameters.kinds
	user := object.get(input.request, ["userInfo", "username"], "")
	msg := sprintf("%s may not delete %s %s", [user, kind, object.get(input.request, "name", "")])
}
