# METADATA
# title: Somebody deploys past Git
# description: |-
#   What runs is what Git says only as long as nothing else writes it. In the cluster this rule judges each request: the
#   `identities` (the ServiceAccounts of Argo CD, Flux, or what they impersonate) may write the `resources` in the `namespaces`
#   (all where none is named), nobody else. Kubernetes' own controllers may do what they have to: the garbage collector and
#   the namespace controller delete, autoscalers scale, others keep their books on an object and leave its spec alone.
#   `controllers` are further ones, each with the resources that it may write (cert-manager: Secrets). Members of
#   `break_glass_groups` may write everything, with a warning that says so. `resources` are group/resource (/services is of the
#   core group), their scale included; further subresources only where they are named (/pods/exec). With `managed_by`, a list
#   of labels and annotations, only objects that have one of them, before or after the request, are judged. Dry runs are free, or
#   nobody could compare. A `*` in an identity stands for a part of a ServiceAccount's namespace or name.
# related_resources:
#   - ref: "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/"
#   - ref: "https://argo-cd.readthedocs.io/en/stable/operator-manual/app-sync-using-impersonation/"
#   - ref: "https://fluxcd.io/flux/installation/configuration/multitenancy/"
# custom:
#   scope: admission
#   severity: error
#   security_severity: "7.0"
#   remedy: Commit the change and let the controller deploy it; in an emergency, act as a member of a break-glass group.
#   required: [identities]
#   constraint: K8sBlockManualDeploys
#   parameters:
#     identities: []
#     controllers: {}
#     break_glass_groups: []
#     namespaces: []
#     managed_by: []
#     resources:
#       - apps/daemonsets
#       - apps/deployments
#       - apps/statefulsets
#       - batch/cronjobs
#       - batch/jobs
#       - /configmaps
#       - /persistentvolumeclaims
#       - /replicationcontrollers
#       - /secrets
#       - /serviceaccounts
#       - /services
#       - autoscaling/horizontalpodautoscalers
#       - gateway.networking.k8s.io/httproutes
#       - networking.k8s.io/ingresses
#       - networking.k8s.io/networkpolicies
#       - policy/poddisruptionbudgets
#       - rbac.authorization.k8s.io/rolebindings
#       - rbac.authorization.k8s.io/roles
package gitops_guard.admission.manual_deploy

import data.gitops_guard.lib.control_plane
import data.gitops_guard.lib.requests

deny contains {"msg": msg} if {
	judged
	not trusted
	count(glass) == 0
	msg := sprintf("%s may not %s: it is deployed from Git; commit the change there", [requests.user(input.request), deed])
}

deny contains {"msg": msg, "severity": "warning"} if {
	judged
	not trusted
	count(glass) > 0
	msg := sprintf("%s may %s by break-glass, as a member of %s: bring the change to Git, or it is lost", [requests.user(input.request), deed, concat(", ", sort(glass))])
}

deed := sprintf("%s %s", [lower(requests.operation(input.request)), requests.thing(input.request)])

judged if {
	requests.operation(input.request) in {"CREATE", "UPDATE", "DELETE", "CONNECT"}
	object.get(input.request, "dryRun", false) != true
	covered(input.parameters.resources)
	in_namespaces
	managed
}

# A resource stands for itself and its scale; of an API group `*` stands for all.
covered(resources) if {
	requests.subresource(input.request) in {"", "scale"}
	some entry in [requests.resource(input.request), sprintf("%s/*", [object.get(input.request, ["resource", "group"], "")])]
	entry in resources
}

covered(resources) if {
	requests.subresource(input.request) != ""
	concat("/", [requests.resource(input.request), requests.subresource(input.request)]) in resources
}

in_namespaces if count(input.parameters.namespaces) == 0

# What belongs to no namespace was asked for by its resource.
in_namespaces if object.get(input.request, "namespace", "") == ""

in_namespaces if {
	some pattern in input.parameters.namespaces
	requests.fits(pattern, input.request.namespace)
}

managed if count(input.parameters.managed_by) == 0

# Of a Scale, and of what is not shown, nobody knows.
managed if requests.subresource(input.request) != ""

managed if count(requests.sides(input.request)) == 0

managed if {
	some side in requests.sides(input.request)
	some field in ["annotations", "labels"]
	some key in input.parameters.managed_by
	object.get(side, ["metadata", field, key], "") != ""
}

trusted if {
	some pattern in input.parameters.identities
	requests.is_user(pattern, requests.user(input.request))
}

trusted if {
	some pattern, resources in input.parameters.controllers
	requests.is_user(pattern, requests.user(input.request))
	covered(resources)
}

trusted if control_plane.allowed(input.request)

glass := {group |
	some group in requests.groups(input.request)
	group in input.parameters.break_glass_groups
}
