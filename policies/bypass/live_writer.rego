# METADATA
# title: Something changes what runs, and not Git
# description: |-
#   Image Updater's default write-back changes the live Application; Keel and GitKube change workloads; a CronJob or Job that runs
#   kubectl, or mounts a script that does, changes whatever it is told to; an Argo Events trigger patches. What runs is then nowhere
#   in Git, and a revert in Git does not take it back. Write-back to Git by a branch, reads, and clean-ups of finished pods are fine.
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
#     - argoproj.io/CronWorkflow
#     - /ConfigMap
#     - apps/Deployment
#     - apps/StatefulSet
#     - apps/DaemonSet
#     - batch/Job
#     - batch/CronJob
#     - /Pod
#   mentions: [argocd-image-updater, keel., gitkube, Sensor, CronWorkflow, argv]
#   remedy: Let the robot commit to Git (Image Updater's write-back git with a branch, Flux's image automation) and the controller deploy it.
package gitops_guard.bypass.live_writer

import data.gitops_guard.lib.commands
import data.gitops_guard.lib.deployers
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

# kubectl and the like inside the cluster: one fault for each container, or script, at the first command that writes.
deny contains result.violation_in(first.path, first.line, msg) if {
	some place in {one.place | some one in writing}
	here := [one | some one in writing; one.place == place]
	first := here[0]
	msg := sprintf("this %s runs %s in the cluster: it changes what runs, and not Git", [input.object.kind, concat(", ", sort({one.what | some one in here}))])
}

writing := [{"place": container_of(command.path), "path": command.path, "line": command.line, "what": what} |
	some command in object.get(input, ["facts", "commands"], [])
	what := deployers.write(command)
	not is_harmless(command)
]

# A word of command or args belongs to the container two steps up.
container_of(path) := array.slice(path, 0, count(path) - 2) if {
	is_number(path[count(path) - 1])
} else := path

# Argo Workflows' own way to do it; what it creates are its own jobs.
deny contains result.violation(array.concat(place, [i, "resource", "action"]), msg) if {
	place := {"CronWorkflow": ["spec", "workflowSpec", "templates"]}[input.object.kind]
	some i, template in object.get(input.object, place, [])
	action := object.get(template, ["resource", "action"], "")
	action in {"apply", "patch", "replace", "delete"}
	msg := sprintf("this CronWorkflow makes Argo %s objects in the cluster", [action])
}

# What repairs or cleans up, and deploys nothing.
is_harmless(command) if {
	command.program in {"kubectl", "oc"}
	verb := commands.operand(command, 0)
	verb in {"exec", "cp", "debug", "run", "cordon", "uncordon", "drain", "taint", "certificate", "adm", "rsh", "rsync", "policy", "auth"}
}

is_harmless(command) if {
	command.program in {"kubectl", "oc"}
	commands.operand(command, 0) == "delete"
	kinds := {lower(regex.replace(split(kind, "/")[0], `\..*$`, "")) | some kind in split(commands.operand(command, 1), ",")}
	count(kinds - {"pod", "pods", "po", "job", "jobs", "event", "events", "ev", "node", "nodes", "no", "volumeattachment", "volumeattachments"}) == 0
}

is_harmless(command) if {
	command.program in {"kubectl", "oc"}
	commands.operand(command, 0) in {"label", "annotate"}
	lower(split(commands.operand(command, 1), "/")[0]) in {"node", "nodes", "no"}
}
