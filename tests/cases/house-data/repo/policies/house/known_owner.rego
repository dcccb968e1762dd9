# METADATA
# title: The owner is no team
# description: Nobody answers for what a team that does not exist owns.
# custom:
#   scope: resource
#   severity: error
#   remedy: Write the name of a team that policies/house/data.yaml lists.
#   kinds: [ConfigMap]
#   parameters: {label: example.com/owner}
package gitops_guard.house.known_owner

import data.gitops_guard.lib.result

deny contains result.violation(["metadata", "labels", input.parameters.label], msg) if {
	owner := input.object.metadata.labels[input.parameters.label]
	not owner in object.keys(data.house.teams)
	msg := sprintf("%s is no team; the teams are %s", [owner, concat(", ", sort(object.keys(data.house.teams)))])
}
