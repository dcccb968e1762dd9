# METADATA
# title: A manifest is a copy of what runs
# description: |-
#   uid, resourceVersion, managedFields, status and last-applied-configuration are written by the API server and by controllers: the
#   file was taken out of a cluster, so the cluster was the source and Git the copy. Applied elsewhere such fields fail or mislead.
#   `creationTimestamp: null` and an empty status are what client-side dry runs print, and no fault.
# related_resources:
#   - ref: "https://kubernetes.io/docs/reference/using-api/server-side-apply/"
#   - ref: "https://github.com/kubernetes/kubernetes/issues/90066"
# custom:
#   scope: resource
#   severity: warning
#   kinds: ["*"]
#   mentions:
#     - '"uid":'
#     - '"resourceVersion":'
#     - '"managedFields":'
#     - '"selfLink":'
#     - '"generation":'
#     - '"creationTimestamp":'
#     - '"status":'
#     - kubectl.kubernetes.io/last-applied-configuration
#     - deployment.kubernetes.io/revision
#     - pv.kubernetes.io/bind-completed
#   remedy: Keep what people decide (spec, labels, names) and delete what the cluster wrote.
package gitops_guard.bypass.cluster_dump

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result

deny contains result.violation(path, msg) if {
	traces := [found | some found in candidates]
	count(traces) > 0
	path := traces[0]
	names := concat(", ", [concat(".", array.slice(trace, count(trace) - 1, count(trace))) | some trace in traces])
	msg := sprintf("%s is written by the cluster: this %s was copied out of one", [names, input.object.kind])
}

# What only a cluster writes, the surest first.
candidates := array.concat(
	[["metadata", key] | some key in ["uid", "resourceVersion", "managedFields", "selfLink", "generation", "creationTimestamp"]; meant(object.get(metadata, key, null))],
	array.concat(
		[["metadata", "annotations", key] |
			some key in ["kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision", "pv.kubernetes.io/bind-completed"]
			object.get(gitops.annotations(input.object), key, "") != ""
		],
		[["status"] | has_status],
	),
)

metadata := value if {
	value := object.get(input.object, "metadata", {})
	is_object(value)
}

meant(value) if {
	is_string(value)
	value != ""
}

meant(value) if is_number(value)

meant(value) if {
	is_array(value)
	count(value) > 0
}

# A CustomResourceDefinition's status is part of what controller-gen of old printed.
has_status if {
	input.object.kind != "CustomResourceDefinition"
	status := object.get(input.object, "status", {})
	is_object(status)
	some value in status
	filled(value)
}

filled(value) if {
	is_string(value)
	value != ""
}

filled(value) if {
	is_number(value)
	value != 0
}

filled(value) if {
	is_array(value)
	count(value) > 0
}

filled(value) if {
	is_object(value)
	some inner in value
	inner != null
	not inner in [[], {}, "", 0]
}
