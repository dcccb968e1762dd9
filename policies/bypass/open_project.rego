# METADATA
# title: An Argo CD project that limits nothing
# description: |-
#   A project is what keeps an Application from other teams' namespaces, from cluster-wide objects and from unknown repositories. `*`
#   allows all of them, `default` is `*` throughout unless this repository narrows it, and who deploys into Argo CD's own namespace
#   can change Applications, projects and credentials: an administrator.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/projects/"
#   - ref: "https://argo-cd.readthedocs.io/en/stable/operator-manual/security/"
# custom:
#   scope: repository
#   severity: warning
#   kinds: [argoproj.io/AppProject, argoproj.io/Application, argoproj.io/ApplicationSet]
#   remedy: Name the repositories, namespaces and kinds that the project's Applications need, and put Applications into such a project.
package gitops_guard.bypass.open_project

import data.gitops_guard.lib.result

deny contains result.inside(entry, path, msg) if {
	some entry in projects
	some fault in faults(entry.object)
	path := array.concat(["spec"], fault.path)
	msg := sprintf("project %s %s", [entry.object.metadata.name, fault.msg])
}

deny contains result.inside(entry, path, msg) if {
	some entry in input.objects
	place := {"Application": ["spec"], "ApplicationSet": ["spec", "template", "spec"]}[entry.object.kind]
	spec := object.get(entry.object, place, null)
	is_object(spec)
	object.get(spec, "project", "default") in {"default", "", null}
	not default_is_narrowed
	path := array.concat(place, ["project"])
	msg := "the project is default, which allows every repository, namespace and kind"
}

projects := [entry | some entry in input.objects; entry.object.kind == "AppProject"; is_object(object.get(entry.object, "spec", {}))]

default_is_narrowed if {
	some entry in projects
	entry.object.metadata.name == "default"
	not any_faults(entry.object)
}

any_faults(project) if some _ in faults(project)

faults(project) := repositories(project) | destinations(project) | kinds(project) | namespaces(project)

repositories(project) := {{"path": ["sourceRepos", i], "msg": "takes manifests from every repository"} |
	some i, repository in list(project, "sourceRepos")
	repository in {"*", "**"}
}

destinations(project) := {fault |
	some i, destination in list(project, "destinations")
	is_object(destination)
	some fault in [wide(i, destination), own(project, i, destination)]
	fault != null
	not is_repeated(project, i, fault)
}

# That clusters are open is said once, at the first destination that has it.
is_repeated(project, i, fault) if {
	fault.msg == every_cluster
	some j, other in list(project, "destinations")
	j < i
	is_object(other)
	wide(j, other).msg == every_cluster
}

every_cluster := "deploys into every cluster"

wide(i, destination) := {"path": ["destinations", i, "namespace"], "msg": "deploys into every namespace"} if {
	destination.namespace == "*"
} else := {"path": ["destinations", i, key], "msg": every_cluster} if {
	some key in ["server", "name"]
	destination[key] == "*"
	every other in {"server", "name"} - {key} {
		object.get(destination, other, "") in {"", "*"}
	}
	key == min([k | some k in ["server", "name"]; object.get(destination, k, "") == "*"])
} else := null

own(project, i, destination) := {"path": ["destinations", i, "namespace"], "msg": "deploys into the namespace of Argo CD itself, which makes its Applications administrators"} if {
	destination.namespace != "*"
	own_cluster(destination)
	home := object.get(project, ["metadata", "namespace"], "argocd")
	glob.match(destination.namespace, [], home)
	not startswith(destination.namespace, "!")
	not denied(project, home)
} else := null

# A name or address of the cluster that Argo CD itself runs in.
own_cluster(destination) if destination.server in {"https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local", "*"}

own_cluster(destination) if destination.name in {"in-cluster", "*"}

denied(project, namespace) if {
	some destination in list(project, "destinations")
	is_object(destination)
	pattern := destination.namespace
	startswith(pattern, "!")
	glob.match(trim_prefix(pattern, "!"), [], namespace)
}

kinds(project) := {{"path": ["clusterResourceWhitelist", i], "msg": "deploys every kind of cluster-wide object"} |
	some i, entry in list(project, "clusterResourceWhitelist")
	is_object(entry)
	entry.group == "*"
	entry.kind == "*"
	object.get(entry, "name", "*") in {"", "*"}
}

namespaces(project) := {{"path": ["sourceNamespaces", i], "msg": "takes Applications from every namespace"} |
	some i, namespace in list(project, "sourceNamespaces")
	namespace in {"*", "**"}
}

list(project, key) := value if {
	value := object.get(project, ["spec", key], [])
	is_array(value)
} else := []
