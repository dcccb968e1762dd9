# Which fields of which kinds the API server refuses to change: its own validation (pkg/apis/*/validation), tried on version 1.36.
package gitops_guard.lib.immutable

import data.gitops_guard.lib.gitops

# The paths of immutable fields that differ: of each field one value in it that does, where it holds several.
changed(before, after) := {place |
	some path in _candidates(before, after)
	object.get(before, path, null) != object.get(after, path, null)
	not _harmless(before, after, path)
	place := _place(before, after, path)
}

# A value that is new or another stands where it was written; one that is gone has no place of its own.
_place(before, after, path) := array.concat(path, min(inner)) if {
	inner := _inner(_value(before, path), _value(after, path))
	count(inner) > 0
} else := array.concat(path, min(gone)) if {
	gone := _inner(_value(after, path), _value(before, path))
	count(gone) > 0
} else := path

_value(object_, path) := _settings(object.get(object_, path, [])) if path in [["spec", "containers"], ["spec", "initContainers"]]

else := object.get(object_, path, null)

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
	"batch": {"Job": [
		["spec", "selector"],
		["spec", "template"],
		["spec", "completionMode"],
		["spec", "completions"],
		["spec", "backoffLimitPerIndex"],
		["spec", "podFailurePolicy"],
		["spec", "successPolicy"],
		["spec", "managedBy"],
	]},
	"": {
		"PersistentVolumeClaim": [
			["spec", "accessModes"],
			["spec", "storageClassName"],
			["spec", "volumeMode"],
			["spec", "volumeName"],
			["spec", "selector"],
			["spec", "dataSource"],
			["spec", "dataSourceRef"],
			["spec", "resources", "requests", "storage"],
		],
		"Service": [["spec", "clusterIP"]],
		"Secret": [["type"]],
	},
	"rbac.authorization.k8s.io": {"RoleBinding": [["roleRef"]], "ClusterRoleBinding": [["roleRef"]]},
	"storage.k8s.io": {
		"StorageClass": [["provisioner"], ["parameters"], ["reclaimPolicy"], ["volumeBindingMode"]],
		"CSIDriver": [["spec", "attachRequired"], ["spec", "volumeLifecycleModes"]],
	},
	"networking.k8s.io": {"IngressClass": [["spec", "controller"]]},
	"scheduling.k8s.io": {"PriorityClass": [["value"], ["preemptionPolicy"]]},
	"node.k8s.io": {"RuntimeClass": [["handler"]]},
	"apiextensions.k8s.io": {"CustomResourceDefinition": [
		["spec", "group"],
		["spec", "scope"],
		["spec", "names", "plural"],
		["spec", "names", "kind"],
	]},
}

_candidates(before, after) := {path |
	some path in object.get(_fixed, [gitops.group(after), after.kind], [])
} | {path |
	some path in _content(before, after)
} | {path |
	some path in _of_pod(before, after)
} | {["spec", source] |
	after.kind == "PersistentVolume"
	gitops.group(after) == ""
	is_object(before.spec)
	is_object(after.spec)
	some source in object.keys(before.spec) | object.keys(after.spec)
	not source in _settings_of_a_volume
}

# A Pod keeps all but its images, its deadline and the tolerations that it is given.
_of_pod(before, after) := _fields_of_pod(before.spec, after.spec) | _lists_of_pod(before.spec, after.spec) if {
	after.kind == "Pod"
	gitops.group(after) == ""
	is_object(before.spec)
	is_object(after.spec)
} else := set()

_fields_of_pod(before, after) := {["spec", field] |
	some field in object.keys(before) | object.keys(after)
	not field in {"activeDeadlineSeconds", "containers", "initContainers", "ephemeralContainers", "schedulingGates", "tolerations"}
} | {["spec", "tolerations"] |
	given := {toleration | some toleration in object.get(before, "tolerations", [])}
	kept := {toleration | some toleration in object.get(after, "tolerations", [])}
	count(given - kept) > 0
}

_lists_of_pod(before, after) := {["spec", name] |
	some name in ["containers", "initContainers"]
	_settings(object.get(before, name, [])) != _settings(object.get(after, name, []))
}

