# What Kubernetes' own controllers have to do to the objects of others, by who asks and what changes
# (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go names their ServiceAccounts and rights).
package gitops_guard.lib.control_plane

import data.gitops_guard.lib.requests

# Whether the request is such a thing. Nobody else can be meant, and is asked no further.
allowed(request) if {
	_is_system(requests.user(request))
	_allowed(request)
}

_is_system(user) if startswith(user, "system:serviceaccount:kube-system:")

_is_system(user) if startswith(user, "system:node:")

_is_system(user) if user in {"system:apiserver", "system:cloud-controller-manager", "system:kube-controller-manager", "system:kube-scheduler"}

_allowed(request) if requests.user(request) == "system:apiserver"

_allowed(request) if {
	some controller, rights in _rights
	_is(request, controller)
	requests.subresource(request) == ""
	requests.operation(request) in object.get(rights, requests.resource(request), [])
}

_allowed(request) if {
	some controller in ["generic-garbage-collector", "namespace-controller"]
	_is(request, controller)
	requests.operation(request) == "DELETE"
}

_allowed(request) if {
	_is(request, "horizontal-pod-autoscaler")
	requests.operation(request) == "UPDATE"
	requests.subresource(request) == "scale"
}

# The books that controllers keep on any object: revisions, finalizers, owners.
_allowed(request) if {
	some controller in _keepers
	_is(request, controller)
	requests.operation(request) == "UPDATE"
	requests.same_but(request, ["status"], _books)
}

_allowed(request) if {
	requests.user(request) == "system:cloud-controller-manager"
	requests.operation(request) == "UPDATE"
	requests.same_but(request, ["status"], _books)
}

_allowed(request) if {
	_is(request, "persistent-volume-binder")
	requests.operation(request) == "UPDATE"
	requests.resource(request) == "/persistentvolumeclaims"
	_same_claim_but_volume(request)
}

_allowed(request) if {
	_is(request, "service-account-controller")
	requests.operation(request) == "CREATE"
	requests.resource(request) == "/serviceaccounts"
	requests.name(request) == "default"
}

_allowed(request) if {
	_is(request, "root-ca-cert-publisher")
	requests.operation(request) in {"CREATE", "UPDATE"}
	requests.resource(request) == "/configmaps"
	requests.name(request) == "kube-root-ca.crt"
}

_allowed(request) if {
	_is(request, "clusterrole-aggregation-controller")
	requests.operation(request) == "UPDATE"
	requests.resource(request) == "rbac.authorization.k8s.io/clusterroles"
	is_object(object.get(request, ["object", "aggregationRule"], null))
	requests.same_but(request, ["rules"], _books)
}

# Tokens of ServiceAccounts, filled in and cleaned up.
_allowed(request) if {
	_is(request, "legacy-service-account-token-cleaner")
	requests.operation(request) in {"UPDATE", "DELETE"}
	requests.resource(request) == "/secrets"
	every side in requests.sides(request) {
		object.get(side, "type", "") == "kubernetes.io/service-account-token"
	}
}

# Kubelets get tokens for their pods, and show the static ones.
_allowed(request) if {
	startswith(requests.user(request), "system:node:")
	"system:nodes" in requests.groups(request)
	concat("/", [requests.resource(request), requests.subresource(request)]) in {"/serviceaccounts/token", "/pods/", "/pods/status"}
}

_allowed(request) if {
	requests.user(request) == "system:kube-scheduler"
	requests.resource(request) == "/pods"
	requests.subresource(request) in {"binding", "status"}
}

# Each controller has a ServiceAccount, or all of them are one user (--use-service-account-credentials=false).
_is(request, controller) if requests.user(request) == concat("", ["system:serviceaccount:kube-system:", controller])

_is(request, _) if requests.user(request) == "system:kube-controller-manager"

_books := ["annotations", "finalizers", "generation", "managedFields", "ownerReferences", "resourceVersion"]

_keepers := [
	"attachdetach-controller", "cronjob-controller", "daemon-set-controller", "deployment-controller", "disruption-controller",
	"ephemeral-volume-controller", "expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler", "job-controller",
	"persistent-volume-binder", "pv-protection-controller", "pvc-protection-controller", "replicaset-controller",
	"replication-controller", "resourcequota-controller", "service-controller", "statefulset-controller",
	"storage-version-migrator-controller",
]

# What controllers make for the objects that they look after.
_rights := {
	"deployment-controller": {"apps/replicasets": _all},
	"replicaset-controller": {"/pods": _all},
	"replication-controller": {"/pods": _all},
	"statefulset-controller": {"/pods": _all, "apps/controllerrevisions": _all, "/persistentvolumeclaims": _all},
	"daemon-set-controller": {"/pods": _all, "apps/controllerrevisions": _all},
	"job-controller": {"/pods": _all},
	"cronjob-controller": {"batch/jobs": ["CREATE", "DELETE"]},
	"ttl-after-finished-controller": {"batch/jobs": ["DELETE"]},
	"ephemeral-volume-controller": {"/persistentvolumeclaims": ["CREATE"]},
	"endpoint-controller": {"/endpoints": _all},
	"endpointslice-controller": {"discovery.k8s.io/endpointslices": _all},
	"endpointslicemirroring-controller": {"discovery.k8s.io/endpointslices": _all},
	"node-controller": {"/pods": ["DELETE"]},
	"pod-garbage-collector": {"/pods": ["DELETE"]},
	"taint-eviction-controller": {"/pods": ["DELETE"]},
}

_all := ["CREATE", "UPDATE", "DELETE"]

# Binding a claim writes its volume's name.
_same_claim_but_volume(request) if {
	requests.same_but(request, ["spec", "status"], _books)
	old := object.get(request, ["oldObject", "spec"], {})
	new := object.get(request, ["object", "spec"], {})
	object.remove(old, ["volumeName"]) == object.remove(new, ["volumeName"])
	object.get(old, "volumeName", "") == ""
}
