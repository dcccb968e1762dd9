# METADATA
# title: @TITLE@
# description: Say why it matters, what goes wrong and for whom.
# custom:
#   scope: resource
#   severity: {production: error, else: warning}
#   remedy: Say what to do about it.
#   kinds: [@KINDS@]
#   parameters: {label: example.com/owner}
package gitops_guard.@PACKAGE@

import data.gitops_guard.lib.result

deny contains result.violation(["metadata", "labels", input.parameters.label], msg) if {
	manifest := input.object
	not labelled(manifest)
	msg := sprintf("the label %s is missing", [input.parameters.label])
}

labelled(manifest) if manifest.metadata.labels[input.parameters.label] != ""
