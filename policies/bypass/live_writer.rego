# METADATA
# title: Something changes what runs, and not Git
# description: |-
#   Image Updater's default write-back changes the live Application; Keel and GitKube change workloads; a CronJob or Job that runs
#   kubectl changes whatever it is told to; an Argo Events trigger patches. What runs is then nowhere in Git, and a revert in Git does
#   not take it back. Write-back to Git by a branch, reads, and clean-ups of finished pods are fine.
# related_resources:
#   - ref: "https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/"
#   - ref: "https://keel.sh/docs/"
# custom:
#   scope: resource
#   severity: warning
#   kinds:
#     - argoproj.io/Application
#     - argoproj.io/ApplicationSet
#     - argoproj.io/Sensor
#     - argocd-image-updater.argoproj.io/ImageUpdater
#     - gitkube.sh/Remote
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - batch/Job
#     - batch/CronJob
#     - /Pod
#   remedy: Let the robot commit to Git (Image Updater's write-back git with a branch, Flux's image automation) and the controller deploy it.
package gitops_guard.bypass.live_writer

import data.gitops_guard.lib.gitops
import data.gitops_guard.lib.result

# Argo CD Image Updater's annotations.
deny contains result.violation(array.concat(place, ["metadata", "annotations", key]), msg) if {
	place := {"Application": [], "ApplicationSet": ["spec", "template"]}[input.object.kind]
	template := object.get(input.object, place, {})
	is_object(template)
	notes := gitops.annotations(template)
	object.get(notes, concat("", [updater, "image-list"]), "") != ""
	key := writing_key(notes)
	msg := "Image Updater changes the live Application, and Git never learns the tag: its write-back method is argocd"
}

updater := "argocd-image-updater.argoproj.io/"

# The annotation that says so; without any it is the default.
writing_key(notes) := concat("", [updater, "write-back-method"]) if {
	regex.match(`^\s*argocd(:|\s*$)`, object.get(notes, concat("", [updater, "write-back-method"]), ""))
} else := concat("", [updater, "image-list"]) if {
	trim_space(object.get(notes, concat("", [updater, "write-back-method"]), "")) == ""
}

deny contains result.violation(path, msg) if {
	input.object.kind == "ImageUpdater"
	some i, reference in object.get(input.object, ["spec", "applicationRefs"], [])
	object.get(reference, "useAnnotations", false) != true
	path := method_path(i, reference)
	msg := "Image Updater changes the live Application, and Git never learns the tag: its write-back method is argocd"
}

# Where the method of an entry is said to be argocd, or would be said: its own wins over the common one.
method_path(i, reference) := ["spec", "applicationRefs", i, "writeBackConfig", "method"] if {
	is_live(reference.writeBackConfig.method)
} else := ["spec", "writeBackConfig", "method"] if {
	not reference.writeBackConfig.method
	is_live(object.get(input.object, ["spec", "writeBackConfig", "method"], ""))
}

is_live(method) if regex.match(`^\s*(argocd(:.*)?)?\s*$`, method)

# Keel.
deny contains result.violation(["metadata", field, key], msg) if {
	some field, values in {"annotations": gitops.annotations(input.object), "labels": gitops.labels(input.object)}
	some key in ["keel.sh/policy", "keel.observer/policy"]
	value := object.get(values, key, "never")
	not lower(trim_space(value)) in {"never", ""}
	msg := sprintf("Keel changes the image of this %s in the cluster when a new one is there", [input.object.kind])
}

deny contains result.violation([], msg) if {
	input.object.kind == "Remote"
	gitops.group(input.object) == "gitkube.sh"
	msg := "GitKube builds and deploys whatever is pushed to this remote"
}

# Argo Events.
deny contains result.violation(["spec", "triggers", i, "template", "k8s", "operation"], msg) if {
	input.object.kind == "Sensor"
	some i, trigger in object.get(input.object, ["spec", "triggers"], [])
	operation := object.get(trigger, ["template", "k8s", "operation"], "create")
	operation in {"patch", "update", "delete"}
	msg := sprintf("this trigger makes Argo Events %s objects in the cluster", [operation])
}

# kubectl inside the cluster.
deny contains result.violation(path, msg) if {
	place := pod_at[input.object.kind]
	some field in ["initContainers", "containers"]
	some i, container in object.get(input.object, array.concat(place, [field]), [])
	is_object(container)
	verbs := {verb | some part in regex.split(`\n|;|&&|\|`, script(container)); verb := writes(part)}
	count(verbs) > 0
	key := [name | some name in ["command", "args"]; some verb in verbs; contains(joined(container, name), written(verb))]
	path := array.concat(place, array.concat([field, i], array.slice(array.concat(key, ["args"]), 0, 1)))
	msg := sprintf("container %s runs %s: it changes what runs, and not Git", [object.get(container, "name", ""), concat(", ", sort(verbs))])
}

pod_at := {
	"Deployment": ["spec", "template", "spec"], "StatefulSet": ["spec", "template", "spec"], "DaemonSet": ["spec", "template", "spec"],
	"Job": ["spec", "template", "spec"], "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"], "Pod": ["spec"],
}

# What a container runs, as a text; an image of kubectl runs it with the arguments.
script(container) := sprintf("%s %s", [joined(container, "command"), joined(container, "args")]) if {
	joined(container, "command") != ""
} else := sprintf("kubectl %s", [joined(container, "args")]) if {
	regex.match(`(^|/)kubectl([:@]|$)`, object.get(container, "image", ""))
} else := joined(container, "args")

joined(container, key) := concat(" ", [word | some word in object.get(container, key, []); is_string(word)]) if {
	is_array(object.get(container, key, []))
} else := ""

# The program and verb of a command that writes; undefined for reads, dry runs, nodes and finished pods.
writes(part) := sprintf("%s %s", [found[1], regex.replace(found[count(found) - 1], `\s+`, " ")]) if {
	not regex.match(`^\s*(\S*sh\s+-[a-z]*c\s+)?(#|echo\b|printf\b)|--dry-run(=client|=server|=true|\s|$)|--local\b`, part)
	some found in regex.find_all_string_submatch_n(`(?:^|[\s;|&(/"'])(kubectl|oc)((?:\s+(?:-n|--namespace|--context|--kubeconfig|-s|--server)[= ]\S+|\s+-\S+)*)\s+(apply|create|replace|patch|edit|set\s+(?:image|env|resources|serviceaccount)|scale|autoscale|rollout\s+(?:restart|undo)|delete|annotate|label)\b`, part, 1)
	not is_harmless(part)
}

is_harmless(part) if regex.match(`\b(delete)\s+(-\S+\s+(\S+\s+)?)*(pods?|po|jobs?|events?|vmi?s?|nodes?)\b`, part)

is_harmless(part) if regex.match(`\b(label|annotate)\s+(-\S+\s+)*(nodes?|no)\b`, part)

is_harmless(part) if regex.match(`\bcreate\s+token\b`, part)

# The verb's first word, which stands in the command or in the arguments.
written(verb) := split(verb, " ")[1]
