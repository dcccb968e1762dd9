# Where an object names container images, and what an image reference says about itself.
package gitops_guard.lib.images

# Every image of the object: its path, the container's name, and the parts of the reference.
used contains {"path": path, "container": name_of(item), "image": image} if {
	some prefix in pod_specs
	some field in ["initContainers", "containers", "ephemeralContainers"]
	path_of_items := array.concat(prefix, [field])
	items := object.get(input.object, path_of_items, [])
	is_array(items)
	some index, item in items
	is_object(item)
	image := reference(object.get(item, "image", null))
	not injected(image.text, item)
	path := array.concat(path_of_items, [index, "image"])
}

# An image volume.
used contains {"path": path, "container": name_of(item), "image": image} if {
	some prefix in pod_specs
	volumes := object.get(input.object, array.concat(prefix, ["volumes"]), [])
	is_array(volumes)
	some index, item in volumes
	is_object(item)
	image := reference(object.get(item, ["image", "reference"], null))
	path := array.concat(prefix, ["volumes", index, "image", "reference"])
}

used contains {"path": path, "container": name_of(item), "image": image} if {
	steps[input.object.kind]
	walk(object.get(input.object, "spec", {}), [inner, item])
	count(inner) > 0
	step(inner)
	is_object(item)
	image := reference(object.get(item, "image", null))
	path := array.concat(array.concat(["spec"], inner), ["image"])
}

# The paths of the pod specs of an object. Kubernetes' own kinds have theirs at known places; a custom resource embeds them
# anywhere, and is known by the shape: a list of containers.
pod_specs contains place(input.object.kind)

pod_specs contains array.concat(["spec"], inner) if {
	custom
	walk(object.get(input.object, "spec", {}), [path, items])
	is_array(items)
	count(path) > 0
	path[count(path) - 1] in {"containers", "initContainers"}
	inner := array.slice(path, 0, count(path) - 1)
}

place(kind) := ["spec", "template", "spec"] if {
	kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "DeploymentConfig"}
} else := ["spec"] if {
	kind == "Pod"
} else := ["spec", "jobTemplate", "spec", "template", "spec"] if {
	kind == "CronJob"
} else := ["template", "spec"] if {
	kind == "PodTemplate"
}

# Kinds that run steps which are no containers of a pod spec (Argo Workflows, Tekton).
steps := {
	"Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow",
	"Task", "ClusterTask", "TaskRun", "Pipeline", "PipelineRun", "StepAction",
}

step(path) if path[count(path) - 1] in {"container", "script", "stepTemplate"}

step(path) if {
	count(path) > 1
	path[count(path) - 2] in {"steps", "sidecars"}
	is_number(path[count(path) - 1])
}

# A custom resource that may embed pod specs. What only holds manifests as values, patterns or text does not run them itself.
custom if {
	is_string(input.object.apiVersion)
	contains(input.object.apiVersion, ".")
	group := split(input.object.apiVersion, "/")[0]
	not endswith(group, ".k8s.io")
	not endswith(group, "gatekeeper.sh")
	not group in {"kyverno.io", "helm.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io"}
	not input.object.kind in {"Application", "ApplicationSet", "DeploymentConfig", "Template"}
}

name_of(item) := name if {
	name := object.get(item, "name", "")
	is_string(name)
} else := ""

# The parts of an image reference: `text`, `repository`, `tag` and `digest` (empty where there is none). A registry's port comes
# before the last slash and is no tag. Undefined for what can't be judged: blank (filled in later), a variable, a pattern.
reference(image) := {"text": image, "repository": concat("", [m[1], m[2]]), "tag": m[3], "digest": m[4]} if {
	is_string(image)
	found := regex.find_all_string_submatch_n(grammar, expanded(image), 1)
	count(found) == 1
	m := found[0]
}

grammar := `^([A-Za-z0-9][A-Za-z0-9._:@/-]*/)?([A-Za-z0-9][A-Za-z0-9._-]*)(?::([A-Za-z0-9_][A-Za-z0-9._+-]*))?(?:@([a-z0-9+._-]+:[0-9a-fA-F]{32,}))?$`

# A substitution's literal default is what runs where nothing else is given.
expanded(image) := regex.replace(image, `\$\{[A-Za-z_][A-Za-z0-9_]*:?[-=]([^${}]*)\}`, "$1") if {
	contains(image, "$")
} else := image

# Istio's injection template stands for the real image.
injected("auto", item) if item.name == "istio-proxy"

# The reference as a message may show it: credentials are no part of a valid one, but may stand there.
shown(image) := regex.replace(image.text, `^[^/]*@([^/]+/)`, "***@$1") if {
	contains(image.text, "@")
} else := image.text

# Whether a tag stands for one build: two or more version parts, a date, a commit, or a long number.
pinned(tag) if {
	regex.match(whole_version, tag)
} else if {
	some token in tokens(tag)
	telling(token)
}

whole_version := concat("|", [
	`^[vV]?[0-9]+([._][0-9]+)+`,
	`(^|[^0-9])(19|20)[0-9]{2}[._-]?(0[1-9]|1[0-2])[._-]?(0[1-9]|[12][0-9]|3[01])([^0-9]|$|[0-9]{4,6}([^0-9]|$))`,
])

telling(token) if {
	version(token)
} else if {
	commit(token)
} else if {
	regex.match(`^[A-Za-z]{0,6}[0-9]{5,}$`, token)
}

tokens(tag) := regex.split(`[-+]`, tag)

# 1.2, v1.2.3, 1_2, 8u392. A version glued to the name of what the image is built on (alpine3.20, php8.2) is not the image's own.
version(token) if regex.match(`^[vV]?[0-9]+([._][0-9]+)+([._][0-9A-Za-z]+)*([A-Za-z]+[0-9A-Za-z.]*)?$`, token)

version(token) if regex.match(`^[0-9]+u[0-9]+`, token)

version(token) if {
	regex.match(`^[0-9]*[A-Za-z]+\.?[0-9]+\.[0-9]+`, token)
	not regex.match(base_name, token)
}

base_name := `(?i)^(alpine|debian|ubuntu|centos|fedora|ubi|el|rhel|ol|photon|php|python|py|perl|ruby|java|jdk|jre|jvm|openjdk|node|go|golang|openssl|glibc|musl|cuda|rocm|dotnet|gcc|llvm|ltsc|net|scala|spark|hadoop|k|kube|pg|postgres|mysql|redis|nginx|apache)[0-9.]`

# Seven or more hexadecimal digits, with a figure and a letter among them; forty need neither.
commit(token) if regex.match(`^g?([0-9a-f]{40}|[0-9a-f]{64})$`, token)

commit(token) if {
	regex.match(`^g?[0-9a-f]{7,39}$`, token)
	regex.match(`[0-9]`, token)
	regex.match(`[a-f]`, token)
}

# Whether a pattern of the parameters names the image, written with or without its tag.
listed(image, patterns) if {
	some pattern in patterns
	is_string(pattern)
	some form in {image.text, image.repository}
	glob.match(pattern, ["/"], form)
}
