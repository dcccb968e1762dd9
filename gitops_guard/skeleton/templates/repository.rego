# METADATA
# title: @TITLE@
# description: Say why it matters, what goes wrong and for whom.
# custom:
#   scope: repository
#   severity: {production: error, else: warning}
#   remedy: Say what to do about it.
#   parameters: {environment: production}
package gitops_guard.@PACKAGE@

import data.gitops_guard.lib.result

deny contains result.at(target.place.file, target.place.line, msg) if {
	some target in input.targets
	target.environment == input.parameters.environment
	count(target.owners) == 0
	msg := sprintf("nothing deploys the target %s", [target.id])
}
