# METADATA
# title: A workload has no owner
# description: Whoever is on call must know whom to wake.
# custom:
#   scope: resource
#   severity: error
#   kinds: [Deployment]
#   remedy: Add the label example.com/owner.
package gitops_guard.house.owner_label

deny contains {"path": ["metadata", "labels", "example.com/owner"], "msg": "the workload has no owner"} if {
	not input.object.metadata.labels["example.com/owner"]
}