# Containers without what may change, and without what the API server fills in.
_settings(containers) := [object.remove(container, defaulted | {"image", "imagePullPolicy"}) |
	some container in containers
	defaulted := {key | some key, value in _container; object.get(container, key, value) == value}
]

_container := {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": {}}

# What a ConfigMap or Secret holds that says itself that it never changes. The live object says it, so the base side does.
_content(before, after) := [["data"], ["binaryData"], ["stringData"], ["immutable"]] if {
	gitops.group(after) == ""
	after.kind in {"ConfigMap", "Secret"}
	object.get(before, "immutable", false) == true
} else := []

# Everything else in a volume's spec is its source.
_settings_of_a_volume := {
	"accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
	"storageClassName", "volumeAttributesClassName", "volumeMode",
}

# What the API server fills in, written out: both sides mean the same.
_defaults := {
	["spec", "podManagementPolicy"]: "OrderedReady",
	["spec", "serviceName"]: "",
	["spec", "attachRequired"]: true,
	["spec", "volumeLifecycleModes"]: ["Persistent"],
	["spec", "volumeMode"]: "Filesystem",
	["spec", "completionMode"]: "NonIndexed",
	["spec", "completions"]: 1,
	["type"]: "Opaque",
	["reclaimPolicy"]: "Delete",
	["volumeBindingMode"]: "Immediate",
	["preemptionPolicy"]: "PreemptLowerPriority",
	["parameters"]: {},
	["spec", "restartPolicy"]: "Always",
	["spec", "dnsPolicy"]: "ClusterFirst",
	["spec", "schedulerName"]: "default-scheduler",
	["spec", "serviceAccountName"]: "default",
	["spec", "securityContext"]: {},
	["spec", "terminationGracePeriodSeconds"]: 30,
	["spec", "enableServiceLinks"]: true,
	["spec", "hostNetwork"]: false,
	["spec", "hostPID"]: false,
	["spec", "hostIPC"]: false,
	["data"]: {},
	["binaryData"]: {},
	["stringData"]: {},
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

# The order of the modes says nothing.
_harmless(before, after, path) if {
	path == ["spec", "accessModes"]
	modes := object.get(before, path, [])
	others := object.get(after, path, [])
	is_array(modes)
	is_array(others)
	sort(modes) == sort(others)
}

# An address given back, or left to the cluster as before.
_harmless(before, after, path) if {
	path == ["spec", "clusterIP"]
	object.get(after, path, "") in {"", object.get(before, path, "")}
}

# A Service that had no address gets one.
_harmless(before, _, path) if {
	path == ["spec", "clusterIP"]
	before.spec.type == "ExternalName"
}

_harmless(_, after, path) if {
	path == ["spec", "clusterIP"]
	after.spec.type == "ExternalName"
}

_harmless(before, after, path) if {
	path == ["spec", "completions"]
	object.get(after, ["spec", "completionMode"], "NonIndexed") == "Indexed"
	object.get(before, ["spec", "completionMode"], "NonIndexed") == "Indexed"
}

_harmless(before, after, path) if {
	path == ["spec", "volumeClaimTemplates"]
	_claims(before) == _claims(after)
}

# A claim may grow.
_harmless(before, after, path) if {
	path == _storage
	_bytes(object.get(before, path, "0")) <= _bytes(object.get(after, path, "0"))
}

_storage := ["spec", "resources", "requests", "storage"]

# Claims with what the API server fills in, and quantities as numbers.
_claims(object_) := [claim |
	templates := object.get(object_, ["spec", "volumeClaimTemplates"], [])
	is_array(templates)
	some template in templates
	claim := {
		"metadata": object.remove(object.get(template, "metadata", {}), ["creationTimestamp"]),
		"spec": object.union({"volumeMode": "Filesystem"}, object.remove(object.get(template, "spec", {}), ["resources"])),
		"storage": _bytes(object.get(template, _storage, "0")),
	}
]

# A quantity as a number; one that is none stays what it is.
_bytes(quantity) := units.parse_bytes(text) if {
	text := sprintf("%v", [quantity])
	regex.match(`^[0-9]+(\.[0-9]+)?([kMGTP]|[KMGTP]i)?$`, text)
} else := quantity
