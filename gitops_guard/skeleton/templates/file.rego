# METADATA
# title: @TITLE@
# description: Say why it matters, what goes wrong and for whom.
# custom:
#   scope: file
#   severity: {production: error, else: warning}
#   remedy: Say what to do about it.
#   parameters: {programs: [telnet]}
package gitops_guard.@PACKAGE@

import data.gitops_guard.lib.result

deny contains result.at(input.file.path, command.line, msg) if {
	some command in input.file.commands
	command.program in input.parameters.programs
	msg := sprintf("%s is called", [command.program])
}
