# Which fields of which kinds the API server refuses to change: its own validation (pkg/apis/*/validation), tried on version 1.36.
package gitops_guard.lib.immutable

import data.gitops_guard.lib.gitops

# The paths of immutable fields that differ: of each field one value in it that does, where it holds several.
changed(before, after) := {place |
	some path in _candidates(after)
	object.get(before, path, null) != object.get(after, path, null)
	not _harmless(before, after, path)
	place := _place(before, after, path)
}

_place(before, after, path) := array.concat(path, min(inner)) if {
	inner := _inner(object.get(before, path, null), object.get(after, path, null))
	count(inner) > 0
} else := array.concat(path, min(gone)) if {
	gone := _inner(object.get(after, path, null), object.get(before, path, null))
	count(gone) > 0
} else := path

# Where `after` has a value that `before` does not.
_inner(before, after) := {inner |
	is_object(after)
	walk(after, [inner, value])
	count(inner) > 0
	not is_object(value)
	not is_array(value)
	object.get(before, inner, null) != value
} | {inner |
	is_array(after)
	walk(after, [inner, value])
	count(inner) > 0
	not is_object(value)
	not is_array(value)
	not {"at": inner, "value": value} in _leaves(before)
}

_leaves(node) := {{"at": inner, "value": value} |
	walk(node, [inner, value])
	not is_object(value)
	not is_array(value)
}

# group -> kind -> the fields that must stay, each with all below it.
_fixed := {
	"apps": {
		"Deployment": [["spec", "selector"]],
		"ReplicaSet": [["spec", "selector"]],
		"DaemonSet": [["spec", "selector"]],
		"StatefulSet": [["spec", "selector"], ["spec", "serviceName"], ["spec", "podManagementPolicy"], ["spec", "volumeClaimTemplates"]],
	},
	"batch": {"Job": [["spec", "selector"], ["spec", "template"], ["spec", "completionMode"], ["spec", "completions"]]},
	"": {
		"PersistentVolumeClaim": [
			["spec", "accessModes"],
			["spec", "storageClassName"],
			["spec", "volumeMode"],
			["spec", "volumeName"],
			["spec", "selector"],
			["spec", "dataSource"],
			["spec", "dataSourceRef"],
		],
		"Service": [["spec", "clusterIP"]],
		"Secret": [["type"]],
	},
	"rbac.authorization.k8s.io": {"RoleBinding": [["roleRef"]], "ClusterRoleBinding": [["roleRef"]]},
	"storage.k8s.io": {"StorageClass": [["provisioner"], ["parameters"], ["reclaimPolicy"], ["volumeBindingMode"]]},
	"networking.k8s.io": {"IngressClass": [["spec", "controller"]]},
	"scheduling.k8s.io": {"PriorityClass": [["value"]]},
	"node.k8s.io": {"RuntimeClass": [["handler"]]},
	"apiextensions.k8s.io": {"CustomResourceDefinition": [["spec", "group"], ["spec", "scope"]]},
}

_candidates(after) := {path | some path in object.get(_fixed, [gitops.group(after), after.kind], [])}

# What the API server fills in, written out: both sides mean the same.
_defaults := {
	["spec", "podManagementPolicy"]: "OrderedReady",
	["spec", "volumeMode"]: "Filesystem",
	["spec", "completionMode"]: "NonIndexed",
	["spec", "completions"]: 1,
	["type"]: "Opaque",
	["reclaimPolicy"]: "Delete",
	["volumeBindingMode"]: "Immediate",
}

_harmless(before, after, path) if {
	fallback := _defaults[path]
	object.get(before, path, fallback) == object.get(after, path, fallback)
}

# Only the head side names it: what the cluster has chosen may be just that.
_harmless(before, after, path) if {
	path in [["spec", "volumeName"], ["spec", "storageClassName"]]
	object.get(before, path, null) == null
	after.kind == "PersistentVolumeClaim"
}

# An address given back, or left to the cluster as before.
_harmless(before, after, path) if {
	path == ["spec", "clusterIP"]
	object.get(after, path, "") in {"", object.get(before, path, "")}
}

_harmless(before, _, path) if {
	path == ["spec", "clusterIP"]
	object.get(before, path, "") == ""
	before.spec.type == "ExternalName"
}

_harmless(_, after, path) if {
	path == ["spec", "completions"]
	object.get(after, ["spec", "completionMode"], "NonIndexed") == "Indexed"
}

_harmless(before, after, path) if {
	path == ["spec", "volumeClaimTemplates"]
	_claims(before) == _claims(after)
}

# Claims with what the API server fills in, and quantities as numbers.
_claims(object_) := [claim |
	templates := object.get(object_, ["spec", "volumeClaimTemplates"], [])
	is_array(templates)
	some template in templates
	claim := {
		"metadata": object.get(template, "metadata", {}),
		"spec": object.union({"volumeMode": "Filesystem"}, object.remove(object.get(template, "spec", {}), ["resources"])),
		"storage": _bytes(object.get(template, ["spec", "resources", "requests", "storage"], "0")),
	}
]

_bytes(quantity) := units.parse_bytes(sprintf("%v", [quantity]))
